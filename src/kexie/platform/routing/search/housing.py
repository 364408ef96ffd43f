"""Housing: a changed route is cut open where that is best, and goes to the vehicle that serves it cheapest.

Insertion moves a stop at a time and so never carries a whole route over to another depot: each step on the way costs a second trip.
"""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.changes import changed, touch
from kexie.platform.routing.search.limits import INFINITE, LATE, TINY


@compiled
def house(d: Data, s: State) -> None:
    """Give each route changed in this step its best vehicle and first stop. Windows tell what comes first: with them nothing is done."""
    if d.timed:
        return
    for t in range(s.counts[c.N_TOUCHED]):
        r = s.routes[c.TOUCHED, t]
        if s.routes[c.LENGTH, r] > 0 and not _is_held(d, s, r):
            _house(d, s, r)


@compiled
def _is_held(d: Data, s: State, r: int) -> bool:
    for k in range(s.routes[c.LENGTH, r]):  # noqa: SIM110 -- numba compiles no generators
        if d.fixed[s.lists[c.STOPS, r, k], d.route_ints[c.DAY, r]]:
            return True
    return False


@compiled
def _house(d: Data, s: State, r: int) -> None:
    """Look at the vehicle itself and at one idle vehicle of each kind and place of that day."""
    idle = d.legs[c.DISTANCE, d.route_ints[c.BEGINS_AT, r], d.route_ints[c.ENDS_AT, r]]
    idle *= d.route_floats[c.PER_DISTANCE, r]
    least, chosen, cut, seen = -1e-6, -1, -1, -1
    day = d.route_ints[c.DAY, r]
    for other in range(d.first[day], d.first[day + 1]):
        if other != r:
            if s.routes[c.LENGTH, other] > 0 or d.route_ints[c.ALIKE, other] == seen:
                continue
            seen = d.route_ints[c.ALIKE, other]
            if seen == d.route_ints[c.ALIKE, r] or not _may(d, s, r, other):
                continue
        cost, where = _best_cut(d, s, r, other)
        more = cost - s.sums[c.COST, r] + (idle - s.sums[c.COST, other] if other != r else 0.0)
        if more < least:
            least, chosen, cut = more, other, where
    if chosen >= 0 and (chosen != r or cut > 0):
        _carry(d, s, r, chosen, cut)


@compiled
def _may(d: Data, s: State, r: int, other: int) -> bool:
    """Whether a vehicle may visit all stops of a route, as far as their order does not matter."""
    if s.sums[c.LOAD, r] > d.route_floats[c.CAPACITY, other] + TINY:
        return False
    for k in range(s.routes[c.LENGTH, r]):  # noqa: SIM110 -- as above
        if not d.allowed[s.lists[c.STOPS, r, k], other]:
            return False
    return True


@compiled
def _best_cut(d: Data, s: State, r: int, other: int) -> tuple[float, int]:
    """Return what the ring of a route's stops costs a vehicle, and with which of them it then begins."""
    n, begins, ends = s.routes[c.LENGTH, r], d.route_ints[c.BEGINS_AT, other], d.route_ints[c.ENDS_AT, other]
    far, minutes = _ring(d, s, r)
    service = s.sums[c.WORK, r] - s.sums[c.DRIVE, r]
    opens = d.route_floats[c.OPENS, other]
    longest = min(d.route_floats[c.LONGEST, other], d.route_floats[c.CLOSES, other] - opens)
    best, where = INFINITE, -1
    last = d.site_ints[c.PLACE, s.lists[c.STOPS, r, n - 1]]
    for k in range(n):
        here = d.site_ints[c.PLACE, s.lists[c.STOPS, r, k]]
        way = (
            far
            - d.legs[c.DISTANCE, last, here]
            + d.legs[c.DISTANCE, begins, here]
            + d.legs[c.DISTANCE, last, ends]
        )
        cost = way * d.route_floats[c.PER_DISTANCE, other] + d.route_floats[c.PER_DAY, other]
        if cost < best:
            drive = (
                minutes
                - d.legs[c.MINUTES, last, here]
                + d.legs[c.MINUTES, begins, here]
                + d.legs[c.MINUTES, last, ends]
            )
            late = max(0.0, opens + drive + service - d.route_floats[c.SHIFT_END, other])
            cost += d.route_floats[c.PER_OVERTIME, other] * late
            kept = drive <= d.route_floats[c.DRIVING, other] + TINY and drive + service <= longest + LATE
            if kept and cost < best:
                best, where = cost, k
        last = here
    return best, where


@compiled
def _ring(d: Data, s: State, r: int) -> tuple[float, float]:
    """Return distance and minutes from stop to stop and from the last back to the first."""
    n, far, minutes = s.routes[c.LENGTH, r], 0.0, 0.0
    last = d.site_ints[c.PLACE, s.lists[c.STOPS, r, n - 1]]
    for k in range(n):
        here = d.site_ints[c.PLACE, s.lists[c.STOPS, r, k]]
        far += d.legs[c.DISTANCE, last, here]
        minutes += d.legs[c.MINUTES, last, here]
        last = here
    return far, minutes


@compiled
def _carry(d: Data, s: State, r: int, other: int, cut: int) -> None:
    """Let a vehicle drive a route's stops from one of them on, round to the one before it."""
    n = s.routes[c.LENGTH, r]
    touch(s, r)
    touch(s, other)
    for k in range(n):
        s.lists[c.TURNED, r, k] = s.lists[c.STOPS, r, (cut + k) % n]
    s.routes[c.LENGTH, r] = 0
    s.routes[c.LENGTH, other] = n
    for k in range(n):
        i = s.lists[c.TURNED, r, k]
        s.lists[c.STOPS, other, k] = i
        s.at[i, d.route_ints[c.DAY, r]] = other
    if other != r:
        changed(d, s, r)
    changed(d, s, other)
