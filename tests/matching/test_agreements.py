"""Agreements: signed, promised, reminded of once, renewed by a further record, ended early; and how they are counted."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.matching.models import Agreement, AgreementEnd, Problem, ProblemStage, Reminder
from kexie.contexts.matching.operations import agreements as operations
from kexie.contexts.matching.operations import problems, reminders
from kexie.contexts.matching.operations.agreements import AgreementRefused, Promise, Terms
from kexie.contexts.matching.queries import agreements as queries
from kexie.contexts.matching.states import OBLIGATION_TRANSITIONS
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from kexie.platform.notify.models import Notice
from tests.ledger import build
from tests.matching.conftest import TODAY

DAY = dt.timedelta(days=1)
TERMS = Terms(kind="SOCIETY", title="与食品学会合作协议", partner="食品学会", valid_to=TODAY + 40 * DAY)


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


@pytest.fixture
def signed(world, by):
    return operations.sign(terms=TERMS, on=TODAY - 700 * DAY, unit=world.association, **by)


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind=Kind.FIRM, name="虚构压铸厂", area=world.counties[0].area,
        actor=None, now=build.NOW,
    )  # fmt: skip


def standing(world, one, day=TODAY):
    return queries.agreement(world.scope, one.pk, day).standing


def counted(world, day=TODAY):
    keys = ("matching.agreements_signed", "matching.agreements_in_force", "matching.society_agreements_valid")
    return [figures.value(Cell(key, Period.until(day)), world.scope) for key in keys]


def promised(signed, by, due_on=TODAY + 10 * DAY, **given):
    promise = Promise(text="派专家到企业服务", side="PARTNER", due_on=due_on, **given)
    return operations.promise(agreement_id=signed.pk, promised=promise, **by)


def test_an_agreement_stands_as_its_days_say(world, signed):
    days = (TODAY - 30 * DAY, TODAY, TODAY + 40 * DAY, TODAY + 41 * DAY)
    assert [standing(world, signed, day) for day in days] == ["IN_FORCE", "EXPIRING", "EXPIRING", "EXPIRED"]
    assert counted(world) == [1, 1, 1]
    assert counted(world, TODAY + 41 * DAY) == [1, 0, 0]


def test_what_is_not_signed_yet_is_refused(world, by):
    with pytest.raises(AgreementRefused) as refused:
        operations.sign(terms=TERMS, on=TODAY + DAY, unit=world.association, **by)
    assert set(refused.value.fields) == {"on"}


def test_a_renewal_is_a_further_record_and_counts_once_in_force(world, by, signed):
    renewed = operations.renew(agreement_id=signed.pk, on=TODAY, valid_to=TODAY + 1000 * DAY, **by)
    again = Agreement.objects.get(pk=renewed.pk)
    assert (again.renews, again.partner, again.kind) == (signed, "食品学会", "SOCIETY")
    assert [standing(world, one) for one in (signed, again)] == ["RENEWED", "IN_FORCE"]
    assert counted(world) == [2, 1, 1]
    # The day before, the old one was in force.
    assert counted(world, TODAY - DAY) == [1, 1, 1]
    chain = [signed.pk, again.pk]
    assert [[row.pk for row in queries.chain(one)] for one in (signed, again)] == [chain, chain]
    with pytest.raises(AgreementRefused):
        operations.renew(agreement_id=signed.pk, on=TODAY, valid_to=None, **by)


def test_a_renewal_after_the_term_needs_no_end(world, by, signed):
    later = {**by, "now": build.NOW + 50 * DAY}
    operations.renew(agreement_id=signed.pk, on=TODAY + 50 * DAY, valid_to=None, **later)
    assert not AgreementEnd.objects.exists()
    assert counted(world, TODAY + 45 * DAY) == [1, 0, 0]
    assert counted(world, TODAY + 50 * DAY) == [2, 1, 1]


def test_ending_early_gives_a_reason_and_leaves_the_cumulative_count(world, by, signed):
    with pytest.raises(AgreementRefused):
        operations.end(agreement_id=signed.pk, on=TODAY + DAY, reason="合作方撤销", **by)
    operations.end(agreement_id=signed.pk, on=TODAY, reason="合作方撤销", **by)
    assert standing(world, signed) == "ENDED"
    assert counted(world) == [1, 0, 0]
    assert counted(world, TODAY - DAY) == [1, 1, 1]
    with pytest.raises(AgreementRefused):
        operations.renew(agreement_id=signed.pk, on=TODAY, valid_to=None, **by)


def test_everybody_is_reminded_of_a_day_once(world, by, signed):
    near = promised(signed, by)
    far = promised(signed, by, due_on=TODAY + 30 * DAY)
    late = promised(signed, by, due_on=TODAY - DAY, owner=by["actor"])
    assert reminders.remind_due(now=build.NOW) == 3
    told = set(Reminder.objects.values_list("about", "subject_id"))
    assert told == {("OBLIGATION", near.pk), ("OVERDUE", late.pk), ("EXPIRY", signed.pk)}
    assert reminders.remind_due(now=build.NOW) == 0
    # Sixteen days on, the far one is near; and the near one, still open, is late.
    assert reminders.remind_due(now=build.NOW + 16 * DAY) == 2
    changed = Promise(text=far.text, side="PARTNER", due_on=TODAY + 20 * DAY)
    operations.change_promise(obligation_id=far.pk, promised=changed, **by)
    assert reminders.remind_due(now=build.NOW + 16 * DAY) == 1
    assert Notice.objects.filter(to_id=by["actor"].pk).count() == 6


def test_nobody_is_reminded_of_what_is_settled_renewed_or_ended(by, signed):
    one, other = promised(signed, by), promised(signed, by)
    operations.settle(obligation_id=one.pk, state="DONE", on=TODAY, **by)
    with pytest.raises(AgreementRefused) as refused:
        operations.settle(obligation_id=other.pk, state="DROPPED", on=TODAY, **by)
    assert set(refused.value.fields) == {"outcome"}
    operations.settle(obligation_id=other.pk, state="DROPPED", on=TODAY, outcome="双方商定取消", **by)
    operations.end(agreement_id=signed.pk, on=TODAY, reason="合作方撤销", **by)
    assert reminders.remind_due(now=build.NOW) == 0
    operations.settle(obligation_id=one.pk, state="OPEN", on=TODAY, **by)
    assert reminders.remind_due(now=build.NOW) == 1


def test_states_of_promises_are_all_reached():
    assert set().union(*OBLIGATION_TRANSITIONS.values()) == OBLIGATION_TRANSITIONS.keys() - {""}


def test_signing_for_a_problem_records_its_step(world, by, firm, enter):
    own = {"association": world.association, "unit": world.counties[0], "area": world.counties[0].area}
    problem = Problem.objects.create(number="2025-001", name="气孔", firm=firm, **own)
    expert = enter()
    problems.accept(problem_id=problem.pk, on=TODAY, **by)
    terms = Terms(kind="TECHNOLOGY", title="技术合同", expert=expert, problem=problem)
    early = operations.sign(terms=terms, on=TODAY, unit=world.association, **by)
    assert (early.firm, early.area) == (firm, firm.area)
    assert not ProblemStage.objects.filter(stage="SIGNED").exists()
    problems.move(problem_id=problem.pk, stage="MATCHED", on=TODAY, expert=expert, **by)
    operations.sign(terms=terms, on=TODAY, unit=world.association, **by)
    step = ProblemStage.objects.get(stage="SIGNED")
    assert (step.expert, step.note, step.state) == (expert, "技术合同", "CONFIRMED")
    # A second contract for the same problem is one more agreement, and no second step.
    operations.sign(terms=terms, on=TODAY, unit=world.association, **by)
    assert ProblemStage.objects.filter(stage="SIGNED").count() == 1


def test_elsewhere_nobody_sees_it(world, by, signed):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        queries.agreement(elsewhere, signed.pk, TODAY)
    with pytest.raises(NotFound):
        operations.end(agreement_id=signed.pk, on=TODAY, reason="试", **{**by, "scope": elsewhere})


def test_the_desk_in_a_browser(staff, world):
    form = {"kind": "SOCIETY", "title": "与食品学会合作协议", "on": "2025年6月2日", "valid_to": "2025-07-20"}
    refused = staff.post("/work/cooperation/agreements/sign/", form)
    assert (refused.status_code, "请写明合作单位" in refused.content.decode()) == (422, True)
    made = staff.post("/work/cooperation/agreements/sign/", {**form, "partner": "食品学会"})
    address = made["Location"]
    one = Agreement.objects.get()
    assert (one.state, one.unit) == ("CONFIRMED", world.association)
    promise = {"act": "promise", "text": "办一场对接会", "side": "OURS", "due_on": "2025-06-30"}
    early = staff.post(address, {**promise, "due_on": "2025-05-01"})
    assert (early.status_code, "早于协议的签订日期" in early.content.decode()) == (422, True)
    assert staff.post(address, promise).status_code == 302
    pdf = SimpleUploadedFile(
        "协议.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf"
    )
    assert staff.post(address, {"act": "attach", "name": "扫描件", "file": pdf}).status_code == 302
    shown = staff.get(address).content.decode()
    assert all(words in shown for words in ("办一场对接会", "已逾期", "扫描件", "即将到期"))
    assert (
        "与食品学会"
        in staff.get("/work/cooperation/agreements/?promises=LATE&standing=RUNNING").content.decode()
    )
    assert (
        "与食品学会合作协议</a>"
        not in staff.get("/work/cooperation/agreements/?kind=STRATEGIC").content.decode()
    )
    settle = f"{address}promises/{one.obligations.get().pk}/settle/"
    assert (
        staff.post(settle, {"state": "DONE", "on": "2025-07-01", "outcome": "6月28日已办"}).status_code == 302
    )
    renewed = staff.post(
        f"{address}renew/", {"title": "续签协议", "on": "2025-07-01", "valid_to": "2027-07-01"}
    )
    assert "续签经过" in staff.get(renewed["Location"]).content.decode()
    assert "由续签的协议接替" in staff.get(address).content.decode()
    sheet = load_workbook(
        io.BytesIO(b"".join(staff.get("/work/cooperation/agreements/?export=1").streaming_content))
    )
    assert {"续签协议", "与食品学会合作协议"} <= {cell.value for cell in sheet.active["B"]}


def test_the_list_asks_equally_often_for_one_and_for_three(world, staff, by):
    staff.get("/work/cooperation/agreements/")  # what is read once for the session
    counts = []
    for number in range(3):
        made = operations.sign(
            terms=Terms(kind="STRATEGIC", title=f"协议{number}", partner="学会"), on=TODAY, unit=world.association, **by
        )  # fmt: skip
        promised(made, by)
        with CaptureQueriesContext(connection) as asked:
            staff.get("/work/cooperation/agreements/")
        counts.append(len(asked))
    assert counts[0] == counts[2]
