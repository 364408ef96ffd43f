"""What crews take along: trip sheets, on the screen and on paper, and a van's calendar."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Season, SeasonVan
from kexie.contexts.touring.operations import hosts as operations
from kexie.contexts.touring.queries import hosts
from kexie.contexts.touring.queries import sheets as queries
from kexie.contexts.touring.web.season import ics, paper
from kexie.contexts.touring.web.season.base import PlanView
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound

WEEK = 7


@dataclass(frozen=True)
class Asked:
    """Which sheets: from one day to another, of one van or of all."""

    first: dt.date
    last: dt.date
    van: uuid.UUID | None


def asked(params: Mapping[str, str], season: Season) -> Asked:
    """Return what the address asks for: one `day`, or the seven days from `week` on; by default from today."""
    day, week = _day(params.get("day")), _day(params.get("week"))
    first = day or week or max(season.starts_on, timezone.localdate())
    try:
        van = uuid.UUID(params.get("van", ""))
    except ValueError:
        van = None
    return Asked(first, first if day else first + dt.timedelta(days=WEEK - 1), van)


class SheetsView(PlanView):
    """Trip sheets: each van's days, with whom to ask for."""

    to_write = Action.DRAFT

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show them."""
        wanted = asked(request.GET, self.season)
        vans = self.season.vans.select_related("caravan")
        context = {
            "plan": self.plan, "season": self.season, "asked": wanted, "vans": vans,
            "one_day": wanted.first == wanted.last, "may_open": self.find(Action.DRAFT) is not None,
            "sheets": queries.sheets(self.plan, wanted.first, wanted.last, wanted.van),
        }  # fmt: skip
        return self.page("sheets", context)


class PaperView(PlanView):
    """The sheets as PDF; sent as a form, with telephone numbers in clear, which is written down."""

    to_write = Action.DRAFT

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Send them with contacts masked."""
        return self.send(asked(request.GET, self.season), is_clear=False)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Send them with contacts in clear."""
        return self.send(asked(request.POST, self.season), is_clear=True)

    def send(self, wanted: Asked, *, is_clear: bool) -> HttpResponse:
        """Draw the sheets."""
        found, now, contacts = (
            queries.sheets(self.plan, wanted.first, wanted.last, wanted.van),
            timezone.now(),
            None,
        )
        if is_clear:
            sites = {stop.site_id: stop.site for sheet in found for stop in sheet.stops}
            contacts = operations.open_contacts(
                season=self.season, sites=sites.values(), actor=self.account, now=now
            )
        body = paper.pdf(
            f"{self.season.name} {self.plan}", found, contacts=contacts, made_at=now, source=self.plan.source
        )
        name = f"sheets-{wanted.first:%Y%m%d}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(body, content_type="application/pdf", headers=headers)


def _day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError:
        return None


class CalendarView(PlanView):
    """A van's visits for its crew's calendars; what was called off, or goes to another van, is marked so."""

    def check(self) -> None:
        """Find the van."""
        super().check()
        found = self.season.vans.select_related("caravan").filter(pk=self.kwargs["van"]).first()
        if found is None:
            raise NotFound(_("这辆车不参加本季。"))
        if self.season.published_id != self.plan.pk:
            raise NotFound(_("方案发布以后才有日历文件。"))
        self.van: SeasonVan = found

    def get(self, request: HttpRequest, pk: uuid.UUID, van: uuid.UUID) -> HttpResponse:
        """Send it."""
        caravan, season = self.van.caravan, self.season
        visits = [*hosts.visits(self.plan), *hosts.gone(season)]
        events = [ics.for_crew(season.pk, one, caravan.pk) for one in visits]
        shown = sorted((one for one in events if one is not None), key=lambda one: (one.day, one.begins))
        return ics.answer(shown, request, name=f"{season.name} {caravan.name}", file=f"van-{caravan.pk}")
