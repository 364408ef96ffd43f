"""Reads of the requests for caravans."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CaravanRequest, CaravanStop, Site
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known

# Older requests of the same place are no duplicates any more.
LOOK_BACK = dt.timedelta(days=180)


def requests(scope: Scope) -> QuerySet[CaravanRequest]:
    """Return the requests that the scope's offices answer, the latest first."""
    rows = CaravanRequest.objects.filter(scope.q())
    return rows.select_related("unit", "area__parent", "site", "decided_by")


def request(scope: Scope, pk: UUID) -> CaravanRequest:
    """Return a request."""
    return _found(requests(scope).filter(pk=pk).first())


def by_code(code: str, association_id: UUID) -> CaravanRequest:
    """Return the request whose link somebody has."""
    rows = CaravanRequest.objects.filter(association=association_id, code=code)
    return _found(rows.select_related("unit", "area__parent").first())


def duplicates(one: CaravanRequest, scope: Scope) -> list[CaravanRequest]:
    """Return other requests of late from the same place or the same telephone number."""
    same = Q(area=one.area_id, name__icontains=one.name) | Q(phone_digest=one.phone_digest)
    rows = requests(scope).filter(same, made_at__gt=one.made_at - LOOK_BACK)
    return list(
        rows.exclude(pk=one.pk).exclude(state=CaravanRequest.State.WITHDRAWN).order_by("-made_at")[:10]
    )


def sites_alike(one: CaravanRequest, scope: Scope) -> list[Site]:
    """Return the sites of the township whose name holds the request's, or is held by it."""
    rows = Site.objects.filter(scope.q(), area=one.area_id).order_by("name")
    return [site for site in rows if site.name in one.name or one.name in site.name]


def last_visit(one: CaravanRequest) -> dt.date | None:
    """Return when a caravan was last at a place of this name in the township."""
    rows = CaravanStop.objects.filter(
        known(None), association=one.association_id, area=one.area_id, spot__icontains=one.name
    )
    return rows.order_by("-occurred_on").values_list("occurred_on", flat=True).first()


def townships(root: Area) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the townships to choose from, by county."""
    rows = Area.objects.filter(code__startswith=root.prefix, level=Area.Level.TOWNSHIP, valid_to=None)
    found: dict[str, list[tuple[str, str]]] = {}
    for one in rows.select_related("parent").order_by("code"):
        found.setdefault(one.parent.name if one.parent else "", []).append((one.pk, one.name))
    return list(found.items())


def _found(one: CaravanRequest | None) -> CaravanRequest:
    if one is None:
        raise NotFound(_("没有找到这份申请，请核对链接，或联系县（市、区）科协。"))
    return one
