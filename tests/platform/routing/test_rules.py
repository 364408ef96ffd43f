from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.platform.routing import checker, engine
from kexie.platform.routing.arrays import wanted
from kexie.platform.routing.problem import Pace, Problem
from kexie.platform.routing.repair import repair
from tests.platform.routing.worlds import problems

PACES = (Pace(60, 5.0), Pace(60, 0.5))
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def broken_by_planning(problem: Problem, routes) -> list[checker.Break]:
    """Rules broken that what is fixed does not break by itself."""
    alone = engine.solve(problem_without_wishes(problem), paces=()).routes
    given_anyway = {(one.rule, one.day, one.vehicle, one.site) for one in checker.check(problem, alone)}
    return [
        one
        for one in checker.check(problem, routes)
        if (one.rule, one.day, one.vehicle, one.site) not in given_anyway
    ]


def problem_without_wishes(problem: Problem) -> Problem:
    return Problem(
        problem.days, problem.matrix, problem.vehicles, problem.sites, problem.fixed, first_day=problem.days
    )


@quick
@given(problem=problems(), seed=st.integers(0, 100))
def test_no_plan_breaks_a_rule_and_the_cost_is_what_the_checker_adds_up(problem, seed):
    solution = engine.solve(problem, paces=PACES, seed=seed)

    assert broken_by_planning(problem, solution.routes) == []
    told = checker.cost(problem, solution.routes)
    assert abs(told.missing - solution.cost.missing) < 1e-6
    assert abs(told.cost - solution.cost.cost) < 1e-6


@quick
@given(problem=problems(), seed=st.integers(0, 100))
def test_fixed_stops_never_move(problem, seed):
    routes = engine.solve(problem, paces=PACES, seed=seed).routes

    there = {(stop.site, route.day, route.vehicle) for route in routes for stop in route.stops if stop.fixed}
    assert there == {(one.site, one.day, one.vehicle) for one in problem.fixed}


@quick
@given(problem=problems())
def test_every_missing_visit_has_a_reason(problem):
    solution = engine.solve(problem, paces=PACES[:1])

    have = [0] * len(problem.sites)
    for route in solution.routes:
        for stop in route.stops:
            have[stop.site] += 1
    lack = {n: wanted(site) - have[n] for n, site in enumerate(problem.sites) if wanted(site) > have[n]}
    assert {one.site: one.missing for one in solution.unserved} == lack


@quick
@given(problem=problems(), seed=st.integers(0, 100))
def test_the_same_seed_and_paces_give_the_same_plan(problem, seed):
    assert (
        engine.solve(problem, paces=PACES, seed=seed).routes
        == engine.solve(problem, paces=PACES, seed=seed).routes
    )


@quick
@given(problem=problems())
def test_a_sound_plan_is_kept_where_it_stands_by_a_repair(problem):
    routes = engine.solve(problem, paces=PACES[:1]).routes

    mended = repair(problem, routes, seconds=0)

    def stand(plan):
        return {(stop.site, route.day, route.vehicle) for route in plan for stop in route.stops}

    if not broken_by_planning(problem, routes) and not checker.check(problem, routes):
        assert stand(mended.routes) >= stand(routes)
