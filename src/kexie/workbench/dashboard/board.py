"""What the dashboard shows, as plain values.

Cumulative values, this year's part and trends of rolled-up measures come from one statement over month cells.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.governance import facade as governance
from kexie.foundation.areas.models import Area, Level
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.groups import GROUPS
from kexie.ledger.kinds import Number, Ratio
from kexie.ledger.measures import Cell, Measure
from kexie.ui.charts import Point
from kexie.ui.figures import FigureView
from kexie.ui.nav import Link

TREND_MONTHS = 24
COMPARED = 6

# What a leader looks at first: the figures of the yearly work report. A tab shows all measures of its area of work.
HEADLINES = frozenset({
    "matching.society_agreements", "matching.carriers", "matching.society_experts", "matching.problems_solved",
    "matching.home_experts", "matching.research_firms", "organisations.academic_events",
    "museums.visits", "museums.shows", "museums.open", "touring.stops", "touring.months", "touring.visits",
    "touring.caravan_stops", "touring.caravan_visits", "facilities.campus_museums", "facilities.rooms",
    "facilities.galleries", "facilities.provincial_bases", "facilities.provincial_demos",
    "governance.campaign_activities", "contests.series", "contests.participants", "contests.programmes",
    "contests.organising_honours", "rural.posted_persons", "rural.lifted_persons", "rural.backyards",
    "rural.trainings", "rural.trainees", "rural.varieties", "rural.technologies", "workers.cppcc_members",
    "workers.awards", "workers.suggestions_adopted", "workers.survey_sites", "organisations.county_coverage",
    "organisations.enterprise_associations_ever", "organisations.little_giant_coverage",
    "organisations.high_tech_coverage", "organisations.cadre_training_counties", "governance.method_contest_streak",
})  # fmt: skip
Months = dict[dt.date, Number]


@dataclass(frozen=True)
class GroupOfWork:
    """One area of work with its figures."""

    key: str
    label: str
    figures: Sequence[FigureView]
    more: int


@dataclass(frozen=True)
class TargetLine:
    """A target with its computed progress; `tone` is that of tags."""

    name: str
    programme: str
    responsible: str
    progress: governance.TargetProgress
    href: str
    tone: str


@dataclass(frozen=True)
class Comparison:
    """One measure this year across the counties, in the order of their codes, never by rank."""

    title: str
    unit: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Board:
    """The whole page."""

    tabs: Sequence[Link]
    groups: Sequence[GroupOfWork]
    targets: Sequence[TargetLine]
    comparisons: Sequence[Comparison]


def board(scope: Scope, *, now: dt.datetime, group: str = "") -> Board:
    """Return the board; `group` narrows it to one area of work."""
    today = timezone.localdate(now)
    chosen = [key for key in GROUPS if group in {"", key}] or list(GROUPS)
    months = figures.months_of_all(scope, Period(None, _next_month(today)))
    groups = [_group(key, months, scope, today, whole=bool(group)) for key in chosen]
    return Board(
        tabs=_tabs(group),
        groups=[one for one in groups if one.figures],
        targets=[_target(one) for one in governance.targets(scope, now)] if not group else [],
        comparisons=_comparisons(chosen, months, scope, today),
    )


def _tabs(group: str) -> list[Link]:
    every = Link(_("全部"), "?", current=not group)
    return [
        every,
        *(Link(str(label), f"?group={key}", current=key == group) for key, label in GROUPS.items()),
    ]


def _measures(key: str, scope: Scope) -> list[Measure]:
    return [one for one in registry.measures().values() if one.group == key and scope.allows(one.context)]


def _group(key: str, months: dict[str, Months], scope: Scope, today: dt.date, *, whole: bool) -> GroupOfWork:
    measures = _measures(key, scope)
    chosen = [one for one in measures if whole or one.key in HEADLINES]
    shown = [_figure(one, months.get(one.key, {}), scope, today) for one in chosen]
    return GroupOfWork(key, str(GROUPS[key]), shown, more=len(measures) - len(chosen))


def _figure(measure: Measure, by_month: Months, scope: Scope, today: dt.date) -> FigureView:
    cell = Cell(measure.key, Period.until(today))
    if not measure.is_rolled_up:
        value = figures.value(cell, scope)
        note = _("暂无分母") if value is None and isinstance(measure.kind, Ratio) else ""
        return FigureView(str(measure.label), value, measure.unit, today, figure_url(cell), note)
    this_year = sum(
        (Decimal(v or 0) for month, v in by_month.items() if month.year == today.year), Decimal(0)
    )
    return FigureView(
        label=str(measure.label),
        value=sum(v or 0 for v in by_month.values()),
        unit=measure.unit,
        as_of=today,
        href=figure_url(cell),
        delta=int(this_year),
        delta_label=_("今年"),
        trend=_trend(by_month, today),
    )


def _trend(by_month: Months, today: dt.date) -> list[float]:
    """Return the last whole months, oldest first; nothing if nothing happened."""
    month, found = today.replace(day=1), []
    for _step in range(TREND_MONTHS):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        found.append(float(by_month.get(month) or 0))
    return found[::-1] if any(found) else []


def _target(one: governance.TargetProgress) -> TargetLine:
    return TargetLine(one.name, one.programme, one.responsible, one, one.figure, one.tone)


def _comparisons(
    groups: Sequence[str], months: dict[str, Months], scope: Scope, today: dt.date
) -> list[Comparison]:
    """Compare the counties by what happened in most months of this year, headlines first."""
    declared = [one for key in groups for one in _measures(key, scope) if one.is_rolled_up]
    year = Period.year(today.year)
    active = {one.key: sum(month in year for month in months.get(one.key, {})) for one in declared}
    busy = sorted(declared, key=lambda one: (one.key not in HEADLINES, -active[one.key]))
    counties = Area.objects.filter(level=Level.COUNTY).order_by("code")
    return [_comparison(one, list(counties), scope, today) for one in busy[:COMPARED] if active[one.key]]


def _comparison(measure: Measure, counties: list[Area], scope: Scope, today: dt.date) -> Comparison:
    cell = Cell(measure.key, Period(dt.date(today.year, 1, 1), today + dt.timedelta(days=1)))
    found = {str(one.group): one.value for one in figures.breakdown(cell, scope, by="county")}
    points = [
        Point(county.name, float(found.get(county.code) or 0), figure_url(_of(cell, county)))
        for county in counties
    ]
    return Comparison(str(measure.label), measure.unit, points)


def _of(cell: Cell, county: Area) -> Cell:
    return Cell(cell.measure, cell.period, area=county.prefix)


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
