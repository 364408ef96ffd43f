"""Webhooks for the clients that they serve: each manages its own."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from kexie.foundation.access.callers import ApiScope, Caller
from kexie.foundation.access.web.callers import ApiRequest, IdempotencyKey, allow
from kexie.foundation.access.web.paging import PageNumber, PageOut, paged
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.foundation.webhooks import operations, queries
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.platform.outbox.kinds import EventKind, kinds

ROUTER = Router(tags=[gettext_noop("事件推送")], auth=allow(ApiScope.WEBHOOKS_MANAGE))


EndpointState = Literal["ACTIVE", "PAUSED", "REVOKED"]
DeliveryState = Literal["WAITING", "DELIVERED", "FAILED"]


class EventKindOut(Schema):
    """A kind of event."""

    key: Annotated[str, Field(description=gettext_noop("事件的代码。"), examples=["reservation.confirmed"])]
    label: Annotated[str, Field(description=gettext_noop("事件的名称。"))]
    subject: Annotated[str, Field(description=gettext_noop("消息中 subject 是什么的编号。"))]
    payload: Annotated[dict[str, str], Field(description=gettext_noop("消息中 payload 的各项及其含义。"))]


class EndpointIn(Schema):
    """An endpoint as a client describes it."""

    name: Annotated[str, Field(min_length=1, max_length=60, description=gettext_noop("名称，便于辨认。"))]
    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description=gettext_noop("推送地址，以 https:// 开头。"),
            examples=["https://example.com/kexie-events"],
        ),
    ]
    kinds: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=100,
            description=gettext_noop("要推送的事件，见 /api/v1/webhooks/kinds/。"),
            examples=[["reservation.confirmed", "reservation.cancelled"]],
        ),
    ]


class EndpointOut(Schema):
    """An endpoint."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    state: Annotated[
        EndpointState, Field(description=gettext_noop("ACTIVE 推送中，PAUSED 已暂停，REVOKED 已撤销。"))
    ]
    failures: Annotated[int, Field(description=gettext_noop("连续失败次数；到50次自动暂停。"))]
    delivered_at: Annotated[dt.datetime | None, Field(description=gettext_noop("最近一次送达的时间。"))]
    created_at: dt.datetime


class NewEndpointOut(EndpointOut):
    """An endpoint with its secret."""

    secret: Annotated[str, Field(description=gettext_noop("签名密钥；以后的查询不再给出，请妥善保存。"))]


class DeliveryOut(Schema):
    """One message to an endpoint."""

    id: UUID
    event_id: UUID
    kind: str
    state: Annotated[
        DeliveryState, Field(description=gettext_noop("WAITING 待推送，DELIVERED 已送达，FAILED 未送达。"))
    ]
    attempts: int
    status_code: Annotated[int | None, Field(description=gettext_noop("最近一次应答的 HTTP 状态码。"))]
    error: Annotated[str, Field(description=gettext_noop("没有应答时的原因。"))]
    duration_ms: int | None
    created_at: dt.datetime
    next_try_at: dt.datetime | None


@ROUTER.get("/webhooks/kinds/", response=list[EventKindOut], summary=gettext_noop("列出事件的种类"))
def list_event_kinds(request: ApiRequest) -> list[EventKindOut]:
    """List the kinds of events."""
    return [_kind(one) for one in kinds().values()]


@ROUTER.get("/webhooks/", response=list[EndpointOut], summary=gettext_noop("列出自己的推送地址"))
def list_endpoints(request: ApiRequest) -> list[Endpoint]:
    """List the client's endpoints."""
    return list(queries.endpoints_of_client(request.auth.scope, request.auth.client_id)[:200])


@ROUTER.post("/webhooks/", response={201: NewEndpointOut}, summary=gettext_noop("新建推送地址"))
def create_endpoint(request: ApiRequest, body: EndpointIn, key: IdempotencyKey = None) -> Status[Endpoint]:
    """Make an endpoint over what the client reaches."""
    caller = request.auth
    unit = _unit_of(caller)
    made = operations.create(
        association=unit.association,
        unit=unit,
        client_id=caller.client_id,
        key=key or "",
        actor=caller.actor,
        now=timezone.now(),
        **body.dict(),
    )
    return Status(201, made)


