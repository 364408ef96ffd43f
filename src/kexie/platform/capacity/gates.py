"""Takes in what many devices tell at once, in three statements: lock, write down and read, settle.

The reservations it concerns are locked first, in the order of their ids, so that two gates never judge one ticket at the
same time; the second statement therefore sees everything that was noted of them before. Verdicts follow from all passages of
a reservation together (`tickets.merging`): the order of arrival makes no difference.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.platform.capacity.engine import Cursor
from kexie.platform.capacity.models import Device, Passage, Reservation, Tally
from kexie.platform.tickets import merging

_KIND, _VERDICT, _DIRECTION = Passage.Kind, Passage.Verdict, Passage.Direction
COUNTED = (_VERDICT.COUNTED, _VERDICT.OVERRIDE)
_SEEN_EVERY = dt.timedelta(seconds=5)
Place = tuple[UUID, UUID, dt.date]  # association, venue, day: what a tally is of


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line of a device's queue. `at` is by the device's own clock."""

    id: UUID
    sequence: int
    at: dt.datetime
    direction: str
    kind: str
    count: int
    verdict: str = _VERDICT.COUNTED
    reservation_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a device sends at once: its clock when sending, how many more wait, its notes, and what it took back."""

    sent_at: dt.datetime
    pending: int = 0
    gate: str = ""
    notes: Sequence[Note] = ()
    undone: Sequence[UUID] = ()


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a device is answered."""

    device: Device
    skew: dt.timedelta
    tally: Tally
    doubles: Sequence[Passage] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A batch and who handed it in: a device that is known, or the digest of the token it shows.

    is_by_hand: staff noted it (`by_id`) without a device.
    """

    batch: Batch
    now: dt.datetime
    device: Device | None = None
    token_digest: str = ""
    is_by_hand: bool = False
    by_id: UUID | None = None


@dataclass
class Ticket:
    """What must be known of a locked reservation."""

    id: UUID
    association_id: UUID
    venue_id: UUID
    size: int
    admitted: int
    state: str
    is_changed: bool = False

    def settle(self, admitted: int) -> None:
        """Note how many came; on a ticket called a no-show they came after all."""
        late = admitted and self.state == Reservation.State.NO_SHOW
        self.is_changed = bool(late) or admitted != self.admitted
        self.admitted, self.state = admitted, Reservation.State.USED.value if late else self.state


def take_in(handed: Sequence[Handed], *, cursor: Cursor) -> list[Receipt | Device | None]:
    """Take in batches inside the caller's transaction; repeating one changes nothing.

    The answer to a token is None when no device holds it, and the device alone when it was taken away.
    """
    found, tickets = _lock(handed, cursor)
    devices = [one.device or found.get(one.token_digest) for one in handed]
    let_in = [
        (device, one)
        for device, one in zip(devices, handed, strict=True)
        if device and not (one.token_digest and device.revoked_at)
    ]
    work = _Work(tickets)
    work.write_down(let_in, cursor)
    tallies = put_down(
        passages=work.changed(),
        tickets=tickets.values(),
        devices=_see(let_in),
        change=work.change,
        cursor=cursor,
    )
    receipts = {
        id(one): Receipt(
            device=device,
            skew=one.now - one.batch.sent_at,
            tally=_tally(tallies, device, one.now),
            doubles=work.doubles_of(one.batch),
        )
        for device, one in let_in
    }
    return [receipts.get(id(one), device) for device, one in zip(devices, handed, strict=True)]


# --- lock ---------------------------------------------------------------------------------------------------------

_LOCK = """
WITH device AS (
    SELECT id, association_id, venue_id, gate, pending, skew_ms, seen_at, revoked_at, token_digest
    FROM capacity_device WHERE token_digest = ANY(%(tokens)s::text[])
), venue AS (
    SELECT association_id, venue_id FROM device WHERE revoked_at IS NULL
    UNION SELECT * FROM unnest(%(associations)s::uuid[], %(venues)s::uuid[])
), ticket AS MATERIALIZED (
    SELECT r.id, r.association_id, r.venue_id, r.size, r.admitted, r.state FROM capacity_reservation r
    WHERE (r.id = ANY(%(reservations)s::uuid[])
        OR r.id = ANY(ARRAY(SELECT reservation_id FROM capacity_passage WHERE id = ANY(%(undone)s::uuid[]))))
        AND (r.association_id, r.venue_id) IN (SELECT association_id, venue_id FROM venue)
    ORDER BY r.id FOR NO KEY UPDATE OF r
)
SELECT
    (SELECT json_agg(json_build_array(token_digest, json_build_array(id, association_id, venue_id), gate, pending,
        skew_ms, json_build_array(seen_at, revoked_at))) FROM device),
    (SELECT json_agg(json_build_array(id, association_id, venue_id, size, admitted, state)) FROM ticket)
