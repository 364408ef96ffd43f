"""The cheapest place for a site in a route, remembered until that route changes."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.limits import INFINITE, LATE, POSSIBLE, TINY
from kexie.platform.routing.search.routes import finish, is_in_time, with_extra


@compiled
def look(d: Data, s: State, i: int, r: int) -> None:
    """Find the cheapest insertion of a site into a route and remember it."""
    best, where = INFINITE, -1
    if s.sums[c.LOAD, r] + d.site_floats[c.DEMAND, i] <= d.route_floats[c.CAPACITY, r] + TINY:
        best, where = _cheapest(d, s, i, r)
    s.known_stamp[i, r] = s.routes[c.STAMP, r]
    s.known[c.KNOWN_COST, i, r] = best
    s.known[c.KNOWN_POSITION, i, r] = float(where)


@compiled
def _cheapest(d: Data, s: State, i: int, r: int) -> tuple[float, int]:
    best, where, n, here = INFINITE, -1, s.routes[c.LENGTH, r], d.site_ints[c.PLACE, i]
    opening = d.route_floats[c.PER_DAY, r] if n == 0 else 0.0
    before = d.route_ints[c.BEGINS_AT, r]
    for k in range(n + 1):
        after = d.site_ints[c.PLACE, s.lists[c.STOPS, r, k]] if k < n else d.route_ints[c.ENDS_AT, r]
        more = (
            d.legs[c.DISTANCE, before, here]
            + d.legs[c.DISTANCE, here, after]
            - d.legs[c.DISTANCE, before, after]
        )
        cost = more * d.route_floats[c.PER_DISTANCE, r] + opening
        if cost < best:
            cost += _ruled(d, s, i, r, k, before, after)
            if cost < POSSIBLE and cost < best:
                best, where = cost, k
        before = after
    return best, where


@compiled
def _ruled(d: Data, s: State, i: int, r: int, k: int, before: int, after: int) -> float:
    """Return the overtime that an insertion costs, INFINITE when it breaks a rule."""
    here = d.site_ints[c.PLACE, i]
    drive = (
        d.legs[c.MINUTES, before, here] + d.legs[c.MINUTES, here, after] - d.legs[c.MINUTES, before, after]
    )
    if s.sums[c.DRIVE, r] + drive > d.route_floats[c.DRIVING, r] + TINY:
        return INFINITE
    work = s.sums[c.WORK, r] + drive + d.site_floats[c.SERVICE, i]
    if (
        work
        > min(d.route_floats[c.LONGEST, r], d.route_floats[c.CLOSES, r] - d.route_floats[c.OPENS, r]) + LATE
    ):
        return INFINITE
    if not d.timed:
        return _overtime(d, s, r, d.route_floats[c.OPENS, r] + work)
    if not is_in_time(d, s, r, i, k, before, after):
        return INFINITE
    if (
        d.route_floats[c.LONGEST, r] >= d.route_floats[c.CLOSES, r] - d.route_floats[c.OPENS, r]
        and d.route_floats[c.CLOSES, r] <= d.route_floats[c.SHIFT_END, r]
    ):
        return 0.0
    back, out = with_extra(d, s, r, i, k)
    return INFINITE if out > d.route_floats[c.LONGEST, r] + LATE else _overtime(d, s, r, back)


@compiled
def _overtime(d: Data, s: State, r: int, back: float) -> float:
    more = max(0.0, back - d.route_floats[c.SHIFT_END, r]) - max(
        0.0, finish(d, s, r) - d.route_floats[c.SHIFT_END, r]
    )
    return (
        d.route_floats[c.PER_OVERTIME, r] * more
        if s.routes[c.LENGTH, r] > 0
        else d.route_floats[c.PER_OVERTIME, r] * max(0.0, back - d.route_floats[c.SHIFT_END, r])
    )
