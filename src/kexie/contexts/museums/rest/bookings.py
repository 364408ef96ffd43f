"""Booking through the API: by a visitor's own program, or by a client that acts for a visitor."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema, Status
from pydantic import BaseModel, ConfigDict

from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries.booking import (
    SlotFacts,
    own_reservation,
    recent_slot_facts,
    remembered_slot_facts,
    reservations_of,
    slot_of,
)
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.tickets import ticket_for
from kexie.foundation.access import callers, throttle
from kexie.foundation.access.callers import ApiActor, ApiScope, Caller, Kind
from kexie.foundation.access.web.address import client_address
from kexie.foundation.access.web.callers import ApiRequest, IdempotencyKey, allow
from kexie.foundation.visitors import details
from kexie.kernel.errors import Conflict, Forbidden, NotFound, Text, Unauthenticated, UserError
from kexie.kernel.plain import FastRoute, Later, PlainAnswer, PlainRequest
from kexie.platform.capacity import writer
from kexie.platform.capacity.models import Reservation
from kexie.platform.capacity.orders import Answer, Placed, Reason, Refused

ROUTER = Router(tags=[gettext_noop("预约")])
_MOST_PEOPLE = 300
_WHO = allow(ApiScope.BOOKINGS_WRITE, Kind.VISITOR)
_KEY = re.compile(r"[\x21-\x7e]{8,80}")
_LONGEST_KEY = 80


class SoldOut(Conflict):
    """Not enough places are left."""


class BookingClosed(Conflict):
    """The slot takes no bookings just now."""


class NotYetOpen(Conflict):
    """Booking has not begun."""


class BookingOver(Conflict):
    """Booking has ended."""


class OverLimit(Conflict):
    """The account has all it may have on that day."""


class BookedTwice(Conflict):
    """One of the persons has a place already."""


class Blocked(Conflict):
    """One of the persons, or the account, may not book for a while."""


class KeyReused(Conflict):
    """The key belongs to another request."""


_REFUSED: dict[Reason, type[UserError]] = {
    Reason.SIGNED_OUT: Unauthenticated,
    Reason.FULL: SoldOut,
    Reason.CLOSED: BookingClosed,
    Reason.NOT_YET: NotYetOpen,
    Reason.TOO_LATE: BookingOver,
    Reason.LIMIT: OverLimit,
    Reason.TWICE: BookedTwice,
    Reason.BLOCKED: Blocked,
    Reason.KEY_REUSED: KeyReused,
}


class PersonIn(BaseModel):
    """One person who comes."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=60, description=gettext_noop("与证件一致的姓名。"))]
    document: Annotated[
        str,
        Field("RESIDENT_ID", max_length=20, description=gettext_noop("证件类型；未满14周岁无证件为 NONE。")),
    ] = "RESIDENT_ID"
    number: Annotated[str, Field("", max_length=40, description=gettext_noop("证件号码。"))] = ""
    birth_date: Annotated[
        dt.date | None, Field(None, description=gettext_noop("出生日期；居民身份证可不填。"))
    ] = None


class BookingIn(BaseModel):
    """A visit wanted: everything at once, or `size` alone to hold places until the party is known."""

    model_config = ConfigDict(extra="forbid")

    slot: Annotated[UUID, Field(description=gettext_noop("时段编号。"))]
    party: Annotated[
        list[PersonIn],
        Field(default_factory=list, max_length=_MOST_PEOPLE, description=gettext_noop("同行人，含本人。")),
    ]
    size: Annotated[
        int,
        Field(0, ge=0, le=_MOST_PEOPLE, description=gettext_noop("只暂留名额时的人数；填了同行人则不用。")),
    ] = 0


class PartyIn(Schema):
    """Who comes on places that were held."""

    model_config = ConfigDict(extra="forbid")

    party: Annotated[list[PersonIn], Field(min_length=1, max_length=_MOST_PEOPLE)]


class MoveIn(Schema):
    """Where to."""

    model_config = ConfigDict(extra="forbid")

    slot: Annotated[UUID, Field(description=gettext_noop("改到的时段编号。"))]


class BookingOut(Schema):
    """A reservation as its holder sees it."""

    id: UUID
    code: Annotated[str, Field(description=gettext_noop("预约号，可在服务台查询。"))]
    state: Annotated[str, Field(description=gettext_noop("状态：HELD 暂留，CONFIRMED 已预约，等等。"))]
    size: int
    slot: UUID
    museum: Annotated[str, Field(description=gettext_noop("科技馆代码。"))]
    starts_at: dt.datetime
    ends_at: dt.datetime
    held_until: Annotated[dt.datetime | None, Field(None, description=gettext_noop("暂留到何时。"))] = None
    ticket: Annotated[str, Field("", description=gettext_noop("二维码内容；暂留时为空。"))] = ""


