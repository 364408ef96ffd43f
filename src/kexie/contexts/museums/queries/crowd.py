"""How full a museum is just now, in words."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from kexie.contexts.museums.models import Museum
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Tally


class Crowd(StrEnum):
    """How many people are inside, against how many may be at once."""

    CALM = "CALM"
    LIVELY = "LIVELY"
    CROWDED = "CROWDED"
    FULL = "FULL"


@dataclass(frozen=True)
class CrowdNow:
    """The crowd by the gates' count; `share` in per cent of the cap."""

    level: Crowd
    inside: int
    cap: int

    @property
    def share(self) -> int:
        """Per cent of the cap, at most 100."""
        return min(100, round(100 * self.inside / self.cap))


_UP_TO = ((0.5, Crowd.CALM), (0.8, Crowd.LIVELY), (1.0, Crowd.CROWDED))


def level(inside: int, cap: int) -> Crowd:
    """Return the word for so many people where so many may be."""
    return next((word for bound, word in _UP_TO if inside < bound * cap), Crowd.FULL)


def crowd(museum: Museum, scope: Scope, *, now: dt.datetime) -> CrowdNow | None:
    """Return how full a museum is, or None while it is closed, has no cap, or its gates have counted nobody."""
    if not scope.covers(museum.unit.path):
        raise NotFound("museum")
    local = timezone.localtime(now)
    opens, closes, cap = museum.opens_at, museum.closes_at, museum.instant_cap
    if not cap or not opens or not closes or not opens <= local.time() < closes:
        return None
    tally = Tally.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day=local.date()
    ).first()
    if tally is None or not tally.entered:
        return None
    return CrowdNow(level(tally.inside, cap), tally.inside, cap)
