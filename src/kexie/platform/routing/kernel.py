"""The search, compiled: ruin and recreate by removal of strings (SISR: Christiaens, Vanden Berghe, Transportation Science 2020).

Ours beyond the paper: a site that is inserted chooses its days and its routes together; a second way to ruin takes visits of one day only
and leaves each site its days; the cheapest insertion of each site into each route is remembered until that route changes.
Everything compiled stands in this one file, because what is kept on disk is made anew when its own file changes, not others.
`d` is the problem (Data), `s` the plan (State), `r` a route, `i` a site.
"""

import math

import numpy as np

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, Longs, State
from kexie.platform.routing.compiled import compiled, entrance

INFINITE = 1e18
TINY = 1e-9
REMOVE = 10.0  # sites taken out at once, on average
LONGEST_STRING = 10.0
SPLIT = 0.5  # how often a string keeps some of its middle
KEEP_MORE = 0.99  # how seldom it keeps one more
BLINK = 0.01  # how often an insertion is overlooked
ONE_DAY = 0.5  # how often only one day is ruined
RETRIED = 10  # missing sites that are tried again at each step
LATE = 1e-7  # minutes by which rounding may be late


@compiled
def draw(s: State) -> float:
    """Return a number in [0, 1): xorshift64*, the same on every machine."""
    x = s.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    s.random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def below(s: State, n: int) -> int:
    """Return an integer in [0, n)."""
    return min(int(draw(s) * n), n - 1)


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
            if cost < best:
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


# Changing a plan


@compiled
def touch(s: State, r: int) -> None:
    """Keep a copy of a route before its first change since the last decision."""
    if s.routes[c.IS_TOUCHED, r]:
        return
    s.routes[c.IS_TOUCHED, r] = 1
    s.routes[c.TOUCHED, s.counts[c.N_TOUCHED]] = r
    s.counts[c.N_TOUCHED] += 1
    s.routes[c.OLD_LENGTH, r] = s.routes[c.LENGTH, r]
    s.routes[c.OLD_STAMP, r] = s.routes[c.STAMP, r]
    for k in range(s.routes[c.LENGTH, r]):
        s.lists[c.OLD_STOPS, r, k] = s.lists[c.STOPS, r, k]


@compiled
def changed(d: Data, s: State, r: int) -> None:
    """Give a changed route a new stamp and work it out."""
    s.counts[c.N_STAMP] += 1
    s.routes[c.STAMP, r] = s.counts[c.N_STAMP]
    refresh(d, s, r)


@compiled
def put(d: Data, s: State, i: int, r: int, position: int) -> None:
    """Insert a site."""
    touch(s, r)
    for k in range(s.routes[c.LENGTH, r], position, -1):
        s.lists[c.STOPS, r, k] = s.lists[c.STOPS, r, k - 1]
    s.lists[c.STOPS, r, position] = i
    s.routes[c.LENGTH, r] += 1
    s.at[i, d.route_ints[c.DAY, r]] = r
    s.sites[c.SERVED, i] += 1
    changed(d, s, r)


@compiled
def take(d: Data, s: State, i: int, day: int) -> None:
    """Take a site's visit out of a day."""
    r = s.at[i, day]
    touch(s, r)
    k = 0
    while s.lists[c.STOPS, r, k] != i:
        k += 1
    s.routes[c.LENGTH, r] -= 1
    for j in range(k, s.routes[c.LENGTH, r]):
        s.lists[c.STOPS, r, j] = s.lists[c.STOPS, r, j + 1]
    s.at[i, day] = -1
    s.sites[c.SERVED, i] -= 1
    changed(d, s, r)


@compiled
def take_all(d: Data, s: State, i: int) -> None:
    """Take out all visits of a site but the fixed ones."""
    for day in range(s.at.shape[1]):
        if s.at[i, day] >= 0 and not d.fixed[i, day]:
            take(d, s, i, day)


@compiled
def set_aside(s: State, i: int, day: int) -> None:
    """Note a site for insertion, once."""
    if not s.sites[c.IS_REMOVED, i]:
        s.sites[c.IS_REMOVED, i] = 1
        s.sites[c.REMOVED, s.counts[c.N_REMOVED]] = i
        s.sites[c.REMOVED_DAY, s.counts[c.N_REMOVED]] = day
        s.counts[c.N_REMOVED] += 1