"""


def _lock(handed: Sequence[Handed], cursor: Cursor) -> tuple[dict[str, Device], dict[UUID, Ticket]]:
    """Return devices by their tokens' digests, and the reservations of these venues, locked."""
    known = [one.device for one in handed if one.device]
    wanted = {note.reservation_id for one in handed for note in one.batch.notes if note.reservation_id}
    values = {
        "tokens": list({one.token_digest for one in handed if one.token_digest}),
        "associations": [device.association_id for device in known],
        "venues": [device.venue_id for device in known],
        "reservations": sorted(wanted),
        "undone": [pk for one in handed for pk in one.batch.undone],
    }
    cursor.execute(_LOCK, values, prepare=True)
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM gives one row
    tickets = [
        Ticket(UUID(pk), UUID(association), UUID(venue), size, admitted, state)
        for pk, association, venue, size, admitted, state in row[1] or []
    ]
    return {digest: _device(*rest) for digest, *rest in row[0] or []}, {one.id: one for one in tickets}


def ticket(reservation: Reservation) -> Ticket:
    """Return a locked reservation as a ticket."""
    return Ticket(
        reservation.pk, reservation.association_id, reservation.venue_id, reservation.size, reservation.admitted,
        reservation.state,
    )  # fmt: skip


def _device(
    ids: Sequence[str], gate: str, pending: int, skew_ms: int, moments: Sequence[str | None]
) -> Device:
    pk, association, venue = map(UUID, ids)
    seen_at, revoked_at = map(_moment, moments)
    return Device(
        id=pk, association_id=association, venue_id=venue, gate=gate, pending=pending, skew_ms=skew_ms, seen_at=seen_at,
        revoked_at=revoked_at,
    )  # fmt: skip


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


# --- write down, judge --------------------------------------------------------------------------------------------

_COLUMNS = (
    "id", "association_id", "venue_id", "day", "device_id", "reservation_id", "direction", "kind", "count", "verdict",
    "at", "sequence", "received_at", "reason", "by_id",
)  # fmt: skip
_READ = """
    json_build_array(json_build_array(id, association_id, venue_id, device_id, reservation_id), day,
        json_build_array(at, settled_at), direction, kind, count, verdict, sequence, reason)
"""
_WRITE_DOWN = f"""
WITH made AS (
    INSERT INTO capacity_passage ({", ".join(_COLUMNS)})
    SELECT * FROM unnest(%(id)s::uuid[], %(association_id)s::uuid[], %(venue_id)s::uuid[], %(day)s::date[],
        %(device_id)s::uuid[], %(reservation_id)s::uuid[], %(direction)s::text[], %(kind)s::text[],
        %(count)s::smallint[], %(verdict)s::text[], %(at)s::timestamptz[], %(sequence)s::bigint[],
        %(received_at)s::timestamptz[], %(reason)s::text[], %(by_id)s::uuid[])
    ON CONFLICT (id) DO NOTHING RETURNING id
)
SELECT
    (SELECT json_agg(id) FROM made),
    (SELECT json_agg({_READ}) FROM capacity_passage
     WHERE (reservation_id = ANY(%(tickets)s::uuid[]) OR id = ANY(%(undone)s::uuid[])) AND verdict <> 'REFUSED')
"""  # noqa: S608  names of this module


