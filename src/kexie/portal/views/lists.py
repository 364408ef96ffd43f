"""Lists and details: museums, activities, facilities, contests."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kexie.contexts.facilities.facade import FacilityInUse
from kexie.ledger.models import Activity
from kexie.portal import context
from kexie.portal.contracts import Detail
from kexie.portal.forms import ActivityFilters, FacilityFilters
from kexie.portal.queries import contests, facilities, happenings, museums
from kexie.portal.views.base import begin_or_404
from kexie.portal.views.pages import facilities_in
from kexie.ui.nav import Link

PAGE_SIZE: Final = 20
AHEAD: Final = 12


@require_safe
def show_museums(request: HttpRequest) -> HttpResponse:
    """The museums and their state today."""
    visit = begin_or_404()
    return render(request, "portal/museums.html", {"museums": museums.cards(visit.scope, visit.today)})


@require_safe
def show_activities(request: HttpRequest) -> HttpResponse:
    """Activities by time, kind, county and words; without filters, what lies ahead stands first."""
    visit = begin_or_404()
    form = ActivityFilters(request.GET, areas=visit.counties())
    chosen = form.chosen()
    since, until = _window(chosen["when"], visit.today)
    kind, area, text = chosen["kind"], chosen["area"], chosen["q"].strip()
    found = happenings.activities(visit.scope, since=since, until=until, kind=kind, area=area, text=text)
    page = _page(request, found)
    first = page.number == 1 and not any(chosen.values())
    values = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "cards": [happenings.from_activity(one) for one in page],
        "coming": happenings.coming(visit.scope, visit.today, limit=AHEAD) if first else [],
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
    found = happenings.activities(visit.scope).filter(pk=key).first()
    detail = happenings.detail(found, visit.today) if found else None
    return _detail(request, detail, "portal:activities", _("活动"))


@require_safe
def show_facilities(request: HttpRequest) -> HttpResponse:
    """Facilities by kind and county, with the schematic map."""
    visit = begin_or_404()
    counties, known = visit.counties(), facilities.in_use(visit.scope, visit.today)
    form = FacilityFilters(request.GET, areas=counties, kinds=facilities.kinds(known))
    chosen = form.chosen()
    found = facilities.chosen(known, kind=chosen["kind"], area=chosen["area"], text=chosen["q"].strip())
    counts = facilities.by_county(known)
    values = {
        "form": form,
        "chosen": chosen,
        "page": _page(request, found),
        "tiles": facilities.county_tiles(counties, counts, current=chosen["area"], link=facilities_in),
        "total": len(known),
    }
    return render(request, "portal/facilities.html", values)


@require_safe
def show_facility(request: HttpRequest, key: UUID) -> HttpResponse:
    """One facility: what it is, whether it works, its history."""
    visit = begin_or_404()
    detail = facilities.detail(visit.scope, key, visit.today)
    return _detail(request, detail, "portal:facilities", _("设施"))


@require_safe
def show_contests(request: HttpRequest) -> HttpResponse:
    """The contests one can enter, those to come, and results."""
    visit = begin_or_404()
    return render(request, "portal/contests.html", {"lists": contests.lists(visit.scope, visit.today)})


@require_safe
def show_contest(request: HttpRequest, key: UUID) -> HttpResponse:
    """One contest and its prizes."""
    visit = begin_or_404()
    return _detail(request, contests.detail(visit.scope, key, visit.today), "portal:contests", _("竞赛"))


def _detail(request: HttpRequest, detail: Detail | None, parent: str, label: str) -> HttpResponse:
    if detail is None:
        raise Http404(_("没有找到，或者它还没有公布。"))
    return render(
        request, "portal/detail.html", {"detail": detail, "trail": _trail(parent, label, detail.title)}
    )


def _trail(parent: str, label: str, title: str) -> list[Link]:
    return [Link(label, context.address(parent)), Link(title)]


def _page(request: HttpRequest, items: Sequence[FacilityInUse] | QuerySet[Activity]) -> Page[Any]:
    return Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
