"""Reading places."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.places.models import Place
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope


def places(scope: Scope, *, area: Area | None = None, text: str = "") -> QuerySet[Place]:
    """Return the places of units in scope: in an area's subtree, with the text in name or address."""
    found = Place.objects.filter(scope.q()).select_related("unit", "area")
    if area is not None:
        found = found.filter(area__code__startswith=area.prefix)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(address__icontains=text))
    return found


def get(scope: Scope, place_id: UUID) -> Place:
    """Return one place in scope or raise NotFound."""
    found = places(scope).filter(pk=place_id).first()
    if found is None:
        raise NotFound(_("没有找到这个地点。"))
    return found
