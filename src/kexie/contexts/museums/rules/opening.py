"""When a museum is open (domain.md 2.1): its weekly pattern, statutory holidays, days opened or closed all the same."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ClosedDay, DayKind, Museum, MuseumStage, SpecialDay
from kexie.kernel.holidays import is_day_off, is_holiday

OPENED = frozenset({MuseumStage.Stage.TRIAL, MuseumStage.Stage.OPEN})
_SATURDAY = 6


class Because(StrEnum):
    """What decides whether a museum is open on a day."""

    STAGE = "STAGE"
    CLOSED_DAY = "CLOSED_DAY"
    SPECIAL_DAY = "SPECIAL_DAY"
    HOLIDAY = "HOLIDAY"
    PATTERN = "PATTERN"


@dataclass(frozen=True)
class Opening:
    """Whether a museum is open on a day, and why it is not (or is, although its pattern says closed)."""

    is_open: bool
    why: str = ""
    because: Because = Because.PATTERN


def opening(
    museum: Museum,
    day: dt.date,
    *,
    stage: MuseumStage | None,
    closed: ClosedDay | None,
    special: SpecialDay | None = None,
) -> Opening:
    """Return whether the museum is open, given its stage on that day and the day's own records, if any."""
    if stage is None or stage.stage not in OPENED:
        why = stage.get_stage_display() if stage else _("未登记")
        return Opening(False, why, Because.STAGE)
    if closed is not None:
        return Opening(False, closed.notice or closed.get_reason_display(), Because.CLOSED_DAY)
    if special is not None:
        return Opening(True, special.note or _("加开"), Because.SPECIAL_DAY)
    return _by_pattern(museum, day)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Everything that decides when a museum is open: `stages` by day, the earliest first; single days by date."""

    museum: Museum
    stages: Sequence[MuseumStage]
    closed: Mapping[dt.date, ClosedDay] = field(default_factory=dict)
    special: Mapping[dt.date, SpecialDay] = field(default_factory=dict)

    def on(self, day: dt.date) -> Opening:
        """Return whether the museum is open on a day."""
        stage = next((one for one in reversed(self.stages) if one.occurred_on <= day), None)
        return opening(
            self.museum, day, stage=stage, closed=self.closed.get(day), special=self.special.get(day)
        )


def kind_of(day: dt.date) -> DayKind:
    """Return whether people work on a day: a make-up Saturday is a workday, a holiday Monday is not."""
    return DayKind.REST if is_day_off(day) else DayKind.WORKDAY


def is_make_up(day: dt.date) -> bool:
    """Whether people work on this day of a weekend."""
    return day.isoweekday() >= _SATURDAY and not is_day_off(day)


def _by_pattern(museum: Museum, day: dt.date) -> Opening:
    if str(day.isoweekday()) in museum.open_weekdays:
        return Opening(True)
    if museum.opens_on_holidays and is_holiday(day):
        return Opening(True, _("法定节假日开放"), Because.HOLIDAY)
    return Opening(False, _("固定闭馆日"))