@ROUTER.post(
    "/museums/{code}/bookings",
    auth=_WHO,
    response={200: BookingOut, 201: BookingOut},
    summary=gettext_noop("预约参观"),
    description=gettext_noop("同一 Idempotency-Key 重发得到同一预约：首次 201，重发 200。"),
)
def create_booking(
    request: ApiRequest, code: str, payload: BookingIn, key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """Book; the same as the fast route does before the framework."""
    return Status(
        *_book(request.auth, code, payload, key=key, ip=client_address(request), now=timezone.now())
    )


def book_fast(request: PlainRequest) -> PlainAnswer:
    """Serve the same without the framework: in a rush this is what is asked."""
    caller = callers.authenticate(
        request.headers.get("authorization", ""),
        now=request.now,
        visitor=request.headers.get("kexie-visitor", ""),
        thorough=False,
    )
    callers.require(caller, ApiScope.BOOKINGS_WRITE, Kind.VISITOR)
    throttle.take(caller, request.ip)
    payload = BookingIn.model_validate_json(request.body)
    key = request.headers.get("idempotency-key")
    return _written(*_book(caller, request.args["code"], payload, key=key, ip=request.ip, now=request.now))


def begin_booking(request: PlainRequest) -> Later | None:
    """Begin the same without waiting, when what must be known of the slot and the caller is in memory."""
    found = None if "kexie-visitor" in request.headers else _remembered(request)
    if found is None:
        return None
    caller, payload, slot = found
    throttle.take(caller, request.ip)
    key = request.headers.get("idempotency-key")
    wanted = _wanted(caller, slot, payload, key=key, ip=request.ip, now=request.now)
    try:
        order = booking.order_to_come(wanted, now=request.now)
    except PartyRefused as error:
        raise UserError(error.message, fields=_dotted(error.fields)) from error
    return Later(writer.submit_soon(order), partial(_finished, wanted))


def _remembered(request: PlainRequest) -> tuple[Caller, BookingIn, SlotFacts] | None:
    caller = callers.from_memory(request.headers.get("authorization", ""), now=request.now)
    if caller is None or caller.kind is not Kind.VISITOR:
        return None
    payload = BookingIn.model_validate_json(request.body)
    slot = remembered_slot_facts(payload.slot, caller.association_id)
    is_right = slot is not None and slot.code == request.args["code"] and caller.scope.covers(slot.unit_path)
    return (caller, payload, slot) if slot is not None and is_right else None


def _finished(wanted: booking.Wanted, answer: Answer) -> PlainAnswer:
    if isinstance(answer, Refused):
        raise _refused(booking.refusal(answer, wanted))
    return _written(201 if answer.is_new else 200, _out(answer, wanted.slot, wanted.channel))


def _written(status: int, content: Mapping[str, Any]) -> PlainAnswer:
    return PlainAnswer(status, {name: _plain(value) for name, value in content.items()})


def _plain(value: Any) -> Any:
    """Return a value as the framework would write it."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


FAST = (
    FastRoute(
        "POST", re.compile(r"/api/v1/museums/(?P<code>[a-z0-9]+)/bookings/?"), book_fast, begin_booking
    ),
)


def _book(
    caller: Caller, code: str, payload: BookingIn, *, key: str | None, ip: str | None, now: dt.datetime
) -> tuple[int, dict[str, Any]]:
    slot = _slot(caller, code, payload.slot)
    wanted = _wanted(caller, slot, payload, key=key, ip=ip, now=now)
    begin = booking.book if wanted.party else booking.hold
    try:
        placed = begin(wanted, now=now, place=writer.submit)
    except booking.BookingRefused as error:
        raise _refused(error) from error
    except PartyRefused as error:
        raise UserError(error.message, fields=_dotted(error.fields)) from error
    return 201 if placed.is_new else 200, _out(placed, slot, wanted.channel)


def _wanted(
    caller: Caller, slot: SlotFacts, payload: BookingIn, *, key: str | None, ip: str | None, now: dt.datetime
) -> booking.Wanted:
    return booking.Wanted(
        slot=slot,
        key=_own_key(caller, key),
        visitor_id=_visitor(caller),
        epoch=caller.epoch,
        party=_party(payload.party, now),
        size=payload.size,
        ip=ip,
    )


def _refused(error: booking.BookingRefused) -> UserError:
    return _REFUSED[error.reason](error.message, fields=_dotted(error.fields))


def _dotted(fields: Mapping[str, Text]) -> dict[str, Text]:
    """Name fields as the API does: `party.2`."""
    return {name.replace("-", "."): text for name, text in fields.items()}


def _visitor(caller: Caller) -> UUID:
    if caller.visitor_id is None:
        raise Forbidden(_("代观众预约须在 Kexie-Visitor 中附上观众令牌。"))
    return caller.visitor_id


def _own_key(caller: Caller, key: str | None) -> str:
    """Return the caller's key with whose it is: two callers may choose the same."""
    if key is None or not _KEY.fullmatch(key):
        message = _("请在 Idempotency-Key 中附上8至80个字符的唯一编号，重发时用同一编号。")
        raise UserError(fields={"Idempotency-Key": message})
    own = f"{caller.visitor_id or caller.client_id}:{key}"
    # The ledger's keys are shorter than the longest that a caller may choose.
    return own if len(own) <= _LONGEST_KEY else hashlib.sha256(own.encode()).hexdigest()


def _slot(caller: Caller, code: str, slot_id: UUID) -> SlotFacts:
    slot = recent_slot_facts(slot_id, caller.association_id)
    if slot.code != code or not caller.scope.covers(slot.unit_path):
        raise NotFound(_("没有这个时段，请重新查询时段。"))
    return slot


def _party(people: Sequence[PersonIn], now: dt.datetime) -> tuple[details.Person, ...]:
    today, party, problems = timezone.localdate(now), [], {}
    for position, one in enumerate(people):
        try:
            party.append(
                details.check(
                    name=one.name,
                    document=one.document,
                    number=one.number,
                    birth_date=one.birth_date,
                    today=today,
                )
            )
        except details.DetailsRefused as error:
            problems.update({f"party.{position}.{name}": text for name, text in error.fields.items()})
    if problems:
        raise UserError(fields=problems)
    return tuple(party)


def _out(placed: Placed, slot: SlotFacts, channel: str) -> dict[str, Any]:
    return {
        "id": placed.id,
        "code": placed.code,
        "state": placed.state,
        "size": placed.size,
        "slot": slot.id,
        "museum": slot.code,
        "starts_at": slot.offer.starts_at,
        "ends_at": slot.offer.ends_at,
        "held_until": placed.held_until,
        "ticket": ticket_for(placed, slot, channel),
    }


def _shown(reservation: Reservation) -> dict[str, Any]:
    """Return a reservation that was read from the database."""
    placed = Placed(
        reservation.pk,
        reservation.code,
        reservation.state,
        reservation.size,
        reservation.offer_id,
        reservation.held_until,
        is_new=False,
    )
    return _out(placed, slot_of(reservation), reservation.channel)


def _own(request: ApiRequest, code: str) -> Reservation:
    return own_reservation(code, _visitor(request.auth), request.auth.association_id)


def _actor(caller: Caller) -> ApiActor | None:
    return caller.actor


@ROUTER.get("/bookings/", auth=_WHO, response=list[BookingOut], summary=gettext_noop("我的预约"))
def list_bookings(
    request: ApiRequest, limit: Annotated[int, Field(ge=1, le=100)] = 50
) -> list[dict[str, Any]]:
    """List the visitor's reservations, the latest visit first."""
    rows = reservations_of(_visitor(request.auth), request.auth.association_id)
    return [_shown(one) for one in rows[:limit]]


@ROUTER.get("/bookings/{code}", auth=_WHO, response=BookingOut, summary=gettext_noop("查看预约"))
def show_booking(request: ApiRequest, code: str) -> dict[str, Any]:
    """Show one reservation of the visitor."""
    return _shown(_own(request, code))


@ROUTER.post(
    "/bookings/{code}/party", auth=_WHO, response=BookingOut, summary=gettext_noop("填写暂留名额的同行人")
)
def complete_booking(request: ApiRequest, code: str, payload: PartyIn) -> dict[str, Any]:
    """Say who comes on held places; once confirmed, asking again changes nothing."""
    reservation, now = _own(request, code), timezone.now()
    if reservation.state == Reservation.State.HELD:
        party = _party(payload.party, now)
        reservation = booking.complete(
            reservation=reservation, party=party, actor=_actor(request.auth), now=now
        )
    return _shown(reservation)


@ROUTER.post("/bookings/{code}/cancel", auth=_WHO, response=BookingOut, summary=gettext_noop("取消预约"))
def cancel_booking(request: ApiRequest, code: str) -> dict[str, Any]:
    """Cancel; a reservation that is cancelled already stays so."""
    reservation = _own(request, code)
    if reservation.state != Reservation.State.CANCELLED:
        reservation = booking.cancel(reservation=reservation, actor=_actor(request.auth), now=timezone.now())
    return _shown(reservation)


@ROUTER.post(
    "/bookings/{code}/move",
    auth=_WHO,
    response={200: BookingOut, 201: BookingOut},
    summary=gettext_noop("改签到另一个时段"),
)
def move_booking(
    request: ApiRequest, code: str, payload: MoveIn, key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """Move to another slot of the same museum; the old places are given back."""
    reservation, caller, now = _own(request, code), request.auth, timezone.now()
    slot = _slot(caller, slot_of(reservation).code, payload.slot)
    try:
        placed = booking.move(
            reservation=reservation, slot=slot, key=_own_key(caller, key), actor=_actor(caller), now=now
        )
    except booking.BookingRefused as error:
        raise _refused(error) from error
    return Status(201 if placed.is_new else 200, _out(placed, slot, reservation.channel))
