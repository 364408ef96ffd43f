"""Carriers: conditions with checked evidence, steps, experts, evaluation by the declared rule; and service teams."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models import (
    CarrierEvaluation,
    CarrierStage,
    ExpertVisit,
    Problem,
    ProblemStage,
    Reminder,
    ServiceTeam,
)
from kexie.contexts.matching.operations import carrier_work, problems, reminders, teams
from kexie.contexts.matching.operations import carriers as operations
from kexie.contexts.matching.operations.carriers import Application, CarrierRefused
from kexie.contexts.matching.operations.teams import TeamRefused, Visit
from kexie.contexts.matching.queries import carriers as queries
from kexie.contexts.matching.rules import carriers as rules
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell
from tests.ledger import build
from tests.matching.conftest import TODAY

DAY = dt.timedelta(days=1)
GOOD = {"needs": 18, "experts": 20, "outputs": 25, "care": 10, "reach": 5}
POOR = {"needs": 5, "experts": 5, "outputs": 5, "care": 5, "reach": 5}


@pytest.fixture(autouse=True)
def _at(time_machine):
    time_machine.move_to(build.NOW)


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind=Kind.FIRM, name="虚构食品厂", area=world.counties[0].area,
        actor=None, now=build.NOW,
    )  # fmt: skip


@pytest.fixture
def applied(world, by, firm):
    application = Application(
        name="虚构食品厂服务站", kind="EXPERT_STATION", level="PROVINCE", host=firm, society=world.museums[0]
    )
    return operations.apply(application=application, on=TODAY - 900 * DAY, unit=world.association, **by)


def show_all(one, by, value=5):
    for condition in rules.conditions(one.kind, one.level):
        given = {"value": value} if condition.least is not None else {}
        operations.show(carrier_id=one.pk, key=condition.key, evidence="见申报书", **given, **by)


def set_up(one, by, on=TODAY - 800 * DAY):
    show_all(one, by)
    for condition in rules.conditions(one.kind, one.level):
        operations.check(carrier_id=one.pk, key=condition.key, is_met=True, **by)
    for number, stage in enumerate(("CHECKED", "APPROVED", "ESTABLISHED")):
        operations.move(carrier_id=one.pk, stage=stage, on=on + number * DAY, **by)


def counted(world, day=TODAY, **filters):
    keys = ("matching.carriers", "matching.carriers_operating")
    return [
        figures.value(Cell(key, Period.until(day), filters=tuple(filters.items())), world.scope)
        for key in keys
    ]


def stage(world, one):
    return queries.carrier(world.scope, one.pk, TODAY).current


def test_every_kind_and_level_has_conditions_of_its_own():
    numbers = {
        level: {one.key: one.least for one in rules.conditions("EXPERT_STATION", level) if one.least}
        for level in ("NATION", "PROVINCE", "CITY")
    }
    assert numbers["NATION"] == {"needs": 10, "experts": 5, "output": 2000, "team": 10, "reach": 3}
    assert numbers["PROVINCE"] == {"needs": 5, "experts": 5, "reach": 5}
    assert "space" in {one.key for one in rules.conditions("HOME_BASE", "CITY")}


def test_nothing_is_approved_before_every_condition_was_checked_and_met(world, by, applied):
    with pytest.raises(CarrierRefused, match="还没有核查"):
        operations.move(carrier_id=applied.pk, stage="CHECKED", on=TODAY, **by)
    show_all(applied, by, value=4)
    with pytest.raises(CarrierRefused) as refused:
        operations.check(carrier_id=applied.pk, key="experts", is_met=True, **by)
    assert "不少于5" in str(refused.value.fields["verdict"])
    for one in rules.conditions(applied.kind, applied.level):
        is_met = one.least is None
        operations.check(carrier_id=applied.pk, key=one.key, is_met=is_met, remark="人数不够", **by)
    operations.move(carrier_id=applied.pk, stage="CHECKED", on=TODAY, **by)
    with pytest.raises(CarrierRefused, match="进站专家"):
        operations.move(carrier_id=applied.pk, stage="APPROVED", on=TODAY, **by)
    with pytest.raises(CarrierRefused):
        operations.move(carrier_id=applied.pk, stage="REFUSED", on=TODAY, **by)
    assert counted(world) == [0, 0]


def test_new_evidence_is_checked_anew(by, applied):
    show_all(applied, by)
    operations.check(carrier_id=applied.pk, key="experts", is_met=True, **by)
    again = operations.show(carrier_id=applied.pk, key="experts", evidence="新聘书", value=6, **by)
    assert (again.verdict, again.checked_by) == ("OPEN", None)


def test_ever_set_up_and_running_are_two_figures_by_level(world, by, applied):
    set_up(applied, by)
    assert counted(world) == counted(world, level="PROVINCE", kind="EXPERT_STATION") == [1, 1]
    assert counted(world, level="CITY") == [0, 0]
    with pytest.raises(CarrierRefused):
        operations.move(carrier_id=applied.pk, stage="CLOSED", on=TODAY, **by)
    operations.move(carrier_id=applied.pk, stage="CLOSED", on=TODAY, reason="企业搬迁", **by)
    assert counted(world) == [1, 0]
    with pytest.raises(ValidationError):
        operations.move(carrier_id=applied.pk, stage="RENEWED", on=TODAY, **by)


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        (100, "EXCELLENT"),
        (90, "EXCELLENT"),
        (89, "GOOD"),
        (75, "GOOD"),
        (74, "PASS"),
        (60, "PASS"),
        (59, "FAIL"),
    ],
)
def test_the_grade_follows_from_the_total(total, grade):
    assert evaluation.grade_of(total) == grade
    assert sum(one.most for one in evaluation.CRITERIA) == 100


def test_a_year_is_evaluated_once_and_failing_suspends(world, by, applied):
    set_up(applied, by)
    good = operations.evaluate(carrier_id=applied.pk, year=2023, on=TODAY - 400 * DAY, scores=GOOD, **by)
    assert (good.total, good.grade, stage(world, applied)) == (78, "GOOD", "ESTABLISHED")
    with pytest.raises(ValidationError):
        operations.evaluate(carrier_id=applied.pk, year=2023, on=TODAY, scores=GOOD, **by)
    with pytest.raises(CarrierRefused):
        operations.evaluate(carrier_id=applied.pk, year=2022, on=TODAY, scores=GOOD, **by)
    operations.evaluate(carrier_id=applied.pk, year=2024, on=TODAY - DAY, scores=POOR, **by)
    assert stage(world, applied) == "SUSPENDED"
    assert "2024" in CarrierStage.objects.get(stage="SUSPENDED").reason
    assert counted(world) == [1, 0]
    assert not queries.should_close(applied)
    operations.evaluate(carrier_id=applied.pk, year=2025, on=TODAY, scores=POOR, **by)
    assert queries.should_close(applied)
    by_grade = Cell("matching.carrier_evaluations", Period.until(TODAY), filters=(("grade", "FAIL"),))
    assert figures.value(by_grade, world.scope) == 2


def test_the_database_refuses_scores_that_do_not_add_up(by, applied):
    set_up(applied, by)
    made = operations.evaluate(carrier_id=applied.pk, year=2024, on=TODAY, scores=GOOD, **by)
    other = CarrierEvaluation.objects.get(pk=made.pk)
    other.pk, other.year, other.total = CarrierEvaluation._meta.get_field("id").get_default(), 2025, 99
    with pytest.raises(IntegrityError, match="matching_evaluation_scores"), transaction.atomic():
        CarrierEvaluation.objects.bulk_create([other])


def test_an_expert_from_overseas_joins_only_after_the_check(by, applied, enter):
    set_up(applied, by)
    term = {"since": TODAY, "until": TODAY + 20 * DAY}
    with pytest.raises(CarrierRefused) as refused:
        carrier_work.join(carrier_id=applied.pk, expert=enter("海智甲", is_home=True), **term, **by)
    assert set(refused.value.fields) == {"expert"}
    checked = enter("海智乙", is_home=True, cleared_on=TODAY)
    row = carrier_work.join(carrier_id=applied.pk, expert=checked, **term, **by)
    with pytest.raises(ValidationError):
        carrier_work.join(carrier_id=applied.pk, expert=checked, **term, **by)
    # The term is nearly over: whoever keeps the station is told, once.
    assert [reminders.remind_due(now=build.NOW) for _again in range(2)] == [1, 0]
    carrier_work.leave(row_id=row.pk, on=TODAY, **by)
    with pytest.raises(CarrierRefused):
        carrier_work.extend(row_id=row.pk, until=TODAY + 99 * DAY, **by)


def test_the_keeper_is_told_of_a_year_to_be_evaluated(by, applied):
    set_up(applied, by)
    february = dt.datetime(2026, 2, 20, 1, tzinfo=dt.UTC)
    assert reminders.remind_due(now=february - 40 * DAY) == 0
    assert [reminders.remind_due(now=february) for _again in range(2)] == [1, 0]
    assert Reminder.objects.get().about == "EVALUATION"


def test_elsewhere_nobody_sees_it(world, by, applied):
    elsewhere = Scope(association_id=world.association.pk, unit_paths=(world.counties[1].path,))
    with pytest.raises(NotFound):
        queries.carrier(elsewhere, applied.pk, TODAY)


def test_a_station_in_a_browser(staff, by, applied, enter):
    address = f"/work/cooperation/carriers/{applied.pk}/"
    assert "没有材料" in staff.get(address).content.decode()
    wrong = staff.post(f"{address}conditions/experts/", {"evidence": "聘书", "value": "五"})
    assert (wrong.status_code, "请填写整数" in wrong.content.decode()) == (422, True)
    assert staff.post(f"{address}conditions/experts/", {"evidence": "聘书", "value": "４"}).status_code == 302
    unmet = staff.post(f"{address}conditions/experts/check/", {"verdict": "MET", "remark": ""})
    assert (unmet.status_code, "不能判为符合" in unmet.content.decode()) == (422, True)
    early = staff.post(address, {"act": "checked", "on": "2025-07-01"})
    assert (early.status_code, "还没有核查" in early.content.decode()) == (422, True)
    set_up(applied, by)
    expert = enter()
    joined = {"act": "join", "expert": expert.pk, "since": "2025-01-01", "until": "2025-06-30"}
    assert staff.post(address, joined).status_code == 302
    assert (
        staff.post(address, {"act": "need", "text": "辣椒褪色", "raised_on": "2025-02-01"}).status_code == 302
    )
    need = applied.needs.get()
    met = {"on": "2025-03-01", "outcome": "换了护色工艺"}
    assert staff.post(f"{address}needs/{need.pk}/", met).status_code == 302
    made = {"act": "output", "kind": "PATENT", "title": "护色方法", "on": "2025-05-01"}
    assert staff.post(address, made).status_code == 302
    term = f"{address}experts/{applied.experts.get().pk}/"
    assert staff.post(term, {"until": "2026-06-30", "left_on": "", "reason": ""}).status_code == 302
    high = {**POOR, "needs": 21, "year": "2024", "on": "2025-07-01"}
    assert staff.post(f"{address}evaluate/", high).status_code == 422
    assert staff.post(f"{address}evaluate/", {**high, "needs": 5}).status_code == 302
    shown = staff.get(address).content.decode()
    assert all(
        words in shown for words in ("不合格", "限期整改", "护色方法", "换了护色工艺", "2026-06-30", "暂停")
    )
    assert staff.post(address, {"act": "closed", "on": "2025-07-01", "reason": ""}).status_code == 422
    assert staff.post(address, {"act": "closed", "on": "2025-07-01", "reason": "整改无效"}).status_code == 302
    listed = staff.get("/work/cooperation/carriers/?current=CLOSED&level=PROVINCE").content.decode()
    assert "虚构食品厂服务站" in listed
    assert (
        "虚构食品厂服务站</a>"
        not in staff.get("/work/cooperation/carriers/?current=RUNNING").content.decode()
    )


def test_the_lists_ask_equally_often_for_one_and_for_three(world, staff, by, firm):
    counts = {"carriers": [], "teams": []}
    for number in range(3):
        application = Application(name=f"站{number}", kind="HOME_STATION", level="CITY", host=firm)
        operations.apply(application=application, on=TODAY, unit=world.association, **by)
        teams.found(name=f"团{number}", kind="CITY", started_on=TODAY, unit=world.association, **by)
        for name, found in counts.items():
            with CaptureQueriesContext(connection) as asked:
                staff.get(f"/work/cooperation/{name}/")
            found.append(len(asked))
    assert all(found[1] == found[2] for found in counts.values())


def test_a_team_goes_to_a_firm_and_the_problem_moves_on(world, staff, by, firm, enter):
    own = {"association": world.association, "unit": world.counties[0], "area": world.counties[0].area}
    problem = Problem.objects.create(number="2025-001", name="气孔", firm=firm, **own)
    leader, member = enter("王知远"), enter("李听澜")
    problems.accept(problem_id=problem.pk, on=TODAY, **by)
    problems.move(problem_id=problem.pk, stage="MATCHED", on=TODAY, expert=leader, **by)
    made = staff.post(
        "/work/cooperation/teams/new/",
        {"name": "科创安徽一团", "kind": "PROVINCE", "started_on": "2025-06-01"},
    )
    address, team = made["Location"], ServiceTeam.objects.get()
    assert 'value="visit"' not in staff.get(address).content.decode()
    for expert, role in ((leader, "LEADER"), (member, "MEMBER")):
        joined = {"act": "join", "expert": expert.pk, "role": role, "since": "2025-06-01"}
        assert staff.post(address, joined).status_code == 302
    visit = {"act": "visit", "on": "2025-07-01", "firm": firm.pk, "topic": "压铸工艺", "result": "ADVICE"}
    nobody = staff.post(address, visit)
    assert (nobody.status_code, "请选择来了哪些专家" in nobody.content.decode()) == (422, True)
    came = {**visit, "experts": [leader.pk, member.pk], "problem": problem.pk, "outcome": "改浇口"}
    assert staff.post(address, came).status_code == 302
    assert ExpertVisit.objects.filter(team_visit__team=team, state="CONFIRMED").count() == 2
    assert ProblemStage.objects.get(stage="VISITED").expert == leader
    keys = ("matching.team_visits", "matching.team_firms", "matching.visits", "matching.firms_served")
    assert [figures.value(Cell(key, Period.until(TODAY)), world.scope) for key in keys] == [1, 1, 2, 1]
    early = Visit(firm=firm, experts=[leader], topic="走访", result="ADVICE")
    with pytest.raises(TeamRefused) as refused:
        teams.visit(team_id=team.pk, on=TODAY - 60 * DAY, visit=early, **by)
    assert set(refused.value.fields) == {"on"}
    with pytest.raises(ValidationError):
        teams.join(team_id=team.pk, expert=enter("第三位"), role="LEADER", since=TODAY, **by)
    gone = f"{address}members/{team.members.get(role='MEMBER').pk}/leave/"
    assert staff.post(gone, {"on": "2025-07-01"}).status_code == 302
    assert "改浇口" in staff.get(address).content.decode()
