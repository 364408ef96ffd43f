"""Gates of others: what our scanner page asks, for turnstiles and handhelds that partners bring.

The answers are those of `web.checkin.api`; what a list holds and how it is sealed says `platform.tickets.daylist`.
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict, WithJsonSchema

from kexie.contexts.museums import queries
from kexie.contexts.museums.operations import gate_lists, gate_notes
from kexie.contexts.museums.queries import gate
from kexie.foundation.access.callers import ApiScope, Kind
from kexie.foundation.access.web.callers import ApiRequest, allow
from kexie.kernel.errors import Unauthenticated
from kexie.platform.capacity.models import Device, Passage
from kexie.platform.capacity.operations import devices
from kexie.platform.capacity.operations.passages import MAX_NOTES

ROUTER = Router(tags=[gettext_noop("核验入馆")])
_DEVICE = allow(Kind.DEVICE)
_OCTETS = "application/octet-stream"
_SEALED = {
    "responses": {
        200: {
            "description": gettext_noop(
                "加密的名单：12字节随机数，其后为 AES-256-GCM 密文，用配对时的 key 解密。"
            ),
            "content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
# Lines are checked one by one, so that a bad one holds up no other: the schema says what is expected.
_LINE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "seq", "at", "direction", "kind", "count"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "seq": {"type": "integer", "minimum": 0, "maximum": 2**53},
        "at": {"type": "integer", "minimum": 0, "maximum": 2**42},
        "direction": {"enum": list(Passage.Direction.values)},
        "kind": {"enum": list(Passage.Kind.values)},
        "count": {"type": "integer", "minimum": 1, "maximum": 500},
        "verdict": {"enum": ["COUNTED", "OVERRIDE", "REFUSED"]},
        "reservation": {"type": ["string", "null"]},
        "reason": {"type": "string", "maxLength": 200},
    },
}


class GateIn(Schema):
    """A gate to add."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=40, description=gettext_noop("设备名称，写清是哪台、放在哪里。"))]


class GateOut(Schema):
    """A gate that waits for its device."""

    device: Annotated[UUID, Field(description=gettext_noop("设备编号。"))]
    name: str
    code: Annotated[str, Field(description=gettext_noop("配对码，10分钟内有效，只能用一次。"))]


class PairIn(Schema):
    """The code of a gate."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=20, description=gettext_noop("配对码，大小写和分隔不限。"))]


class PairedOut(Schema):
    """What a device keeps from now on; told once."""

    token: Annotated[str, Field(description=gettext_noop("设备令牌，放在 Authorization 中。"))]
    key: Annotated[str, Field(description=gettext_noop("名单的密钥，32字节，Base64。"))]
    device: UUID
    name: str
    gate: Annotated[str, Field(description=gettext_noop("所在入口，没有写明时为空。"))]
    museum: Annotated[str, Field(description=gettext_noop("科技馆名称。"))]
    venue: Annotated[str, Field(description=gettext_noop("二维码中场馆的标记，十六进制。"))]
    keys: Annotated[
        dict[int, str],
        Field(description=gettext_noop("核对二维码和名单签名的公钥（Ed25519，Base64），按编号。")),
    ]


class NotesIn(Schema):
    """What happened at a gate since the last time."""

    sent_at: Annotated[int, Field(ge=0, le=2**42, description=gettext_noop("发送时设备的时钟，毫秒。"))]
    pending: Annotated[int, Field(0, ge=0, description=gettext_noop("设备上还没有发送的条数。"))] = 0
    gate: Annotated[str, Field("", description=gettext_noop("设备现在所在的入口。"))] = ""
    notes: Annotated[
        list[Annotated[Any, WithJsonSchema(_LINE)]],
        Field(
            default_factory=list,
            max_length=MAX_NOTES,
            description=gettext_noop("每放行、拒绝或离馆一次一条；id 相同的只记一次，可以放心重发。"),
        ),
    ]
    undone: Annotated[
        list[UUID], Field(default_factory=list, description=gettext_noop("当场撤销的条目的 id。"))
    ]


class TallyOut(Schema):
    """The day's count at all gates."""

    entered: int
    left: int
    walkIns: int  # noqa: N815  as our scanner knows it


class NotesOut(Schema):
    """What became of it."""

    now: Annotated[int, Field(description=gettext_noop("服务器的时钟，毫秒。"))]
    skew: Annotated[int | None, Field(description=gettext_noop("设备时钟与服务器的差，毫秒。"))]
    accepted: Annotated[list[UUID], Field(description=gettext_noop("已记下的条目，设备可以删去。"))]
    undone: list[UUID]
    rejected: Annotated[dict[str, str], Field(description=gettext_noop("不能记的条目及其原因，不要重发。"))]
    tally: TallyOut
    doubles: Annotated[list[UUID], Field(description=gettext_noop("重复入馆的条目，须由服务台处理。"))]


class FindIn(Schema):
    """Whom to look for."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=40, description=gettext_noop("证件号码。"))]


@ROUTER.post(
    "/museums/{slug:code}/gates",
    auth=allow(ApiScope.CHECKIN),
    response={201: GateOut},
    summary=gettext_noop("添加一台核验设备"),
)
def add_gate(request: ApiRequest, code: str, payload: GateIn) -> Status[dict[str, Any]]:
    """Add a gate and give its pairing code."""
    museum, actor = queries.museum(request.auth.scope, code), request.auth.actor
    if actor is None:
        raise Unauthenticated
    made, pairing = devices.add(
        association_id=museum.association_id, venue_id=gate.venue_of(museum), name=payload.name,
        actor=actor, now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"device": made.pk, "name": made.name, "code": pairing})


@ROUTER.post("/gates/pair", auth=allow(*Kind), response=PairedOut, summary=gettext_noop("用配对码配对设备"))
def pair_gate(request: ApiRequest, payload: PairIn) -> dict[str, Any]:
    """Pair a device."""
    return gate_lists.paired_out(devices.pair(code=payload.code, now=timezone.now()))


@ROUTER.get("/gates/list", auth=_DEVICE, summary=gettext_noop("取当日名单"), openapi_extra=_SEALED)
def list_of_gate(
    request: ApiRequest,
    since: Annotated[
        str,
        Query("", max_length=40, description=gettext_noop("上次名单的 cursor；附上时只给此后的变化。")),
    ] = "",
) -> HttpResponse:
    """Give the day's list."""
    return _sealed(gate_lists.day_list(device=_device(request), since=since, now=timezone.now()))


@ROUTER.post("/gates/notes", auth=_DEVICE, response=NotesOut, summary=gettext_noop("上报核验结果"))
def take_notes_of_gate(request: ApiRequest, payload: NotesIn) -> dict[str, Any]:
    """Take in what happened at a gate."""
    try:
        return gate_notes.take(
            authorization=request.headers["Authorization"],
            body=payload.model_dump_json().encode(),
            now=timezone.now(),
        )
    except gate_notes.NoDevice as error:
        raise Unauthenticated(error.message) from error


@ROUTER.post("/gates/find", auth=_DEVICE, summary=gettext_noop("按证件号码查找"), openapi_extra=_SEALED)
def find_at_gate(request: ApiRequest, payload: FindIn) -> HttpResponse:
    """Look up whoever has this document number."""
    return _sealed(gate_lists.find(device=_device(request), number=payload.number, now=timezone.now()))


def _device(request: ApiRequest) -> Device:
    try:
        return gate_notes.device_of(request.headers["Authorization"])
    except gate_notes.NoDevice as error:  # taken away since it was let in
        raise Unauthenticated(error.message) from error


def _sealed(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type=_OCTETS, headers={"Cache-Control": "no-store"})
