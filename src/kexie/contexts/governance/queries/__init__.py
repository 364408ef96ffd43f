"""What can be asked about campaigns, popular activities and rectification. Every query takes a Scope."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from kexie.contexts.governance.models import (
    POPULAR_KINDS,
    LearningMeeting,
    PopularActivity,
    RectificationItem,
)
from kexie.contexts.governance.models.rectification import RectificationStage
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell, LatestStock
from kexie.ledger.models import Campaign, State


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
