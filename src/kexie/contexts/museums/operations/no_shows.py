"""Who did not come: reservations are settled after their slot by the museum's rules, and put right when gates report late.

Nobody is judged while the gates may not have told everything: a grace time passes after the slot's end, devices that
have not synced since are waited for (a day at most), and a day on which nobody at all was checked in is left alone
until the desk says what it came to (`settle_unchecked`). Closed days and cancellations by staff never count.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import BookingRules, ClosedDay, Museum, Slot
from kexie.contexts.museums.operations.booking import account_subjects, party_of
from kexie.contexts.museums.queries.booking import slot_of
from kexie.contexts.museums.queries.opening import rules_by_day
from kexie.contexts.museums.queries.rules import rules_on
from kexie.foundation.visitors.details import Person
from kexie.kernel.scope import Scope
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity.models import Block, Conduct, Device, Offer, Passage, Reservation
from kexie.platform.capacity.operations import bookings, conduct
from kexie.platform.capacity.operations.conduct import NoShowRule
from kexie.platform.notify import operations as notices
from kexie.platform.notify.recipients import Recipient

GRACE = dt.timedelta(minutes=30)
LONGEST_WAIT = dt.timedelta(days=1)
# How far back gates that report late can still put something right.
REPAIRED = dt.timedelta(days=14)
ADULT = 18
_BATCH = 500
State = Reservation.State


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How many reservations were used and how many were not."""

    used: int = 0
    no_shows: int = 0


def due_offers(museum: Museum, *, now: dt.datetime) -> list[Offer]:
    """Return the offers that are over, have open reservations, and for which the gates have told everything."""
    where = {"association_id": museum.association_id, "venue_id": museum.unit_id}
    open_ones = Reservation.objects.filter(**where, state=State.CONFIRMED, day__gte=_first_day(now))
    rows = Offer.objects.filter(pk__in=open_ones.values("offer_id"), ends_at__lte=now - GRACE)
    found = list(rows.exclude(state=Offer.State.CANCELLED).order_by("starts_at"))
    if not found:
        return []
    closed, checked = _closed_days(museum, found), _checked_days(museum, found)
    waits = [offer for offer in found if offer.day not in closed and offer.day in checked]
    late = _slowest_device(museum)
    return [offer for offer in waits if late is None or late >= offer.ends_at or _too_long(offer, now)]


def _first_day(now: dt.datetime) -> dt.date:
    return timezone.localdate(now) - REPAIRED


def _too_long(offer: Offer, now: dt.datetime) -> bool:
    return now - offer.ends_at >= LONGEST_WAIT


def _closed_days(museum: Museum, offers: Iterable[Offer]) -> set[dt.date]:
    days = {offer.day for offer in offers}
    rows = ClosedDay.objects.filter(
        association=museum.association_id, unit=museum.unit_id, occurred_on__in=days
    )
    return set(rows.exclude(state="REVERSED").values_list("occurred_on", flat=True))


def _checked_days(museum: Museum, offers: Iterable[Offer]) -> set[dt.date]:
    """Return the days on which tickets were checked at all."""
    rows = Passage.objects.filter(
        association_id=museum.association_id,
        venue_id=museum.unit_id,
        day__in={offer.day for offer in offers},
        kind=Passage.Kind.TICKET,
    )
    return set(rows.values_list("day", flat=True).distinct())


def _slowest_device(museum: Museum) -> dt.datetime | None:
    """Return since when some device in use has told nothing, or None when all is told or nothing is used."""
    rows = Device.objects.filter(
        association_id=museum.association_id,
        venue_id=museum.unit_id,
        revoked_at=None,
        paired_at__isnull=False,
    )
    return rows.order_by("seen_at").values_list("seen_at", flat=True).first()


def settle_museum(*, museum: Museum, now: dt.datetime) -> Settled:
    """Settle every slot of a museum that is due, each in a transaction of its own."""
    done = [settle_offer(museum=museum, offer=offer, now=now) for offer in due_offers(museum, now=now)]
    return Settled(used=sum(one.used for one in done), no_shows=sum(one.no_shows for one in done))


@transaction.atomic
def settle_offer(*, museum: Museum, offer: Offer, now: dt.datetime) -> Settled:
    """Say of each open reservation of a slot that is over whether it was used, and count who did not come."""
    rows = Reservation.objects.select_for_update().filter(offer_id=offer.pk, state=State.CONFIRMED)
    found = list(rows.order_by("pk"))
    is_unchecked = not any(one.admitted for one in found) and _is_show(offer)
    used = [one for one in found if one.admitted or is_unchecked]
    absent = [one for one in found if one not in used]
    bookings.settle(reservation_ids=[one.pk for one in used], state=State.USED, actor=None, now=now)
    bookings.settle(reservation_ids=[one.pk for one in absent], state=State.NO_SHOW, actor=None, now=now)
    rules = rules_on(museum.pk, offer.day, Scope(association_id=museum.association_id))
    if not _is_show(offer):
        for one in _counted(found, rules):
            _count(one, museum, rules, now)
    return Settled(used=len(used), no_shows=len(absent))


def _is_show(offer: Offer) -> bool:
    """Shows let people in without a scanner; where nobody was checked in, nothing is known of who came."""
    rows = Slot.objects.filter(association=offer.association_id, offer=offer)
    return rows.values_list("kind", flat=True).first() == Slot.Kind.SHOW


def _counted(found: Iterable[Reservation], rules: BookingRules) -> list[Reservation]:
    """Return the reservations that count as a no-show by the rules; what staff gave away at the desk never does."""
    return [one for one in found if one.holder_id and _is_no_show(one, rules)]


def _is_no_show(one: Reservation, rules: BookingRules) -> bool:
    return one.admitted < one.size if rules.no_show_from == "ANY" else one.admitted == 0


