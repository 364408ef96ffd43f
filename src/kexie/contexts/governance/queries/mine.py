"""The targets that a person's own unit answers for."""

import datetime as dt
from collections.abc import Callable

from kexie.contexts.governance.queries.progress import TargetProgress, board
from kexie.kernel.scope import Scope
from kexie.ledger import registry

_ORDER = {"bad": 0, "warn": 1}


def mine(
    scope: Scope, now: dt.datetime, *, keeps: Callable[[str], bool], limit: int = 6
) -> tuple[TargetProgress, ...]:
    """Return this year's targets of the scope whose records the reader keeps (`keeps`: by context), the worst first."""
    shown = [one for one in board(scope, now).top if keeps(registry.measure(one.cell.measure).context)]
    return tuple(sorted(shown, key=lambda one: (_ORDER.get(one.tone, 2), one.position, one.name))[:limit])
