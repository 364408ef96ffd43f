"""Merging experts: nobody counts twice, belongs twice, or is lost from where they belonged; undoing puts all back."""

import datetime as dt

import pytest

from kexie.contexts.matching.models import CarrierExpert, ExpertVisit, TeamMember
from kexie.contexts.matching.operations import (
    carrier_work,
    expert_merges,
    invitations,
    meetings,
    teams,
)
from kexie.contexts.matching.operations.expert_memberships import Doubled
from kexie.contexts.matching.queries import carriers as carrier_queries
from kexie.contexts.matching.queries import teams as team_queries
from kexie.kernel.periods import Period
from kexie.ledger import figures, registry
from kexie.ledger import operations as ledger
from kexie.ledger.kinds import Distinct
from kexie.ledger.measures import Cell
from tests.ledger import build
from tests.matching.conftest import TODAY
from tests.matching.test_carriers import applied, firm  # noqa: F401 - fixtures
from tests.matching.test_finding import post, stage  # noqa: F401 - fixtures

DAY = dt.timedelta(days=1)
SETTING = {
    "name": "对接会", "on": TODAY + DAY, "starts_at": dt.time(9), "minutes": 25, "gap": 5, "slots": 4, "tables": 4,
    "pause_after": 0, "pause_minutes": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


def merged(by, kept, gone):
    return expert_merges.merge(kept_id=kept.pk, gone_id=gone.pk, **by)


def came(world, by, who, firm, on):  # noqa: F811
    record = ExpertVisit(unit=world.association, area=firm.area, occurred_on=on, firm=firm, expert=who)
    ledger.draft(record=record, **by)
    ledger.confirm(records=[record], **by)


def counted(world, key, **filters):
    cell = Cell(key, Period.until(TODAY), filters=tuple(filters.items()))
    value = figures.value(cell, world.scope)
    measure = registry.measure(key)
    rows = measure.contributions(cell, world.scope)
    assert sum(row.contribution for row in rows) == value  # the rows that open below the figure add up to it
    return value


def test_a_merged_expert_counts_once_whenever_they_came_and_two_again_after_undoing(world, by, enter, firm):  # noqa: F811
    society = world.museums[0]
    kept, gone = enter("王知远", society=society), enter("Zhiyuan Wang")
    came(world, by, kept, firm, TODAY - 9 * DAY)
    came(world, by, gone, firm, TODAY - 8 * DAY)
    assert (counted(world, "matching.society_experts"), counted(world, "matching.society_visits")) == (1, 1)
    made = merged(by, kept, gone)
    came(world, by, kept, firm, TODAY - 7 * DAY)
    assert (counted(world, "matching.society_experts"), counted(world, "matching.society_visits")) == (1, 3)
    assert counted(world, "matching.visits") == 3
    expert_merges.undo(merge_id=made.pk, **by)
    assert (counted(world, "matching.society_experts"), counted(world, "matching.society_visits")) == (1, 2)


def test_no_measure_of_matching_counts_entries_instead_of_people():
    counts = [
        one
        for one in registry.measures().values()
        if isinstance(one.kind, Distinct) and one.context == "matching"
    ]
    assert {one.kind.of for one in counts if "expert" in one.kind.of} == {"expert__identity"}


def test_teams_and_carriers_keep_whom_they_have(world, by, enter, applied):  # noqa: F811
    kept, gone = enter("王知远"), enter("Zhiyuan Wang")
    first, second = (
        teams.found(name=name, unit=world.association, kind="CITY", started_on=TODAY - 99 * DAY, **by)
        for name in "甲乙"
    )
    for team, who, role in ((first, gone, "LEADER"), (first, kept, "MEMBER"), (second, gone, "SECRETARY")):
        teams.join(team_id=team.pk, expert=who, role=role, since=TODAY - 50 * DAY, **by)
    term = {"since": TODAY - 50 * DAY, "until": TODAY + 50 * DAY}
    carrier_work.join(carrier_id=applied.pk, expert=gone, **term, **by)
    before = standing()
    made = merged(by, kept, gone)
    for team, role in ((first, "LEADER"), (second, "SECRETARY")):
        assert [(row.expert, row.role) for row in team_queries.members(team)] == [(kept, role)]
        assert team_queries.team(world.scope, team.pk).members_now == 1
    assert [row.expert for row in carrier_queries.experts(applied)] == [kept]
    assert carrier_queries.carrier(world.scope, applied.pk, TODAY).experts_now == 1
    assert carrier_queries.year_facts(applied, TODAY.year)["experts"] == 1
    expert_merges.undo(merge_id=made.pk, **by)
    assert standing() == before


def standing():
    return (
        set(TeamMember.objects.values_list("pk", "expert", "role", "left_on")),
        set(CarrierExpert.objects.values_list("pk", "expert", "left_on")),
    )


def test_merges_of_merges_give_each_entry_its_memberships_back(world, by, enter):
    a, b, c = enter("甲"), enter("乙"), enter("丙")
    team = teams.found(name="团", unit=world.association, kind="CITY", started_on=TODAY - 99 * DAY, **by)
    teams.join(team_id=team.pk, expert=a, role="MEMBER", since=TODAY - 50 * DAY, **by)
    first, second = merged(by, b, a), merged(by, c, b)
    assert TeamMember.objects.get().expert == c
    expert_merges.undo(merge_id=first.pk, **by)
    assert TeamMember.objects.get().expert == a
    expert_merges.undo(merge_id=second.pk, **by)
    assert TeamMember.objects.get().expert == a


def test_two_seats_or_two_open_invitations_of_one_person_are_settled_first(by, enter, post, stage):  # noqa: F811
    kept, gone = enter("王知远", skills="焊缝"), enter("Zhiyuan Wang", skills="焊缝")
    problem = post(name="焊缝偏移", summary="")
    stage(problem, "COLLECTED", TODAY - 9 * DAY)
    stage(problem, "CHECKED", TODAY - 8 * DAY)
    asked = invitations.invite(problem_id=problem.pk, expert_ids=[kept.pk, gone.pk], **by)
    with pytest.raises(Doubled, match="焊缝偏移"):
        merged(by, kept, gone)
    invitations.withdraw(invitation_id=asked[1].pk, reason="重复", **by)
    meeting = meetings.add(**SETTING, **by)
    meetings.add_experts(meeting_id=meeting.pk, experts=[kept.pk, gone.pk], **by)
    with pytest.raises(Doubled, match="对接会"):
        merged(by, kept, gone)
    part = meeting.experts.get(expert=gone)
    meetings.call_off(meeting_id=meeting.pk, part_id=part.pk, reason="重复", **by)
    assert merged(by, kept, gone).kept == kept
