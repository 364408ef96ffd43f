"""Seasons, their plans, and the world that a plan is made in."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    CaravanRequest,
    CaravanStop,
    Plan,
    PlannedStop,
    PlannedTrip,
    SchoolTerm,
    Season,
    Site,
)
from kexie.contexts.touring.queries import fleet, ways
from kexie.contexts.touring.rules.days import Opening, Term
from kexie.contexts.touring.rules.season import MONTH, Limits, Nights, Routes, SiteFacts, VanFacts, World
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.measures import known

# Days wished for, first and last, by site.
Wishes = dict[UUID, tuple[dt.date, dt.date]]


def seasons(scope: Scope) -> QuerySet[Season]:
    """Return the seasons, the latest first."""
    rows = Season.objects.filter(scope.q()).select_related("unit", "published", "roads")
    return rows.defer("roads__ways", "roads__points")


def season(scope: Scope, pk: UUID) -> Season:
    """Return a season; NotFound outside the scope."""
    found = seasons(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个巡展季。"))
    return found


def plan(scope: Scope, pk: UUID) -> Plan:
    """Return a plan with its season; NotFound outside the scope."""
    rows = Plan.objects.filter(scope.q("season__unit")).select_related("season__unit", "season__roads")
    rows = rows.defer("season__roads__ways", "season__roads__points")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个方案。"))
    return found


def stops(plan: Plan) -> QuerySet[PlannedStop]:
    """Return a plan's stops by day and van, in the order of the visits."""
    rows = PlannedStop.objects.filter(association=plan.association_id, trip__plan=plan)
    return rows.select_related("trip__van__caravan", "trip__night", "site__area").order_by(
        "trip__day", "trip__van_id", "position"
    )


def stop(plan: Plan, pk: UUID) -> PlannedStop:
    """Return one stop of a plan."""
    found = stops(plan).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这一站，方案可能已经改过，请刷新后再看。"))
    return found


def stop_by_code(code: str, scope: Scope) -> PlannedStop:
    """Return the stop of a published plan that a host's link names."""
    rows = PlannedStop.objects.filter(scope.q("site__unit"), host_code=code)
    rows = rows.filter(trip__plan__season__published=F("trip__plan")).exclude(host_code="")
    one = rows.select_related("trip__van__caravan", "site__area", "trip__plan__season").first()
    if one is None:
        raise NotFound(_("没有这一站，可能已经改期；请联系发给您链接的科协。"))
    return one


def coming(scope: Scope, day: dt.date) -> QuerySet[PlannedStop]:
    """Return the published stops from a day on."""
    rows = PlannedStop.objects.filter(scope.q("site__unit"), trip__day__gte=day)
    published = Season.objects.filter(scope.q(), published__isnull=False).values("published_id")
    rows = rows.filter(trip__plan__in=published).select_related("trip__van__caravan", "site__area__parent")
    return rows.order_by("trip__day", "begins", "pk")


def routes(plan: Plan) -> Routes:
    """Return a plan as van, day and sites in order."""
    found: dict[tuple[str, dt.date], list[str]] = defaultdict(list)
    rows = PlannedStop.objects.filter(association=plan.association_id, trip__plan=plan)
    ordered = rows.order_by("trip__day", "trip__van_id", "position")
    for van, day, site in ordered.values_list("trip__van_id", "trip__day", "site_id"):
        found[str(van), day].append(str(site))
    return {key: tuple(names) for key, names in found.items()}


def nights(plan: Plan) -> Nights:
    """Return where vans stay away, by van and day."""
    rows = PlannedTrip.objects.filter(association=plan.association_id, plan=plan, night__isnull=False)
    return {(str(van), day): str(site) for van, day, site in rows.values_list("van_id", "day", "night_id")}


def world_of(plan: Plan, fixed: list[PlannedStop]) -> World:
    """Return the world of a plan's season with the plan's nights away."""
    return replace(world(plan.season, fixed), nights=nights(plan))


def held(plan: Plan, today: dt.date) -> list[PlannedStop]:
    """Return the stops that stay where they are: past, locked, or promised to their host."""
    confirmed = Q(host_state=PlannedStop.Host.CONFIRMED)
    rows = PlannedStop.objects.filter(association=plan.association_id, trip__plan=plan)
    rows = rows.filter(Q(is_locked=True) | Q(trip__day__lt=today) | confirmed)
    return list(rows.select_related("trip").order_by("trip__day", "trip__van_id", "position"))


def is_held(one: PlannedStop, today: dt.date) -> bool:
    """Whether a stop may not move any more."""
    return one.is_locked or one.trip.day < today or one.host_state == PlannedStop.Host.CONFIRMED


def sites(season: Season) -> QuerySet[Site]:
    """Return the sites in use of the office that plans."""
    rows = Site.objects.filter(association=season.association_id, is_active=True)
    return rows.filter(unit__path__startswith=season.unit.path).select_related("area").order_by("pk")


