"""Reads of the museums' data; every one takes a scope."""

from kexie.contexts.museums.queries.museums import (
    closed_days,
    museum,
    museums,
    opened_on,
    show_times,
    stages_on,
    stages_over,
)

__all__ = ["closed_days", "museum", "museums", "opened_on", "show_times", "stages_on", "stages_over"]
