"""Reading units. Each query takes a Scope and never answers outside it."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope


def units(
    scope: Scope,
    *,
    kind: str | Iterable[str] | None = None,
    area: Area | None = None,
    at: dt.date | None = None,
) -> QuerySet[Unit]:
    """Return the units in scope: of a kind (or several), in an area's subtree, existing at a day."""
    found = Unit.objects.filter(scope.q(unit="")).select_related("area")
    if kind is not None:
        found = found.filter(kind__in=(kind,) if isinstance(kind, str) else tuple(kind))
    if area is not None:
        found = found.filter(area__code__startswith=area.prefix)
    return found if at is None else found.filter(existing(at))


def existing(at: dt.date) -> Q:
    """Return the filter for units that exist at a day; unknown dates count as existing."""
    return (Q(valid_from=None) | Q(valid_from__lte=at)) & (Q(valid_to=None) | Q(valid_to__gt=at))


def get(scope: Scope, code: str) -> Unit:
    """Return the unit with this public code, or raise NotFound if there is none in scope."""
    return _one(units(scope).filter(code=code))


def get_by_id(scope: Scope, unit_id: UUID) -> Unit:
    """Return the unit with this id, or raise NotFound if there is none in scope."""
    return _one(units(scope).filter(pk=unit_id))


def subtree(scope: Scope, unit: Unit) -> QuerySet[Unit]:
    """Return the unit and everything below it, as far as the scope reaches, in order of path."""
    return units(scope).filter(path__startswith=unit.path)


def children(scope: Scope, unit: Unit) -> QuerySet[Unit]:
    """Return the units directly below, by name."""
    return units(scope).filter(parent=unit).order_by("name")


def ancestors(unit: Unit) -> list[Unit]:
    """Return the units above, from the association down, for a trail of names."""
    codes = unit.path.rstrip("/").split("/")[:-1]
    return list(Unit.objects.filter(association=unit.association_id, code__in=codes).order_by("path"))


def search(scope: Scope, text: str, *, limit: int = 20) -> list[Unit]:
    """Return units in scope whose name, short name or credit code holds the text; best known first."""
    text = text.strip()
    if not text:
        return []
    condition = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(credit_code__istartswith=text)
    return list(units(scope).filter(condition).order_by("valid_to", "name")[:limit])


def association_of(code: str) -> Unit:
    """Return the association with this public code, or raise NotFound."""
    return _one(Unit.objects.filter(code=code, kind=Kind.ASSOCIATION))


def associations() -> QuerySet[Unit]:
    """Return every association of this installation: for the public site and the command line only."""
    return Unit.objects.filter(kind=Kind.ASSOCIATION).order_by("name")


def is_demonstration(association_id: UUID) -> bool:
    """Whether the association is invented, so that nothing of it may reach a real person."""
    return Unit.objects.filter(pk=association_id, is_demo=True).exists()


def _one(found: QuerySet[Unit]) -> Unit:
    unit = found.first()
    if unit is None:
        raise NotFound(_("没有找到这个单位。"))
    return unit