class _Work:
    """What a transaction finds, and makes of it."""

    def __init__(self, tickets: dict[UUID, Ticket]) -> None:
        self.tickets = tickets
        self.passages: dict[UUID, Passage] = {}
        self.verdicts: dict[UUID, str] = {}  # as they stand in the database
        self.change = Change()

    def write_down(self, handed: Sequence[tuple[Device, Handed]], cursor: Cursor) -> None:
        """Insert the notes that are new, take back what was undone, and judge every reservation concerned."""
        noted: dict[UUID, Passage] = {}
        for device, one in handed:
            for note in one.batch.notes:
                noted.setdefault(note.id, _passage(device, note, self.tickets, one))
        undone = {(pk, device.pk) for device, one in handed for pk in one.batch.undone}
        if not noted and not undone:
            return
        made, before = _write_down(
            list(noted.values()), list(self.tickets), [pk for pk, _device in undone], cursor
        )
        self.passages = {one.pk: one for one in before}
        self.change.remove(before)
        self.passages.update((pk, noted[pk]) for pk in made)
        self.verdicts = {pk: one.verdict for pk, one in self.passages.items()}
        self._take_back(undone)
        for ticket in self.tickets.values():
            settle_verdicts(ticket, self.of(ticket.id))
        self.change.add(self.passages.values())

    def _take_back(self, undone: set[tuple[UUID, UUID]]) -> None:
        """Nobody takes back what another device noted."""
        for pk, device_id in undone:
            one = self.passages.get(pk)
            if one and one.device_id == device_id and one.verdict != _VERDICT.REFUSED:
                one.verdict, one.reason = _VERDICT.REFUSED, _("已撤回")

    def of(self, reservation_id: UUID) -> list[Passage]:
        """Return the passages of a reservation, without those that were refused or taken back."""
        return [
            one
            for one in self.passages.values()
            if one.reservation_id == reservation_id and one.verdict != _VERDICT.REFUSED
        ]

    def doubles_of(self, batch: Batch) -> list[Passage]:
        """Return the double entries, not decided about yet, of the reservations that a batch concerns."""
        ids = {note.reservation_id for note in batch.notes}
        ids |= {self.passages[pk].reservation_id for pk in batch.undone if pk in self.passages}
        return [
            one
            for pk in sorted(one for one in ids if one in self.tickets)
            for one in self.of(pk)
            if one.verdict == _VERDICT.DOUBLE and one.settled_at is None
        ]

    def changed(self) -> list[Passage]:
        """Return the passages whose verdict is not the one that was written down."""
        return [one for pk, one in self.passages.items() if one.verdict != self.verdicts[pk]]


def _write_down(
    noted: Sequence[Passage], tickets: Sequence[UUID], undone: Sequence[UUID], cursor: Cursor
) -> tuple[list[UUID], list[Passage]]:
    """Return which notes are new, and what was noted before: of the tickets, and what is to be taken back."""
    arrays = {column: [getattr(one, column) for one in noted] for column in _COLUMNS}
    cursor.execute(_WRITE_DOWN, {**arrays, "tickets": tickets, "undone": undone}, prepare=True)
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM gives one row
    return [UUID(pk) for pk in row[0] or []], [_read(*values) for values in row[1] or []]


def _read(ids: Sequence[Any], day: str, moments: Sequence[Any], *rest: Any) -> Passage:
    device, reservation = (UUID(one) if one else None for one in ids[3:])
    at, settled_at = moments
    direction, kind, count, verdict, sequence, reason = rest
    return Passage(
        id=UUID(ids[0]), association_id=UUID(ids[1]), venue_id=UUID(ids[2]), day=dt.date.fromisoformat(day),
        device_id=device, reservation_id=reservation, at=dt.datetime.fromisoformat(at),
        settled_at=_moment(settled_at), direction=direction, kind=kind, count=count, verdict=verdict, sequence=sequence,
        reason=reason,
    )  # fmt: skip


