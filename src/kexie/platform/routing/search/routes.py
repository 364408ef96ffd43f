"""One route: its times, load and cost, and whether it may be so."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.limits import INFINITE, LATE


@compiled
def soonest(d: Data, i: int, day: int, time: float) -> float:
    """Return the first moment from `time` on at which a visit may begin."""
    which = d.window_of[i, day]
    for w in range(d.window_first[which], d.window_first[which + 1]):
        if time <= d.windows[c.WINDOW_CLOSES, w] + LATE:
            return max(time, d.windows[c.WINDOW_OPENS, w])
    return INFINITE


@compiled
def last_before(d: Data, i: int, day: int, time: float) -> float:
    """Return the last moment up to `time` at which a visit may begin."""
    which = d.window_of[i, day]
    for w in range(d.window_first[which + 1] - 1, d.window_first[which] - 1, -1):
        if time >= d.windows[c.WINDOW_OPENS, w] - LATE:
            return min(time, d.windows[c.WINDOW_CLOSES, w])
    return -INFINITE


@compiled
def refresh(d: Data, s: State, r: int) -> None:
    """Work out times, load and cost of a changed route."""
    s.totals[c.NOW_COST] -= s.sums[c.COST, r]
    distance = _forwards(d, s, r)
    if d.timed:
        _backwards(d, s, r)
    cost = distance * d.route_floats[c.PER_DISTANCE, r]
    if s.routes[c.LENGTH, r] > 0:
        cost += d.route_floats[c.PER_DAY, r] + d.route_floats[c.PER_OVERTIME, r] * max(
            0.0, finish(d, s, r) - d.route_floats[c.SHIFT_END, r]
        )
    s.sums[c.COST, r] = cost
    s.totals[c.NOW_COST] += cost


@compiled
def _forwards(d: Data, s: State, r: int) -> float:
    time, here, distance, drive, service, load = (
        d.route_floats[c.OPENS, r],
        d.route_ints[c.BEGINS_AT, r],
        0.0,
        0.0,
        0.0,
        0.0,
    )
    for k in range(s.routes[c.LENGTH, r]):
        i = s.lists[c.STOPS, r, k]
        distance += d.legs[c.DISTANCE, here, d.site_ints[c.PLACE, i]]
        leg = d.legs[c.MINUTES, here, d.site_ints[c.PLACE, i]]
        drive += leg
        service += d.site_floats[c.SERVICE, i]
        load += d.site_floats[c.DEMAND, i]
        s.times[c.BEGINS, r, k] = soonest(d, i, d.route_ints[c.DAY, r], time + leg)
        time = s.times[c.BEGINS, r, k] + d.site_floats[c.SERVICE, i]
        here = d.site_ints[c.PLACE, i]
    s.sums[c.LOAD, r] = load
    s.sums[c.DRIVE, r] = drive + d.legs[c.MINUTES, here, d.route_ints[c.ENDS_AT, r]]
    s.sums[c.WORK, r] = s.sums[c.DRIVE, r] + service
    return distance + d.legs[c.DISTANCE, here, d.route_ints[c.ENDS_AT, r]]


@compiled
def _backwards(d: Data, s: State, r: int) -> None:
    n = s.routes[c.LENGTH, r]
    s.times[c.LATEST, r, n] = d.route_floats[c.CLOSES, r]
    after = d.route_ints[c.ENDS_AT, r]
    for k in range(n - 1, -1, -1):
        i = s.lists[c.STOPS, r, k]
        must = (
            s.times[c.LATEST, r, k + 1]
            - d.legs[c.MINUTES, d.site_ints[c.PLACE, i], after]
            - d.site_floats[c.SERVICE, i]
        )
        s.times[c.LATEST, r, k] = last_before(d, i, d.route_ints[c.DAY, r], must)
        after = d.site_ints[c.PLACE, i]


@compiled
def finish(d: Data, s: State, r: int) -> float:
    """Return when a route is back if it leaves as early as it may."""
    n = s.routes[c.LENGTH, r]
    if n == 0:
        return (
            d.route_floats[c.OPENS, r]
            + d.legs[c.MINUTES, d.route_ints[c.BEGINS_AT, r], d.route_ints[c.ENDS_AT, r]]
        )
    i = s.lists[c.STOPS, r, n - 1]
    return (
        s.times[c.BEGINS, r, n - 1]
        + d.site_floats[c.SERVICE, i]
        + d.legs[c.MINUTES, d.site_ints[c.PLACE, i], d.route_ints[c.ENDS_AT, r]]
    )


@compiled
def with_extra(d: Data, s: State, r: int, extra: int, position: int) -> tuple[float, float]:
    """Return when a route with an extra site is back, and how long it is out if it leaves as late as that allows."""
    time, here, slack, waited = d.route_floats[c.OPENS, r], d.route_ints[c.BEGINS_AT, r], INFINITE, 0.0
    for k in range(s.routes[c.LENGTH, r] + 1):
        i = extra if k == position else s.lists[c.STOPS, r, k - (1 if k > position else 0)]
        arrives = time + d.legs[c.MINUTES, here, d.site_ints[c.PLACE, i]]
        begins = soonest(d, i, d.route_ints[c.DAY, r], arrives)
        waited += begins - arrives
        slack = min(slack, waited + _to_close(d, i, d.route_ints[c.DAY, r], begins))
        time = begins + d.site_floats[c.SERVICE, i]
        here = d.site_ints[c.PLACE, i]
    back = time + d.legs[c.MINUTES, here, d.route_ints[c.ENDS_AT, r]]
    return back, back - d.route_floats[c.OPENS, r] - min(waited, slack)


@compiled
def _to_close(d: Data, i: int, day: int, begins: float) -> float:
    """Return by how much a visit may begin later within its window."""
    which = d.window_of[i, day]
    for w in range(d.window_first[which], d.window_first[which + 1]):
        if begins <= d.windows[c.WINDOW_CLOSES, w] + LATE:
            return max(0.0, d.windows[c.WINDOW_CLOSES, w] - begins)
    return 0.0


@compiled
def is_in_time(d: Data, s: State, r: int, i: int, position: int, before: int, after: int) -> bool:
    """Whether a site can be reached, and what follows can still be, in constant time."""
    left = d.route_floats[c.OPENS, r]
    if position > 0:
        previous = s.lists[c.STOPS, r, position - 1]
        left = s.times[c.BEGINS, r, position - 1] + d.site_floats[c.SERVICE, previous]
    begins = soonest(d, i, d.route_ints[c.DAY, r], left + d.legs[c.MINUTES, before, d.site_ints[c.PLACE, i]])
    return (
        begins + d.site_floats[c.SERVICE, i] + d.legs[c.MINUTES, d.site_ints[c.PLACE, i], after]
        <= s.times[c.LATEST, r, position] + LATE
    )
