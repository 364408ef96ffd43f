"""The association's log: appending leaves, giving them positions, signing heads, and verifying everything."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from kexie.kernel.ids import uuid7
from kexie.ledger import canonical, merkle
from kexie.ledger.models import LogEntry, Record, State, TreeHead
from kexie.ledger.suspects import suspects
from kexie.platform import crypto

SEQUENCER_LOCK = 0x6B786C67
_BATCH = 2_000
_MANY = 50_000  # then naming them one by one saves nothing


@dataclass(frozen=True)
class Problem:
    """One finding of a verification: which row, and in words what is wrong with it."""

    record_type: str
    record_id: str
    what: str


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification: how much was looked at, and every problem found."""

    records: int
    leaves: int
    size: int
    root: bytes
    problems: tuple[Problem, ...]


def append(records: Sequence[Record], kind: str, *, now: dt.datetime | None = None) -> None:
    """Append one leaf for each record; in the caller's transaction. `now` is each record's own moment if None."""
    LogEntry.objects.bulk_create((_entry(record, kind, now) for record in records), batch_size=_BATCH)


def wait_for_writers() -> None:
    """Wait until whoever is writing records has done, and let none begin before the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_logentry IN SHARE MODE")


def sequence(*, association_id: UUID) -> int:
    """Give committed entries their positions, in the order of their identifiers; return the log's size."""
    with transaction.atomic():
        _lock(association_id)
        size = _size(association_id)
        with connection.cursor() as cursor:
            cursor.execute(_SEQUENCE, [size, association_id])
            placed: int = cursor.rowcount
            return size + placed


def sign_head(*, association_id: UUID, now: dt.datetime) -> TreeHead:
    """Sequence what is committed and return the signed head over it (the existing one if nothing is new)."""
    size = sequence(association_id=association_id)
    existing = TreeHead.objects.filter(association_id=association_id, size=size).first()
    if existing:
        return existing
    root = merkle.root(_leaves(association_id, size))
    signature = crypto.sign(head_text(association_id, size, root))
    return TreeHead.objects.create(
        association_id=association_id, size=size, root=root, signature=signature, at=now
    )


def head_text(association_id: UUID, size: int, root: bytes) -> bytes:
    """Return the bytes a head's signature covers: origin, size and root, one to a line."""
    return f"kexie/{association_id}\n{size}\n{root.hex()}\n".encode()


def verify(*, association_id: UUID) -> Verification:
    """Compare every record with its leaf, every leaf with its record, and every signed head with the leaves."""
    size = sequence(association_id=association_id)
    problems: list[Problem] = []
    records, seen = 0, set[UUID]()
    for model in _record_models():
        every = model._base_manager.filter(association_id=association_id).exclude(state=State.DRAFT)
        for record, entries in _with_entries(every):
            records += 1
            seen.update(entry.pk for entry in entries)
            problems.extend(_check(record, entries))
    problems.extend(_orphans(association_id, seen))
    tree_problems, root = _check_heads(association_id, size)
    return Verification(records, size, size, root, (*problems, *tree_problems))


def check(rows: QuerySet[Any]) -> Iterator[Problem]:
    """Yield every one of these records whose columns, hashed afresh, are not what its leaf says."""
    doubtful = suspects(rows)
    if doubtful is not None and len(doubtful) < _MANY:
        rows = rows.model._base_manager.filter(pk__in=doubtful)
    for record, entries in _with_entries(rows):
        yield from _check(record, entries)


def history(record: Record) -> list[LogEntry]:
    """Return the leaves of one record, oldest first."""
    entries = LogEntry.objects.filter(association_id=record.association_id, record_id=record.pk)
    return list(entries.order_by("id"))


_SEQUENCE = """
UPDATE ledger_logentry AS entry SET position = %s + placed.nth - 1 FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS nth FROM ledger_logentry
    WHERE association_id = %s AND position IS NULL
) AS placed WHERE entry.id = placed.id
"""


def _entry(record: Record, kind: str, now: dt.datetime | None) -> LogEntry:
    data, salt = canonical.payload(record, kind), canonical.new_salt()
    return LogEntry(
        id=uuid7(),
        association_id=record.association_id,
        kind=kind,
        record_type=canonical.record_type(record),
        record_id=record.pk,
        payload=data,
        salt=salt,
        leaf_hash=canonical.leaf_hash(salt, data),
        at=_moment(record, now),
    )