def _passage(device: Device, note: Note, tickets: dict[UUID, Ticket], handed: Handed) -> Passage:
    """Return the note as a passage; a ticket that is not of this venue can only have been let in as a walk-in."""
    ticket = tickets.get(note.reservation_id) if note.reservation_id else None
    where = (device.association_id, device.venue_id)
    known = ticket is not None and (ticket.association_id, ticket.venue_id) == where
    at = min(note.at + (handed.now - handed.batch.sent_at), handed.now)
    return Passage(
        id=note.id,
        association_id=device.association_id,
        venue_id=device.venue_id,
        day=timezone.localdate(at),
        device_id=device.pk,
        reservation_id=note.reservation_id if known else None,
        direction=str(note.direction),
        kind=str(_KIND.WALK_IN if note.kind == _KIND.TICKET and not known else note.kind),
        count=note.count,
        verdict=str(note.verdict),
        at=at,
        sequence=note.sequence,
        received_at=handed.now,
        reason=note.reason,
        by_id=handed.by_id,
    )


def settle_verdicts(ticket: Ticket, found: Sequence[Passage]) -> None:
    """Give the passages of one reservation their verdicts, and the reservation the number who came."""
    outcome = merging.judge(map(_event, found), size=ticket.size)
    for one in found:
        one.verdict = outcome.verdicts[one.pk].value
    ticket.settle(min(outcome.entered, ticket.size))


def _event(passage: Passage) -> merging.Event:
    return merging.Event(
        id=passage.pk,
        device=passage.device_id or UUID(int=0),
        seq=passage.sequence,
        at=passage.at,
        direction=merging.Direction(passage.direction),
        count=passage.count,
        is_override=passage.verdict == _VERDICT.OVERRIDE,
    )


class Change:
    """What is to be added to the tallies."""

    def __init__(self) -> None:
        self.entered: Counter[Place] = Counter()
        self.left: Counter[Place] = Counter()
        self.walk_ins: Counter[Place] = Counter()

    def add(self, passages: Iterable[Passage], sign: int = 1) -> None:
        """Add what counts of some passages."""
        for one in passages:
            place = (one.association_id, one.venue_id, one.day)
            if one.verdict not in COUNTED:
                continue
            if one.direction == _DIRECTION.OUT:
                self.left[place] += sign * one.count
            else:
                self.entered[place] += sign * one.count
                self.walk_ins[place] += sign * one.count * (one.kind != _KIND.TICKET)

    def remove(self, passages: Iterable[Passage]) -> None:
        """Take away what counts of some passages."""
        self.add(passages, -1)

    def places(self) -> list[Place]:
        """The tallies that change, in order."""
        counters = (self.entered, self.left, self.walk_ins)
        return sorted({place for counter in counters for place, count in counter.items() if count})


# --- settle -------------------------------------------------------------------------------------------------------

# The tallies come last of all, since every gate waits for them.
_SETTLE = """
WITH judged AS (
    UPDATE capacity_passage p SET verdict = n.verdict, reason = n.reason
    FROM unnest(%(passages)s::uuid[], %(verdicts)s::text[], %(reasons)s::text[]) AS n(id, verdict, reason)
    WHERE p.id = n.id
), came AS (
    UPDATE capacity_reservation r SET admitted = n.admitted, state = n.state
    FROM unnest(%(tickets)s::uuid[], %(admitted)s::int[], %(states)s::text[]) AS n(id, admitted, state)
    WHERE r.id = n.id
), seen AS (
    UPDATE capacity_device d SET seen_at = n.seen_at, pending = n.pending, skew_ms = n.skew_ms, gate = n.gate
    FROM unnest(%(devices)s::uuid[], %(seen)s::timestamptz[], %(pending)s::int[], %(skews)s::int[], %(gates)s::text[])
        AS n(id, seen_at, pending, skew_ms, gate)
    WHERE d.id = n.id
)
INSERT INTO capacity_tally AS t (id, association_id, venue_id, day, entered, "left", walk_ins)
SELECT gen_random_uuid(), * FROM unnest(%(associations)s::uuid[], %(venues)s::uuid[], %(days)s::date[],
    %(entered)s::int[], %(left)s::int[], %(walk_ins)s::int[])
ON CONFLICT (association_id, venue_id, day) DO UPDATE SET entered = t.entered + excluded.entered,
    "left" = t."left" + excluded."left", walk_ins = t.walk_ins + excluded.walk_ins
RETURNING id, association_id, venue_id, day, entered, "left", walk_ins
"""


