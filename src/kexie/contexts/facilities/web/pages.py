"""One facility, its label to print, and one fault."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Asset, FacilityFault, FacilityStage
from kexie.contexts.facilities.operations import faults
from kexie.contexts.facilities.queries import IN_USE
from kexie.contexts.facilities.queries import desk as queries
from kexie.contexts.facilities.rules import life, opening
from kexie.contexts.facilities.states import FACILITY_TRANSITIONS, FAULT_TRANSITIONS
from kexie.contexts.facilities.web import forms
from kexie.contexts.facilities.web.acts import ACTS
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.contexts.facilities.web.registry import STAGE_LABELS
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.ledger.models import State
from kexie.platform.tickets import qr
from kexie.ui.nav import Link

SHOWN_VISITS = 20
# Assets of which nobody said where they went.
_KEPT = frozenset({Asset.State.IN_USE, Asset.State.IDLE})


class FacilityPage(FacilitiesView, ActPage):
    """A facility: its life, hours, visits, assets, photographs, titles and faults."""

    tab, template = "registry", "facility"
    # Which act was sent for which row of the page.
    row: tuple[str, str] = ("", "")

    def check(self) -> None:
        """Find the facility."""
        self.one = queries.facility(self.scope, self.kwargs["pk"])
        self.stage: str = getattr(self.one, "stage", None) or ""

    def acts(self) -> Sequence[Act]:  # type: ignore[override]  # nothing is added to it
        """What the facility's stage allows."""
        without = set() if FACILITY_TRANSITIONS[self.stage] else {"stage"}
        without |= {"hand_over", "visits"} if self.stage in life.ENDED else set()
        return [one for one in ACTS if one.key not in without]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the stages that may follow."""
        form = super().act_form(act, *args, **options)
        if act.key == "stage":
            follow = FACILITY_TRANSITIONS[self.stage]
            form.fields["stage"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                one for one in FacilityStage.Stage.choices if one[0] in follow
            ]
            if "TRANSFERRED" not in follow:
                form.fields.pop("receiver")
        if act.key == "hand_over":
            form.fields["to"].queryset = queries.takers(self.one, self.scope)  # type: ignore[attr-defined]
        return form

    def context_of(self) -> dict[str, Any]:
        """Everything about the facility."""
        today, stages = timezone.localdate(), list(queries.stages(self.one))
        hours, changed = queries.hours(self.one), queries.changed_days(self.one, today)
        assets = queries.assets(self.one)
        confirmed = [one for one in stages if one.state == State.CONFIRMED]
        return {
            "one": self.one,
            "trail": self.trail(Link(self.one.name)),
            "stage": STAGE_LABELS[self.stage or "NONE"],
            "in_use": self.stage in IN_USE,
            "built_on": next((one.occurred_on for one in confirmed if one.stage == "ACCEPTED"), None),
            "stages": stages,
            "handovers": (handovers := queries.handovers(self.one)),
            "last_handover": next((one.pk for one in handovers if one.undone_at is None), None),
            "unmoved": sum(one.state in _KEPT for one in assets) if self.stage in life.ENDED else 0,
            "latest": confirmed[0].pk if confirmed else None,
            "week": opening.week(hours) if hours else [],
            "open_today": opening.on_day(today, hours, changed)
            if self.stage in IN_USE and (hours or changed)
            else "",
            "changed": changed,
            "visits": queries.visits(self.one)[:SHOWN_VISITS],
            "assets": assets,
            "asset_states": Asset.State.choices,
            "photos": queries.photos(self.one),
            "titles": queries.titles(self.one),
            "faults": queries.faults(self.scope).filter(facility=self.one).order_by("-said_at")[:10],
            "public_url": f"/facilities/{self.one.pk}/",
            "row": self.row,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry it out; a refusal is shown at the row it is about."""
        self.row = (request.POST.get("act", ""), request.POST.get("row") or request.POST.get("record", ""))
        return super().post(request, **kwargs)


class LabelPage(FacilitiesView):
    """A sheet to print and put up at the door: the QR code of the facility's public page."""

    tab = "registry"

    def check(self) -> None:
        """Find the facility."""
        self.one = queries.facility(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        address = request.build_absolute_uri(f"/facilities/{self.one.pk}/")
        # Trusted: drawn by segno from our own address.
        drawn = mark_safe(qr.svg(address))  # noqa: S308
        context = {
            "one": self.one,
            "address": address,
            "qr": drawn,
            "back": self.url("facility", pk=self.one.pk),
        }
        return render(request, "facilities/desk/label.html", context)


class FaultPage(FacilitiesView, ActPage):
    """A fault, and what can be done about it."""

    tab, template = "faults", "fault"

    def check(self) -> None:
        """Find the fault."""
        self.one = queries.fault(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """The states that may follow."""
        return [one for one in _FAULT_ACTS if one.key in FAULT_TRANSITIONS[self.one.state]]

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what was said before."""
        return {"answer": self.one.answer}

    def context_of(self) -> dict[str, Any]:
        """The fault."""
        photo = reverse("files:show", args=[self.one.photo_id]) if self.one.photo_id else ""
        return {"one": self.one, "trail": self.trail(Link(self.one.code)), "photo": photo}


def _fault_act(state: FacilityFault.State, label: Any, **options: Any) -> Act:
    def run(view: Any, data: dict[str, Any]) -> Any:
        return faults.move(fault_id=view.one.pk, state=state, **data, **view.by)

    return Act(key=state, label=label, run=run, form=forms.AnswerForm, action=Action.DRAFT, **options)


_FAULT_ACTS = (
    _fault_act(FacilityFault.State.ACCEPTED, _("受理"), done=_("已受理。"), primary=True),
    _fault_act(FacilityFault.State.DONE, _("已解决"), done=_("已记为解决。")),
    _fault_act(FacilityFault.State.REJECTED, _("不需要处理"), done=_("已记为不需要处理。")),
)
