"""What became of records since they were handed out, and of rows that came in before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.ledger.record_types import RecordType
from kexie.workbench.desk.columns import Column, Kind
from kexie.workbench.packages import snapshots
from kexie.workbench.packages.models import PackageRow

# A record corrected more often than this is not followed further.
_MOST_CORRECTIONS = 100


@dataclass(frozen=True)
class Before:
    """A record that the same row made earlier; `reversals` counts how often it was taken back."""

    pk: UUID
    is_reversed: bool
    reversals: int


def heads(record_type: RecordType, rows: Iterable[PackageRow]) -> dict[UUID, Any]:
    """Return what each handed-out record is now, through its corrections; those gone for good are left out."""
    ids = [one.record_id for one in rows]
    latest = follow(record_type, ids)
    found = by_id(record_type, latest.values())
    return {pk: found[last] for pk, last in latest.items() if last in found}


def follow(record_type: RecordType, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the last record in the line of corrections that begins with each."""
    latest = {pk: pk for pk in ids}
    for _round in range(_MOST_CORRECTIONS):
        ends = set(latest.values())
        rows = record_type.model._base_manager.filter(corrects__in=ends).order_by("recorded_at", "pk")
        onward = dict(rows.values_list("corrects", "pk"))
        if not onward:
            break
        latest = {pk: onward.get(last, last) for pk, last in latest.items()}
    return latest


def by_id(record_type: RecordType, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Any]:
    """Return the records that hold, with what their relations point at."""
    relations = [one.name for one in snapshots.columns_of(record_type) if one.kind is Kind.RELATION]
    rows = record_type.model._base_manager.filter(pk__in=list(ids)).exclude(state=State.REVERSED)
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {one.pk: one for one in rows.select_related(*relations)}


def by_source(record_type: RecordType, scope: Scope, keys: Sequence[str]) -> dict[str, Before]:
    """Return what came in under each key; `key:r1` is what came in again after `key` was reversed."""
    model = record_type.model._base_manager
    wanted = set(keys)
    every = [*keys, *(f"{key}:r{n}" for key in keys for n in range(1, 4))]
    rows = model.filter(association_id=scope.association_id, source_key__in=every)
    found: dict[str, Before] = {}
    for source, pk, state in rows.order_by("recorded_at", "pk").values_list("source_key", "pk", "state"):
        assert source is not None  # noqa: S101 - they were looked for by it
        key = source if source in wanted else source.rsplit(":r", 1)[0]
        earlier = found.get(key)
        count = (earlier.reversals if earlier else 0) + (state == State.REVERSED)
        found[key] = Before(pk, state == State.REVERSED, count)
    return _corrected(record_type, found)


def things(columns: Sequence[Column], rows: Sequence[PackageRow]) -> dict[str, dict[str, Any]]:
    """Return what the handed-out records' relations point at, by field and canonical text, in one query each."""
    found: dict[str, dict[str, Any]] = {}
    for one in columns:
        if one.kind is not Kind.RELATION:
            continue
        wanted = {said for row in rows if (said := row.base.get(one.name))}
        pks = [one.field.target_field.to_python(said) for said in wanted]
        from_pk = {thing.pk: thing for thing in one.field.related_model._base_manager.filter(pk__in=pks)}
        found[one.name] = {
            said: from_pk[pk] for said in wanted if (pk := one.field.target_field.to_python(said)) in from_pk
        }
    return found


def _corrected(record_type: RecordType, found: dict[str, Before]) -> dict[str, Before]:
    """A record that was corrected is there all the same."""
    reversed_ids = [one.pk for one in found.values() if one.is_reversed]
    if not reversed_ids:
        return found
    latest = follow(record_type, reversed_ids)
    held = by_id(record_type, latest.values())
    return {
        key: Before(one.pk, one.is_reversed and latest.get(one.pk, one.pk) not in held, one.reversals)
        for key, one in found.items()
    }
