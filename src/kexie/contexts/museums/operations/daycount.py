"""The day's end: what gates and hands counted becomes the day's records, once, by the desk's word.

Everything written bears a source key of the museum, the day and the version, so a day cannot be written twice. What was
wrong is reversed and written anew (`correct`); nobody types a total anywhere.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import (
    BookingDay,
    DailyVisits,
    DayCount,
    HandCount,
    HourEntries,
    Museum,
)
from kexie.contexts.museums.operations import desk, no_shows
from kexie.contexts.museums.queries import daycount as queries
from kexie.contexts.museums.queries.daycount import PREFIX, Line, Reconciliation
from kexie.foundation.access.models import Account
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import Method, Record, State
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer, Passage, Reservation, Tally
from kexie.platform.capacity.operations import passages
from kexie.platform.capacity.operations.passages import Note
from kexie.platform.outbox import operations as outbox

KEEP, REPLACE = "KEEP", "REPLACE"
_MOST_LEAVING = 30_000
_CLOSING = dt.time(18)


class DayRefused(UserError):
    """The day cannot be confirmed like this; `fields` says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """What the desk says about a day.

    counter: the reading of the counter at the door, if there is one. adds_rest: whether people whom only the counter
    saw are visits too. by_hand: KEEP visits already written by hand, or REPLACE them by the day's own.
    """

    counter: int | None = None
    adds_rest: bool = False
    note: str = ""
    by_hand: str = KEEP


