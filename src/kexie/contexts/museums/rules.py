"""When a museum is open (domain.md 2.1): its weekly pattern, statutory holidays, and days closed all the same."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage
from kexie.kernel.holidays import is_holiday

OPENED = frozenset({MuseumStage.Stage.TRIAL, MuseumStage.Stage.OPEN})


@dataclass(frozen=True)
class Opening:
    """Whether a museum is open on a day, and why it is not."""

    is_open: bool
    why: str = ""


def opening(museum: Museum, day: dt.date, *, stage: MuseumStage | None, closed: ClosedDay | None) -> Opening:
    """Return whether the museum is open, given its stage on that day and the day's closing record, if any."""
    if stage is None or stage.stage not in OPENED:
        return Opening(False, stage.get_stage_display() if stage else _("未登记"))
    if closed is not None:
        return Opening(False, closed.notice or closed.get_reason_display())
    if str(day.isoweekday()) in museum.open_weekdays or (museum.opens_on_holidays and is_holiday(day)):
        return Opening(True)
    return Opening(False, _("今日为固定闭馆日"))
