"""What the figure component shows. Any object with these attributes will do; this one is for pages without a ledger."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kexie.ui.text import Text


@dataclass(frozen=True)
class Share:
    """A part of a whole, such as one counting method among the visits."""

    label: Text
    value: float | Decimal | int
    href: str = ""


@dataclass(frozen=True)
class FigureView:
    """One figure as shown: `value` None means that no records answer it."""

    label: Text
    value: int | float | Decimal | None
    unit: Text = ""
    as_of: dt.date | dt.datetime | None = None
    href: str = ""
    note: Text = ""
    delta: int | float | Decimal | None = None
    delta_label: Text = ""
    trend: Sequence[float] = field(default_factory=tuple)
    mix: Sequence[Share] = field(default_factory=tuple)
