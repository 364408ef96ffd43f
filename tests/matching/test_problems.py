"""Problems: posted, checked, moved on, and solved only by the firm's own word."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.matching.models import Industry, Problem, ProblemStage
from kexie.contexts.matching.operations import problems as operations
from kexie.contexts.matching.operations.problems import Posting, ProblemRefused
from kexie.contexts.matching.queries import problems as queries
from kexie.foundation.access import operations as access
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.ledger import build
from tests.matching.conftest import TODAY

POSTING = Posting(
    name="铝压铸件内部气孔超标", summary="压铸后加工面露出气孔，废品率百分之八，希望降到百分之二。"
)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _at(time_machine):
    # It ticks: steps of one day stand in the order in which they were made.
    time_machine.move_to(build.NOW)


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind=Kind.FIRM, name="虚构压铸厂", area=world.counties[0].area,
        actor=None, now=build.NOW,
    )  # fmt: skip


@pytest.fixture
def firm_by(world, firm):
    """Whoever speaks for the firm."""
    account, _password = access.create_account(
        association=world.association,
        username="firm",
        display_name="周厂长",
        unit=firm,
        person=None,
        actor=None,
        now=build.NOW,
    )
    account.must_change_password = False
    account.save()
    access.grant(account=account, role="FIRM_CONTACT", unit=firm, actor=None, now=build.NOW)
    scope = Scope(association_id=world.association.pk, unit_paths=(firm.path,))
    return {"actor": account, "now": build.NOW, "scope": scope}


@pytest.fixture
def posted(firm, firm_by):
    return operations.post(posting=POSTING, firm=firm, **firm_by)


def go(posted, by, *stages, expert=None, on=TODAY):
    operations.accept(problem_id=posted.pk, on=on, **by)
    for stage in stages:
        operations.move(
            problem_id=posted.pk, stage=stage, on=on, expert=expert, reason="" if stage != "CLOSED" else "企业停产", **by
        )  # fmt: skip


def current(world, posted):
    return queries.problem(world.scope, posted.pk, TODAY).current


def solved(world):
    period = Period.until(TODAY, since=TODAY - DAY)
    return figures.value(Cell("matching.problems_solved", period), world.scope)


def test_a_firm_posts_and_the_county_looks_after_it(world, posted, firm):
    assert (posted.number, posted.unit, posted.firm) == ("2025-001", world.counties[0], firm)
    assert ProblemStage.objects.get().state == "DRAFT"
    assert current(world, posted) is None


def test_words_too_few_are_refused_beside_their_field(firm, firm_by):
    with pytest.raises(ProblemRefused) as refused:
        operations.post(posting=Posting(name="气孔", summary="高"), firm=firm, **firm_by)
    assert set(refused.value.fields) == {"name", "summary"}
    long = Posting(name="English title of a problem", summary="很长的说明。" * 3_300)
    assert len(operations.post(posting=long, firm=firm, **firm_by).summary) > 19_000


def test_nobody_posts_for_a_firm_elsewhere(world, firm):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(Forbidden):
        operations.post(posting=POSTING, firm=firm, actor=world.account, now=build.NOW, scope=elsewhere)


def test_only_the_firm_says_that_it_is_solved(world, by, posted, firm_by, enter):
    expert = enter()
    go(posted, by, "PUBLISHED", "MATCHED", "VISITED", "WORKING", expert=expert)
    with pytest.raises(Forbidden):
        operations.move(problem_id=posted.pk, stage="SOLVED", on=TODAY, **by)
    with pytest.raises(Forbidden):
        operations.firm_confirms(problem_id=posted.pk, on=TODAY, **by)
    with pytest.raises(ProblemRefused):
        operations.firm_rejects(problem_id=posted.pk, reason="  ", **firm_by)
    before = solved(world)
    operations.firm_rejects(problem_id=posted.pk, reason="还有砂眼", **firm_by)
    assert (current(world, posted), solved(world)) == ("WORKING", before)
    assert "还有砂眼" in ProblemStage.objects.filter(stage="WORKING").latest("pk").note
    operations.firm_confirms(problem_id=posted.pk, on=TODAY, **firm_by)
    said = ProblemStage.objects.get(stage="SOLVED")
    assert (said.firm_person, said.state, said.recorded_by) == ("周厂长", "CONFIRMED", firm_by["actor"])
    assert solved(world) == before + 1
    with pytest.raises(ValidationError):
        operations.firm_confirms(problem_id=posted.pk, on=TODAY, **firm_by)


def test_steps_that_may_not_follow_are_refused(by, posted):
    with pytest.raises(ValidationError):
        operations.move(problem_id=posted.pk, stage="VISITED", on=TODAY, **by)
    with pytest.raises(ProblemRefused):
        operations.accept(problem_id=posted.pk, on=TODAY + DAY, **by)
    go(posted, by, "PUBLISHED", "CLOSED")
    with pytest.raises(ValidationError):
        operations.move(problem_id=posted.pk, stage="MATCHED", on=TODAY, **by)


def test_the_firm_changes_its_words_until_they_are_checked(by, posted, firm_by):
    changed = Posting(name="铝压铸件气孔", summary="加工面露出气孔，废品率百分之八。")
    operations.change(problem_id=posted.pk, posting=changed, **firm_by)
    operations.accept(problem_id=posted.pk, on=TODAY, **by)
    with pytest.raises(ProblemRefused):
        operations.change(problem_id=posted.pk, posting=POSTING, **firm_by)
    operations.change(problem_id=posted.pk, posting=POSTING, **by)


def test_promises_run_from_the_stage_reached(world, by, firm, firm_by):
    posted = operations.post(posting=POSTING, firm=firm, **{**firm_by, "now": build.NOW - 10 * DAY})
    operations.accept(problem_id=posted.pk, on=TODAY - 10 * DAY, **by)
    found = queries.problem(world.scope, posted.pk, TODAY)
    assert (found.since, found.promised) == (TODAY - 10 * DAY, TODAY - 5 * DAY)
    assert queries.tally(queries.problems(world.scope, TODAY), TODAY) == {
        "open": 1, "late": 1, "fresh": 0, "waits": 0,
    }  # fmt: skip


def test_another_firm_sees_nothing(world, posted):
    other = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    assert not queries.problems(other, TODAY).exists()
    with pytest.raises(NotFound):
        queries.problem(other, posted.pk, TODAY)


def test_the_desk_in_a_browser(staff, firm, posted):
    page = staff.get("/work/problems/").content.decode()
    assert "铝压铸件内部气孔超标" in page
    assert "待审核" in page
    address = f"/work/problems/{posted.pk}/"
    wrong = staff.post(address, {"act": "accept", "on": "昨天"})
    assert (wrong.status_code, "日期" in wrong.content.decode()) == (422, True)
    assert staff.post(address, {"act": "accept", "on": "2025年7月1日"}).status_code == 302
    assert staff.post(address, {"act": "published", "on": "2025-07-01", "words": ""}).status_code == 302
    # The desk is never offered the firm's word.
    shown = staff.get(address).content.decode()
    assert "匹配专家" in shown
    assert "确认已解决" not in shown
    assert "2025-001" in staff.get("/work/problems/?progress=OPEN&q=气孔").content.decode()
    assert "2025-001" not in staff.get("/work/problems/?progress=LATE").content.decode()
    book = load_workbook(io.BytesIO(b"".join(staff.get("/work/problems/?export=1").streaming_content)))
    assert "铝压铸件内部气孔超标" in [one.value for one in book.active["C"]]
    entered = staff.post(
        "/work/problems/new/", {"firm": firm.pk, "name": "二", "summary": "说明", "confidentiality": "PUBLIC"}
    )
    assert entered.status_code == 422
    assert "请用一句话说清是什么问题" in entered.content.decode()


def test_the_firm_in_a_browser(by, posted, firm_by, enter, client):
    client.force_login(firm_by["actor"])
    form = client.get("/work/problems/new/").content.decode()
    assert 'name="firm"' not in form
    made = client.post(
        "/work/problems/new/", {"name": "热处理变形大", "summary": "齿轮淬火后内孔变形超差。", "confidentiality": "PUBLIC"}
    )  # fmt: skip
    assert made.status_code == 302
    go(posted, by, "PUBLISHED", "MATCHED", "VISITED", expert=enter())
    address = f"/work/problems/{posted.pk}/"
    shown = client.get(address).content.decode()
    assert "确认已解决" in shown
    assert "登记签约" not in shown
    assert client.get(f"{address}edit/").status_code == 403
    assert client.post(address, {"act": "unsolved", "reason": ""}).status_code == 422
    assert client.post(address, {"act": "unsolved", "reason": "还有砂眼"}).status_code == 302
    assert client.post(address, {"act": "solved", "on": "2025-07-01"}).status_code == 302
    assert "企业确认人：周厂长" in client.get(address).content.decode()


def test_the_queue_asks_equally_often_for_one_and_for_three(world, staff, firm, firm_by):
    industry = Industry.objects.create(association=world.association, unit=world.association, name="装备制造")
    staff.get("/work/problems/")  # what is read once for the session
    counts = []
    for number in range(3):
        posting = Posting(
            name=f"第{number}个加工问题", summary="加工面露出气孔，废品率高。", industry=industry
        )
        operations.post(posting=posting, firm=firm, **firm_by)
        with CaptureQueriesContext(connection) as asked:
            staff.get("/work/problems/")
        counts.append(len(asked))
    assert counts[0] == counts[2]
    assert Problem.objects.count() == 3
    assert Unit.objects.filter(kind=Kind.FIRM).count() == 1
