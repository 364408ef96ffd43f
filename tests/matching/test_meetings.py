"""Meetings: the timetable by the engine and by hand, who may not meet, replanning, pages."""

import datetime as dt
import io
import random

import numpy as np
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from docx import Document

from kexie.contexts.matching.models import ExpertVisit, Meeting, MeetingTalk, Problem, ProblemStage
from kexie.contexts.matching.operations import conflicts, experts
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.operations import meeting_day as day
from kexie.contexts.matching.operations import meeting_notices as notices
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.operations.meetings import ChangedMeanwhile, MeetingRefused
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.rules import timetable as rules
from kexie.foundation.access import operations as access
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger import operations as ledger
from kexie.ledger.measures import Cell
from kexie.platform import tasks as background
from kexie.platform.assignment.sessions import Sessions, Side, solve
from kexie.platform.notify.models import Notice
from tests.ledger import build

FRAME = {
    "name": "装备制造对接会", "on": dt.date(2025, 7, 2), "place": "会展中心", "starts_at": dt.time(9), "minutes": 25,
    "gap": 5, "slots": 4, "tables": 3, "pause_after": 2, "pause_minutes": 60, "in_a_row": 2, "seconds": 20,
    "event": None, "note": "",
}  # fmt: skip
# 11:40 of the meeting's day: two slots are over, the third has not begun.
NOON = dt.datetime(2025, 7, 2, 2, 40, tzinfo=dt.UTC)


def checked(task, found):
    """Nobody twice in a slot, nobody who must not, loads and pauses kept, except by what was fixed."""
    places = found.places
    assert len({(p, s) for p, _e, s in places}) == len({(e, s) for _p, e, s in places}) == len(places)
    assert len({(p, e) for p, e, _s in places}) == len(places)
    for problem, expert, slot in places:
        assert task.value[problem, expert] > 0
        assert slot in task.left[problem].slots & task.right[expert].slots
    for at, sides in ((0, task.left), (1, task.right)):
        for index, one in enumerate(sides):
            talks = sum(place[at] == index for place in places)
            assert talks <= one.most
            assert max(one.least - talks, 0) == found.lacking.get(one.id, 0)
    for slot in range(task.slots):
        assert sum(place[2] == slot for place in places) <= task.tables
    for expert in range(len(task.right)):
        for run in task.runs:
            assert rules._longest(run, {s for _p, e, s in places if e == expert}) <= task.in_a_row


