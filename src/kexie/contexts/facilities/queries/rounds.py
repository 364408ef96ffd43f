"""What the desk and the public read of rounds and applications."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import (
    Facility,
    TitleApplication,
    TitlePaper,
    TitleQuota,
    TitleRound,
)
from kexie.contexts.facilities.queries import holder_figures
from kexie.contexts.facilities.queries.holder_figures import Known
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

_SHOWN = (TitleRound.State.OPEN, TitleRound.State.PUBLICISED, TitleRound.State.CLOSED)
_STANDING = (
    TitleApplication.State.RECOMMENDED,
    TitleApplication.State.APPROVED,
    TitleApplication.State.PUBLICISED,
    TitleApplication.State.AWARDED,
)


@dataclass(frozen=True, kw_only=True)
class Used:
    """A county's quota, how many it has applied with and how many it recommended."""

    code: str
    county: str
    most: int
    applied: int
    recommended: int


def rounds(scope: Scope) -> QuerySet[TitleRound]:
    """Return the rounds with `applied` and `awarded`: how many applications in sight there are, and titles given.

    Those not opened are for whoever acts for the whole association.
    """
    seen = Q(applications__in=TitleApplication.objects.filter(scope.q()))
    live = seen & ~Q(applications__state__in=("WITHDRAWN", "DRAFT"))
    rows = TitleRound.objects.filter(association_id=scope.association_id)
    rows = rows if scope.is_whole else rows.exclude(state=TitleRound.State.DRAFT)
    return rows.annotate(
        applied=Count("applications", filter=live),
        awarded=Count("applications", filter=seen & Q(applications__state="AWARDED")),
    )


def round_of(scope: Scope, pk: UUID) -> TitleRound:
    """Return one round; NotFound where there is none in sight."""
    found = rounds(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个批次，或您无权查看。"))
    return found


def quotas(found: TitleRound) -> list[Used]:
    """Return how far the counties have used their quotas."""
    rows = found.applications.exclude(state__in=("WITHDRAWN", "DRAFT")).values("county_id")
    used = {
        one["county_id"]: one
        for one in rows.annotate(
            applied=Count("pk"), recommended=Count("pk", filter=Q(state__in=_STANDING))
        ).order_by()
    }
    none = {"applied": 0, "recommended": 0}
    given = TitleQuota.objects.filter(round=found).select_related("county").order_by("county_id")
    return [
        Used(
            code=one.county_id, county=one.county.name, most=one.most,
            applied=used.get(one.county_id, none)["applied"],
            recommended=used.get(one.county_id, none)["recommended"],
        )
        for one in given
    ]  # fmt: skip


def applications(scope: Scope) -> QuerySet[TitleApplication]:
    """Return the applications in sight with `mean`, the mean of their scores; None before the first."""
    rows = TitleApplication.objects.filter(scope.q())
    return rows.select_related("round", "unit", "county", "facility", "accreditation", "previous").annotate(
        mean=Avg("reviews__score")
    )


def application(scope: Scope, pk: UUID) -> TitleApplication:
    """Return one application; NotFound where there is none in sight."""
    found = applications(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这份申报，或您无权查看。"))
    return found


def figures(one: TitleApplication, day: dt.date) -> list[Known]:
    """Return the figures sent with an application, or those of last year while it is filled in."""
    return holder_figures.kept(one.figures) or holder_figures.of(one.unit_id, day.year - 1)


def eligible(scope: Scope) -> QuerySet[Facility]:
    """Return the facilities for whose units one may apply: those that stand at a unit, or are looked after, in sight."""
    rows = Facility.objects.filter(Q(scope.q("host")) | Q(scope.q("unit")), host__isnull=False)
    return rows.select_related("host").order_by("host__name", "name")


def papers(one: TitleApplication) -> list[TitlePaper]:
    """Return the documents of an application."""
    return list(one.papers.select_related("file"))


def public_rounds(scope: Scope, day: dt.date) -> list[TitleRound]:
    """Return the rounds that strangers may know of, the latest call first; lists are shown on their days."""
    rows = TitleRound.objects.filter(association_id=scope.association_id, state__in=_SHOWN)
    return list(rows.filter(Q(public_from=None) | Q(public_from__lte=day)).order_by("-closes_on", "title"))


def named(found: TitleRound, day: dt.date) -> list[TitleApplication]:
    """Return whom a round shows or has named, by county and place; nobody before the first day of showing."""
    if found.public_from is None or found.public_from > day:
        return []
    rows = found.applications.filter(state__in=("PUBLICISED", "AWARDED")).select_related("unit", "county")
    return list(rows.order_by(F("county_id"), "rank"))