def put_down(
    *,
    passages: Sequence[Passage] = (),
    tickets: Iterable[Ticket] = (),
    devices: Sequence[Device] = (),
    change: Change,
    cursor: Cursor,
) -> dict[Place, Tally]:
    """Write what has changed, and return the tallies that did."""
    tickets = [one for one in tickets if one.is_changed]
    places = change.places()
    if not (passages or tickets or devices or places):
        return {}
    values = {
        "passages": [one.pk for one in passages],
        "verdicts": [str(one.verdict) for one in passages],
        "reasons": [str(one.reason) for one in passages],
        "tickets": [one.id for one in tickets],
        "admitted": [one.admitted for one in tickets],
        "states": [one.state for one in tickets],
        "devices": [one.pk for one in devices],
        "seen": [one.seen_at for one in devices],
        "pending": [one.pending for one in devices],
        "skews": [one.skew_ms for one in devices],
        "gates": [one.gate for one in devices],
        "associations": [association for association, _venue, _day in places],
        "venues": [venue for _association, venue, _day in places],
        "days": [day for _association, _venue, day in places],
        "entered": [change.entered[place] for place in places],
        "left": [change.left[place] for place in places],
        "walk_ins": [change.walk_ins[place] for place in places],
    }
    cursor.execute(_SETTLE, values, prepare=True)
    return {(row[1], row[2], row[3]): _tally_of(*row) for row in cursor.fetchall()}


def _tally_of(pk: UUID, association_id: UUID, venue_id: UUID, day: dt.date, *counts: int) -> Tally:
    entered, left, walk_ins = counts
    return Tally(
        id=pk, association_id=association_id, venue_id=venue_id, day=day, entered=entered, left=left, walk_ins=walk_ins
    )  # fmt: skip


def tally_of(association_id: UUID, venue_id: UUID, day: dt.date) -> Tally:
    """Return a day's count; zeros before anything was counted."""
    where = {"association_id": association_id, "venue_id": venue_id, "day": day}
    return Tally.objects.filter(**where).first() or Tally(**where)


def _tally(changed: dict[Place, Tally], device: Device, now: dt.datetime) -> Tally:
    """Return today's count where a device stands."""
    place = (device.association_id, device.venue_id, timezone.localdate(now))
    if place not in changed:
        changed[place] = tally_of(*place)
    return changed[place]


def _see(handed: Iterable[tuple[Device, Handed]]) -> list[Device]:
    """Note what devices say of themselves; return those of whom it must be written, not at every batch."""
    found: dict[UUID, Device] = {}
    for device, one in handed:
        if not one.is_by_hand and _is_news(device, one):
            device.seen_at = one.now
            found[device.pk] = device
    return list(found.values())


def _is_news(device: Device, handed: Handed) -> bool:
    before = (device.pending, device.gate, device.skew_ms // 1000)
    skew = (handed.now - handed.batch.sent_at) // dt.timedelta(milliseconds=1)
    device.pending, device.gate = handed.batch.pending, handed.batch.gate or device.gate
    device.skew_ms = max(min(skew, 2**31 - 1), -(2**31))
    is_same = before == (device.pending, device.gate, device.skew_ms // 1000)
    return not (is_same and device.seen_at and handed.now - device.seen_at < _SEEN_EVERY)
