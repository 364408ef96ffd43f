"""Reading releases: published ones are for everyone, others for those whose units they are of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.releases import documents
from kexie.reporting.releases.models import LoadedRelease, Release
from kexie.reporting.releases.states import Stage


def published(scope: Scope) -> QuerySet[Release]:
    """Return the published releases, the latest first, without their files."""
    return releases(scope).filter(published_at__isnull=False)


def published_one(scope: Scope, pk: UUID) -> Release:
    """Return one published release, or raise NotFound."""
    return _one(Release.objects.filter(scope.q(), published_at__isnull=False), pk)


def versions(scope: Scope, release: Release) -> QuerySet[Release]:
    """Return every version of the same closing, the first one first."""
    same = releases(scope).filter(unit=release.unit_id, since=release.since, until=release.until)
    return same.order_by("version")


def previous(scope: Scope, unit: Unit, period: Period) -> Release | None:
    """Return the latest closing of a unit's period, if there is one."""
    return releases(scope).filter(unit=unit, since=period.start or period.end, until=period.end).first()


def releases(scope: Scope) -> QuerySet[Release]:
    """Return the releases of units in sight."""
    return Release.objects.filter(scope.q()).select_related("unit", "closed_by").defer("document")


def closed(scope: Scope) -> QuerySet[Release]:
    """Return the releases whose figures are frozen."""
    return releases(scope).filter(state=Stage.CLOSED)


def is_year_closed(association_id: UUID, year: int) -> bool:
    """Whether the association itself has closed the whole year (or a longer time around it)."""
    found = Release.objects.filter(association_id=association_id, unit_id=association_id, state=Stage.CLOSED)
    whole = Period.year(year)
    return found.filter(since__lte=whole.start, until__gte=whole.end).exists()


def release(scope: Scope, pk: UUID) -> Release:
    """Return one release in sight, or raise NotFound."""
    return _one(Release.objects.filter(scope.q()), pk)


def loaded(scope: Scope) -> QuerySet[LoadedRelease]:
    """Return the releases of other cities, without their files; they belong to the whole association."""
    if not scope.is_whole:
        return LoadedRelease.objects.none()
    found = LoadedRelease.objects.filter(association_id=scope.association_id)
    return found.select_related("loaded_by").defer("document")


def loaded_one(scope: Scope, pk: UUID) -> LoadedRelease:
    """Return one of them, or raise NotFound."""
    found = loaded(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


@dataclass(frozen=True)
class Sum:
    """A measure over several cities: the total where it adds up, else None; and each city's own value."""

    key: str
    label: str
    unit: str
    total: str | None
    cities: Sequence[tuple[str, str | None]]


def periods(scope: Scope) -> list[tuple[dt.date, dt.date]]:
    """Return the periods of which something is loaded, the latest first."""
    every = loaded(scope).order_by("-until", "since").values_list("since", "until")
    return list(dict.fromkeys(every))


def sums(found: Sequence[LoadedRelease]) -> list[Sum]:
    """Return the sum by measure of each city's latest version; a measure defined otherwise somewhere is not summed.

    They must be of one period.
    """
    latest = {one.origin: one for one in sorted(found, key=lambda one: one.version)}
    files = [(one.name, documents.read(one.document)) for one in latest.values()]
    keys = dict.fromkeys(key for _name, file in files for key in file["measures"])
    return [_sum(key, [(name, file) for name, file in files if key in file["measures"]]) for key in keys]


def _sum(key: str, files: list[tuple[str, dict[str, Any]]]) -> Sum:
    declared = files[-1][1]["measures"][key]
    cities = [(name, file["totals"][key]) for name, file in files]
    definitions = {file["measures"][key]["definition"] for _name, file in files}
    adds_up = declared["additive"] and len(definitions) == 1
    total = (
        documents.plain(sum((Decimal(value or 0) for _n, value in cities), Decimal(0))) if adds_up else None
    )
    return Sum(key, declared["label"], declared["unit"], total, cities)


def _one(found: QuerySet[Release], pk: UUID) -> Release:
    one = found.filter(pk=pk).select_related("unit", "association", "predecessor", "closed_by").first()
    if one is None:
        raise NotFound(str(pk))
    return one
