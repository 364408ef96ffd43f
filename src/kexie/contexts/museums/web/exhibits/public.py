"""What the label on an exhibit opens, and the report of a fault by whoever stands before it."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from kexie.contexts.museums.models import Exhibit, FaultKind, FaultReport, Source, WorkOrder
from kexie.contexts.museums.operations import repairs
from kexie.contexts.museums.queries import exhibits
from kexie.contexts.museums.queries import repairs as queries
from kexie.contexts.museums.web.base import CONTEXT, UNPROCESSABLE
from kexie.contexts.museums.web.exhibits.photos import PHOTO_ACCEPT, PhotoField
from kexie.contexts.museums.web.forms import DeskForm, Lines, Words
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.speakers import speaker
from kexie.foundation.units import queries as units
from kexie.kernel.errors import Forbidden, NotFound
from kexie.ui.nav import Link

State = WorkOrder.State
# What a visitor is told of an order, in the order of its steps.
STEPS = (
    ((State.REPORTED,), gettext_lazy("已收到，等待工作人员受理")),
    ((State.ACCEPTED, State.AT_WORK, State.WAITING_PARTS), gettext_lazy("已受理，正在维修")),
    ((State.DONE,), gettext_lazy("已修好，等待验收")),
    ((State.VERIFIED,), gettext_lazy("已修复，恢复使用")),
)


class ReportForm(DeskForm):
    """A fault as a visitor reports it: one choice is enough."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("出了什么问题"), choices=FaultKind.choices, widget=forms.RadioSelect
    )
    text = Lines(
        label=gettext_lazy("补充说明"),
        required=False,
        max_length=repairs.LONGEST_TEXT,
        help_text=gettext_lazy("例如在哪个部位、怎么操作时出现。请不要写姓名和电话。"),
    )
    photo = PhotoField(label=gettext_lazy("照片"), required=False)
    contact = Words(
        label=gettext_lazy("联系方式"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("想知道修好没有时填写，加密保存，只用于回复。不填也可以用报修号查询。"),
    )
    # People never see it; whoever fills it in is a program.
    homepage = forms.CharField(label=gettext_lazy("请不要填写"), required=False)


class ExhibitView(View):
    """A page about the exhibit whose label code stands in the address."""

    @cached_property
    def exhibit(self) -> Exhibit:
        """The exhibit, if there is one with this code."""
        association = units.associations().first()
        if association is None:
            raise NotFound(_("没有找到这件展品。"))
        return exhibits.by_token(association.pk, self.kwargs["token"])

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a public page about the exhibit."""
        unit = self.exhibit.unit
        shown = {
            "exhibit": self.exhibit,
            "museum": unit,
            "trail": [Link(unit.name, f"/museums/{unit.code}/"), Link(self.exhibit.name)],
        }
        return render(self.request, f"museums/public/{template}.html", {**shown, **context}, status=status)


class LabelView(ExhibitView):
    """What the exhibit is and whether it works."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show it; staff of the museum find the way to their own page."""
        return self.page("exhibit", {"staff_url": self._staff_url()})

    def _staff_url(self) -> str:
        if not isinstance(self.request.user, Account):
            return ""
        try:
            scope = self.request.scope_for(Action.DRAFT, CONTEXT)  # type: ignore[attr-defined]  # set by AccessMiddleware
        except Forbidden:
            return ""
        unit = self.exhibit.unit
        if unit.association_id != scope.association_id or not scope.covers(unit.path):
            return ""
        return reverse("museum_desk:exhibit", kwargs={"code": unit.code, "pk": self.exhibit.pk})


class ReportView(ExhibitView):
    """The report of a fault."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the form."""
        return self._show(ReportForm(initial={"id": uuid.uuid4()}))

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Take the report and say thanks."""
        form = ReportForm(request.POST, request.FILES)
        if request.POST.get("homepage"):
            return HttpResponseRedirect(reverse("exhibit:label", args=[token]))
        found = form.carry_out(self._report)
        if found is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("exhibit:report_status", args=[token, found.code]))

    def _report(self, data: dict[str, Any]) -> FaultReport:
        who = speaker(self.request)
        return repairs.report(
            exhibit=self.exhibit,
            kind=data["kind"],
            source=Source.VISITOR,
            actor=None,
            now=timezone.now(),
            report_id=data["id"],
            text=data["text"],
            photo=data["photo"],
            contact=data["contact"],
            device=who.device,
            address=who.address,
        )

    def _show(self, form: ReportForm, *, status: int = 200) -> HttpResponse:
        response = self.page("report", {"form": form, "photo_accept": PHOTO_ACCEPT}, status=status)
        speaker(self.request).remember(self.request, response)
        return response


class StatusView(ExhibitView):
    """What became of a report; its address may be kept."""

    def get(self, request: HttpRequest, token: str, code: str) -> HttpResponse:
        """Show the steps."""
        report = queries.report(self.exhibit.association_id, code)
        if report.order.exhibit_id != self.exhibit.pk:
            raise NotFound(_("没有找到这个报修号。"))
        order = report.order.duplicate_of or report.order
        return self.page("report_status", {"report": report, "order": order, "steps": _steps(order)})


def _steps(order: WorkOrder) -> list[dict[str, Any]]:
    """Return the steps of an order with the ones that are done; a rejected order has none but its reason."""
    place = next((index for index, (states, _text) in enumerate(STEPS) if order.state in states), -1)
    return [
        {"text": text, "done": index <= place, "now": index == place}
        for index, (_states, text) in enumerate(STEPS)
    ]
