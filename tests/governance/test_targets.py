"""Targets over a small association: computed progress, reasons, shares, milestones, history, reminders, pages."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.governance import closing
from kexie.contexts.governance.models import ActionProgramme, Milestone, Target, TargetChange
from kexie.contexts.governance.operations import milestones, reminders
from kexie.contexts.governance.operations import targets as operations
from kexie.contexts.governance.operations.milestones import MilestoneRefused, Step
from kexie.contexts.governance.operations.targets import Plan, TargetRefused
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.queries import reasons as why
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.platform.notify.models import Notice
from tests.ledger import build

D, TODAY = Decimal, dt.date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def by(world):
    return {"actor": world.account, "now": build.NOW, "scope": world.scope}


@pytest.fixture
def programme(world):
    return ActionProgramme.objects.create(
        association=world.association,
        unit=world.association,
        name="科学素质提升行动",
        starts_on=dt.date(2025, 1, 1),
    )


@pytest.fixture
def plan(world, programme):
    return Plan(
        programme=programme, name="科普讲座", measure="governance.lectures", year=2025, basis="YEAR",
        direction="AT_LEAST", goal=D(40), unit=world.association,
    )  # fmt: skip


@pytest.fixture
def staff(world, client):
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client.force_login(world.account)
    return client


def lectures(world, county, days, **given):
    return [
        world.confirmed(day, kind="LECTURE", title="讲座", unit=world.counties[county], **given)
        for day in days
    ]


def stood(world, target, now=build.NOW):
    return queries.board(world.scope, now, year=target.year).progress[target.pk]


def with_(plan, **given):
    return Plan(**{**vars(plan), **given})


def test_progress_is_the_figure_at_the_given_moment(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    lectures(world, 0, [dt.date(2024, month, 10) for month in (3, 5, 9, 10)])  # half of last year by today
    assert (stood(world, target).actual, stood(world, target).status) == (0, "FAR_BEHIND")
    record = lectures(world, 0, [dt.date(2025, 3, 1)] * 20)[0]
    found = stood(world, target)
    assert (found.actual, found.expected.quantize(D(1)), found.line.source) == (20, 20, "SEASON")
    assert (found.status, found.share) == ("ON_TRACK", 50)
    world.reverse(record)
    assert stood(world, target).status == "BEHIND"
    assert stood(world, target, build.NOW + dt.timedelta(days=200)).status == "MISSED"


def test_the_reasons_name_who_lags_and_what_waits(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    lectures(world, 0, [dt.date(2024, 3, 10)] * 6)
    lectures(world, 1, [dt.date(2024, 3, 10)] * 2)
    lectures(world, 0, [dt.date(2025, 3, 10)] * 2)
    lectures(world, 1, [dt.date(2025, 3, 10)] * 3)
    drafted = world.activity(dt.date(2025, 6, 1), kind="LECTURE", unit=world.counties[0])
    ledger.draft(record=drafted, **by)
    board = queries.board(world.scope, build.NOW)
    found = why.reasons(board, world.scope)[target.pk]
    assert [one.what for one in found.why] == ["gap", "lag", "drafts"]
    assert str(found.why[1].text) == f"{world.counties[0]}比上年同期少 4场次。"
    assert "1 条草稿" in str(found.why[2].text)
    assert found.next.href == "/work/records/governance.activities/?state=draft"


def test_what_stands_well_needs_no_reason(world, plan, by):
    operations.set_target(plan=with_(plan, goal=D(1)), **by)
    lectures(world, 0, [dt.date(2025, 3, 10)])
    board = queries.board(world.scope, build.NOW)
    assert why.reasons(board, world.scope) == {}


def test_shares_add_up_to_the_whole_or_leave_a_rest_and_never_exceed_it(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    first, second = (one.pk for one in world.counties)
    assert operations.part(target_id=target.pk, shares={first: D(25), second: D(10)}, **by) == 5
    assert operations.part(target_id=target.pk, shares={first: D(25), second: D(15)}, **by) == 0
    with pytest.raises(TargetRefused, match="多分了 1"):
        operations.part(target_id=target.pk, shares={first: D(25), second: D(16)}, **by)
    assert sorted(target.parts.values_list("goal", flat=True)) == [15, 25]
    with pytest.raises(TargetRefused) as refused:
        operations.change(target_id=target.pk, plan=with_(plan, goal=D(39)), reason="下调", **by)
    assert list(refused.value.fields) == ["goal"]
    lectures(world, 1, [dt.date(2025, 2, 1)] * 9)
    parts = {one.responsible: one.actual for one in queries.board(world.scope, build.NOW).parts(target.pk)}
    assert parts == {str(world.counties[0]): 0, str(world.counties[1]): 9}
    operations.part(target_id=target.pk, shares={first: D(40)}, **by)
    assert list(target.parts.values_list("unit", "goal")) == [(first, 40)]
    assert TargetChange.objects.get(target__unit=first).goal == 25


def test_what_does_not_add_up_is_not_shared_out(world, plan, by):
    target = operations.set_target(plan=with_(plan, measure="governance.campaign_years", basis="TOTAL"), **by)
    with pytest.raises(TargetRefused, match="相加不等于全市"):
        operations.part(target_id=target.pk, shares={world.counties[0].pk: D(1)}, **by)


def test_a_changed_goal_keeps_the_earlier_one_with_its_reason(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    with pytest.raises(TargetRefused) as refused:
        operations.change(target_id=target.pk, plan=with_(plan, goal=D(50)), reason=" ", **by)
    assert list(refused.value.fields) == ["reason"]
    operations.change(target_id=target.pk, plan=with_(plan, goal=D(50)), reason="年中上调", **by)
    change = TargetChange.objects.get()
    assert (change.goal, change.reason, change.changed_at) == (40, "年中上调", build.NOW)
    assert Target.objects.get().goal == 50


def test_a_closed_year_stays_as_it_is(world, plan, by, monkeypatch):
    target = operations.set_target(plan=plan, **by)
    monkeypatch.setattr(closing, "_askers", [lambda _association, year: year == 2025])
    step = Step(name="过半", due_on=TODAY, unit=world.association, share=D(50))
    for act in (
        lambda: operations.change(target_id=target.pk, plan=plan, reason="改", **by),
        lambda: operations.part(target_id=target.pk, shares={}, **by),
        lambda: operations.remove(target_id=target.pk, **by),
        lambda: milestones.add(target_id=target.pk, step=step, **by),
    ):
        with pytest.raises((TargetRefused, MilestoneRefused), match="已经结账"):
            act()
    assert operations.copy_year(source=2025, year=2026, **by) == 1
    assert operations.copy_year(source=2025, year=2026, **by) == 0


def test_copying_takes_shares_and_milestones_but_no_proof(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    operations.part(target_id=target.pk, shares={world.counties[0].pk: D(25)}, **by)
    step = Step(
        name="总结会",
        due_on=dt.date(2025, 2, 28),
        unit=world.association,
        record_type="governance.activities",
    )
    made = milestones.add(target_id=target.pk, step=step, **by)
    Milestone.objects.filter(pk=made.pk).update(record_id=target.pk)
    assert operations.copy_year(source=2025, year=2028, **by) == 2
    copied = Milestone.objects.get(target__year=2028)
    assert (copied.due_on, copied.record_id) == (dt.date(2028, 2, 28), None)
    assert Target.objects.get(year=2028, parent=None).parts.get().goal == 25


def test_steps_shape_the_line_and_are_late_when_missed(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    half = Step(name="上半年四成", due_on=dt.date(2025, 6, 20), unit=world.association, share=D(40))
    milestones.add(target_id=target.pk, step=half, **by)
    lower = Step(name="三季度", due_on=dt.date(2025, 9, 30), unit=world.association, value=D(10))
    with pytest.raises(MilestoneRefused, match="越往后的节点数值应越大"):
        milestones.add(target_id=target.pk, step=lower, **by)
    found = stood(world, target)
    assert (found.line.source, found.milestones[0].state, found.milestones[0].late_by) == (
        "STEPS",
        "LATE",
        11,
    )
    lectures(world, 0, [dt.date(2025, 3, 1)] * 16)
    assert stood(world, target).milestones[0].state == "DONE"


def test_an_act_is_done_by_a_confirmed_record_and_open_again_if_it_is_reversed(world, plan, by):
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    target = operations.set_target(plan=with_(plan, goal=D(1)), **by)
    step = Step(
        name="启动仪式",
        due_on=dt.date(2025, 5, 1),
        unit=world.association,
        record_type="governance.activities",
    )
    made = milestones.add(target_id=target.pk, step=step, **by)
    (record,) = lectures(world, 0, [dt.date(2025, 4, 20)])
    known = {"milestone_id": made.pk, "target_id": target.pk}
    drafted = ledger.draft(record=world.activity(TODAY, kind="LECTURE"), **by)
    with pytest.raises(MilestoneRefused):
        milestones.prove(record_id=drafted.pk, **known, **by)
    milestones.prove(record_id=record.pk, **known, **by)
    assert stood(world, target).milestones[0].done_on == dt.date(2025, 4, 20)
    world.reverse(record)
    assert stood(world, target).milestones[0].state == "LATE"


def test_a_milestone_is_of_one_kind(world, plan, by):
    target = operations.set_target(plan=plan, **by)
    both = Step(name="过半", due_on=TODAY, unit=world.association, share=D(50), value=D(20))
    with pytest.raises(ValidationError):
        milestones.add(target_id=target.pk, step=both, **by)
    row = Milestone(
        association=world.association, target=target, name="无", due_on=TODAY, unit=world.association
    )
    with pytest.raises(IntegrityError, match="governance_milestone_one_kind"), transaction.atomic():
        row.save(force_insert=True)


def test_a_county_sets_its_own_target_but_not_the_share_it_was_given(world, plan, by):
    county = world.counties[0]
    own = Scope(association_id=world.association.pk, unit_paths=(county.path,))
    here = {**by, "scope": own}
    target = operations.set_target(plan=plan, **by)
    operations.part(target_id=target.pk, shares={county.pk: D(20)}, **by)
    share = target.parts.get()
    with pytest.raises(Forbidden):
        operations.change(target_id=share.pk, plan=with_(plan, unit=county, goal=D(1)), reason="减", **here)
    with pytest.raises(Forbidden):
        operations.set_target(plan=with_(plan, unit=world.counties[1]), **here)
    mine = operations.set_target(plan=with_(plan, unit=county, measure="governance.lecture_visits"), **here)
    assert [one.id for one in queries.targets(own, build.NOW)] == [share.pk, mine.pk]


def test_units_are_told_once_when_a_target_turns(world, plan, by):
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    operations.set_target(plan=plan, **by)
    assert [reminders.remind_turned(now=build.NOW) for _time in range(2)] == [1, 0]
    records = lectures(world, 0, [dt.date(2025, 3, 1)] * 20)
    assert reminders.remind_turned(now=build.NOW) == 0  # green needs no word
    for one in records[:2]:
        world.reverse(one)
    assert [reminders.remind_turned(now=build.NOW) for _time in range(2)] == [1, 0]
    assert Notice.objects.filter(template="target.turned").count() == 2


def test_a_target_may_name_a_measure_of_any_area_that_is_read(world, plan, by, staff):
    made = operations.set_target(plan=with_(plan, name="科技馆观众", measure="museums.visits"), **by)
    for path in ("/work/targets/", f"/work/targets/{made.pk}/", "/work/"):
        assert "科技馆观众" in staff.get(path).content.decode()
    changed = {
        "name": "科技馆观众", "programme": plan.programme.pk, "unit": world.association.pk, "measure": "museums.visits",
        "year": "2025", "basis": "YEAR", "direction": "AT_LEAST", "goal": "50", "reason": "调整",
    }  # fmt: skip
    assert staff.post(f"/work/targets/{made.pk}/edit/", changed).status_code == 302


def test_statements_do_not_grow_with_targets(world, plan, by, staff):
    counts = {}
    for number in range(3):
        unit = (world.association, *world.counties)[number]
        operations.set_target(plan=with_(plan, name=f"讲座{number}", unit=unit), **by)
        lectures(world, number % 2, [dt.date(2025, 3, number + 1)])
        for path in ("/work/targets/", "/work/targets/list/", "/work/targets/print/"):
            staff.get(path)
            with CaptureQueriesContext(connection) as asked:
                staff.get(path)
            counts.setdefault(path, []).append(len(asked))
    assert {path: found[0] for path, found in counts.items()} == {
        path: found[2] for path, found in counts.items()
    }


def test_nobody_can_type_progress(world, plan, by, staff):
    given = {
        "name": "讲座", "programme": plan.programme.pk, "unit": world.association.pk, "measure": plan.measure,
        "year": "2025", "basis": "YEAR", "direction": "AT_LEAST", "goal": "４０", "actual": "40", "share": "100",
        "status": "DONE",
    }  # fmt: skip
    answer = staff.post("/work/targets/new/", given)
    target = Target.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/work/targets/{target.pk}/")
    assert (stood(world, target).actual, stood(world, target).status) == (0, "FAR_BEHIND")
    names = {field.name for field in Target._meta.get_fields()}
    assert names.isdisjoint({"actual", "share", "status", "progress"})


def test_the_page_of_a_target_says_why_and_what_next(world, plan, by, staff):
    target = operations.set_target(plan=plan, **by)
    lectures(world, 0, [dt.date(2024, month, 10) for month in range(1, 13)])
    text = staff.get(f"/work/targets/{target.pk}/").content.decode()
    assert "按上年各月的进度" in text
    assert f"{world.counties[0]}比上年同期少" in text
    assert "下一步：" in text
    assert "今年的记录还太少" not in text


def test_pages_refuse_beside_the_field_and_keep_what_was_entered(world, plan, by, staff):
    target = operations.set_target(plan=plan, **by)
    first, second = world.counties
    answer = staff.post(
        f"/work/targets/{target.pk}/parts/", {f"unit_{first.code}": "30", f"unit_{second.code}": "20"}
    )
    text = answer.content.decode()
    assert (answer.status_code, "多分了 10" in text, 'value="30"' in text) == (422, True, True)
    answer = staff.post(f"/work/targets/{target.pk}/", {"act": "milestone", "name": "过半", "due_on": "2025-09-30",
                        "reach": "百分之百", "unit": world.association.pk})  # fmt: skip
    assert (answer.status_code, "请写成 40% 或 150" in answer.content.decode()) == (422, True)
    staff.post(f"/work/targets/{target.pk}/", {"act": "milestone", "name": "过半", "due_on": "2025-09-30",
               "reach": "60％", "unit": world.association.pk})  # fmt: skip
    assert Milestone.objects.get().share == 60


def test_a_sheet_goes_out_and_comes_back(world, plan, by, staff):
    operations.set_target(plan=plan, **by)
    sent = b"".join(staff.get("/work/targets/targets.xlsx?year=2025").streaming_content)
    book = load_workbook(io.BytesIO(sent))
    book.active["D2"], book.active["G2"] = 2026, "四十"
    assert "G2" in upload(staff, book).content.decode()
    assert Target.objects.count() == 1
    book.active["G2"] = 44
    assert [upload(staff, book).status_code for _time in range(2)] == [302, 302]
    assert list(Target.objects.order_by("year").values_list("year", "goal")) == [(2025, 40), (2026, 44)]


def upload(staff, book):
    kept = io.BytesIO()
    book.save(kept)
    file = SimpleUploadedFile("目标.xlsx", kept.getvalue())
    return staff.post("/work/targets/import/", {"file": file})


def test_the_list_is_filtered_and_exported_to_the_end(world, plan, by, staff):
    operations.set_target(plan=plan, **by)
    operations.set_target(plan=with_(plan, name="已够", measure="governance.exhibitions", goal=D(1)), **by)
    world.confirmed(dt.date(2025, 2, 1), kind="EXHIBITION")
    sent = staff.get("/work/targets/list/?year=2025&status=DONE&export=1")
    rows = list(load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active.values)
    assert [row[1] for row in rows[1:]] == ["已够"]


def test_the_first_page_shows_the_targets_of_whose_records_one_keeps(world, plan, by, staff):
    operations.set_target(plan=plan, **by)
    text = staff.get("/work/").content.decode()
    assert ("本单位的目标" in text, "严重滞后" in text) == (True, True)