@compiled
def go_back(d: Data, s: State) -> None:
    """Undo everything since the last decision."""
    for t in range(s.counts[c.N_TOUCHED]):
        r = s.routes[c.TOUCHED, t]
        for k in range(s.routes[c.LENGTH, r]):
            s.at[s.lists[c.STOPS, r, k], d.route_ints[c.DAY, r]] = -1
            s.sites[c.SERVED, s.lists[c.STOPS, r, k]] -= 1
    for t in range(s.counts[c.N_TOUCHED]):
        r = s.routes[c.TOUCHED, t]
        s.routes[c.LENGTH, r] = s.routes[c.OLD_LENGTH, r]
        for k in range(s.routes[c.LENGTH, r]):
            s.lists[c.STOPS, r, k] = s.lists[c.OLD_STOPS, r, k]
            s.at[s.lists[c.STOPS, r, k], d.route_ints[c.DAY, r]] = r
            s.sites[c.SERVED, s.lists[c.STOPS, r, k]] += 1
        s.routes[c.STAMP, r] = s.routes[c.OLD_STAMP, r]
        refresh(d, s, r)


@compiled
def settle(s: State) -> None:
    """Forget the copies: what stands now is the plan."""
    for t in range(s.counts[c.N_TOUCHED]):
        s.routes[c.IS_TOUCHED, s.routes[c.TOUCHED, t]] = 0
    s.counts[c.N_TOUCHED] = 0


@compiled
def remember(s: State) -> None:
    """Keep this plan as the best."""
    for r in range(s.routes.shape[1]):
        s.routes[c.BEST_LENGTH, r] = s.routes[c.LENGTH, r]
        for k in range(s.routes[c.LENGTH, r]):
            s.lists[c.BEST_STOPS, r, k] = s.lists[c.STOPS, r, k]
    s.totals[c.BEST_COST] = s.totals[c.NOW_COST]
    s.totals[c.BEST_MISSING] = s.totals[c.NOW_MISSING]


# Ruin


@compiled
def ruin(d: Data, s: State) -> None:
    """Take strings of neighbouring stops out of routes that pass near one site."""
    used, stops = _filled(s)
    if used == 0:
        return
    longest = min(LONGEST_STRING, stops / used)
    strings = int(1.0 + draw(s) * (4.0 * REMOVE / (1.0 + longest) - 1.0))
    day = -1
    if d.first.shape[0] > 2 and draw(s) < ONE_DAY:  # noqa: PLR2004 -- more than one day
        day = _busy_day(d, s)
    centre = below(s, len(d.fixed))
    for n in range(d.near.shape[1]):
        if s.counts[c.N_RUINED] >= strings:
            break
        r = _route_of(s, d.near[centre, n], day)
        if r >= 0 and not s.routes[c.RUINED, r]:
            _cut(d, s, d.near[centre, n], r, longest, day >= 0)
    for t in range(s.counts[c.N_TOUCHED]):
        s.routes[c.RUINED, s.routes[c.TOUCHED, t]] = 0
    s.counts[c.N_RUINED] = 0


@compiled
def _filled(s: State) -> tuple[int, int]:
    used, stops = 0, 0
    for r in range(s.routes.shape[1]):
        if s.routes[c.LENGTH, r] > 0:
            used += 1
            stops += s.routes[c.LENGTH, r]
    return used, stops


@compiled
def _busy_day(d: Data, s: State) -> int:
    """Return the day of some route that has stops."""
    start = below(s, s.routes.shape[1])
    for n in range(s.routes.shape[1]):
        r = (start + n) % s.routes.shape[1]
        if s.routes[c.LENGTH, r] > 0:
            return int(d.route_ints[c.DAY, r])
    return -1


@compiled
def _route_of(s: State, i: int, day: int) -> int:
    """Return a route that visits a site: on that day, or on one of its days."""
    if day >= 0:
        return int(s.at[i, day])
    if s.sites[c.SERVED, i] == 0:
        return -1
    skip = below(s, s.sites[c.SERVED, i])
    for one in range(s.at.shape[1]):
        if s.at[i, one] >= 0:
            if skip == 0:
                return int(s.at[i, one])
            skip -= 1
    return -1