@transaction.atomic
def confirm(
    *,
    museum: Museum,
    day: dt.date,
    word: Word,
    may_confirm: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> DayCount:
    """Write a day's records: confirmed, or drafts where the account may not confirm. Raises DayRefused.

    Settles what is left of the day's reservations, and lets everybody out who, by the gates, never left.
    """
    museum = Museum.objects.select_for_update(of=("self",)).select_related("unit", "area").get(pk=museum.pk)
    seen = queries.reconcile(museum, day, scope)
    _check(seen, word, now)
    if seen.done:
        raise DayRefused(_("这一天已经核对过；要改正，请用“更正”。"))
    return _write(museum, seen, word, may_confirm=may_confirm, actor=actor, now=now, scope=scope)


@transaction.atomic
def approve(*, museum: Museum, day: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> DayCount:
    """Confirm what somebody else prepared as drafts. Raises DayRefused when there is nothing to confirm."""
    rows = queries.records_of(museum, day, scope)
    waiting = [row for row in rows if row.state == State.DRAFT]
    if not waiting:
        raise DayRefused(_("这一天没有待确认的草稿，请刷新后再看。"))
    ledger.confirm(records=waiting, actor=actor, now=now, scope=scope)
    count = DayCount.objects.get(pk=next(row.pk for row in waiting if isinstance(row, DayCount)))
    _tell(museum, count, queries.reconcile(museum, day, scope).let_in, now)
    return count


def _tell(museum: Museum, count: DayCount, people: int, now: dt.datetime) -> None:
    outbox.append(
        association_id=museum.association_id, kind="visits.confirmed", subject_id=count.pk,
        payload={"venue": str(museum.unit_id), "day": count.occurred_on.isoformat(), "people": people}, now=now,
    )  # fmt: skip


@transaction.atomic
def correct(
    *, museum: Museum, day: dt.date, word: Word, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> DayCount:
    """Take a day's records back, with the reason, and write them anew from what is known now. Raises DayRefused."""
    museum = Museum.objects.select_for_update(of=("self",)).select_related("unit", "area").get(pk=museum.pk)
    said = text.clean_lines(reason)
    if not said:
        raise DayRefused(fields={"reason": _("请写明更正原因，例如“2号门设备次日才补传”。")})
    if queries.done(museum, day, scope) is None:
        raise DayRefused(_("这一天还没有核对过，请直接核对。"))
    for row in queries.records_of(museum, day, scope):
        if row.state == State.DRAFT:
            ledger.discard_draft(record=row, actor=actor, now=now, scope=scope)
        else:
            ledger.reverse(record=row, reason=said, actor=actor, now=now, scope=scope)
    seen = queries.reconcile(museum, day, scope)
    _check(seen, word, now)
    return _write(museum, seen, word, may_confirm=True, actor=actor, now=now, scope=scope)


def _check(seen: Reconciliation, word: Word, now: dt.datetime) -> None:
    if not seen.is_over(now):
        raise DayRefused(_("今天还有时段没有结束，请在闭馆后核对。"))
    problems = {}
    if word.counter is not None and not 0 <= word.counter <= desk.MOST_COUNTED:
        problems["counter"] = _("请填写计数器读数，例如 1203；没有计数器就不填。")
    counted = _reading(seen, word)
    if counted is not None and counted != seen.let_in and not text.clean(word.note):
        message = _("计数器与核验人数相差%(n)d人，请写明原因，例如“含入馆开会的工作人员”。")
        problems["note"] = message % {"n": abs(counted - seen.let_in)}
    if word.by_hand not in {KEEP, REPLACE}:
        problems["by_hand"] = _("请选择如何处理已手工登记的人次。")
    if problems:
        raise DayRefused(fields=problems)


def _reading(seen: Reconciliation, word: Word) -> int | None:
    if word.counter is not None:
        return word.counter
    return seen.counter.count if seen.counter else None


def _write(
    museum: Museum,
    seen: Reconciliation,
    word: Word,
    *,
    may_confirm: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> DayCount:
    """Settle the day, then draft its records and confirm them."""
    _keep_reading(museum, seen, word, actor, now)
    _settle(museum, seen.day, actor, now)
    let_out(museum=museum, day=seen.day, actor=actor, now=now)
    seen = queries.reconcile(museum, seen.day, scope)
    if seen.by_hand and word.by_hand == REPLACE:
        _take_back(seen, actor, now, scope)
    count = _day_count(seen, museum, word)
    made: list[Record] = [count, *_visits(seen, word), *_fates(seen), *_hours(seen)]
    version = _version(museum, seen.day)
    for number, record in enumerate(made):
        record.unit, record.area_id, record.occurred_on = museum.unit, _area(museum), seen.day
        record.source_key = f"{PREFIX}{museum.unit.code}:{seen.day}:{version}:{number}"
        ledger.draft(record=record, actor=actor, now=now, scope=scope)
    if may_confirm:
        ledger.confirm(records=made, actor=actor, now=now, scope=scope)
        _tell(museum, count, seen.let_in, now)
    audit.append(
        association_id=museum.association_id, actor=actor, action="museums.confirm_day", subject=museum,
        detail={"day": seen.day, "version": version, "records": len(made), "people": seen.let_in},
        reason=text.clean(word.note), now=now,
    )  # fmt: skip
    count.refresh_from_db()
    return count


def _keep_reading(museum: Museum, seen: Reconciliation, word: Word, actor: Account, now: dt.datetime) -> None:
    """Keep a reading that was only typed at the day's end, beside those of the day."""
    if word.counter is None or (seen.counter and seen.counter.count == word.counter):
        return
    HandCount.objects.create(
        association_id=museum.association_id, unit_id=museum.unit_id, kind=HandCount.Kind.COUNTER,
        day=seen.day, at=now, count=word.counter, note=_("闭馆核对时填写"), by=actor,
    )  # fmt: skip


def _settle(museum: Museum, day: dt.date, actor: Account, now: dt.datetime) -> None:
    """Say of the day's open reservations whether they were used; what gates tell later is repaired."""
    where = {"association_id": museum.association_id, "venue_id": museum.unit_id, "day": day}
    waiting = Reservation.objects.filter(**where, state=Reservation.State.CONFIRMED)
    if not waiting.exists():
        return
    if not Passage.objects.filter(**where, kind=Passage.Kind.TICKET).exists():
        no_shows.settle_unchecked(museum=museum, day=day, actor=actor, now=now)
        return
    for offer in Offer.objects.filter(pk__in=waiting.values("offer_id")).order_by("starts_at"):
        no_shows.settle_offer(museum=museum, offer=offer, now=now)


@transaction.atomic
def let_out(*, museum: Museum, day: dt.date, actor: Account | None, now: dt.datetime) -> int:
    """Count everybody out who is still inside by a day's gates, as nobody stays overnight; return how many."""
    tally = Tally.objects.filter(
        association_id=museum.association_id, venue_id=museum.unit_id, day=day, entered__gt=F("left")
    ).first()
    if tally is None:
        return 0
    closing = timezone.make_aware(dt.datetime.combine(day, museum.closes_at or _CLOSING))
    at = max(min(closing, now), _last_passage(museum, day) or closing)
    notes = [
        Note(
            id=uuid4(), sequence=0, at=at, direction=Passage.Direction.OUT, kind=Passage.Kind.COUNT,
            count=count, reason=_("闭馆自动清零"),
        )
        for count in _parts(tally.inside)
    ]  # fmt: skip
    passages.by_hand(
        association_id=museum.association_id, venue_id=museum.unit_id, notes=notes, actor=actor,
        now=max(now, at),
    )  # fmt: skip
    return tally.inside


def _last_passage(museum: Museum, day: dt.date) -> dt.datetime | None:
    rows = Passage.objects.filter(association_id=museum.association_id, venue_id=museum.unit_id, day=day)
    return rows.order_by("-at").values_list("at", flat=True).first()


def _parts(people: int) -> Iterator[int]:
    """One passage holds so many people at most."""
    while people > 0:
        yield min(people, _MOST_LEAVING)
        people -= _MOST_LEAVING


def _take_back(seen: Reconciliation, actor: Account, now: dt.datetime, scope: Scope) -> None:
    for row in seen.by_hand:
        if row.state == State.DRAFT:
            ledger.discard_draft(record=row, actor=actor, now=now, scope=scope)
        else:
            reason = _("改用当日核对的人次，避免重复")
            ledger.reverse(record=row, reason=reason, actor=actor, now=now, scope=scope)


def _area(museum: Museum) -> str:
    return str(museum.area_id or museum.unit.area_id)


def _version(museum: Museum, day: dt.date) -> int:
    rows = DayCount.objects.filter(association=museum.association_id, unit=museum.unit_id, occurred_on=day)
    return rows.exclude(source_key=None).count() + 1


# --- the records ----------------------------------------------------------------------------------------------


def _day_count(seen: Reconciliation, museum: Museum, word: Word) -> DayCount:
    cap = museum.instant_cap
    return DayCount(
        offered=seen.offered, tickets=seen.tickets, walk_ins=seen.walk_ins, left=seen.tally.left,
        counter=seen.counter.count if seen.counter else None, peak=seen.peak.people or None,
        peak_at=seen.peak.at, cap=cap, is_over=bool(cap and seen.peak.people > cap),
        note=text.clean(word.note),
    )  # fmt: skip


def visits(seen: Reconciliation, word: Word) -> list[Line]:
    """Return the visits that the day's count is to write: nobody twice, and nothing that was written by hand."""
    lines = list(seen.lines)
    counted = _reading(seen, word)
    if word.adds_rest and counted is not None and counted > seen.let_in:
        rest = counted - seen.let_in
        lines.append(Line(slot=DailyVisits.Slot.DAY, method=Method.COUNTER, people=rest))
    if word.by_hand == REPLACE:
        return lines
    written = {row.slot for row in seen.by_hand}
    if DailyVisits.Slot.DAY in written:
        return []
    return [line for line in lines if line.slot not in written]


def _visits(seen: Reconciliation, word: Word) -> list[Record]:
    return [
        DailyVisits(
            slot=line.slot, headcount=line.people, method=line.method,
            count_basis=_("当日核对"), note=text.clean(word.note) if line.method == Method.COUNTER else "",
        )
        for line in visits(seen, word)
        if line.people
    ]  # fmt: skip


def _fates(seen: Reconciliation) -> list[Record]:
    return [
        BookingDay(
            starts_at=one.starts_at, ends_at=one.ends_at, channel=one.channel, outcome=one.outcome,
            bookings=one.bookings, people=one.people,
        )
        for one in seen.fates
    ]  # fmt: skip


def _hours(seen: Reconciliation) -> list[Record]:
    return [HourEntries(hour=hour, headcount=count, method=Method.GATE) for hour, count in seen.hours.items()]
