"""Reservations as the museum's staff see them: only through here, with the party masked."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import GroupRequest, Museum, Slot
from kexie.foundation.access.models import Account
from kexie.foundation.visitors import details
from kexie.foundation.visitors.details import Person
from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.platform.audit import queries as audit
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.models import Passage, Reservation, Seat

State = Reservation.State
# How far back the desk finds somebody's reservations.
DAYS_BACK = 30
_FEW = 50


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One reservation with what belongs to it; `party` is shown masked."""

    reservation: Reservation
    slot: Slot | None
    party: Sequence[Person]
    holder: Visitor | None
    group: GroupRequest | None
    passages: Sequence[Passage]
    history: Sequence[Entry]
    staff: dict[UUID, str]

    @property
    def missing(self) -> int:
        """How many have not come in yet."""
        return max(self.reservation.size - self.reservation.admitted, 0)


def of_museum(museum: Museum, scope: Scope) -> QuerySet[Reservation]:
    """Return a museum's reservations, as far as the scope reaches."""
    if not scope.covers(museum.unit.path):
        return Reservation.objects.none()
    rows = Reservation.objects.filter(association_id=scope.association_id, venue_id=museum.unit_id)
    return rows.select_related("offer")


def reservation(museum: Museum, code: str, scope: Scope) -> Reservation:
    """Return one of a museum's reservations by its code, or raise NotFound."""
    found = of_museum(museum, scope).filter(code=code.lower()).first()
    if found is None:
        raise NotFound(_("没有找到这个预约。"))
    return found


def sight(museum: Museum, code: str, scope: Scope) -> Sight:
    """Return a reservation with its party, who made it, who came when, and what was done to it."""
    one = reservation(museum, code, scope)
    passages = list(one.passages.select_related("device").order_by("at", "sequence"))
    slot = (
        Slot.objects.filter(association=one.association_id, offer=one.offer_id).select_related("hall").first()
    )
    holders = Visitor.objects.filter(association=one.association_id)
    holder = holders.filter(pk=one.holder_id).first() if one.holder_id else None
    group = GroupRequest.objects.filter(association=one.association_id, reservation=one).first()
    return Sight(
        reservation=one,
        slot=slot,
        party=party(one),
        holder=holder,
        group=group,
        passages=passages,
        history=list(audit.history(scope, "capacity.reservation", one.pk).order_by("-at")[:_FEW]),
        staff=_names(one.association_id, [passage.by_id for passage in passages if passage.by_id]),
    )


def _names(association_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = Account.objects.filter(association=association_id, pk__in=ids)
    return dict(rows.values_list("pk", "display_name"))


def party(one: Reservation) -> tuple[Person, ...]:
    """Return who comes; nobody where no names were given, or where the key was lost."""
    if not one.details:
        return ()
    try:
        return details.from_bytes(bytes(one.details), context=one.key.encode())
    except crypto.Unreadable:
        return ()


def by_code(museum: Museum, code: str, scope: Scope) -> list[Reservation]:
    """Return the reservation with this code, or that of the group request with this code."""
    asked = GroupRequest.objects.filter(scope.q("slot__museum__unit"), code=code.lower(), slot__museum=museum)
    rows = of_museum(museum, scope).filter(Q(code=code.lower()) | Q(pk__in=asked.values("reservation_id")))
    return list(rows[:_FEW])


def by_holder(museum: Museum, holder_id: UUID, scope: Scope, *, since: dt.date) -> list[Reservation]:
    """Return a visitor's reservations at a museum from a day on, the next visit first."""
    rows = of_museum(museum, scope).filter(holder_id=holder_id, day__gte=since)
    return list(rows.order_by("-day", "-made_at")[:_FEW])


def by_identity(museum: Museum, number: str, scope: Scope, *, since: dt.date) -> list[Reservation]:
    """Return the reservations with the person who has this document number, of whatever kind."""
    identities = {
        Person(name="", document=kind, number=number).digest
        for kind, _label in details.DOCUMENTS
        if kind != details.NO_DOCUMENT
    }
    seats = Seat.objects.filter(
        association_id=museum.association_id, identity__in=identities, reservation__day__gte=since
    )
    rows = of_museum(museum, scope).filter(pk__in=seats.values("reservation_id"))
    return list(rows.order_by("-day", "-made_at")[:_FEW])


def by_name(museum: Museum, name: str, day: dt.date, scope: Scope) -> tuple[list[Reservation], int]:
    """Return the reservations of one day with somebody of this name, and how many had to be read for it."""
    rows = of_museum(museum, scope).filter(day=day).exclude(details=b"")
    found, read = [], 0
    for one in rows.exclude(state__in=(State.EXPIRED, State.HELD)).order_by("offer__starts_at", "code"):
        read += 1
        if any(name in person.name for person in party(one)):
            found.append(one)
    return found[:_FEW], read