@compiled
def _cut(d: Data, s: State, i: int, r: int, longest: float, only_day: bool) -> None:
    """Take a string that holds one site out of a route, perhaps keeping a part of its middle."""
    n = s.routes[c.LENGTH, r]
    size = int(1.0 + draw(s) * min(n, longest))
    size = min(size, n)
    kept = 0
    if size > 1 and size < n and draw(s) < SPLIT:
        kept = 1
        while size + kept < n and draw(s) > KEEP_MORE:
            kept += 1
    k = 0
    while s.lists[c.STOPS, r, k] != i:
        k += 1
    span = size + kept
    first = max(0, k - span + 1)
    start = first + below(s, min(k, n - span) - first + 1)
    gap = start + 1 + below(s, size - 1) if kept else start + span
    _mark(d, s, r, start, span, gap, kept, only_day)


@compiled
def _mark(d: Data, s: State, r: int, start: int, span: int, gap: int, kept: int, only_day: bool) -> None:
    touch(s, r)
    s.routes[c.RUINED, r] = 1
    s.counts[c.N_RUINED] += 1
    first = s.counts[c.N_REMOVED]
    day = d.route_ints[c.DAY, r]
    for k in range(start, start + span):
        if not d.fixed[s.lists[c.STOPS, r, k], day] and not gap <= k < gap + kept:
            set_aside(s, s.lists[c.STOPS, r, k], day if only_day else -1)
    for n in range(first, s.counts[c.N_REMOVED]):
        if only_day:
            take(d, s, s.sites[c.REMOVED, n], day)
        else:
            take_all(d, s, s.sites[c.REMOVED, n])


@compiled
def retry_missing(d: Data, s: State) -> None:
    """Set aside some sites that want more visits than they have."""
    start, found = below(s, len(d.fixed)), 0
    for n in range(len(d.fixed)):
        i = (start + n) % len(d.fixed)
        if s.sites[c.SERVED, i] < d.site_ints[c.VISITS, i] and not s.sites[c.IS_REMOVED, i]:
            take_all(d, s, i)
            set_aside(s, i, -1)
            found += 1
            if found == RETRIED:
                return


# Recreate


@compiled
def recreate(d: Data, s: State) -> None:
    """Insert what was set aside, one after the other, each where it is cheapest."""
    n = s.counts[c.N_REMOVED]
    _order(d, s, n)
    for k in np.argsort(s.order[:n], kind="mergesort"):
        i, day = s.sites[c.REMOVED, k], s.sites[c.REMOVED_DAY, k]
        if day < 0:
            insert(d, s, i)
        elif not insert_on(d, s, i, day):
            take_all(d, s, i)
            insert(d, s, i)
    for k in range(n):
        s.sites[c.IS_REMOVED, s.sites[c.REMOVED, k]] = 0
    s.counts[c.N_REMOVED] = 0


@compiled
def _order(d: Data, s: State, n: int) -> None:
    """Choose by what sites are sorted: at random, greatest, farthest, nearest, most pressed, weightiest first."""
    way = below(s, 17)
    depot = d.route_ints[c.BEGINS_AT, 0]
    for k in range(n):
        i = s.sites[c.REMOVED, k]
        value = draw(s)
        if way < 4:  # noqa: PLR2004 -- shares of 17
            value = -d.site_floats[c.DEMAND, i] * d.site_ints[c.VISITS, i]
        elif way < 6:  # noqa: PLR2004
            value = -d.legs[c.DISTANCE, depot, d.site_ints[c.PLACE, i]]
        elif way < 7:  # noqa: PLR2004
            value = d.legs[c.DISTANCE, depot, d.site_ints[c.PLACE, i]]
        elif way < 10:  # noqa: PLR2004
            value = pressed(d, i)
        elif way < 13 and s.totals[c.NOW_MISSING] > 0.0:  # noqa: PLR2004
            value = -d.site_floats[c.WEIGHT, i]
        s.order[k] = value


@compiled
def pressed(d: Data, i: int) -> float:
    """Return how long a site's first window is; what asks for many visits comes before others."""
    which = d.window_of[i, 0]
    w = d.window_first[which]
    return (
        min(d.windows[c.WINDOW_CLOSES, w] - d.windows[c.WINDOW_OPENS, w], 1e6)
        - 1e7 * d.site_ints[c.VISITS, i]
    )