@ROUTER.get("/webhooks/{uuid:endpoint_id}/", response=EndpointOut, summary=gettext_noop("查看推送地址"))
def show_endpoint(request: ApiRequest, endpoint_id: UUID) -> Endpoint:
    """Show an endpoint."""
    return _endpoint(request, endpoint_id)


@ROUTER.put("/webhooks/{uuid:endpoint_id}/", response=EndpointOut, summary=gettext_noop("修改推送地址"))
def change_endpoint(request: ApiRequest, endpoint_id: UUID, body: EndpointIn) -> Endpoint:
    """Change an endpoint."""
    return operations.change(
        endpoint=_endpoint(request, endpoint_id),
        actor=request.auth.actor,
        now=timezone.now(),
        **body.dict(),
    )


@ROUTER.delete("/webhooks/{uuid:endpoint_id}/", response={204: None}, summary=gettext_noop("撤销推送地址"))
def revoke_endpoint(request: ApiRequest, endpoint_id: UUID) -> Status[None]:
    """Revoke an endpoint."""
    operations.revoke(
        endpoint=_endpoint(request, endpoint_id),
        reason="API",
        actor=request.auth.actor,
        now=timezone.now(),
    )
    return Status(204, None)


@ROUTER.post(
    "/webhooks/{uuid:endpoint_id}/ping/", response={202: DeliveryOut}, summary=gettext_noop("发一条测试消息")
)
def ping_endpoint(request: ApiRequest, endpoint_id: UUID) -> Status[Delivery]:
    """Send a test message."""
    endpoint = _endpoint(request, endpoint_id)
    return Status(202, operations.ping(endpoint=endpoint, actor=request.auth.actor, now=timezone.now()))


@ROUTER.post(
    "/webhooks/{uuid:endpoint_id}/resume/", response=EndpointOut, summary=gettext_noop("恢复已暂停的推送")
)
def resume_endpoint(request: ApiRequest, endpoint_id: UUID) -> Endpoint:
    """Resume a paused endpoint."""
    endpoint = _endpoint(request, endpoint_id)
    return operations.resume(endpoint=endpoint, actor=request.auth.actor, now=timezone.now())


@ROUTER.get(
    "/webhooks/{uuid:endpoint_id}/deliveries/",
    response=PageOut[DeliveryOut],
    summary=gettext_noop("列出推送记录，新的在前"),
)
def list_deliveries(
    request: ApiRequest,
    endpoint_id: UUID,
    state: Annotated[DeliveryState | None, Query(description=gettext_noop("只看这种结果的。"))] = None,
    page: PageNumber = 1,
) -> dict[str, object]:
    """List what an endpoint was told."""
    endpoint = _endpoint(request, endpoint_id)
    return paged(queries.deliveries(endpoint, state=state or ""), page, lambda one: one)


@ROUTER.post(
    "/webhooks/{uuid:endpoint_id}/deliveries/{uuid:delivery_id}/again/",
    response={202: DeliveryOut},
    summary=gettext_noop("再次推送一条消息"),
)
def redeliver(request: ApiRequest, endpoint_id: UUID, delivery_id: UUID) -> Status[Delivery]:
    """Tell a message again."""
    delivery = queries.delivery(_endpoint(request, endpoint_id), delivery_id)
    return Status(202, operations.redeliver(delivery=delivery, actor=request.auth.actor, now=timezone.now()))


def _endpoint(request: ApiRequest, endpoint_id: UUID) -> Endpoint:
    return queries.endpoint_of_client(request.auth.scope, request.auth.client_id, endpoint_id)


def _unit_of(caller: Caller) -> Unit:
    """The unit over which the client was made: the topmost it reaches."""
    if caller.scope.is_whole:
        return units.associations().get(pk=caller.association_id)
    return units.units(caller.scope).order_by("path")[0]


def _kind(one: EventKind) -> EventKindOut:
    return EventKindOut(
        key=one.key,
        label=str(one.label),
        subject=str(one.subject),
        payload={name: str(meaning) for name, meaning in one.payload.items()},
    )
