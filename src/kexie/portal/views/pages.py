"""Home, the standing services, and the pages about the site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kexie.foundation.areas.models import Area
from kexie.portal import context, queries, services
from kexie.portal.contracts import Tile
from kexie.portal.views.base import Visit, begin
from kexie.ui.nav import Link


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is today: museums, activities, contests, services, facilities by county, headline figures."""
    visit = begin()
    if visit is None:
        return render(request, "portal/not_set_up.html")
    coming, past = queries.coming_and_past(visit.scope, visit.today, limit=8)
    counties = visit.counties()
    values = {
        "today": visit.today,
        "museums": queries.museums(visit.scope, visit.today),
        "coming": coming,
        "past": past,
        "contests": queries.contests(visit.scope)[:5],
        "firms": [one for one in services.SERVICES if one.audience == services.FIRMS],
        "workers": [one for one in services.SERVICES if one.audience == services.WORKERS],
        "tiles": facility_tiles(visit, counties),
        "counties": counties,
        "headlines": queries.headlines(visit.scope, visit.today, visit.now),
        "figures_href": context.address("figures:index"),
    }
    return render(request, "portal/home.html", values)


def facility_tiles(visit: Visit, counties: list[Area], chosen: str = "") -> list[Tile]:
    """The facilities of each county on the schematic map."""
    counts = queries.facilities_by_county(visit.scope, visit.today)
    href = context.address("portal:facilities")
    return queries.county_tiles(counties, counts, chosen=chosen, link=lambda code: f"{href}?area={code}")


@require_safe
def show_services(request: HttpRequest) -> HttpResponse:
    """The standing services by audience."""
    groups = [
        (label, [one for one in services.SERVICES if one.audience == code])
        for code, label in services.AUDIENCES
    ]
    return render(request, "portal/services.html", {"groups": groups})


@require_safe
def show_service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service: what one gets, the steps, what it takes."""
    service = services.service(slug)
    if service is None:
        raise Http404(_("没有这项服务。"))
    trail = [Link(_("服务"), context.address("portal:services")), Link(str(service.title))]
    return render(request, "portal/service.html", {"service": service, "trail": trail})


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page of the site."""
    return render(request, "portal/site_map.html", {"services": services.SERVICES})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who runs the site, how its figures come about, and its accessibility."""
    return render(request, "portal/about.html")
