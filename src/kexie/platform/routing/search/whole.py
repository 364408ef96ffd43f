"""The search, compiled: ruin and recreate by removal of strings (SISR: Christiaens, Vanden Berghe, Transportation Science 2020).

Ours beyond the paper: a site that is inserted chooses its days and its routes together; a second way to ruin takes visits of one day only
and leaves each site its days; the cheapest insertion of each site into each route is remembered until that route changes.
"""

import math

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, Longs, State
from kexie.platform.routing.compiled import compiled, entrance
from kexie.platform.routing.search.chance import draw
from kexie.platform.routing.search.changes import changed, go_back, put, remember, set_aside, settle, take_all
from kexie.platform.routing.search.housing import house
from kexie.platform.routing.search.limits import INFINITE, TINY
from kexie.platform.routing.search.recreate import recreate
from kexie.platform.routing.search.ruin import retry_missing, ruin


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
    recreate(d, s, INFINITE, False)
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
        limit = now - temperature * math.log(max(draw(s), 1e-300))
        ruin(d, s)
        retry_missing(d, s)
        if recreate(d, s, limit, lack <= 0.0):
            new_lack, penalties = missing(d, s)
            new = d.big * new_lack + s.totals[c.NOW_COST] + penalties
            if new < limit:
                lack = new_lack
                s.totals[c.NOW_MISSING] = lack
                house(d, s)
                now = d.big * lack + s.totals[c.NOW_COST] + penalties
                settle(s)
                _keep_if_best(s, lack, s.totals[c.NOW_COST] + penalties)
                continue
        go_back(d, s)
        settle(s)


@compiled
def _keep_if_best(s: State, lack: float, cost: float) -> None:
    worse = lack > s.totals[c.BEST_MISSING] + TINY
    if worse or (lack > s.totals[c.BEST_MISSING] - TINY and cost > s.totals[c.BEST_COST] - TINY):
        return
    remember(s)
    s.totals[c.BEST_COST] = cost
