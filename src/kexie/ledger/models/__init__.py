"""The ledger's tables: records, activities, honours, the log and the roll-ups."""

from kexie.ledger.models.activity import (
    Activity,
    ActivityManager,
    Campaign,
    Honour,
    Series,
)
from kexie.ledger.models.evidence import Evidence, PlausibilityNote
from kexie.ledger.models.log import LogEntry, TreeHead
from kexie.ledger.models.record import (
    HeadCounted,
    Method,
    Record,
    Reference,
    State,
    Tenant,
)
from kexie.ledger.models.rollup import DayCell, Delta, FoldState, MonthCell

__all__ = [
    "Activity",
    "ActivityManager",
    "Campaign",
    "DayCell",
    "Delta",
    "Evidence",
    "FoldState",
    "HeadCounted",
    "Honour",
    "LogEntry",
    "Method",
    "MonthCell",
    "PlausibilityNote",
    "Record",
    "Reference",
    "Series",
    "State",
    "Tenant",
    "TreeHead",
]