def some_task(seed):
    chance = random.Random(seed)
    slots = chance.randint(2, 5)

    def side(name):
        first = chance.randrange(slots)
        there = frozenset(range(first, chance.randint(first + 1, slots)))
        least = chance.randint(0, 1)
        return Side(name, there, least, chance.randint(max(least, 1), 3))

    value = [[chance.choice((0, 0, 3, 7, 20, 41)) for _e in range(6)] for _p in range(5)]
    return Sessions(
        left=[side(f"p{at}") for at in range(5)], right=[side(f"e{at}") for at in range(6)], value=np.array(value),
        slots=slots, tables=chance.randint(1, 4), runs=[range(slots)], in_a_row=2,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_any_timetable_keeps_the_rules_and_its_proof_holds_when_one_talk_is_taken_away(seed):
    task = some_task(seed)
    found = solve(task, seconds=20)
    checked(task, found)
    assert found.is_proven
    # What stood is kept where it can be: without one expert, every other talk stays where it was.
    gone = next((expert for _p, expert, _s in found.places), 0)
    right = [
        Side(one.id, frozenset(), 0, one.most) if at == gone else one for at, one in enumerate(task.right)
    ]
    again = Sessions(
        left=task.left, right=right, value=task.value, slots=task.slots, tables=task.tables, runs=task.runs,
        in_a_row=task.in_a_row, before=frozenset(found.places),
    )  # fmt: skip
    new = solve(again, seconds=20)
    checked(again, new)
    assert {place for place in found.places if place[1] != gone} <= set(new.places)


def test_a_small_timetable_is_the_best_there_is():
    task = Sessions(
        left=[Side("a", frozenset({0}), 1, 1), Side("b", frozenset({0, 1}), 1, 2)],
        right=[Side("x", frozenset({0, 1}), 0, 2), Side("y", frozenset({1}), 0, 1)],
        value=np.array([[5, 9], [4, 8]]), slots=2, tables=1,
    )  # fmt: skip
    found = solve(task)
    # y is never there with a; with one table a meets x first, then b meets y.
    assert (sorted(found.places), found.value, found.is_proven) == ([(0, 0, 0), (1, 1, 1)], 13, True)


def test_firms_keep_their_table_and_talks_that_stood_stay_where_they_were():
    places = [(0, 0, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1), (2, 2, 1)]
    found = rules.tables(places, number=3, held={(1, 1, 0): 0})
    assert found == {(1, 1, 0): 0, (0, 0, 0): 1, (0, 1, 1): 1, (1, 0, 1): 0, (2, 2, 1): 2}


@pytest.fixture
def meeting(world, by, enter):
    """Three problems of three firms, four experts, one of them employed by the first firm."""
    made = operations.add(**FRAME, **by)
    problems = [
        Problem.objects.create(
            association=world.association, unit=world.association, number=f"2025-{at}", name=f"齿轮热处理变形{at}",
            firm=unit, area=unit.area,
        )
        for at, unit in enumerate((*world.museums, world.counties[0]))
    ]  # fmt: skip
    employer = problems[0].firm.name
    experts = [
        enter(name, skills="齿轮热处理", employer=employer if name == "专家1" else "淮颍大学")
        for name in ("专家1", "专家2", "专家3", "专家4")
    ]
    operations.add_problems(meeting_id=made.pk, problems=[one.pk for one in problems], **by)
    assert operations.add_experts(meeting_id=made.pk, experts=[one.pk for one in experts], **by) == 4
    return made


def parts(meeting):
    return queries.problems(meeting), queries.people(meeting)


def planned(meeting, by, *, now=build.NOW, **options):
    operations.begin(meeting_id=meeting.pk, **options, **by)
    operations.compute(meeting_id=meeting.pk, now=now)
    meeting.refresh_from_db()
    return {(talk.problem_id, talk.expert_id): talk for talk in queries.talks(meeting)}


def test_a_timetable_follows_wishes_and_explains_whom_it_keeps_apart(meeting, by):
    firms, guests = parts(meeting)
    operations.wish(meeting_id=meeting.pk, part_id=firms[1].pk, wanted=[guests[3].pk, guests[1].pk], **by)
    operations.wish(meeting_id=meeting.pk, part_id=guests[3].pk, wanted=[firms[1].pk], **by)
    operations.set_part(
        meeting_id=meeting.pk, part_id=firms[1].pk, least=1, most=1, first_slot=2, last_slot=4, **by
    )
    found = planned(meeting, by)
    assert (meeting.plan, meeting.progress, meeting.is_proven) == (Meeting.Plan.READY, 100, True)
    own = [talk for (problem, _e), talk in found.items() if problem == firms[1].pk]
    assert [(talk.expert_id, talk.slot >= 1) for talk in own] == [(guests[3].pk, True)]
    assert (firms[0].pk, guests[0].pk) not in found
    firm = firms[0].problem.firm.name
    assert queries.exclusions(meeting) == [(firm, "专家1", f"同一单位：{firm}")]
    assert rules.breaks((queries.seat(talk) for talk in found.values()), queries.setting(meeting)) == []


def test_an_expert_who_cancels_in_the_morning_moves_nobody_else(meeting, by):
    before = planned(meeting, by)
    where = {pair: (talk.slot, talk.table) for pair, talk in before.items()}
    guests = queries.people(meeting)
    operations.call_off(meeting_id=meeting.pk, part_id=guests[1].pk, reason="航班取消", **by)
    after = planned(meeting, {**by, "now": NOON}, now=NOON)
    kept = {
        pair: place for pair, place in where.items() if pair[1] != guests[1].pk or place[0] < 2
    }  # his talks before noon took place
    assert {pair: (after[pair].slot, after[pair].table) for pair in kept} == kept
    assert not any(talk.slot >= 2 and talk.expert_id == guests[1].pk for talk in after.values())
    assert all(after[pair].slot >= 2 for pair in after if pair not in where)
    assert meeting.is_proven


def test_a_locked_talk_stays_when_all_is_planned_anew(meeting, by):
    talk = next(iter(planned(meeting, by).values()))
    operations.lock(meeting_id=meeting.pk, talk_id=talk.pk, seen=str(meeting.edition), **by)
    after = planned(meeting, by, anew=True)[talk.problem_id, talk.expert_id]
    assert (after.pk, after.slot, after.table) == (talk.pk, talk.slot, talk.table)


def test_hand_changes_say_what_they_break_and_never_seat_anybody_twice(meeting, by):
    firms, guests = parts(meeting)
    here = {"meeting_id": meeting.pk, **by}
    seen = lambda: str(Meeting.objects.get(pk=meeting.pk).edition)  # noqa: E731 - read anew each time
    first = operations.put(
        problem_id=firms[1].pk, expert_id=guests[1].pk, slot=1, table=1, seen=seen(), **here
    )
    with pytest.raises(MeetingRefused, match="第1场已有洽谈"):
        operations.put(problem_id=firms[2].pk, expert_id=guests[1].pk, slot=1, table=2, seen=seen(), **here)
    with pytest.raises(MeetingRefused, match="要回避"):
        operations.put(problem_id=firms[0].pk, expert_id=guests[0].pk, slot=2, table=2, seen=seen(), **here)
    operations.set_part(part_id=guests[2].pk, least=0, most=1, first_slot=1, last_slot=2, **here)
    late = {"problem_id": firms[2].pk, "expert_id": guests[2].pk, "slot": 3, "table": 2, **here}
    with pytest.raises(MeetingRefused, match="专家3第3场不在场"):
        operations.put(seen=seen(), **late)
    other = operations.put(seen=seen(), anyway=True, **late)
    with pytest.raises(ChangedMeanwhile):
        operations.move(talk_id=first.pk, slot=2, table=1, seen="0", **here)
    operations.move(talk_id=first.pk, slot=3, table=2, seen=seen(), **here)
    first.refresh_from_db()
    other.refresh_from_db()
    assert ((first.slot, first.table), (other.slot, other.table)) == ((2, 1), (0, 0))
    with pytest.raises(MeetingRefused, match="已经开始"):
        operations.drop(talk_id=other.pk, seen=seen(), **{**here, "now": NOON})
    with pytest.raises(IntegrityError):
        twice_at_a_table(other, slot=2, table=1)


def twice_at_a_table(talk, **place):
    with transaction.atomic():
        MeetingTalk.objects.filter(pk=talk.pk).update(**place)
        connection.check_constraints()


def test_a_computation_is_cancelled_and_refuses_hand_changes_meanwhile(meeting, by):
    operations.begin(meeting_id=meeting.pk, **by)
    with pytest.raises(MeetingRefused, match="正在计算"):
        operations.begin(meeting_id=meeting.pk, **by)
    operations.cancel(meeting_id=meeting.pk, **by)
    operations.compute(meeting_id=meeting.pk, now=build.NOW)
    assert not meeting.talks.exists()
    with pytest.raises(MeetingRefused, match="刷新"):
        operations.cancel(meeting_id=meeting.pk, **by)


def test_a_declared_tie_keeps_two_apart(meeting, by):
    firms, guests = parts(meeting)
    conflicts.declare(
        expert_id=guests[1].expert_id,
        kind="KINSHIP",
        other_name=firms[2].problem.firm.name,
        words="",
        until=None,
        **by,
    )
    assert (firms[2].pk, guests[1].pk) not in planned(meeting, by)


def test_pages_of_a_meeting(meeting, by, staff):
    planned(meeting, by)
    here = f"/work/meetings/{meeting.pk}/"
    page = staff.get(here).content.decode()
    assert "已证明：在这些条件下没有更好的时间表" in page
    assert "同一单位" in page
    for name in ("parts/", "sheets/", "sheets/?by=expert", "sheets/?by=firm", "door/", "wall/", "edit/"):
        assert staff.get(here + name).status_code == 200, name
    firms, guests = parts(meeting)
    refused = staff.post(
        here, {
            "act": "seat", "seen": "0", "problem_id": firms[1].pk, "expert_id": guests[1].pk, "slot": "１", "table": "1",
        },
    )  # fmt: skip
    assert refused.status_code == 422
    assert "别人改了它" in refused.content.decode()
    wished = {"act": "wish", "wish_1": guests[2].pk, "wish_2": guests[0].pk}
    assert staff.post(f"{here}parts/{firms[1].pk}/", wished).status_code == 302
    ranks = firms[1].wishes.order_by("rank").values_list("rank", "expert")
    assert list(ranks) == [(1, guests[2].pk), (2, guests[0].pk)]


def test_the_task_plans_what_a_page_asked_for(meeting, staff):
    with time_machine.travel(build.NOW, tick=False):
        staff.post(f"/work/meetings/{meeting.pk}/", {"act": "plan"})
        assert background.run_pending() == 1
    meeting.refresh_from_db()
    assert (meeting.plan, meeting.is_proven, meeting.talks.exists()) == (Meeting.Plan.READY, True, True)


def test_a_new_meeting_keeps_what_was_entered_where_it_is_refused(staff):
    sent = {**FRAME, "on": "2025-07-02", "starts_at": "23:00", "event": ""}
    refused = staff.post("/work/meetings/new/", sent)
    assert refused.status_code == 422
    assert "过半夜" in refused.content.decode()
    assert "装备制造对接会" in refused.content.decode()
    assert staff.post("/work/meetings/new/", {**sent, "starts_at": "09：00"}).status_code == 302


def test_the_list_asks_as_often_for_three_meetings_as_for_one(by, staff):
    operations.add(**FRAME, **by)
    staff.get("/work/meetings/")
    with CaptureQueriesContext(connection) as one:
        staff.get("/work/meetings/")
    for name in ("第二场", "第三场"):
        operations.add(**{**FRAME, "name": name}, **by)
    with CaptureQueriesContext(connection) as three:
        assert "第三场" in staff.get("/work/meetings/").content.decode()
    assert len(three) == len(one)


def test_an_invitation_is_answered_by_its_link_and_looking_changes_nothing(meeting, by, client):
    guest = queries.people(meeting)[0]
    link = f"/meetings/{day.token_of(guest)}/"
    with time_machine.travel(build.NOW, tick=False):
        assert guest.expert.name not in client.get(link).content.decode()
        guest.refresh_from_db()
        assert guest.answer == "OPEN"
        assert client.post(link, {"answer": "no"}).status_code == 302
        guest.refresh_from_db()
        assert guest.answer == "NO"
        # Whoever does not come gets no talks.
        assert not any(pair[1] == guest.pk for pair in planned(meeting, by))
        assert client.get(link[:-2] + "/").status_code == 404
    with time_machine.travel(build.NOW + dt.timedelta(days=3), tick=False):
        assert client.post(link, {"answer": "yes"}).status_code == 422


def test_the_door_takes_a_code_or_a_number_once_and_guests(meeting, by, enter, staff):
    expert = enter("专家5", phone="13800138000")
    operations.add_experts(meeting_id=meeting.pk, experts=[expert.pk], **by)
    page = f"/work/meetings/{meeting.pk}/door/"
    answers = [
        staff.post(page, {"act": "arrive", "said": said}, follow=True).content.decode()
        for said in ("１３８００１３８０００", "13800138000", queries.problems(meeting)[0].code.upper())
    ]
    assert ["专家5签到成功" in answers[0], "已经签到过" in answers[1], "签到成功" in answers[2]] == [True] * 3
    wrong = staff.post(page, {"act": "arrive", "said": "0000"})
    assert (wrong.status_code, "没有这个签到码" in wrong.content.decode()) == (422, True)
    for _again in range(2):
        day.walk_in(meeting_id=meeting.pk, name="来宾", employer="某厂", **by)
    assert meeting.guests.count() == 1


def test_an_intention_becomes_a_stage_once_and_stands_in_the_minutes(meeting, world, by, staff):
    talk = next(iter(planned(meeting, by).values()))
    problem = talk.problem.problem
    for stage in ("COLLECTED", "CHECKED", "MATCHED"):
        record = ProblemStage(
            association=world.association, unit=problem.unit, area=problem.area, problem=problem, stage=stage,
            occurred_on=dt.date(2025, 6, 1),
        )  # fmt: skip
        ledger.confirm(records=[ledger.draft(record=record, **by)], **by)
    told = {"meeting_id": meeting.pk, "talk_id": talk.pk, "outcome": "INTENTION", "said": "下周到厂"}
    with pytest.raises(MeetingRefused, match="还没有开始"):
        day.outcome(**told, **by)
    late = {**by, "now": dt.datetime(2025, 7, 2, 9, 0, tzinfo=dt.UTC)}
    for _again in range(2):
        day.outcome(**told, **late)
    made = ProblemStage.objects.get(problem=problem, stage="VISITED")
    assert (made.expert_id, made.state, made.occurred_on) == (talk.expert.expert_id, "DRAFT", meeting.on)
    with pytest.raises(MeetingRefused):
        day.outcome(**{**told, "outcome": "TALKED"}, **late)
    sent = staff.get(f"/work/meetings/{meeting.pk}/minutes/")
    read = Document(io.BytesIO(b"".join(sent.streaming_content)))
    assert ["达成意向", "下周到厂"] in [[cell.text for cell in row.cells][-2:] for row in read.tables[0].rows]


SITE = "https://kexie.example"


def test_everybody_is_invited_once_and_only_those_changed_are_told_again(meeting, by):
    firms, guests = parts(meeting)
    for guest in guests[:3]:
        facts.give_consent(expert_id=guest.expert_id, use="NOTICE", basis="PAPER", on=build.NOW.date(), **by)
        experts.change_contact(
            expert_id=guest.expert_id, phone=f"1380013800{guests.index(guest)}", email="", **by
        )
    asked = notices.invite(meeting_id=meeting.pk, site=SITE, **by)
    assert (asked.told, asked.not_reached) == (3, len(firms) + 1)
    assert notices.invite(meeting_id=meeting.pk, site=SITE, **by).told == 0
    planned(meeting, by)
    talks = queries.talks(meeting)
    seated = {pk for talk in talks for pk in (talk.problem_id, talk.expert_id)}
    first = notices.tell_talks(meeting_id=meeting.pk, site=SITE, **by)
    assert first.told == len({guest.pk for guest in guests[:3]} & seated)
    assert notices.tell_talks(meeting_id=meeting.pk, site=SITE, **by).told == 0
    before = {guest.pk: notices.own_talks(guest, talks) for guest in guests}
    operations.call_off(meeting_id=meeting.pk, part_id=guests[1].pk, reason="航班取消", **by)
    planned(meeting, {**by, "now": NOON}, now=NOON)
    after = queries.talks(meeting)
    changed = [
        guest
        for guest in guests[:3]
        if guest != guests[1] and notices.own_talks(guest, after) != before[guest.pk]
    ]
    Notice.objects.all().delete()
    assert notices.tell_talks(meeting_id=meeting.pk, site=SITE, **by).told == len(changed)
    assert Notice.objects.count() == len(changed)


def test_a_firm_is_told_in_the_inbox_of_its_accounts(meeting, world, by):
    firm = queries.problems(meeting)[0].problem.firm
    account, _password = access.create_account(
        association=world.association,
        username="firm",
        display_name="企业联系人",
        unit=firm,
        actor=None,
        now=build.NOW,
    )
    assert notices.invite(meeting_id=meeting.pk, site=SITE, **by).told == 1
    assert Notice.objects.get().to_id == account.pk


def counted(world):
    """The figures that a talk moves."""
    until = Period.until(dt.date(2025, 7, 2))
    keys = ("matching.visits", "matching.firms_served")
    return [figures.value(Cell(key, until), world.scope) for key in keys]


def test_a_talk_counts_as_one_visit_however_often_it_is_said_and_no_more_once_it_is_taken_back(
    meeting, world, by
):
    talks = planned(meeting, by)
    talk = next(iter(talks.values()))
    told = {"meeting_id": meeting.pk, "talk_id": talk.pk, "said": ""}
    late = {**by, "now": dt.datetime(2025, 7, 2, 9, 0, tzinfo=dt.UTC)}
    assert counted(world) == [0, 0]
    day.outcome(**told, outcome="ABSENT", **late)
    assert counted(world) == [0, 0]
    for outcome in ("TALKED", "TALKED", "FOLLOW_UP"):
        day.outcome(**told, outcome=outcome, **late)
        assert counted(world) == [1, 1]
    visit = ExpertVisit.objects.get()
    assert (visit.expert, visit.firm, visit.occurred_on, visit.unit, visit.state) == (
        talk.expert.expert, talk.problem.problem.firm, meeting.on, meeting.unit, "CONFIRMED",
    )  # fmt: skip
    day.outcome(**told, outcome="ABSENT", **late)
    assert counted(world) == [0, 0]
    assert ExpertVisit.objects.get().state == "REVERSED"
    day.outcome(**told, outcome="TALKED", **late)
    assert counted(world) == [1, 1]


def test_two_problems_of_a_firm_and_one_expert_are_one_visit_until_both_came_to_nothing(meeting, world, by):
    talks = planned(meeting, by)
    first = next(iter(talks.values()))
    problem = first.problem.problem
    other = Problem.objects.create(
        association=world.association, unit=world.association, number="2025-9", name="另一个难题", firm=problem.firm,
        area=problem.area,
    )  # fmt: skip
    operations.add_problems(meeting_id=meeting.pk, problems=[other.pk], **by)
    taken = {one.slot for one in talks.values() if one.expert_id == first.expert_id}
    free = next(slot for slot in range(4) if slot not in taken)
    second = MeetingTalk.objects.create(
        association=world.association, meeting=meeting, slot=free, table=9, problem=meeting.problems.get(problem=other),
        expert=meeting.experts.get(pk=first.expert_id),
    )  # fmt: skip
    late = {**by, "now": dt.datetime(2025, 7, 2, 9, 0, tzinfo=dt.UTC), "meeting_id": meeting.pk, "said": ""}
    day.outcome(talk_id=first.pk, outcome="TALKED", **late)
    day.outcome(talk_id=second.pk, outcome="TALKED", **late)
    assert counted(world) == [1, 1]
    day.outcome(talk_id=first.pk, outcome="ABSENT", **late)
    assert counted(world) == [1, 1]
    day.outcome(talk_id=second.pk, outcome="ABSENT", **late)
    assert counted(world) == [0, 0]


def test_what_the_ledger_took_back_is_counted_anew_when_it_is_said_again(meeting, world, by):
    talk = next(iter(planned(meeting, by).values()))
    late = {**by, "now": dt.datetime(2025, 7, 2, 9, 0, tzinfo=dt.UTC)}
    told = {"meeting_id": meeting.pk, "talk_id": talk.pk, "said": "", "outcome": "TALKED"}
    day.outcome(**told, **late)
    ledger.reverse(record=ExpertVisit.objects.get(), reason="登错", **late)
    assert counted(world) == [0, 0]
    day.outcome(**told, **late)
    assert counted(world) == [1, 1]
    assert sorted(ExpertVisit.objects.values_list("state", flat=True)) == ["CONFIRMED", "REVERSED"]
