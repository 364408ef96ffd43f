"""What crews take along: a van's calendar."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import SeasonVan
from kexie.contexts.touring.queries import hosts
from kexie.contexts.touring.web.season import ics
from kexie.contexts.touring.web.season.base import PlanView
from kexie.kernel.errors import NotFound


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
