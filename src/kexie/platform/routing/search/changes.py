"""Changing a plan, so that everything since the last decision can be undone."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.routes import refresh


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
