"""Choosing the slots to which people are moved: by what is on and by day, so that weeks of them fit on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import DayKind, Slot
from kexie.contexts.museums.queries.slots import SlotRow
from kexie.contexts.museums.rules.opening import kind_of
from kexie.contexts.museums.web.opening.inputs import WEEKDAYS, OpeningForm


@dataclass(frozen=True)
class Item:
    """One slot to choose."""

    value: str
    span: str
    left: int
    is_chosen: bool


@dataclass(frozen=True)
class Day:
    """The slots of a day."""

    label: str
    is_rest: bool
    items: list[Item]


@dataclass(frozen=True)
class Group:
    """What is on, with its days."""

    label: str
    days: list[Day]


class TargetsForm(OpeningForm):
    """A form with slots to move people to."""

    targets = forms.TypedMultipleChoiceField(
        coerce=UUID,
        label=gettext_lazy("改到哪些时段"),
        required=False,
        help_text=gettext_lazy(
            "按时间先后安排，放不下的取消并通知。入馆改到入馆时段，展演改到同一展演的其他场次。"
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, targets: Sequence[SlotRow] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self._rows = sorted(targets, key=_order)
        field: Any = self.fields["targets"]
        field.choices = [(str(row.slot.pk), f"{row.offer.day} {row.span}") for row in targets]

    def target_groups(self) -> list[Group]:
        """Return the slots by what is on, entry first, then by day."""
        chosen = {str(one) for one in self["targets"].value() or ()}
        return [
            Group(
                label,
                [_day(list(some), chosen) for _key, some in groupby(rows, key=lambda row: row.offer.day)],
            )
            for label, rows in groupby(self._rows, key=_label)
        ]


def _order(row: SlotRow) -> tuple[bool, str, Any]:
    return row.slot.kind != Slot.Kind.ENTRY, _label(row), row.offer.starts_at


def _label(row: SlotRow) -> str:
    return _("入馆") if row.slot.kind == Slot.Kind.ENTRY else row.slot.title


def _day(rows: list[SlotRow], chosen: set[str]) -> Day:
    day = rows[0].offer.day
    label = f"{day:%m-%d} {WEEKDAYS[day.weekday()][1]}"
    items = [Item(str(row.slot.pk), row.span, row.total.left, str(row.slot.pk) in chosen) for row in rows]
    return Day(label, kind_of(day) == DayKind.REST, items)
