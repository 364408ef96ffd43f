"""What the public pages read. Everything takes the visitor's Scope and answers with plain values.

Only confirmed records are shown, and no figure's rows: those stay subject to access.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell, Flow
from kexie.ledger.models import Activity, State
from kexie.portal import tiles
from kexie.portal.context import address
from kexie.portal.contracts import ActivityCard, ContestCard, FacilityCard, MuseumCard, Tile
from kexie.ui.figures import FigureView

PUBLIC_KINDS: Final = (
    Activity.Kind.SHOW,
    Activity.Kind.LECTURE,
    Activity.Kind.EXHIBITION,
    Activity.Kind.CONSULTING,
    Activity.Kind.POPULAR,
    Activity.Kind.COMPETITION,
    Activity.Kind.TRAINING,
)
HEADLINES: Final = (
    "museums.visits",
    "touring.visits",
    "touring.caravan_events",
    "facilities.campus_museums",
    "rural.trained",
    "organisations.enterprise_associations",
)


# Activities


def activities(
    scope: Scope,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    kind: str = "",
    area: str = "",
    text: str = "",
) -> QuerySet[Activity]:
    """The confirmed public activities from `since` to before `until`, nearest first for a start, else newest first."""
    found = Activity.objects.filter(scope.q(), state=State.CONFIRMED, kind__in=PUBLIC_KINDS)
    found = found.select_related("area", "place", "host", "unit")
    if since:
        found = found.filter(occurred_on__gte=since)
    if until:
        found = found.filter(occurred_on__lt=until)
    if kind:
        found = found.filter(kind=kind)
    if area:
        found = found.filter(area__code__startswith=area)
    if text:
        found = found.filter(
            Q(title__icontains=text) | Q(subject__icontains=text) | Q(place__name__icontains=text)
        )
    return (
        found.order_by("occurred_on", "starts_at", "pk")
        if since and not until
        else found.order_by("-occurred_on", "starts_at", "pk")
    )


def card_of(activity: Activity) -> ActivityCard:
    """The public face of an activity."""
    hours = "–".join(moment.strftime("%H:%M") for moment in (activity.starts_at, activity.ends_at) if moment)
    return ActivityCard(
        key=str(activity.pk),
        title=activity.title,
        kind=activity.get_kind_display(),
        day=activity.occurred_on,
        hours=hours,
        place=activity.place.name if activity.place else "",
        area=activity.area.name if activity.area else "",
        host=str(activity.host or activity.unit),
        audience=activity.audience,
        subject=activity.subject,
        cancelled=not activity.held,
        online=activity.mode == Activity.Mode.ONLINE,
    )


def coming_and_past(
    scope: Scope, today: dt.date, *, limit: int
) -> tuple[list[ActivityCard], list[ActivityCard]]:
    """The next activities from today on, and the latest of those already held; together at most `limit`."""
    coming = [card_of(one) for one in activities(scope, since=today)[:limit]]
    past = [card_of(one) for one in activities(scope, until=today).filter(held=True)[: limit - len(coming)]]
    return coming, past


# Areas


def county_tiles(
    areas: Sequence[Area], counts: dict[str, int], *, chosen: str, link: Callable[[str], str]
) -> list[Tile]:
    """The schematic map: one square per county, laid out as in the tiles table, or in rows where it has none."""
    layout = tiles.layout([area.code for area in areas])
    return [
        Tile(
            area.code,
            area.name,
            *layout[area.code],
            counts.get(area.code, 0),
            link(area.code),
            area.code == chosen,
        )
        for area in areas
    ]


# What the contexts tell (each through its facade)


def museums(scope: Scope, today: dt.date) -> list[MuseumCard]:
    """The museums, those open to the public first."""
    return []


def facilities(scope: Scope, today: dt.date, *, working_only: bool = True) -> list[FacilityCard]:
    """The facilities in order of county and name; without those suspended or withdrawn unless asked for."""
    return []


def facilities_by_county(scope: Scope, today: dt.date) -> dict[str, int]:
    """How many facilities work in each county, by its code."""
    return dict(Counter(one.area_code[:6] for one in facilities(scope, today)))


def contests(scope: Scope) -> list[ContestCard]:
    """The contests and programmes."""
    return []


# Figures


def headlines(scope: Scope, today: dt.date, now: dt.datetime) -> list[FigureView]:
    """The headline figures, cumulative to today: the chosen measures that exist and are public, at most six."""
    known = registry.measures()
    chosen = [known[key] for key in HEADLINES if key in known and known[key].public]
    return list(_views((measure.key for measure in chosen), scope, today, now))


def _views(keys: Iterable[str], scope: Scope, today: dt.date, now: dt.datetime) -> Iterable[FigureView]:
    for key in keys:
        found = figures.figure(Cell(key, Period.until(today)), scope, now=now)
        measure = found.measure
        word = _("累计") if isinstance(measure.time, Flow) else _("现有")
        yield FigureView(
            label=f"{measure.label}",
            value=found.value,
            unit=measure.unit,
            as_of=today,
            href=address("figures:measure", key),
            note=word,
        )
