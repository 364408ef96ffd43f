"""What a season's settings are about: its vans and their crews, its sites, the schools' terms."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CrewMember, SchoolTerm, Season, SeasonVan, Site
from kexie.contexts.touring.queries import seasons
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import NotFound


def van(season: Season, pk: UUID) -> SeasonVan:
    """Return a van of the season."""
    found = season.vans.select_related("caravan", "season").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("这辆车不参加本季。"))
    return found


def crew(one: SeasonVan) -> list[CrewMember]:
    """Return who is assigned to a van."""
    rows = CrewMember.objects.filter(association=one.association_id, caravan=one.caravan_id, left_on=None)
    return list(rows.order_by("-job", "name", "pk"))


def site(season: Season, pk: UUID) -> Site:
    """Return a site of the season."""
    found = seasons.sites(season).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个点位，或已停用。"))
    return found


def terms(season: Season) -> QuerySet[SchoolTerm]:
    """Return the terms that count for the season: of its area, what lies above and below it."""
    rows = SchoolTerm.objects.filter(association=season.association_id, area__in=_areas(season))
    return rows.select_related("area")


def term(season: Season, pk: UUID) -> SchoolTerm:
    """Return one of them."""
    found = terms(season).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个学期，可能已经删除。"))
    return found


def areas(season: Season) -> list[tuple[str, str]]:
    """Return the areas that a term may be for: the office's own and its counties."""
    return [(one.pk, one.name) for one in _areas(season)]


def _areas(season: Season) -> QuerySet[Area]:
    own = season.unit.area_id
    return Area.objects.filter(Q(pk=own) | Q(parent=own)).order_by("pk")