def _count(one: Reservation, museum: Museum, rules: BookingRules, now: dt.datetime) -> None:
    """Count a no-show against the account and, where nobody came, the adults; block and tell who has too many."""
    adults = () if one.admitted else _adults(party_of(one), one.day)
    noted = conduct.note(
        association_id=one.association_id, venue_id=one.venue_id, kind=Conduct.Kind.NO_SHOW,
        subjects=[*account_subjects(one.holder_id), *adults], reservation_id=one.pk, now=now,
    )  # fmt: skip
    if rules.no_shows is None:
        return
    rule = rule_of(rules)
    blocks = conduct.block_for_no_shows(
        noted=noted, rule=rule, holder_id=one.holder_id, now=now,
        reason=_("爽约达到%(count)d次") % {"count": rules.no_shows},
    )  # fmt: skip
    _tell(one, museum, rules, blocks, now)


def rule_of(rules: BookingRules) -> NoShowRule:
    """Return the part of the rules that decides about blocks."""
    return NoShowRule(count=rules.no_shows, days=rules.no_show_days, block_days=rules.block_days or 0)


def _adults(party: Sequence[Person], day: dt.date) -> list[str]:
    """Return the digests of a party's adults; children do not answer for who brings them."""
    ages = [(person, person.age_on(day)) for person in party]
    return [person.digest for person, age in ages if age is None or age >= ADULT]


def _tell(
    one: Reservation, museum: Museum, rules: BookingRules, blocks: Sequence[Block], now: dt.datetime
) -> None:
    if one.holder_id is None:
        return
    (mine,) = account_subjects(one.holder_id)
    block = next((made for made in blocks if made.subject == mine), None)
    values = {"museum": museum.name, "times": _times(one, mine, rules, now), "limit": rules.no_shows}
    if block:
        values["until"] = block.until
    else:
        values |= {"day": one.day, "slot": slot_words(slot_of(one).offer)}
    notices.send(
        association_id=one.association_id, to=Recipient(visitor_id=one.holder_id), values=values, now=now,
        template="noshow.blocked" if block else "noshow.warned",
    )  # fmt: skip


def _times(one: Reservation, subject: str, rules: BookingRules, now: dt.datetime) -> int:
    since = now - dt.timedelta(days=rules.no_show_days) if rules.no_show_days else None
    rows = conduct.counted(
        association_id=one.association_id, venue_id=one.venue_id, subject=subject,
        kind=Conduct.Kind.NO_SHOW, since=since,
    )  # fmt: skip
    return rows.count()


def slot_words(offer: Offer) -> str:
    """Return a slot's times as people say them."""
    starts, ends = timezone.localtime(offer.starts_at), timezone.localtime(offer.ends_at)
    return f"{starts:%H:%M}–{ends:%H:%M}"


@transaction.atomic
def settle_unchecked(*, museum: Museum, day: dt.date, actor: Actor, now: dt.datetime) -> int:
    """Let the reservations of a day that no gate judged pass as used, without a no-show; return how many."""
    rows = Reservation.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day=day, state=State.CONFIRMED
    )
    ids = list(rows.values_list("pk", flat=True))
    return len(bookings.settle(reservation_ids=ids, state=State.USED, actor=actor, now=now))


# --- gates that report late -----------------------------------------------------------------------------------


@transaction.atomic
def repair(*, museum: Museum, now: dt.datetime) -> int:
    """Let no-shows count no longer whose people did come, as gates told later; end blocks that are no longer due.

    Returns how many no-shows were taken back.
    """
    wrong = _wrong(museum, now)
    if not wrong:
        return 0
    conduct.forgive(
        conduct_ids=[one.pk for one in wrong], reason=_("核验设备补传了入馆记录"), actor=None, now=now
    )
    reason = _("核验设备补传后，爽约次数不足")
    for subject in sorted({one.subject for one in wrong}):
        lift_undue(museum, subject, reason=reason, actor=None, now=now)
    return len(wrong)


def _wrong(museum: Museum, now: dt.datetime) -> list[Conduct]:
    """Return the no-shows of reservations that turned out to have been used."""
    rows = Conduct.objects.filter(
        association_id=museum.association_id,
        venue_id=museum.unit_id,
        at__gte=now - REPAIRED,
        kind=Conduct.Kind.NO_SHOW,
        forgiven_at=None,
    )
    noted = list(rows.order_by("pk"))
    came = Reservation.objects.filter(pk__in={one.reservation_id for one in noted}, state=State.USED)
    rules = rules_by_day(museum, timezone.localdate(now), Scope(association_id=museum.association_id))
    fine = {one.pk for one in came if not _is_no_show(one, rules.on(one.day))}
    return [one for one in noted if one.reservation_id in fine]


def lift_undue(museum: Museum, subject: str, *, reason: str, actor: Actor | None, now: dt.datetime) -> int:
    """End the automatic blocks of somebody who no longer has as many no-shows as the rules want; return how many."""
    lifted = 0
    rules = rules_on(museum.pk, timezone.localdate(now), Scope(association_id=museum.association_id))
    days = dt.timedelta(days=rules.no_show_days) if rules.no_show_days else None
    rows = Block.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, subject=subject, made_by_id=None
    )
    for block in rows.filter(lifted_at=None, until__gt=now):
        counted = conduct.counted(
            association_id=museum.association_id,
            venue_id=museum.unit_id,
            subject=subject,
            kind=Conduct.Kind.NO_SHOW,
            since=block.since - days if days else None,
        )
        if rules.no_shows is None or counted.count() < rules.no_shows:
            conduct.lift(block_id=block.pk, reason=reason, actor=actor, now=now)
            lifted += 1
    return lifted
