"""Lists and details: museums, activities, facilities, contests."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kexie.portal import context, queries
from kexie.portal.contracts import ContestCard, FacilityCard, MuseumCard
from kexie.portal.forms import ActivityFilters, FacilityFilters
from kexie.portal.views.base import begin_or_404
from kexie.portal.views.pages import facility_tiles
from kexie.ui.nav import Link

PAGE_SIZE: Final = 20
Card = TypeVar("Card", MuseumCard, FacilityCard, ContestCard)


@require_safe
def show_museums(request: HttpRequest) -> HttpResponse:
    """The museums and their state today."""
    visit = begin_or_404()
    return render(
        request,
        "portal/museums.html",
        {"today": visit.today, "museums": queries.museums(visit.scope, visit.today)},
    )


@require_safe
def show_museum(request: HttpRequest, key: str) -> HttpResponse:
    """One museum: hours, halls, how it came to be."""
    visit = begin_or_404()
    museum = _find(queries.museums(visit.scope, visit.today), key)
    trail = [Link(_("场馆"), context.address("portal:museums")), Link(museum.name)]
    return render(request, "portal/museum.html", {"museum": museum, "trail": trail, "today": visit.today})


@require_safe
def show_activities(request: HttpRequest) -> HttpResponse:
    """Activities by time, kind, county and words."""
    visit = begin_or_404()
    form = ActivityFilters(request.GET, areas=visit.counties())
    chosen = form.chosen()
    since, until = _window(chosen["when"], visit.today)
    found = queries.activities(
        visit.scope,
        since=since,
        until=until,
        kind=chosen["kind"],
        area=chosen["area"],
        text=chosen["q"].strip(),
    )
    page = _page(request, found)
    values = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "cards": [queries.card_of(one) for one in page],
        "today": visit.today,
    }
    return render(request, "portal/activities.html", values)


def _window(when: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    monday = today - dt.timedelta(days=today.weekday())
    month = today.replace(day=1)
    next_month = (month + dt.timedelta(days=32)).replace(day=1)
    windows = {
        "today": (today, today + dt.timedelta(days=1)),
        "week": (monday, monday + dt.timedelta(days=7)),
        "month": (month, next_month),
        "past": (None, today),
    }
    return windows.get(when, (None, None))


@require_safe
def show_activity(request: HttpRequest, key: UUID) -> HttpResponse:
    """One activity."""
    visit = begin_or_404()
    found = queries.activities(visit.scope).filter(pk=key).first()
    if found is None:
        raise Http404(_("没有这个活动，或者它还没有公布。"))
    card = queries.card_of(found)
    trail = [Link(_("活动"), context.address("portal:activities")), Link(card.title)]
    return render(request, "portal/activity.html", {"card": card, "trail": trail, "today": visit.today})


@require_safe
def show_facilities(request: HttpRequest) -> HttpResponse:
    """Facilities by kind and county, with the schematic map."""
    visit = begin_or_404()
    counties = visit.counties()
    known = queries.facilities(visit.scope, visit.today)
    kinds = sorted({(one.kind_code, one.kind) for one in known})
    form = FacilityFilters(request.GET, areas=counties, kinds=kinds)
    chosen = form.chosen()
    found = [one for one in known if _fits(one, chosen)]
    values = {
        "form": form,
        "chosen": chosen,
        "page": _page(request, found),
        "tiles": facility_tiles(visit, counties, chosen["area"]),
        "total": len(known),
    }
    return render(request, "portal/facilities.html", values)


def _fits(card: FacilityCard, chosen: dict[str, str]) -> bool:
    text = chosen["q"].strip()
    return (
        card.area_code.startswith(chosen["area"])
        and chosen["kind"] in ("", card.kind_code)
        and (not text or text in card.name or text in card.address)
    )


@require_safe
def show_facility(request: HttpRequest, key: str) -> HttpResponse:
    """One facility: what it is, whether it works, its history."""
    visit = begin_or_404()
    facility = _find(queries.facilities(visit.scope, visit.today, working_only=False), key)
    trail = [Link(_("设施"), context.address("portal:facilities")), Link(facility.name)]
    return render(request, "portal/facility.html", {"facility": facility, "trail": trail})


@require_safe
def show_contests(request: HttpRequest) -> HttpResponse:
    """The contests and programmes."""
    visit = begin_or_404()
    return render(request, "portal/contests.html", {"contests": queries.contests(visit.scope)})


@require_safe
def show_contest(request: HttpRequest, key: str) -> HttpResponse:
    """One contest and its editions."""
    visit = begin_or_404()
    contest = _find(queries.contests(visit.scope), key)
    trail = [Link(_("竞赛"), context.address("portal:contests")), Link(contest.name)]
    return render(request, "portal/contest.html", {"contest": contest, "trail": trail})


def _find(cards: Sequence[Card], key: str) -> Card:
    for card in cards:
        if card.key == key:
            return card
    raise Http404(_("没有找到。"))


def _page(request: HttpRequest, items: object) -> Page:  # type: ignore[type-arg]  # of cards or of records
    return Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))  # type: ignore[arg-type]  # a list or a query
