"""Problems for tests, and a plan drawn by chance."""

import numpy as np
from hypothesis import strategies as st

from kexie.platform.routing.problem import FixedStop, Matrix, Problem, Shift, Site, Vehicle, Window


def matrix(points) -> Matrix:
    spots = np.array(points, dtype=np.float64).reshape(-1, 2)
    apart = np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2))
    return Matrix("straight lines", apart, apart)


@st.composite
def problems(draw) -> Problem:
    """Few sites, vans and days, with every rule now and then."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    days, vans, sites = draw(st.integers(1, 6)), draw(st.integers(1, 3)), draw(st.integers(1, 9))
    vehicles = tuple(_vehicle(rng, n, days) for n in range(vans))
    timed = bool(rng.integers(2))  # without any window routes are cut open and change vehicles as well
    made = tuple(_site(rng, n + 2, days, timed=timed) for n in range(sites))
    first_day = int(rng.integers(0, days)) if rng.random() < 0.3 else 0
    return Problem(
        days=days,
        matrix=_roads(rng, rng.random((sites + 2, 2)) * 60),
        vehicles=vehicles,
        sites=made,
        fixed=_fixed(rng, vehicles, made, first_day),
        first_day=first_day,
        township_weight=float(rng.integers(0, 3)),
    )


def _roads(rng, points) -> Matrix:
    """Straight lines, or roads of which some are much longer than the way round and not the same there and back."""
    straight = matrix(points)
    if rng.random() < 0.5:
        return straight
    longer = straight.distance * rng.uniform(1, 40, straight.distance.shape)
    return Matrix("roads", longer, straight.minutes * rng.uniform(1, 2, longer.shape))


def _vehicle(rng, number, days) -> Vehicle:
    shifts = {
        day: Shift(
            480,
            float(rng.integers(600, 1000)),
            int(rng.integers(2)),
            int(rng.integers(2)),
            overtime=float(rng.integers(0, 60)),
        )
        for day in range(days)
        if rng.random() < 0.8
    }
    return Vehicle(
        f"van {number}", shifts, kind=str(rng.choice(["I", "II"])), capacity=float(rng.integers(1, 6)),
        longest_minutes=float(rng.integers(150, 600)), longest_driving=float(rng.integers(60, 300)),
        cost_per_day=float(rng.integers(0, 20)),
    )  # fmt: skip


def _site(rng, place, days, *, timed) -> Site:
    visits = int(rng.integers(1, min(3, days) + 1))
    patterns = ()
    if rng.random() < 0.3:
        patterns = tuple(tuple(sorted(rng.choice(days, visits, replace=False).tolist())) for _ in range(3))
    opens = float(rng.integers(400, 800))
    windows = (
        (Window(opens, opens + 60), Window(opens + 120, opens + 200)) if timed and rng.random() < 0.5 else ()
    )
    least = int(rng.integers(1, 3))
    return Site(
        f"site {place}", place, service=float(rng.integers(0, 60)), visits=visits, patterns=patterns,
        days=None if rng.random() < 0.5 else frozenset(np.flatnonzero(rng.random(days) < 0.7).tolist()),
        least_gap=least, most_gap=None if rng.random() < 0.5 else least + 1,
        last_visit=-1 if rng.random() < 0.2 else None, windows=windows,
        windows_on={0: (Window(500, 700),)} if timed and rng.random() < 0.2 else {},
        kinds=frozenset({"I"}) if rng.random() < 0.2 else frozenset(),
        township=str(rng.integers(3)), penalty=10.0 if rng.random() < 0.2 else None,
    )  # fmt: skip


def _fixed(rng, vehicles, sites, first_day) -> tuple[FixedStop, ...]:
    """Lock at most one stop on a day."""
    ways = [(day, number) for number, van in enumerate(vehicles) for day in van.shifts]
    rng.shuffle(ways)
    chosen = {}
    for day, number in ways[: int(rng.integers(0, 3))]:
        chosen.setdefault(day, FixedStop(int(rng.integers(len(sites))), day, number, done=day < first_day))
    return tuple(chosen.values())
