"""What hosts know of a season's visits, and what they do not know yet."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop, Season, Site, Telling, ToldVisit
from kexie.contexts.touring.queries import seasons
from kexie.contexts.touring.rules.hosts import Mark, pairs
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.notify.models import Notice
from kexie.platform.notify.states import State

ANSWERED = (PlannedStop.Host.CONFIRMED, PlannedStop.Host.DECLINED)


class What(StrEnum):
    """What a host has to be told."""

    ASK = "ASK"
    MOVE = "MOVE"
    OFF = "OFF"


@dataclass(frozen=True)
class Visit:
    """A visit as its host knows it and as it is planned now; `number` counts the site's visits in the season."""

    number: int
    told: ToldVisit | None
    stop: PlannedStop | None

    @property
    def is_moved(self) -> bool:
        """Whether it is planned otherwise than its host was told."""
        return self.told is not None and self.stop is not None and _of(self.told) != facts(self.stop)

    def news(self, today: dt.date) -> What | None:
        """Return what its host has to be told; of what is past, nothing."""
        if self.stop is None:
            return What.OFF if self.told is not None and self.told.day >= today else None
        if self.stop.trip.day < today:
            return None
        if self.told is None:
            # Whoever has answered knows of it.
            return None if self.stop.host_state in ANSWERED else What.ASK
        return What.MOVE if self.is_moved else None


Facts = tuple[dt.date, int, int, UUID]


def facts(stop: PlannedStop) -> Facts:
    """Return what a host is told of a planned visit: day, begin, end and vehicle."""
    return stop.trip.day, stop.begins, stop.ends, stop.trip.van.caravan_id


def _of(told: ToldVisit) -> Facts:
    return told.day, told.begins, told.ends, told.caravan_id


def told(season: Season) -> QuerySet[ToldVisit]:
    """Return what the hosts of a season were told, called off or not."""
    return ToldVisit.objects.filter(season=season).select_related("site__area", "caravan", "old_caravan")


def visits(plan: Plan) -> list[Visit]:
    """Return every visit that is planned, or that a host still expects."""
    return _all_paired(told(plan.season), seasons.stops(plan))


def visit(stop: PlannedStop) -> Visit:
    """Return the visit that a planned stop is."""
    planned = list(seasons.stops(stop.trip.plan).filter(site=stop.site_id))
    known = list(told(stop.trip.plan.season).filter(site=stop.site_id))
    return next(one for one in _paired(known, planned) if one.stop is not None and one.stop.pk == stop.pk)


def news(plan: Plan, today: dt.date) -> list[tuple[What, Visit]]:
    """Return what hosts have to be told of the published plan: visits that are new, moved, or called off."""
    return news_of(visits(plan), today) if plan.season.published_id == plan.pk else []


def untold(plan: Plan, today: dt.date) -> int:
    """Return of how many visits of the published plan hosts have to be told something."""
    if plan.season.published_id != plan.pk:
        return 0
    # Sites and their contacts are not wanted here.
    known = ToldVisit.objects.filter(season=plan.season_id, off_at=None)
    planned = PlannedStop.objects.filter(association=plan.association_id, trip__plan=plan)
    found = _all_paired(known, planned.select_related("trip__van"))
    return sum(one.news(today) is not None for one in found)


def telling(season: Season) -> Telling | None:
    """Return the latest round in which a season's hosts were told."""
    return Telling.objects.filter(season=season).first()


def news_of(found: Iterable[Visit], today: dt.date) -> list[tuple[What, Visit]]:
    """Return the same of visits that are read already, by day."""
    told = [(one.news(today), one) for one in sorted(found, key=_when)]
    return [(what, one) for what, one in told if what is not None]


def stops(plan: Plan) -> QuerySet[Any]:
    """Return a plan's visits, each with how and when its host was last told (`told_how`, `told_at`) and by which message."""
    known = ToldVisit.objects.filter(
        season=plan.season_id, code=OuterRef("host_code"), off_at=None, day=OuterRef("trip__day")
    )
    names = {"told_how": "how", "told_at": "told_at", "told_notice": "notice_id"}
    return seasons.stops(plan).annotate(
        **{name: Subquery(known.values(field)[:1]) for name, field in names.items()}
    )


def deliveries(notices: Iterable[UUID | None]) -> dict[UUID | None, State]:
    """Return what became of messages, by id."""
    found = Notice.objects.filter(pk__in=[one for one in notices if one])
    return {pk: State(state) for pk, state in found.values_list("pk", "state")}


def called_off(season: Season, today: dt.date) -> QuerySet[ToldVisit]:
    """Return the visits that were called off and whose host has still to be called by telephone."""
    return told(season).filter(off_at__isnull=False, how=ToldVisit.How.CALL, day__gte=today)


def gone(season: Season) -> list[Visit]:
    """Return every visit that was called off."""
    return [Visit(one.number, one, None) for one in told(season).filter(off_at__isnull=False)]


def site(plan: Plan, pk: UUID) -> tuple[Site, list[Visit], list[ToldVisit]]:
    """Return a site with its visits in a plan, and those that were called off; NotFound if it never had any."""
    planned = list(seasons.stops(plan).filter(site=pk))
    known = list(told(plan.season).filter(site=pk))
    if not planned and not known:
        raise NotFound(_("没有这一站，方案可能已经改过，请刷新后再看。"))
    found = sorted(_paired(known, planned), key=lambda visit: visit.number)
    gone = [each for each in known if each.off_at is not None]
    return (planned[0].site if planned else known[0].site), found, gone


def told_by_code(code: str, scope: Scope) -> ToldVisit:
    """Return the visit whose link a host has, whatever became of it."""
    rows = ToldVisit.objects.filter(scope.q("site__unit"), code=code)
    found = rows.select_related("season", "site__area", "caravan").first()
    if found is None:
        raise NotFound(_("没有这一站，可能已经改期；请联系发给您链接的科协。"))
    return found


def visit_by_code(code: str, scope: Scope) -> tuple[UUID, Visit]:
    """Return the visit that a host's link names, with its season: planned, called off, or waiting for a new day."""
    try:
        stop = seasons.stop_by_code(code, scope)
    except NotFound:
        known = told_by_code(code, scope)
        return known.season_id, Visit(known.number, known, None)
    return stop.trip.plan.season_id, visit(stop)


def _when(one: Visit) -> tuple[dt.date, int, int]:
    at = one.told.day if one.stop is None and one.told else one.stop.trip.day if one.stop else dt.date.min
    begins = one.stop.begins if one.stop else one.told.begins if one.told else 0
    return at, begins, one.number


def _all_paired(told: Iterable[ToldVisit], stops: Iterable[PlannedStop]) -> list[Visit]:
    known: dict[UUID, list[ToldVisit]] = defaultdict(list)
    planned: dict[UUID, list[PlannedStop]] = defaultdict(list)
    for one in told:
        known[one.site_id].append(one)
    for stop in stops:
        planned[stop.site_id].append(stop)
    return [visit for site in {**known, **planned} for visit in _paired(known[site], planned[site])]


def _paired(known: list[ToldVisit], planned: list[PlannedStop]) -> Iterator[Visit]:
    expected = [one for one in known if one.off_at is None]
    number = max((one.number for one in known), default=0)
    order = sorted(planned, key=lambda one: one.trip.day)
    left = [Mark(one.code, one.day) for one in expected]
    right = [Mark(one.host_code, one.trip.day) for one in order]
    for n, m in pairs(left, right):
        stop = None if m is None else order[m]
        if n is not None:
            yield Visit(expected[n].number, expected[n], stop)
        else:
            number += 1
            yield Visit(number, None, stop)
