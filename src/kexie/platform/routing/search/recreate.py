"""Recreate: inserting what was set aside, one site after the other, each where it is cheapest."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.chance import below, draw
from kexie.platform.routing.search.changes import put, take_all
from kexie.platform.routing.search.days import choose_days, choose_pattern
from kexie.platform.routing.search.insertion import look
from kexie.platform.routing.search.limits import INFINITE

BLINK = 0.01  # how often an insertion is overlooked


@compiled
def recreate(d: Data, s: State, limit: float, complete: bool) -> bool:
    """Insert what was set aside, one after the other, each where it is cheapest.

    Stop with False as soon as the plan costs more than `limit`, or lacks what a plan that was complete did not.
    """
    n = s.counts[c.N_REMOVED]
    _order(d, s, n)
    _sort(s, n)
    hopeful = True
    for k in range(n):
        if hopeful:
            i = s.sites[c.REMOVED, k]
            _insert_again(d, s, i, s.sites[c.REMOVED_DAY, k])
            lacks = s.sites[c.SERVED, i] < d.site_ints[c.VISITS, i] and d.site_floats[c.PENALTY, i] < 0.0
            hopeful = s.totals[c.NOW_COST] <= limit and not (complete and lacks)
        s.sites[c.IS_REMOVED, s.sites[c.REMOVED, k]] = 0
    s.counts[c.N_REMOVED] = 0
    return hopeful


@compiled
def _insert_again(d: Data, s: State, i: int, day: int) -> None:
    """Insert a site on the day it was taken from, else wherever it may be."""
    if day < 0:
        insert(d, s, i)
    elif not insert_on(d, s, i, day):
        take_all(d, s, i)
        insert(d, s, i)


@compiled
def _sort(s: State, n: int) -> None:
    """Bring what was set aside into the chosen order. There are few, so that insertion is quickest."""
    for k in range(1, n):
        value, i, day = s.order[k], s.sites[c.REMOVED, k], s.sites[c.REMOVED_DAY, k]
        j = k
        while j > 0 and s.order[j - 1] > value:
            s.order[j] = s.order[j - 1]
            s.sites[c.REMOVED, j] = s.sites[c.REMOVED, j - 1]
            s.sites[c.REMOVED_DAY, j] = s.sites[c.REMOVED_DAY, j - 1]
            j -= 1
        s.order[j] = value
        s.sites[c.REMOVED, j] = i
        s.sites[c.REMOVED_DAY, j] = day


@compiled
def _order(d: Data, s: State, n: int) -> None:
    """Choose by what sites are sorted: at random, greatest, farthest, nearest, most pressed, weightiest first."""
    way = below(s, 17)
    for k in range(n):
        i = s.sites[c.REMOVED, k]
        value = draw(s)
        if way < 4:  # noqa: PLR2004 -- shares of 17
            value = -d.site_floats[c.DEMAND, i] * d.site_ints[c.VISITS, i]
        elif way < 6:  # noqa: PLR2004
            value = -d.site_floats[c.FAR_OUT, i]
        elif way < 7:  # noqa: PLR2004
            value = d.site_floats[c.FAR_OUT, i]
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
