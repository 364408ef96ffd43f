"""Choosing the days of a site: a pattern, or the cheapest days that keep the gaps."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.limits import INFINITE, POSSIBLE


@compiled
def choose_pattern(d: Data, s: State, i: int) -> float:
    """Mark the days of the cheapest pattern that holds all fixed visits; return its cost."""
    best, which = POSSIBLE, -1
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
    return best if which >= 0 else INFINITE


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
            cost = s.reach[k - 1, before] + s.day_cost[day]
            if not near and cost < POSSIBLE and cost < s.reach[k, day]:
                s.reach[k, day] = cost
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
        best, end = POSSIBLE, -1
        for day in range(max(0, last_fixed), len(s.day_cost)):
            if s.reach[k, day] < best:
                best, end = s.reach[k, day], day
        if end >= 0:
            for n in range(k, 0, -1):
                s.days[c.CHOSEN, end] = 1
                end = s.back[n, end]
            return best
    return INFINITE
