"""Matching in the demonstration gives the report's figures; only the firm's word makes a problem solved."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kexie.contexts.matching import facade, queries
from kexie.contexts.matching.models import Agreement, CarrierStage, Expert, ExpertVisit, Problem, ProblemStage
from kexie.contexts.matching.states import CARRIER_TRANSITIONS, PROBLEM_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.ledger import figures, operations
from kexie.ledger.measures import Cell
from tests.demo import AS_OF, NOW, TODAY, loaded, value

HOME_EVENT = "海智专家阜阳对接会"


@pytest.fixture(scope="module")
def scope(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded("matching") as found:
        yield found


pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return Account.objects.get(username="coordinator")


@pytest.fixture
def firm():
    return Unit.objects.filter(kind="FIRM").first()


@pytest.fixture
def problem(scope, firm):
    """A problem just posted, without any stage."""
    return Problem.objects.create(
        association_id=scope.association_id,
        unit=firm.parent,
        area=firm.area,
        name="焊缝跟踪",
        number="T-1",
        firm=firm,
    )


def confirm(record, actor, scope):
    operations.draft(record=record, actor=actor, now=NOW, scope=scope)
    return operations.confirm(records=[record], actor=actor, now=NOW, scope=scope)[0]


def stage(problem, name, day, **given):
    return ProblemStage(
        unit=problem.unit, area=problem.area, problem=problem, stage=name, occurred_on=day, **given
    )


def at_work(problem, actor, scope):
    """Take a problem as far as being worked on."""
    way = ("COLLECTED", "CHECKED", "PUBLISHED", "MATCHED", "VISITED", "SIGNED", "WORKING")
    for number, name in enumerate(way):
        confirm(stage(problem, name, dt.date(2026, 10, 1 + number)), actor, scope)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("matching.society_agreements", 6),
        ("matching.partner_societies", 6),
        ("matching.carriers", 5),
        ("matching.society_experts", 64),
        ("matching.problems_solved", 34),
        ("matching.home_experts", 10),
        ("matching.research_firms", 8),
        ("matching.research_agreements", 10),
    ],
)
def test_figures_of_the_report(scope, measure, expected):
    assert value(scope, measure) == expected


def test_the_home_event_was_about_three_industries_with_ten_experts_and_eight_firms(scope):
    keys = ("matching.industries", "matching.home_experts", "matching.research_firms")
    assert [value(scope, key, TODAY, event=HOME_EVENT) for key in keys] == [3, 10, 8]


def test_life_goes_on_after_the_report(scope):
    keys = (
        "matching.society_agreements",
        "matching.carriers",
        "matching.carriers_operating",
        "matching.problems_solved",
    )
    assert [value(scope, key, TODAY) for key in keys] == [8, 7, 6, 49]


def test_solved_rows_all_carry_the_firms_word(scope):
    rows = figures.rows(Cell("matching.problems_solved", Period.until(TODAY)), scope)
    assert sum(row.contribution for row in rows) == 49
    assert all(row.firm_person and row.firm_confirmed_on <= row.occurred_on for row in rows)


def test_only_the_firms_confirmation_makes_a_problem_solved(scope, actor, problem):
    before = value(scope, "matching.problems_solved", TODAY)
    at_work(problem, actor, scope)
    assert value(scope, "matching.problems_solved", TODAY) == before
    with pytest.raises(ValidationError, match="企业确认人"):
        operations.draft(record=stage(problem, "SOLVED", TODAY), actor=actor, now=NOW, scope=scope)
    early = stage(
        problem, "SOLVED", TODAY - dt.timedelta(days=5), firm_person="魏工", firm_confirmed_on=TODAY
    )
    with pytest.raises(ValidationError, match="企业确认之日"):
        operations.draft(record=early, actor=actor, now=NOW, scope=scope)
    confirm(stage(problem, "SOLVED", TODAY, firm_person="魏工", firm_confirmed_on=TODAY), actor, scope)
    assert value(scope, "matching.problems_solved", TODAY) == before + 1


def test_the_database_itself_refuses_a_solution_without_the_firm(scope, actor, problem):
    forged = stage(problem, "SOLVED", TODAY, association_id=scope.association_id)
    forged.recorded_by, forged.recorded_at = actor, NOW
    with pytest.raises(IntegrityError, match="matching_problem_solved_by_firm"), transaction.atomic():
        ProblemStage.objects.bulk_create([forged])


def test_each_stage_counts_the_problem_once(scope, actor, problem):
    keys = [f"matching.problems_{name}" for name in ("collected", "published", "matched", "solved")]
    before = [value(scope, key, TODAY) for key in keys]
    at_work(problem, actor, scope)
    assert [value(scope, key, TODAY) - old for key, old in zip(keys, before, strict=True)] == [1, 1, 1, 0]


def test_a_draft_of_a_solution_does_not_count(scope, actor, problem):
    at_work(problem, actor, scope)
    before = value(scope, "matching.problems_solved", TODAY)
    solved = stage(problem, "SOLVED", TODAY, firm_person="魏工", firm_confirmed_on=TODAY)
    operations.draft(record=solved, actor=actor, now=NOW, scope=scope)
    assert value(scope, "matching.problems_solved", TODAY) == before


def test_a_problem_cannot_jump_and_closing_needs_a_reason(scope, actor, problem):
    confirm(stage(problem, "COLLECTED", AS_OF), actor, scope)
    with pytest.raises(ValidationError) as refused:
        operations.draft(record=stage(problem, "SIGNED", TODAY), actor=actor, now=NOW, scope=scope)
    assert list(refused.value.message_dict) == ["stage"]
    with pytest.raises(ValidationError, match="写明原因"):
        operations.draft(record=stage(problem, "CLOSED", TODAY), actor=actor, now=NOW, scope=scope)


@pytest.mark.parametrize("transitions", [PROBLEM_TRANSITIONS, CARRIER_TRANSITIONS])
def test_every_stage_can_be_reached_from_the_beginning(transitions):
    reached, frontier = set(), {""}
    while frontier:
        frontier = {after for before in frontier for after in transitions[before]} - reached
        reached |= frontier
    assert reached == transitions.keys() - {""}


def test_a_closed_carrier_stays_in_the_cumulative_count(scope):
    closed = CarrierStage.objects.filter(stage="CLOSED", state="CONFIRMED").count()
    ever, running = (value(scope, key, TODAY) for key in ("matching.carriers", "matching.carriers_operating"))
    assert ever - running == closed == 1
    assert len(facade.stations(scope, today=TODAY)) == running


def test_an_expert_who_comes_twice_is_one_expert_and_two_visits(scope, actor, firm):
    unit = Unit.objects.filter(kind="OUTSIDE").first()
    own = {"association_id": scope.association_id, "unit": firm.parent}
    expert = Expert.objects.create(**own, name="试用专家", society=unit)
    keys = ("matching.society_experts", "matching.visits", "matching.society_visits")
    before = [value(scope, key, TODAY) for key in keys]
    for day in (AS_OF, TODAY):
        confirm(
            ExpertVisit(unit=firm.parent, area=firm.area, occurred_on=day, expert=expert, firm=firm),
            actor,
            scope,
        )
    assert [value(scope, key, TODAY) - old for key, old in zip(keys, before, strict=True)] == [1, 2, 2]


def test_a_reversed_agreement_does_not_count(scope):
    double = Agreement.objects.get(state="REVERSED")
    assert double.event.title == HOME_EVENT
    assert value(scope, "matching.research_agreements") == 10


def test_a_research_agreement_names_its_firm(scope, actor, firm):
    nameless = Agreement(
        unit=firm.parent,
        area=firm.area,
        occurred_on=TODAY,
        kind="RESEARCH",
        title="产学研合作协议",
        partner="淮颍大学",
    )
    with pytest.raises(ValidationError, match="签约企业"):
        operations.draft(record=nameless, actor=actor, now=NOW, scope=scope)


def test_the_public_sees_open_problems_without_the_firm(scope):
    shown = facade.open_problems(scope, today=TODAY, limit=100)
    assert shown
    problems = {one.pk: one for one in queries.problems_with_state(scope, at=TODAY)}
    assert {problems[one.id].confidentiality for one in shown} == {"PUBLIC"}
    assert all(problems[one.id].firm.name not in repr(one) for one in shown)
    assert facade.recent_events(scope, today=TODAY)[0].held_on <= TODAY