def _moment(record: Record, now: dt.datetime | None) -> dt.datetime:
    if (moment := now or record.confirmed_at) is None:
        raise ValueError(f"not confirmed: {record.pk}")
    return moment


def _lock(association_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [SEQUENCER_LOCK, str(association_id)],
        )


def _size(association_id: UUID) -> int:
    entries = LogEntry.objects.filter(association_id=association_id)
    last = entries.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _leaves(association_id: UUID, size: int) -> Iterator[bytes]:
    entries = LogEntry.objects.filter(association_id=association_id, position__lt=size).order_by("position")
    return (bytes(leaf) for leaf in entries.values_list("leaf_hash", flat=True).iterator(chunk_size=10_000))


def _record_models() -> list[type[Record]]:
    return [m for m in apps.get_models() if issubclass(m, Record) and not m._meta.proxy]


def _with_entries(rows: QuerySet[Any]) -> Iterator[tuple[Record, list[LogEntry]]]:
    """Yield each record with its leaves, a batch of records to a query."""
    batch: list[Record] = []
    for record in rows.order_by("id").iterator(chunk_size=_BATCH):
        batch.append(record)
        if len(batch) == _BATCH:
            yield from _join_entries(batch)
            batch = []
    yield from _join_entries(batch)


def _join_entries(batch: list[Record]) -> Iterator[tuple[Record, list[LogEntry]]]:
    found: dict[UUID, list[LogEntry]] = {record.pk: [] for record in batch}
    if batch:
        entries = LogEntry.objects.filter(association_id=batch[0].association_id, record_id__in=list(found))
        for entry in entries.order_by("id"):
            found[entry.record_id].append(entry)
    return ((record, found[record.pk]) for record in batch)


def _check(record: Record, entries: Iterable[LogEntry]) -> Iterator[Problem]:
    by_kind = {entry.kind: entry for entry in entries}
    expected = [LogEntry.Kind.CONFIRMED]
    if record.state == State.REVERSED:
        expected.append(LogEntry.Kind.REVERSED)
    for kind in expected:
        entry = by_kind.get(kind)
        what = "no leaf in the log" if entry is None else _difference(record, entry)
        if what:
            yield Problem(canonical.record_type(record), str(record.pk), f"{kind}: {what}")
    if record.state == State.CONFIRMED and LogEntry.Kind.REVERSED in by_kind:
        yield Problem(
            canonical.record_type(record),
            str(record.pk),
            "state: REVERSED in the log, CONFIRMED here",
        )


def _difference(record: Record, entry: LogEntry) -> str:
    """Return what differs between a record and its leaf, or nothing."""
    logged, salt = bytes(entry.payload), bytes(entry.salt)
    if canonical.leaf_hash(salt, logged) != bytes(entry.leaf_hash):
        return "the leaf itself was altered"
    now = canonical.payload(record, entry.kind)
    if now == logged:
        return ""
    before, after = canonical.unpack(logged), canonical.unpack(now)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return "; ".join(f"{name}: {before.get(name, '')!r} -> {after.get(name, '')!r}" for name in names)


def _orphans(association_id: UUID, seen: set[UUID]) -> Iterator[Problem]:
    entries = LogEntry.objects.filter(association_id=association_id)
    for pk, record_type, record_id in entries.values_list("id", "record_type", "record_id").iterator():
        if pk not in seen:
            yield Problem(
                record_type,
                str(record_id),
                "the record of this leaf is gone or a draft again",
            )


def _check_heads(association_id: UUID, size: int) -> tuple[list[Problem], bytes]:
    heads = {head.size: head for head in TreeHead.objects.filter(association_id=association_id)}
    tree = merkle.Tree()
    problems: list[Problem] = []
    for leaf in _leaves(association_id, size):
        tree.append(leaf)
        if tree.size in heads:
            problems.extend(_check_head(heads.pop(tree.size), tree.root()))
    beyond = (head for head in heads.values() if head.size)
    problems += (
        Problem("ledger.treehead", str(head.pk), "leaves below this head are gone") for head in beyond
    )
    return problems, tree.root()


def _check_head(head: TreeHead, root: bytes) -> Iterator[Problem]:
    if bytes(head.root) != root:
        yield Problem(
            "ledger.treehead",
            str(head.pk),
            f"the root over {head.size} leaves is another",
        )
    elif not crypto.verify(head_text(head.association_id, head.size, root), bytes(head.signature)):
        yield Problem("ledger.treehead", str(head.pk), "the signature does not fit")