@compiled
def find_on(d: Data, s: State, i: int, day: int) -> None:
    """Find the cheapest route of a day for a site (day_cost, day_route)."""
    best, route, empty = INFINITE, -1, -1
    for r in range(d.first[day], d.first[day + 1]):
        if not d.allowed[i, r]:
            continue
        if s.routes[c.LENGTH, r] == 0:
            if d.route_ints[c.ALIKE, r] == empty:
                continue
            empty = d.route_ints[c.ALIKE, r]
        if s.known_stamp[i, r] != s.routes[c.STAMP, r]:
            look(d, s, i, r)
        if s.known[c.KNOWN_COST, i, r] < best and draw(s) >= BLINK:
            best, route = s.known[c.KNOWN_COST, i, r], r
    s.day_cost[day] = best
    s.days[c.DAY_ROUTE, day] = route


@compiled
def insert_on(d: Data, s: State, i: int, day: int) -> bool:
    """Insert a visit on its day; return whether there was room."""
    find_on(d, s, i, day)
    r = s.days[c.DAY_ROUTE, day]
    if r < 0 or 0.0 <= d.site_floats[c.PENALTY, i] < s.day_cost[day]:
        return False
    put(d, s, i, r, int(s.known[c.KNOWN_POSITION, i, r]))
    return True


@compiled
def insert(d: Data, s: State, i: int) -> None:
    """Choose a site's days and routes together, and insert it. What is fixed stays."""
    if s.sites[c.SERVED, i] >= d.site_ints[c.VISITS, i]:
        return
    for day in range(len(s.day_cost)):
        s.days[c.CHOSEN, day] = 0
        if s.at[i, day] >= 0:
            s.day_cost[day] = 0.0
        else:
            find_on(d, s, i, day)
    if d.site_ints[c.PATTERN_OF, i + 1] > d.site_ints[c.PATTERN_OF, i]:
        cost = choose_pattern(d, s, i)
    else:
        cost = choose_days(d, s, i)
    if 0.0 <= d.site_floats[c.PENALTY, i] * (d.site_ints[c.VISITS, i] - s.sites[c.SERVED, i]) < cost:
        return
    for day in range(len(s.day_cost)):
        if s.days[c.CHOSEN, day] and s.at[i, day] < 0:
            r = s.days[c.DAY_ROUTE, day]
            put(d, s, i, r, int(s.known[c.KNOWN_POSITION, i, r]))


@compiled
def choose_pattern(d: Data, s: State, i: int) -> float:
    """Mark the days of the cheapest pattern that holds all fixed visits; return its cost."""
    best, which = INFINITE, -1
    for p in range(d.site_ints[c.PATTERN_OF, i], d.site_ints[c.PATTERN_OF, i + 1]):
        cost = 0.0
        for day in range(len(s.day_cost)):
            if d.pattern_days[p, day]:
                cost += s.day_cost[day]
            elif s.at[i, day] >= 0:
                cost = INFINITE
        if cost < best:
            best, which = cost, p
    if which >= 0:
        for day in range(len(s.day_cost)):
            s.days[c.CHOSEN, day] = d.pattern_days[which, day]
    return best


@compiled
def choose_days(d: Data, s: State, i: int) -> float:
    """Mark the cheapest days that keep the gaps, as many as can be up to the visits wanted; return their cost."""
    begun = False  # no chain begins after a fixed visit
    for day in range(len(s.day_cost)):
        is_fixed = s.at[i, day] >= 0
        may = not begun and (is_fixed or day - d.site_ints[c.LAST_VISIT, i] >= d.site_ints[c.LEAST_GAP, i])
        s.reach[1, day] = s.day_cost[day] if may else INFINITE
        s.back[1, day] = -1
        begun = begun or is_fixed
    for k in range(2, d.site_ints[c.VISITS, i] + 1):
        _one_more(d, s, i, k)
    return _best_chain(d, s, i)


