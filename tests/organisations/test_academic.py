"""Academic events: called, programmed, registered for, with papers reviewed; held, they become records that are counted."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kexie.contexts.organisations.models import AcademicEvent, AcademicOutcome, Conference
from kexie.contexts.organisations.operations import academic as operations
from kexie.contexts.organisations.operations import papers
from kexie.contexts.organisations.operations.academic import ConferenceRefused, Plan, Slot
from kexie.contexts.organisations.queries import academic as queries
from kexie.contexts.organisations.states import CONFERENCE_TRANSITIONS
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.ledger import build

TODAY, DAY = dt.date(2025, 7, 1), dt.timedelta(days=1)
PLAN = Plan(
    name="小麦栽培研讨会", starts_on=TODAY, ends_on=TODAY, venue="科技馆", call="征集栽培论文。", papers_until=TODAY,
    capacity=3,
)  # fmt: skip
PAPER = {"title": "播期试验", "authors": "王知远、李听澜", "on": TODAY}


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
def society(world):
    return units.create_unit(
        association=world.association, parent=world.association, kind=Kind.SOCIETY, name="测试市农学会",
        area=world.association.area, actor=None, now=build.NOW,
    )  # fmt: skip


@pytest.fixture
def one(society, by):
    return operations.plan(plan=PLAN, society=society, **by)


@pytest.fixture
def staff(world, client):
    access.grant(account=world.account, role="COORDINATOR", unit=world.association, actor=None, now=build.NOW)
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=build.NOW)
    world.account.save()
    client.force_login(world.account)
    return client


def slot(start, end, **given):
    return Slot(on=TODAY, starts_at=dt.time(start), ends_at=dt.time(end), **{"title": f"{start}点", **given})


def accepted(one, by, **given):
    paper = papers.submit(conference_id=one.pk, **{**PAPER, **given}, **by)
    papers.review(paper_id=paper.pk, reviewer="赵若川", opinion="ACCEPTED", on=TODAY, **by)
    return papers.decide(paper_id=paper.pk, decision="ACCEPTED", **by)


def counted(world):
    names = ("academic_events", "academic_attendance", "academic_papers", "academic_papers_submitted")
    return [figures.value(Cell(f"organisations.{name}", Period.until(TODAY)), world.scope) for name in names]


def test_every_stage_is_reached():
    assert set().union(*CONFERENCE_TRANSITIONS.values()) == CONFERENCE_TRANSITIONS.keys() - {""}


def test_an_event_is_of_a_society_and_called_with_a_text(world, society, by):
    with pytest.raises(ConferenceRefused) as refused:
        operations.plan(plan=PLAN, society=world.association, **by)
    assert set(refused.value.fields) == {"host"}
    silent = operations.plan(plan=Plan(name="沙龙", starts_on=TODAY, ends_on=TODAY), society=society, **by)
    with pytest.raises(ConferenceRefused):
        operations.move(conference_id=silent.pk, state="CALLING", **by)
    with pytest.raises(ValidationError):
        operations.plan(plan=Plan(name="沙龙", starts_on=TODAY, ends_on=TODAY - DAY), society=society, **by)


def test_clashes_of_rooms_and_speakers_are_told_also_between_events(world, one, society, by):
    first = operations.schedule(conference_id=one.pk, slot=slot(9, 11, room="一厅", speaker="王知远"), **by)
    operations.schedule(conference_id=one.pk, slot=slot(11, 12, room="一厅", speaker="李听澜"), **by)
    assert queries.clashes(one) == []
    operations.schedule(conference_id=one.pk, slot=slot(10, 12, room="二厅", chair="赵若川、王知远"), **by)
    assert [clash.what for clash in queries.clashes(one)] == ["王知远"]
    other = operations.plan(plan=PLAN, society=society, **by)
    operations.schedule(conference_id=other.pk, slot=slot(9, 10, room="一厅"), **by)
    assert sorted(clash.what for clash in queries.clashes(one)) == ["会议室“一厅”", "王知远"]
    operations.cancel(conference_id=other.pk, reason="改期", **by)
    operations.schedule(
        conference_id=one.pk, slot=slot(8, 9, room="一厅", speaker="王知远"), session_id=first.pk, **by
    )
    assert queries.clashes(one) == []
    late = Slot(on=TODAY + DAY, starts_at=dt.time(9), ends_at=dt.time(10), title="次日")
    with pytest.raises(ConferenceRefused):
        operations.schedule(conference_id=one.pk, slot=late, **by)


def test_people_register_once_and_no_more_than_there_is_room(one, by):
    made = operations.register(
        conference_id=one.pk, lines="王知远 农科院\n李听澜，农技站\n\n王知远\t农科院", **by
    )
    assert [(guest.name, guest.employer) for guest in made] == [("王知远", "农科院"), ("李听澜", "农技站")]
    assert operations.register(conference_id=one.pk, lines="王知远 农科院", **by) == []
    with pytest.raises(ConferenceRefused) as refused:
        operations.register(conference_id=one.pk, lines="甲\n乙", **by)
    assert set(refused.value.fields) == {"lines"}


def test_a_paper_is_reviewed_by_others_before_it_is_decided(one, by):
    paper = papers.submit(conference_id=one.pk, **PAPER, **by)
    with pytest.raises(ConferenceRefused, match="还没有评审意见"):
        papers.decide(paper_id=paper.pk, decision="ACCEPTED", **by)
    with pytest.raises(ConferenceRefused) as refused:
        papers.review(paper_id=paper.pk, reviewer="李听澜", opinion="ACCEPTED", on=TODAY, **by)
    assert set(refused.value.fields) == {"reviewer"}
    papers.review(paper_id=paper.pk, reviewer="赵若川", opinion="REVISE", on=TODAY, **by)
    with pytest.raises(ConferenceRefused):
        papers.decide(paper_id=paper.pk, decision="REJECTED", award="FIRST", **by)
    session = operations.schedule(conference_id=one.pk, slot=slot(9, 10), **by)
    decided = papers.decide(paper_id=paper.pk, decision="ACCEPTED", session=session, award="FIRST", **by)
    assert (decided.session, decided.award) == (session, "FIRST")
    operations.unschedule(session_id=session.pk, **by)
    decided.refresh_from_db()
    assert (decided.session, decided.decision) == (None, "ACCEPTED")


def test_holding_writes_the_event_and_its_outcome(world, one, by):
    accepted(one, by)
    papers.submit(conference_id=one.pk, **{**PAPER, "title": "肥料试验"}, **by)
    operations.move(conference_id=one.pk, state="READY", **by)
    with pytest.raises(ConferenceRefused) as refused:
        operations.conclude(conference_id=one.pk, method="ROSTER", **by)
    assert set(refused.value.fields) == {"method"}
    guests = operations.register(conference_id=one.pk, lines="王知远 农科院\n李听澜 农技站", **by)
    operations.attend(conference_id=one.pk, guest_ids=[guests[0].pk], **by)
    operations.spend(conference_id=one.pk, item="场地费", amount=800, on=TODAY, **by)
    event = operations.conclude(conference_id=one.pk, method="ROSTER", outcome="形成栽培建议", **by)
    assert (event.headcount, event.method, event.held) == (1, "ROSTER", True)
    outcome = AcademicOutcome.objects.get()
    assert (outcome.event_id, outcome.cost, outcome.papers_accepted, outcome.state) == (
        event.pk,
        800,
        1,
        "CONFIRMED",
    )
    assert counted(world) == [1, 1, 1, 2]
    with pytest.raises(ConferenceRefused):
        operations.register(conference_id=one.pk, lines="迟到者", **by)


def test_nothing_is_held_before_its_day_and_cancelling_counts_nothing(world, society, by):
    later = Plan(name="年会", starts_on=TODAY, ends_on=TODAY + DAY)
    one = operations.plan(plan=later, society=society, **by)
    operations.move(conference_id=one.pk, state="READY", **by)
    with pytest.raises(ConferenceRefused):
        operations.conclude(conference_id=one.pk, method="HOST", headcount=50, **by)
    operations.cancel(conference_id=one.pk, reason="天气原因", **by)
    assert counted(world)[:1] == [0]
    assert not AcademicEvent.objects.exists()


def test_elsewhere_nobody_sees_it(world, one):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        queries.conference(elsewhere, one.pk)


def test_the_desk_in_a_browser(staff, society):
    form = {
        "society": society.pk,
        "name": "小麦栽培研讨会",
        "starts_on": "2025-07-01",
        "ends_on": "2025-06-01",
    }
    wrong = staff.post("/work/academic/new/", form)
    assert (wrong.status_code, "日期有先后" in wrong.content.decode()) == (422, True)
    address = staff.post("/work/academic/new/", {**form, "ends_on": "2025-07-01"})["Location"]
    item = {
        "act": "slot",
        "on": "2025-07-01",
        "starts_at": "09:00",
        "ends_at": "10:00",
        "title": "开幕",
        "room": "一厅",
    }
    assert staff.post(address, item).status_code == 302
    assert staff.post(address, {**item, "title": "报告"}).status_code == 302
    assert "议程有时间冲突" in staff.get(address).content.decode()
    one = Conference.objects.get()
    row = one.sessions.get(title="报告")
    assert staff.get(f"{address}programme/{row.pk}/delete/").status_code == 200
    assert staff.post(f"{address}programme/{row.pk}/delete/").status_code == 302
    assert staff.post(address, {"act": "register", "lines": "王知远 农科院"}).status_code == 302
    assert staff.post(f"{address}attendance/", {"came": [one.guests.get().pk]}).status_code == 302
    paper = {"act": "submit", "title": "播期试验", "authors": "李听澜", "on": "2025-07-01"}
    assert staff.post(address, paper).status_code == 302
    there = f"{address}papers/{one.papers.get().pk}/"
    said = {"act": "review", "reviewer": "赵若川", "opinion": "ACCEPTED", "on": "2025-07-01"}
    assert staff.post(there, {**said, "reviewer": "李听澜"}).status_code == 422
    assert staff.post(there, said).status_code == 302
    assert staff.post(there, {"act": "decide", "decision": "ACCEPTED", "award": "FIRST"}).status_code == 302
    assert staff.post(address, {"act": "ready"}).status_code == 302
    assert staff.post(address, {"act": "held", "method": "ROSTER"}).status_code == 302
    shown = staff.get(address).content.decode()
    assert "已举办" in shown
    assert "登记举办" not in shown
    assert staff.post(f"{address}edit/", {**form, "ends_on": "2025-07-01"}).status_code == 422
    sheet = load_workbook(
        io.BytesIO(b"".join(staff.get("/work/academic/?state=HELD&export=1").streaming_content))
    )
    assert "小麦栽培研讨会" in {cell.value for cell in sheet.active["B"]}


def test_the_list_asks_equally_often_for_one_and_for_three(staff, society, by):
    counts = []
    for number in range(3):
        operations.plan(
            plan=Plan(name=f"第{number}届年会", starts_on=TODAY, ends_on=TODAY), society=society, **by
        )
        with CaptureQueriesContext(connection) as asked:
            staff.get("/work/academic/")
        counts.append(len(asked))
    assert counts[1] == counts[2]
