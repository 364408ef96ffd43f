"""Forms of campaigns: what is asked about each activity of a campaign, and its sums, all from what was recorded."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.governance.models import CAMPAIGN_KINDS
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.scope import Scope
from kexie.ledger.models import Activity, Campaign, State

HEADS: tuple[Text, ...] = (
    gettext_lazy("活动名称"),
    gettext_lazy("活动类型"),
    gettext_lazy("主办单位"),
    gettext_lazy("日期"),
    gettext_lazy("开始时间"),
    gettext_lazy("地区"),
    gettext_lazy("地点"),
    gettext_lazy("方式"),
    gettext_lazy("对象"),
    gettext_lazy("主讲人"),
    pgettext_lazy("field", "人次"),
    gettext_lazy("计数方法"),
)
_CITY = "00"  # where the code of an area names no county
CellValue = str | int | dt.date | dt.time | None


@dataclass(frozen=True, kw_only=True)
class FormLine:
    """One activity on a campaign's form, its cells in the order of HEADS."""

    activity: Activity
    cells: tuple[CellValue, ...]

    @property
    def filled(self) -> int:
        """How many of the cells say something."""
        return sum(one not in (None, "") for one in self.cells)


@dataclass(frozen=True, kw_only=True)
class CampaignForm:
    """A campaign with its lines and the sums asked for below them: label, number, unit."""

    campaign: Campaign
    lines: tuple[FormLine, ...]

    @property
    def sums(self) -> tuple[tuple[str, int, str], ...]:
        """The numbers of the summary."""
        held = [one.activity for one in self.lines]
        return (
            (_("活动场次"), len(held), "场次"),
            (_("线上场次"), sum(one.mode == Activity.Mode.ONLINE for one in held), "场次"),
            (_("参加人次"), sum(one.headcount or 0 for one in held), "人次"),
            (_("主办单位"), len({one.unit_id for one in held}), "个"),
            (
                _("覆盖县（市、区）"),
                len({one.area_id[:6] for one in held if one.area_id[4:6] != _CITY}),
                "个",
            ),
        )

    @property
    def filled(self) -> int:
        """How many fields of the form say something, the sums among them."""
        return sum(one.filled for one in self.lines) + len(self.sums)


def campaign_rows(scope: Scope) -> QuerySet[Campaign]:
    """Return the campaigns of the association: all its units take part in them."""
    return Campaign.objects.filter(association_id=scope.association_id).select_related("unit")


def form(scope: Scope, pk: UUID) -> CampaignForm:
    """Return the form of one campaign, or raise NotFound."""
    found = campaign_rows(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return _forms([found], scope)[0]


def campaign_forms(scope: Scope, year: int) -> list[CampaignForm]:
    """Return the forms of the campaigns that began in a year: two statements, however many there are."""
    found = campaign_rows(scope).filter(starts_on__year=year)
    return _forms(list(found.order_by("starts_on", "pk")), scope)


def _forms(campaigns: Sequence[Campaign], scope: Scope) -> list[CampaignForm]:
    lines = [_line(one) for one in _activities(campaigns, scope)]
    return [
        CampaignForm(
            campaign=one,
            lines=tuple(line for line in lines if one.starts_on <= line.activity.occurred_on <= one.ends_on),
        )
        for one in campaigns
    ]


def _activities(campaigns: Iterable[Campaign], scope: Scope) -> QuerySet[Activity]:
    days = [Q(occurred_on__range=(one.starts_on, one.ends_on)) for one in campaigns]
    if not days:
        return Activity.objects.none()
    found = Activity.objects.filter(
        scope.q(), reduce(or_, days), state=State.CONFIRMED, held=True, kind__in=CAMPAIGN_KINDS
    )
    return found.select_related("unit", "area", "place").order_by("occurred_on", "pk")


def _line(one: Any) -> FormLine:
    cells = (
        one.title, one.get_kind_display(), one.unit.name, one.occurred_on, one.starts_at, one.area.name,
        one.place.name if one.place else "", one.get_mode_display(), one.audience, one.speaker, one.headcount,
        one.get_method_display(),
    )  # fmt: skip
    return FormLine(activity=one, cells=cells)
