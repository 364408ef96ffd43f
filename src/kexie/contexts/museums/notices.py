"""What visitors are told of their bookings, waiting list entries, groups and appeals, as it happens.

Messages about closed days and no-shows are sent where those are decided (`operations.slot_changes`,
`operations.no_shows`), with what only they know.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest, LotteryEntry, Museum
from kexie.contexts.museums.operations import groups
from kexie.contexts.museums.queries.booking import slot_of
from kexie.contexts.museums.rules.times import hours_in_words
from kexie.platform.capacity.models import Block, Channel, Offer, Reservation, Wish
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from kexie.platform.outbox.models import Event

Tell = Callable[[Event, dt.datetime], None]
# Ends of a reservation that are the visitor's own doing and of which nobody else tells.
_OWN_DOING = frozenset({"VISITOR"})


def tell(events: Sequence[Event], now: dt.datetime) -> None:
    """Handle events of the outbox."""
    for event in events:
        TELLERS[event.kind](event, now)


def _confirmed(event: Event, now: dt.datetime) -> None:
    one = _reservation(event.subject_id)
    if one is None or one.channel != Channel.PUBLIC or one.holder_id is None:
        return
    _send(one, "booking.confirmed", now, people=one.size)


def _cancelled(event: Event, now: dt.datetime) -> None:
    one = _reservation(event.subject_id)
    if one is None:
        return
    if one.channel == Channel.GROUP:
        reason = _("时段取消") if one.confirmed_at else _("名额已释放")
        groups.follow(reservation_id=one.pk, reason=reason, now=now)
    elif one.confirmed_at and one.holder_id and one.end_reason in _OWN_DOING:
        _send(one, "booking.cancelled", now)


def _expired(event: Event, now: dt.datetime) -> None:
    reason = _("未在期限内提交名单，名额已释放")
    groups.follow(reservation_id=event.subject_id, reason=reason, now=now)


def _send(one: Reservation, template: str, now: dt.datetime, **values: object) -> None:
    given = {**_when(one), "code": one.code, **values}
    href = reverse("my:booking", kwargs={"number": one.code})
    _notify(one.association_id, one.holder_id, template, given, href=href, now=now, until=one.offer.ends_at)


def _when(one: Reservation) -> dict[str, object]:
    hours = hours_in_words(one.offer.starts_at, one.offer.ends_at)
    return {"museum": slot_of(one).museum, "day": one.day, "slot": hours}


def _offered(event: Event, now: dt.datetime) -> None:
    wish = Wish.objects.select_related("reservation__offer").filter(pk=event.subject_id).first()
    if wish is None or wish.state != Wish.State.OFFERED or wish.reservation is None:
        return  # taken up or let go before anybody could be told
    held = wish.reservation
    values = {**_when(held), "people": wish.size, "until": held.held_until}
    _notify(
        wish.association_id,
        wish.holder_id,
        "wish.offered",
        values,
        href=reverse("my:waiting"),
        now=now,
        until=held.held_until,
    )


def _drawn(event: Event, now: dt.datetime) -> None:
    """Who won has places kept until they say who comes; who lost waits, and is told when that changes."""
    entry = LotteryEntry.objects.select_related("reservation__offer").filter(pk=event.subject_id).first()
    if entry is None or entry.reservation is None or entry.reservation.held_until is None:
        return
    held = entry.reservation
    values = {**_when(held), "people": entry.size, "until": held.held_until}
    href = reverse("my:booking", kwargs={"number": held.code})
    _notify(
        entry.association_id,
        entry.visitor_id,
        "wish.offered",
        values,
        href=href,
        now=now,
        until=held.held_until,
    )


def _lapsed(event: Event, now: dt.datetime) -> None:
    wish = Wish.objects.select_related("reservation__offer").filter(pk=event.subject_id).first()
    if wish is None or wish.state != Wish.State.LAPSED:
        return
    one = wish.reservation or _first_of(wish)
    if one is None:
        return
    values = {**_when(one), "reason": _why_lapsed(wish, event)}
    _notify(wish.association_id, wish.holder_id, "wish.lapsed", values, href=reverse("my:waiting"), now=now)


def _why_lapsed(wish: Wish, event: Event) -> str:
    if event.payload.get("why") == "CANCELLED":
        return _("这个时段已取消，请改约其他时段")
    return _("没有在时限内确认") if wish.reservation else _("时段停止预约前没有空出足够的名额")


def _first_of(wish: Wish) -> Reservation | None:
    """Return a stand-in that names the first of the slots that were waited for; never saved."""
    offer = Offer.objects.filter(pk__in=wish.offers).order_by("starts_at").first()
    return Reservation(association_id=wish.association_id, offer=offer, day=offer.day) if offer else None


def _group(template: str, **extra: str) -> Tell:
    """Return what tells a group's leader; `extra` names further values by attributes of the request."""

    def teller(event: Event, now: dt.datetime) -> None:
        rows = GroupRequest.objects.select_related("slot__offer", "slot__museum__unit", "reservation")
        group = rows.filter(pk=event.subject_id).first()
        if group is None or (event.kind == "group.cancelled" and not event.payload.get("by_staff")):
            return
        offer, museum = group.slot.offer, group.slot.museum
        values = {
            "museum": museum.name, "group": group.organisation, "day": offer.day, "people": group.size,
            "slot": hours_in_words(offer.starts_at, offer.ends_at),
            "code": group.reservation.code if group.reservation else group.code,
            **{name: getattr(group, attribute) for name, attribute in extra.items()},
        }  # fmt: skip
        href = reverse("museum:group", kwargs={"code": museum.unit.code, "number": group.code})
        _notify(
            group.association_id,
            group.visitor_id,
            template,
            values,
            href=href,
            now=now,
            phone=groups.phone_of(group),
        )

    return teller


def _appeal(event: Event, now: dt.datetime) -> None:
    block = Block.objects.filter(pk=event.subject_id).first()
    if block is None or block.holder_id is None:
        return
    museum = Museum.objects.filter(association=block.association_id, unit=block.venue_id).first()
    outcome = block.get_appeal_display() + (f"，{block.answer}" if block.answer else "")
    values = {"museum": museum.name if museum else "", "outcome": outcome}
    href = reverse("my:bookings")
    _notify(block.association_id, block.holder_id, "appeal.decided", values, href=href, now=now)


def _reservation(pk: UUID) -> Reservation | None:
    return Reservation.objects.select_related("offer").filter(pk=pk).first()


def _notify(
    association: UUID,
    visitor: UUID | None,
    template: str,
    values: Mapping[str, object],
    *,
    href: str,
    now: dt.datetime,
    phone: str = "",
    until: dt.datetime | None = None,
) -> None:
    """Send a notice to a visitor, or to a number where there is no account."""
    if visitor is None and not phone:
        return
    to = Recipient(visitor_id=visitor) if visitor else Recipient(phone=phone)
    notify.send(
        association_id=association,
        to=to,
        template=template,
        values=values,
        href=href,
        expires_at=until,
        now=now,
    )


TELLERS: dict[str, Tell] = {
    "reservation.confirmed": _confirmed,
    "reservation.cancelled": _cancelled,
    "reservation.expired": _expired,
    "lottery.drawn": _drawn,
    "wish.offered": _offered,
    "wish.lapsed": _lapsed,
    "group.approved": _group("group.approved"),
    "group.refused": _group("group.refused", reason="decision"),
    "group.cancelled": _group("group.refused", reason="decision"),
    "group.asked": _group("group.docs", until="asked_until", what="asked_for"),
    "appeal.decided": _appeal,
}
