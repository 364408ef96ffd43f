"""Home, the standing services, and the pages about the site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kexie.portal import context, services
from kexie.portal.queries import contests, facilities, happenings, headlines, museums
from kexie.portal.queries import services as running
from kexie.portal.views.base import begin
from kexie.ui.nav import Link

COMING, HELD, CONTESTS = 8, 4, 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is today: museums, activities, contests, services, facilities by county, headline figures."""
    visit = begin()
    if visit is None:
        return render(request, "portal/not_set_up.html")
    scope, today, counties = visit.scope, visit.today, visit.counties()
    counts = facilities.by_county(facilities.in_use(scope, today))
    values = {
        "today": today,
        "museums": museums.cards(scope, today),
        "coming": happenings.coming(scope, today, limit=COMING),
        "past": happenings.past(scope, today, limit=HELD),
        "contests": contests.headlines(scope, today, limit=CONTESTS),
        "firms": [one for one in services.SERVICES if one.audience == services.FIRMS],
        "workers": [one for one in services.SERVICES if one.audience == services.WORKERS],
        "tiles": facilities.county_tiles(counties, counts, current="", link=facilities_in),
        "counties": counties,
        "headlines": headlines.headlines(scope, today),
        "figures_href": context.address("figures:index"),
    }
    return render(request, "portal/home.html", values)


def facilities_in(area: str) -> str:
    """The address of the facilities of one county."""
    return f"{context.address('portal:facilities')}?area={area}"


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
    """One service: what one gets, the steps, what it takes, and what runs already."""
    service, visit = services.service(slug), begin()
    if service is None:
        raise Http404(_("没有这项服务。"))
    heading, lines = running.running(slug, visit.scope, visit.today) if visit else ("", [])
    trail = [Link(_("服务"), context.address("portal:services")), Link(str(service.title))]
    values = {"service": service, "trail": trail, "heading": heading, "lines": lines}
    return render(request, "portal/service.html", values)


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page of the site."""
    return render(request, "portal/site_map.html", {"services": services.SERVICES})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who runs the site, how its figures come about, and its accessibility."""
    return render(request, "portal/about.html")
