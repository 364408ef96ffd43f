"""Records that are probably the same thing, written down twice: by unit, day and what it is called."""

from collections.abc import Hashable, Sequence
from typing import Any
from uuid import UUID

from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.ledger.models import State
from kexie.ledger.record_types import RecordType
from kexie.workbench.desk.columns import Kind
from kexie.workbench.packages import snapshots

_TITLES = ("title", "name", "award")
# What says who and where, not what.
_COMMON = ("unit", "area", "place", "host", "series")


def find(record_type: RecordType, scope: Scope, records: Sequence[Any]) -> dict[UUID, Any]:
    """Return for each of some unsaved records the one that is there and looks like it; one query."""
    if not records:
        return {}
    relations = [one.name for one in snapshots.columns_of(record_type) if one.kind is Kind.RELATION]
    rows = record_type.model._default_manager.filter(
        association_id=scope.association_id,
        unit_id__in={one.unit_id for one in records},
        occurred_on__in={one.occurred_on for one in records},
    ).exclude(state=State.REVERSED)
    there = {natural(record_type, one): one for one in rows.select_related(*relations)}
    return {one.pk: found for one in records if (found := there.get(natural(record_type, one))) is not None}


def natural(record_type: RecordType, record: Any) -> tuple[Hashable, ...]:
    """Return by what people would know a record: its title, or else what it is about."""
    columns = snapshots.columns_of(record_type)
    own = [one.name for one in columns]
    title = next((name for name in _TITLES if name in own), "")
    if title:
        about: tuple[Hashable, ...] = (text.key(str(getattr(record, title))),)
    else:
        about = tuple(
            getattr(record, one.field.attname)
            for one in columns
            if (one.kind is Kind.CHOICE and one.name not in {"method", "mode"})
            or (one.kind is Kind.RELATION and one.name not in _COMMON)
        )
    return (record.unit_id, record.occurred_on, *about)
