"""What can be asked about programmes, campaigns and rectification. Every query takes a Scope."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.contexts.governance.models import (
    POPULAR_KINDS,
    LearningMeeting,
    PopularActivity,
    RectificationItem,
    Target,
)
from kexie.contexts.governance.models.rectification import RectificationStage
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell, LatestStock
from kexie.ledger.models import Campaign, State

STATUS_WORDS: dict[str, Text] = {
    "DONE": _("已完成"),
    "ON_TRACK": _("按进度推进"),
    "BEHIND": _("需要加快"),
    "MISSED": _("未达到"),
    "UNKNOWN": _("无法计算"),
}


@dataclass(frozen=True, kw_only=True)
class TargetProgress:
    """A target with what the records say of it.

    `actual` is None where the measure cannot be computed; `expected` is what an even pace through the year would
    have reached by the day; `share` is actual / goal in per cent; `status` is a key of STATUS_WORDS. `cell` opens
    the figure.
    """

    programme: str
    position: int
    name: str
    measure: str
    unit: str
    responsible: str
    year: int
    goal: Decimal
    actual: Decimal | None
    expected: Decimal
    share: Decimal | None
    status: str
    status_word: Text
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class CampaignSummary:
    """A campaign with the activities that fell into its window; `is_on` on the day asked for."""

    id: UUID
    name: str
    theme: str
    starts_on: dt.date
    ends_on: dt.date
    is_on: bool
    activities: int
    visits: int


@dataclass(frozen=True, kw_only=True)
class PopularCard:
    """A popular activity for the public site."""

    id: UUID
    title: str
    kind: Text
    on: dt.date
    by: str
    where: str
    headcount: int | None


def targets(scope: Scope, now: dt.datetime, *, year: int | None = None) -> tuple[TargetProgress, ...]:
    """Return the targets of a year (by default this one) in order of programme, with computed progress.

    Targets whose measure is not declared here, or may not be read in this scope, are left out.
    """
    today = timezone.localdate(now)
    rows = Target.objects.filter(scope.q(), year=year or today.year).select_related("programme", "unit")
    ordered = rows.order_by("programme__position", "name")
    return tuple(_progress(target, scope, today) for target in ordered if _is_readable(target, scope))


def campaigns(scope: Scope, on: dt.date) -> tuple[CampaignSummary, ...]:
    """Return the campaigns that have begun by a day, the latest first."""
    begun = Campaign.objects.filter(association_id=scope.association_id, starts_on__lte=on)
    return tuple(_campaign(campaign, scope, on) for campaign in begun.order_by("-starts_on"))


def popular_activities(
    scope: Scope, on: dt.date, *, days: int = 30, limit: int = 20
) -> tuple[PopularCard, ...]:
    """Return the confirmed popular activities held in the last `days` days, the latest first."""
    rows = PopularActivity.objects.filter(
        scope.q(),
        state=State.CONFIRMED,
        held=True,
        kind__in=POPULAR_KINDS,
        occurred_on__range=(on - dt.timedelta(days=days), on),
    ).select_related("unit", "area")
    return tuple(_card(row) for row in rows.order_by("-occurred_on", "-id")[:limit])


@dataclass(frozen=True, kw_only=True)
class MeetingNotes:
    """What a confirmed meeting's record says, for its minutes."""

    id: UUID
    title: str
    kind: Text
    on: dt.date
    unit: str
    place: str
    headcount: int | None
    absent: int | None
    first_topic: str
    agenda: str
    resolutions: str


def meetings(scope: Scope, *, limit: int = 100) -> tuple[MeetingNotes, ...]:
    """Return the confirmed meetings, the latest first."""
    if not scope.allows("governance"):
        return ()
    rows = LearningMeeting.objects.filter(scope.q(), state=State.CONFIRMED).select_related("unit", "place")
    return tuple(_notes(row) for row in rows.order_by("-occurred_on", "-id")[:limit])