@compiled
def _one_more(d: Data, s: State, i: int, k: int) -> None:
    """Extend chains of k - 1 visits by one: reach[k, day] is the least cost of k visits of which the last is on `day`."""
    for day in range(len(s.day_cost)):
        s.reach[k, day] = INFINITE
        s.back[k, day] = -1
        if s.day_cost[day] >= INFINITE:
            continue
        is_fixed = s.at[i, day] >= 0
        for before in range(day - 1, max(-1, day - d.site_ints[c.MOST_GAP, i] - 1), -1):
            near = day - before < d.site_ints[c.LEAST_GAP, i] and not (is_fixed and s.at[i, before] >= 0)
            if not near and s.reach[k - 1, before] + s.day_cost[day] < s.reach[k, day]:
                s.reach[k, day] = s.reach[k - 1, before] + s.day_cost[day]
                s.back[k, day] = before
            if s.at[i, before] >= 0:
                break


@compiled
def _best_chain(d: Data, s: State, i: int) -> float:
    last_fixed = -1
    for day in range(len(s.day_cost)):
        if s.at[i, day] >= 0:
            last_fixed = day
    for k in range(d.site_ints[c.VISITS, i], 0, -1):
        best, end = INFINITE, -1
        for day in range(max(0, last_fixed), len(s.day_cost)):
            if s.reach[k, day] < best:
                best, end = s.reach[k, day], day
        if end >= 0:
            for n in range(k, 0, -1):
                s.days[c.CHOSEN, end] = 1
                end = s.back[n, end]
            return best
    return INFINITE


# The whole


@compiled
def missing(d: Data, s: State) -> tuple[float, float]:
    """Return what is missing, and the penalties of what may be left out."""
    total, penalties = 0.0, 0.0
    s.absent[:] = 0.0
    for i in range(len(d.fixed)):
        lack = d.site_ints[c.VISITS, i] - s.sites[c.SERVED, i]
        if lack > 0:
            if d.site_floats[c.PENALTY, i] >= 0.0:
                penalties += d.site_floats[c.PENALTY, i] * lack
            else:
                total += d.site_floats[c.WEIGHT, i] * lack
                s.absent[d.site_ints[c.TOWNSHIP, i]] += lack
    for g in range(len(s.absent)):
        total += d.share[g] * s.absent[g] ** 2
    return total, penalties


@entrance
def start(d: Data, s: State, routes: Longs, sites: Longs) -> None:
    """Take over given stops in their order, insert everything else, and keep the result as the best."""
    for n in range(len(routes)):
        put(d, s, sites[n], routes[n], s.routes[c.LENGTH, routes[n]])
    for r in range(s.routes.shape[1]):
        changed(d, s, r)
    for i in range(len(d.fixed)):
        if s.sites[c.SERVED, i] < d.site_ints[c.VISITS, i]:
            take_all(d, s, i)
            set_aside(s, i, -1)
    recreate(d, s)
    settle(s)
    lack, penalties = missing(d, s)
    s.totals[c.NOW_MISSING] = lack
    remember(s)
    s.totals[c.BEST_COST] = s.totals[c.NOW_COST] + penalties


@entrance
def search(d: Data, s: State, iterations: int, temperature: float) -> None:
    """Ruin and recreate so many times; take over what is better or, the warmer the more often, a little worse."""
    s.totals[c.NOW_COST] = s.sums[c.COST].sum()  # rid of rounding
    lack, penalties = missing(d, s)
    now = d.big * lack + s.totals[c.NOW_COST] + penalties
    for _ in range(iterations):
        ruin(d, s)
        retry_missing(d, s)
        recreate(d, s)
        lack, penalties = missing(d, s)
        new = d.big * lack + s.totals[c.NOW_COST] + penalties
        if new < now - temperature * math.log(max(draw(s), 1e-300)):
            now = new
            s.totals[c.NOW_MISSING] = lack
            settle(s)
            _keep_if_best(s, lack, s.totals[c.NOW_COST] + penalties)
        else:
            go_back(d, s)
            settle(s)


@compiled
def _keep_if_best(s: State, lack: float, cost: float) -> None:
    worse = lack > s.totals[c.BEST_MISSING] + TINY
    if worse or (lack > s.totals[c.BEST_MISSING] - TINY and cost > s.totals[c.BEST_COST] - TINY):
        return
    remember(s)
    s.totals[c.BEST_COST] = cost
