"""What a check finds out about one claim."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kexie.kernel.quantities import Quantity, plain
from kexie.ledger.addresses import figure_url, parameters
from kexie.ledger.kinds import Number
from kexie.ledger.measures import Cell, Measure
from kexie.reporting.claims.statements import Form


class Verdict(StrEnum):
    """What the records say of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NO_RECORDS = "no-records"
    UNLINKED = "unlinked"
    OUTSIDE = "outside"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One claim with its verdict, and why in words that a person can check.

    `cell` is the figure it was compared with, None where there is none; `actual` that figure's value.
    `conflicts` say what in the text itself contradicts it.
    `proposal` is the records' number in the manner of the text's, where that is contradicted.
    `candidates` are the measures it may speak of, when that cannot be decided. `corrected` says that a person
    decided the link. `span` is the claim's half-open span in the reading of the text.
    """

    form: Form
    quantity: Quantity
    verdict: Verdict
    why: str
    measure: Measure | None = None
    cell: Cell | None = None
    actual: Number = None
    rows: int = 0
    proposal: str = ""
    conflicts: tuple[str, ...] = ()
    candidates: tuple[Measure, ...] = ()
    corrected: bool = False
    span: tuple[int, int] = (0, 0)

    @property
    def url(self) -> str:
        """The address of the figure, empty where there is none."""
        return figure_url(self.cell) if self.cell else ""

    def as_dict(self) -> dict[str, Any]:
        """Return the object that `kexie check --json` prints."""
        return {
            **self.quantity.as_dict(),
            "form": self.form.value,
            "measure": self.measure.key if self.measure else None,
            "label": str(self.measure.label) if self.measure else None,
            "period": _period(self.cell),
            "filters": _filters(self.cell),
            "actual": _number(self.actual),
            "rows": self.rows,
            "proposal": self.proposal or None,
            "conflicts": list(self.conflicts),
            "verdict": self.verdict.value,
            "why": self.why,
            "figure": self.url or None,
            "candidates": [measure.key for measure in self.candidates],
        }


def _period(cell: Cell | None) -> dict[str, str | None] | None:
    if cell is None:
        return None
    return {"since": _day(cell.period.start), "until": _day(cell.period.last_day)}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _filters(cell: Cell | None) -> dict[str, str]:
    named = parameters(cell) if cell else {}
    return {name.removeprefix("f."): value for name, value in named.items() if name not in {"since", "until"}}


def _number(value: Number) -> int | float | None:
    return value if isinstance(value, int) else plain(value)
