"""What anybody may say of a facility before which they stand, and what became of it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from kexie.contexts.facilities import queries
from kexie.contexts.facilities.models import Facility, FacilityFault, Title, TitleRound
from kexie.contexts.facilities.operations import faults
from kexie.contexts.facilities.queries import rounds
from kexie.contexts.facilities.rules import AWARDERS, LOWER
from kexie.contexts.facilities.web.forms import FaultForm
from kexie.foundation.access.queries import public_scope
from kexie.foundation.access.web.speakers import speaker
from kexie.foundation.desk.photos import PHOTO_ACCEPT
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.foundation.units import queries as units
from kexie.kernel.errors import NotFound
from kexie.ui.nav import Link


class PublicView(View):
    """A public page about the facility in the address."""

    @cached_property
    def facility(self) -> Facility:
        """The facility, once something about it is confirmed."""
        association = units.associations().first()
        found = queries.public_facility(public_scope(association), self.kwargs["pk"]) if association else None
        if found is None:
            raise NotFound(_("没有找到这处设施。"))
        return found

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render the page."""
        home = f"/facilities/{self.facility.pk}/"
        shown = {
            "facility": self.facility,
            "home": home,
            "trail": [Link(_("设施"), "/facilities/"), Link(self.facility.name, home)],
        }
        return render(self.request, f"facilities/public/{template}.html", {**shown, **context}, status=status)


class RoundsView(View):
    """The titles one can apply for, and the names that are shown before they are given."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        association, today = units.associations().first(), timezone.localdate()
        found = rounds.public_rounds(public_scope(association), today) if association else []
        shown = [
            {
                "round": one,
                "awarder": AWARDERS[one.title],
                "lower": Title(LOWER[one.title]).label if one.title in LOWER else "",
                "is_open": one.state == TitleRound.State.OPEN and one.closes_on >= today,
                "is_shown": bool(
                    one.public_from and one.public_to and one.public_from <= today <= one.public_to
                ),
                "named": rounds.named(one, today),
            }
            for one in found
        ]
        trail = [Link(_("设施"), "/facilities/"), Link(_("称号申报和公示"))]
        return render(request, "facilities/public/rounds.html", {"rounds": shown, "trail": trail})


class ReportView(PublicView):
    """The report of a fault."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self._show(FaultForm(initial={"id": uuid.uuid4()}))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Take the report and say thanks."""
        form = FaultForm(request.POST, request.FILES)
        if request.POST.get("homepage"):
            return HttpResponseRedirect(f"/facilities/{pk}/")
        found: FacilityFault | None = form.carry_out(self._report)
        if found is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("facility_public:status", args=[pk, found.code]))

    def _report(self, data: dict[str, Any]) -> FacilityFault:
        who = speaker(self.request)
        return faults.report(
            facility=self.facility, kind=data["kind"], now=timezone.now(), fault_id=data["id"],
            text=data["text"], photo=data["photo"], device=who.device, address=who.address,
        )  # fmt: skip

    def _show(self, form: FaultForm, *, status: int = 200) -> HttpResponse:
        response = self.page("report", {"form": form, "photo_accept": PHOTO_ACCEPT}, status=status)
        speaker(self.request).remember(self.request, response)
        return response


class StatusView(PublicView):
    """What became of a report; its address may be kept."""

    def get(self, request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
        """Show it."""
        fault = FacilityFault.objects.filter(facility=self.facility, code=code.lower()).first()
        if fault is None:
            raise NotFound(_("没有找到这个编号的报告。"))
        return self.page("status", {"fault": fault})