def _notes(row: LearningMeeting) -> MeetingNotes:
    return MeetingNotes(
        id=row.pk, title=row.title, kind=row.get_meeting_kind_display(), on=row.occurred_on, unit=str(row.unit),
        place=str(row.place or ""), headcount=row.headcount, absent=row.absent, first_topic=row.first_topic,
        agenda=row.agenda, resolutions=row.resolutions,
    )  # fmt: skip


def overdue_rectification(scope: Scope, on: dt.date) -> tuple[RectificationItem, ...]:
    """Return the items past their deadline that are not closed on a day, the oldest deadline first."""
    closed = LatestStock("item", (RectificationStage.Stage.CLOSED,)).narrow(
        RectificationStage.objects.filter(state=State.CONFIRMED, association_id=scope.association_id),
        Period.until(on),
    )
    rows = RectificationItem.objects.filter(scope.q(), deadline__lt=on).exclude(
        pk__in=closed.values("item_id")
    )
    return tuple(rows.select_related("unit", "responsible").order_by("deadline"))


def _is_readable(target: Target, scope: Scope) -> bool:
    measure = registry.measures().get(target.measure)
    return measure is not None and scope.allows(measure.context)


def _progress(target: Target, scope: Scope, today: dt.date) -> TargetProgress:
    measure = registry.measure(target.measure)
    year = Period.year(target.year)
    until = min(today + dt.timedelta(days=1), year.end)
    start = year.start if target.basis == Target.Basis.YEAR else None
    cell = Cell(target.measure, Period(start, max(until, start or until)), unit=_subtree(target))
    found = figures.value(cell, scope)
    actual = None if found is None else Decimal(found)
    expected = _expected(target, scope, cell)
    status = _status(actual, expected, target.goal, is_over=until == year.end)
    return TargetProgress(
        programme=target.programme.name,
        position=target.programme.position,
        name=target.name,
        measure=str(measure.label),
        unit=measure.unit,
        responsible=str(target.unit),
        year=target.year,
        goal=target.goal,
        actual=actual,
        expected=expected,
        share=None if actual is None else (100 * actual / target.goal).quantize(Decimal("0.1")),
        status=status,
        status_word=STATUS_WORDS[status],
        cell=cell,
    )


def _subtree(target: Target) -> UUID | None:
    """A county answers for its own records, a department for the whole association's."""
    return target.unit_id if target.unit.kind == "COUNTY_ASSOCIATION" else None


def _expected(target: Target, scope: Scope, cell: Cell) -> Decimal:
    """Return what an even pace through the year would have reached at the end of the cell's period."""
    if target.basis == Target.Basis.LEVEL:
        return target.goal
    year = Period.year(target.year)
    begin = year.start or year.end
    passed = Decimal((cell.period.end - begin).days) / Decimal((year.end - begin).days)
    base = Decimal(0)
    if target.basis == Target.Basis.TOTAL:
        base = Decimal(figures.value(replace(cell, period=Period(None, begin)), scope) or 0)
    return (base + (target.goal - base) * max(passed, Decimal(0))).quantize(Decimal("0.1"))


def _status(actual: Decimal | None, expected: Decimal, goal: Decimal, *, is_over: bool) -> str:
    if actual is None:
        return "UNKNOWN"
    if actual >= goal:
        return "DONE"
    if is_over:
        return "MISSED"
    return "ON_TRACK" if actual >= expected else "BEHIND"


def _campaign(campaign: Campaign, scope: Scope, on: dt.date) -> CampaignSummary:
    period = Period.until(campaign.ends_on, since=campaign.starts_on)
    return CampaignSummary(
        id=campaign.pk,
        name=campaign.name,
        theme=campaign.theme,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        is_on=on in period,
        activities=int(figures.value(Cell("governance.campaign_activities", period), scope) or 0),
        visits=int(figures.value(Cell("governance.campaign_visits", period), scope) or 0),
    )


def _card(row: PopularActivity) -> PopularCard:
    return PopularCard(
        id=row.pk,
        title=row.title,
        kind=row.get_kind_display(),
        on=row.occurred_on,
        by=str(row.unit),
        where=row.area.name,
        headcount=row.headcount,
    )