def world(season: Season, fixed: list[PlannedStop] | None = None) -> World:
    """Return all that a plan of the season is made of; `fixed` stops keep their times."""
    vans = list(season.vans.select_related("caravan").order_by("caravan__name", "pk"))
    found = list(sites(season).values_list(*_SITE, named=True))
    points = [(float(one.longitude), float(one.latitude)) for one in vans]
    visited, wished = last_visits(season), wishes(season)
    days = [
        season.starts_on + dt.timedelta(days=n) for n in range((season.ends_on - season.starts_on).days + 1)
    ]
    cannot = fleet.off_days([van.caravan for van in vans], days)
    # A day that holds a promised or past visit is not taken from the plan: `grounded` names it to people.
    kept = {(one.trip.van_id, one.trip.day) for one in fixed or ()}
    facts = {}
    for site in found:
        at = None if site.longitude is None or site.latitude is None else len(points)
        if at is not None:
            points.append((float(site.longitude), float(site.latitude)))
        facts[str(site.id)] = _facts(site, at, visited, wished.get(site.id))
    return World(
        first=season.starts_on,
        last=season.ends_on,
        sites=facts,
        vans={
            str(van.pk): VanFacts(
                id=str(van.pk),
                name=van.caravan.name,
                type=van.caravan.vehicle_type,
                at=number,
                off={
                    **{day: why for day, why in cannot[van.caravan_id].items() if (van.pk, day) not in kept},
                    **{dt.date.fromisoformat(day): "" for day in van.off_days},
                },
                counties=tuple(van.counties),
                shift=van.shift_minutes,
                overtime=van.overtime_minutes,
                nights=van.most_nights,
            )
            for number, van in enumerate(vans)
        },
        limits=_limits(season),
        roads=ways.of(season, points)[0],
        terms=terms(season),
        fixed={(str(one.site_id), one.trip.day): (one.begins, one.ends) for one in fixed or ()},
    )


def grounded(plan: Plan, since: dt.date) -> list[tuple[PlannedTrip, str]]:
    """Return the plan's trips from a day on whose vehicle cannot go out then, each with the reason."""
    found = [one for one in trips(plan) if one.day >= since]
    vans = {one.van.caravan_id: one.van.caravan for one in found}
    cannot = fleet.off_days(vans.values(), sorted({one.day for one in found}))
    return [
        (one, cannot[one.van.caravan_id][one.day]) for one in found if one.day in cannot[one.van.caravan_id]
    ]


def terms(season: Season) -> tuple[Term, ...]:
    """Return the school terms that touch the season."""
    rows = SchoolTerm.objects.filter(
        association=season.association_id, starts_on__lte=season.ends_on, ends_on__gte=season.starts_on
    )
    return tuple(
        Term(
            _prefix(one.area_id),
            one.starts_on,
            one.ends_on,
            frozenset(dt.date.fromisoformat(day) for day in one.off_days),
        )
        for one in rows
    )


def last_visits(season: Season) -> dict[tuple[str, str], dt.date]:
    """Return the last day on record before the season of each place, by area and name."""
    rows = CaravanStop.objects.filter(
        known(None), association=season.association_id, occurred_on__lt=season.starts_on
    )
    return {
        (area, spot): day
        for area, spot, day in rows.order_by("occurred_on").values_list("area_id", "spot", "occurred_on")
    }


def wishes(season: Season) -> Wishes:
    """Return the days wished in accepted requests that reach into the season, by site; of several the first."""
    rows = CaravanRequest.objects.filter(
        association=season.association_id,
        state=CaravanRequest.State.ACCEPTED,
        site__isnull=False,
        wished_from__lte=season.ends_on,
        wished_to__gte=season.starts_on,
    )
    found: Wishes = {}
    for site, first, last in rows.order_by("made_at", "pk").values_list(
        "site_id", "wished_from", "wished_to"
    ):
        if site is not None:
            found.setdefault(site, (first, last))
    return found


def trips(plan: Plan) -> QuerySet[PlannedTrip]:
    """Return a plan's trips."""
    return (
        PlannedTrip.objects.filter(plan=plan)
        .select_related("van__caravan", "night")
        .order_by("day", "van_id")
    )


# What is read of a site: row by row, without making objects of hundreds.
_SITE = (
    "id", "name", "area_id", "area__name", "longitude", "latitude", "kind", "windows", "market", "market_use",
    "service_minutes", "vehicle_types", "priority", "every_months", "least_days", "can_stay",
)  # fmt: skip


def _facts(
    site: Any,
    at: int | None,
    visited: dict[tuple[str, str], dt.date],
    wish: tuple[dt.date, dt.date] | None,
) -> SiteFacts:
    area = str(site.area_id)
    names = (site.name, f"{site.area__name}{site.name}")
    days = [visited[area, name] for name in names if (area, name) in visited]
    return SiteFacts(
        id=str(site.id),
        name=site.name,
        township=area,
        at=at,
        opening=Opening(site.kind, area, site.windows, site.market, site.market_use),
        service=site.service_minutes,
        types=frozenset(site.vehicle_types),
        priority=site.priority,
        every_days=site.every_months * MONTH,
        least_days=site.least_days,
        can_stay=site.can_stay,
        last=max(days, default=None),
        wish=wish,
    )


def _limits(season: Season) -> Limits:
    return Limits(
        start=season.starts_at.hour * 60 + season.starts_at.minute,
        shift=season.shift_minutes,
        overtime=season.overtime_minutes,
        drive=season.drive_minutes,
        weekends=season.weekends,
        rest=season.rest_minutes,
        off=frozenset(dt.date.fromisoformat(day) for day in season.off_days),
    )


def _prefix(code: str) -> str:
    return code[:4] if code.endswith("00") and len(code) == len("341200") else code
