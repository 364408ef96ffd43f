"""The search for a rotation: exact against trying everything, and never against a hard rule."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kexie.contexts.touring.rules.rotation import (
    Ask,
    Carrier,
    Place,
    Rotation,
    faults,
    kilometres,
    score,
)
from kexie.contexts.touring.rules.rotation_engine import Search

FUYANG, LINQUAN = (115.81, 32.89), (115.26, 33.06)


def ask(key, days, starts, waited=0, point=None):
    return Ask(key=key, name=key, days=days, waited=waited, starts=tuple(starts), point=point)


def problem(asks, sets, length=60, setup=2):
    return Rotation(length=length, setup=setup, asks=tuple(asks), sets=tuple(sets))


def everything(found: Rotation) -> int:
    """The best score of all plans that break nothing, by trying each."""
    choices = [
        [None, *(Place(ask=n, set=s, start=day) for s in range(len(found.sets)) for day, _v in one.starts)]
        for n, one in enumerate(found.asks)
    ]
    plans = ([place for place in plan if place] for plan in product(*choices))
    return max(score(found, plan) for plan in plans if not faults(found, plan))


@st.composite
def problems(draw):
    days = st.integers(2, 40)
    asks = [
        ask(
            f"a{n}",
            draw(st.integers(3, 20)),
            sorted({draw(days): draw(st.integers(0, 20)) for _ in range(draw(st.integers(0, 3)))}.items()),
            draw(st.integers(0, 5)),
            draw(st.sampled_from([None, FUYANG, LINQUAN])),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    sets = [
        Carrier(
            key=f"s{n}", name=f"s{n}", taken=draw(st.sampled_from([(), ((0, 9),), ((20, 25),)])), point=FUYANG
        )
        for n in range(draw(st.integers(1, 2)))
    ]
    return problem(asks, sets)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_the_plan_is_the_best_there_is_and_breaks_nothing(found):
    # Days on which a stop would outlast the plan are no choices.
    fits = [
        ask(
            one.key,
            one.days,
            [(d, v) for d, v in one.starts if d + one.days <= found.length],
            one.waited,
            one.point,
        )
        for one in found.asks
    ]
    found = problem(fits, found.sets)
    result = Search(found).run(seconds=30)
    assert faults(found, result.places) == []
    assert result.is_proven
    assert result.score == score(found, result.places) == result.bound == everything(found)


def test_who_has_waited_longer_comes_first():
    one_place = [(2, 10)]
    asks = [ask("short", 30, one_place, waited=3), ask("long", 30, one_place, waited=20)]
    result = Search(problem(asks, [Carrier(key="s", name="s")])).run(seconds=30)
    assert [asks[place.ask].name for place in result.places] == ["long"]


def test_the_check_finds_each_kind_of_fault():
    found = problem(
        [ask("a", 10, [(5, 0)]), ask("b", 10, [(15, 0), (17, 0)])],
        [Carrier(key="s", name="s", taken=((30, 40),))],
    )
    assert faults(found, [Place(ask=0, set=0, start=5), Place(ask=1, set=0, start=17)]) == []
    assert len(faults(found, [Place(ask=0, set=0, start=5), Place(ask=1, set=0, start=15)])) == 1
    assert len(faults(found, [Place(ask=0, set=0, start=6)])) == 1
    assert len(faults(found, [Place(ask=0, set=0, start=5), Place(ask=0, set=0, start=5)])) == 2


def test_kilometres_are_the_great_circle_by_a_factor():
    assert kilometres(FUYANG, LINQUAN) == 71
    assert kilometres(None, LINQUAN) == 0
