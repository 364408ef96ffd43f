"""The demonstration city of some contexts, loaded once for a module of tests and taken back after it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from kexie.config.demo import city as demo_city
from kexie.config.demo import load as demo_load
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.demo import AS_OF
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
__all__ = ["AS_OF", "NOW", "TODAY", "demo_city", "loaded", "value"]


@contextmanager
def loaded(*contexts: str) -> Iterator[Scope]:
    """Load the demonstration of these contexts in a transaction that is rolled back; yield the whole scope."""
    with transaction.atomic():
        for _step in demo_load.load(now=NOW, only=contexts):
            pass
        yield Scope(association_id=Unit.objects.get(parent=None).pk)
        transaction.set_rollback(True)


def value(
    scope: Scope, measure: str, on: dt.date = AS_OF, *, since: dt.date | None = None, **filters: str
) -> Number:
    """Return a measure's value up to a day, since another if given."""
    cell = Cell(measure, Period.until(on, since=since), filters=tuple(filters.items()))
    return figures.value(cell, scope)
