"""What the records say about a holder's year: nobody types what is in the ledger."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import FacilityVisits
from kexie.kernel.errors import Text
from kexie.ledger.models import Activity, State

VISITS, OPEN_DAYS, SESSIONS, ACTIVITIES = "visits", "open_days", "sessions", "activities"
LABELS: dict[str, Text] = {
    VISITS: gettext_lazy("参观人次"),
    OPEN_DAYS: gettext_lazy("开放天数"),
    SESSIONS: gettext_lazy("有内容的开放场次"),
    ACTIVITIES: gettext_lazy("本单位登记的活动场次"),
}
RECORDS = {
    VISITS: "facilities.visits",
    OPEN_DAYS: "facilities.visits",
    SESSIONS: "facilities.visits",
    ACTIVITIES: "",
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """A figure of a year: None where no record says it; out of how many records; how many of them gave no number."""

    key: str
    year: int
    value: int | None
    records: int
    uncounted: int = 0

    @property
    def label(self) -> Text:
        """What it counts."""
        return LABELS[self.key]

    @property
    def source(self) -> str:
        """Where it comes from, in words."""
        if not self.records:
            return _("%(year)d年没有已确认的记录") % {"year": self.year}
        said = _("%(year)d年%(n)d条已确认的记录") % {"year": self.year, "n": self.records}
        if not self.uncounted:
            return said
        if self.key == OPEN_DAYS:
            return _("%(said)s，其中%(n)d条是整月合计，看不出天数") % {"said": said, "n": self.uncounted}
        return _("%(said)s，其中%(n)d条没有计数") % {"said": said, "n": self.uncounted}

    def plain(self) -> dict[str, Any]:
        """Return what is kept of it with a form that was sent."""
        return asdict(self)


def of(unit_id: UUID, year: int) -> list[Known]:
    """Return the figures of the facilities that stand at a unit, for a calendar year."""
    counted = _visits(unit_id, year).aggregate(
        people=Sum("headcount"), rows=Count("pk"), blank=Count("pk", filter=Q(headcount=None)),
        days=Count("occurred_on", distinct=True, filter=Q(span="")),
        months=Count("pk", filter=~Q(span="")), sessions=Count("pk", filter=Q(span="") & ~Q(theme="")),
    )  # fmt: skip
    held = _activities(unit_id, year).count()
    rows, months = counted["rows"], counted["months"]
    return [
        Known(key=VISITS, year=year, value=counted["people"], records=rows, uncounted=counted["blank"]),
        Known(
            key=OPEN_DAYS, year=year, value=counted["days"] if rows and not months else None, records=rows,
            uncounted=months,
        ),
        Known(key=SESSIONS, year=year, value=counted["sessions"] if rows else None, records=rows),
        Known(key=ACTIVITIES, year=year, value=held or None, records=held),
    ]  # fmt: skip


def kept(figures: list[dict[str, Any]]) -> list[Known]:
    """Return the figures that were kept with a form."""
    return [Known(**one) for one in figures]


def _visits(unit_id: UUID, year: int) -> QuerySet[FacilityVisits]:
    return FacilityVisits.objects.filter(
        facility__host_id=unit_id, state=State.CONFIRMED, occurred_on__range=_year(year)
    )


def _activities(unit_id: UUID, year: int) -> QuerySet[Activity]:
    return Activity.objects.filter(
        unit_id=unit_id, held=True, state=State.CONFIRMED, occurred_on__range=_year(year)
    )


def _year(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)
