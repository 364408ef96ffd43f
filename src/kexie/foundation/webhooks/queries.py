"""Reading endpoints and deliveries. A whole association's are the system administrator's; a client sees its own."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope


def endpoints(scope: Scope, *, text: str = "", state: str = "") -> QuerySet[Endpoint]:
    """Return the endpoints of the association, newest first; `state` is "" for those not revoked, one of them or ALL."""
    if not scope.is_whole:
        return Endpoint.objects.none()
    found = Endpoint.objects.filter(association_id=scope.association_id).select_related("unit", "client")
    if state != "ALL":
        found = found.filter(state=state) if state else found.exclude(state=Endpoint.State.REVOKED)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(url__icontains=text) | Q(unit__name__icontains=text))
    return found


def endpoint(scope: Scope, endpoint_id: UUID) -> Endpoint:
    """Return one endpoint of the association, or raise NotFound."""
    return _one(endpoints(scope, state="ALL").filter(pk=endpoint_id))


def endpoints_of_client(scope: Scope, client_id: UUID | None) -> QuerySet[Endpoint]:
    """Return the endpoints that a client made and did not revoke, newest first."""
    found = Endpoint.objects.filter(
        association_id=scope.association_id, client_id=client_id, client__isnull=False
    )
    return found.exclude(state=Endpoint.State.REVOKED).select_related("unit")


def endpoint_of_client(scope: Scope, client_id: UUID | None, endpoint_id: UUID) -> Endpoint:
    """Return one endpoint that a client made, or raise NotFound."""
    return _one(endpoints_of_client(scope, client_id).filter(pk=endpoint_id))


def deliveries(endpoint: Endpoint, *, state: str = "", kind: str = "") -> QuerySet[Delivery]:
    """Return what an endpoint was told, newest first."""
    found = endpoint.deliveries.all()
    if state:
        found = found.filter(state=state)
    return found.filter(kind=kind) if kind else found


def delivery(endpoint: Endpoint, delivery_id: UUID) -> Delivery:
    """Return one delivery of an endpoint, or raise NotFound."""
    found = endpoint.deliveries.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(_("没有这条推送记录，或已超过保存期。"))
    return found


def _one(found: QuerySet[Endpoint]) -> Endpoint:
    endpoint = found.first()
    if endpoint is None:
        raise NotFound(_("没有这个推送地址。"))
    return endpoint
