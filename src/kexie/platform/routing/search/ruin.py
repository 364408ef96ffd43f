"""Ruin: taking out strings of neighbouring stops, of all days or of one day only."""

from kexie.platform.routing import columns as c
from kexie.platform.routing.arrays import Data, State
from kexie.platform.routing.compiled import compiled
from kexie.platform.routing.search.chance import below, draw
from kexie.platform.routing.search.changes import set_aside, take, take_all, touch

REMOVE = 10.0  # sites taken out at once, on average
LONGEST_STRING = 10.0
SPLIT = 0.5  # how often a string keeps some of its middle
KEEP_MORE = 0.99  # how seldom it keeps one more
ONE_DAY = 0.5  # how often only one day is ruined
RETRIED = 10  # missing sites that are tried again at each step


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
            i = s.lists[c.STOPS, r, k]
            set_aside(s, i, day if only_day or _has_one_pattern(d, i) else -1)
    for n in range(first, s.counts[c.N_REMOVED]):
        if s.sites[c.REMOVED_DAY, n] >= 0:
            take(d, s, s.sites[c.REMOVED, n], day)
        else:
            take_all(d, s, s.sites[c.REMOVED, n])


@compiled
def _has_one_pattern(d: Data, i: int) -> bool:
    """Whether a site's days are no choice: then only the visit that stands in the string is taken out."""
    return bool(d.site_ints[c.PATTERN_OF, i + 1] - d.site_ints[c.PATTERN_OF, i] == 1)


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
