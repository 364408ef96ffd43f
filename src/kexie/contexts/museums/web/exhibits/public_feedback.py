"""Feedback by visitors: a museum's public page for it, without signing in."""

import datetime as dt
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

from kexie.contexts.museums import queries as museums
from kexie.contexts.museums.models import Feedback, Museum, Score, Tag
from kexie.contexts.museums.operations import feedback as operations
from kexie.contexts.museums.queries import feedback as queries
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.forms import Day, DeskForm, Lines, Words
from kexie.foundation.access.queries import public_scope
from kexie.foundation.access.web.speakers import speaker
from kexie.foundation.units import queries as units
from kexie.kernel.errors import NotFound
from kexie.ui import lists
from kexie.ui.nav import Link


class FeedbackForm(DeskForm):
    """How it was."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    score = forms.TypedChoiceField(
        label=gettext_lazy("总体来说，您对这次参观满意吗"),
        choices=Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择满意程度。")},
    )
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("主要想说哪方面"),
        choices=Tag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = Lines(
        label=gettext_lazy("想说的话"),
        required=False,
        max_length=operations.LONGEST_TEXT,
        help_text=gettext_lazy("请不要写姓名、电话、证件号码。"),
    )
    visited_on = Day(label=gettext_lazy("参观日期"))
    ticket = Words(
        label=gettext_lazy("预约号"),
        required=False,
        max_length=32,
        help_text=gettext_lazy("填了能核实是真实参观，不会显示给别人。"),
    )
    # People never see it; whoever fills it in is a program.
    homepage = forms.CharField(label=gettext_lazy("请不要填写"), required=False)


class PublicMuseumView(View):
    """A public page of the museum whose code stands in the address."""

    @cached_property
    def museum(self) -> Museum:
        """The museum."""
        association = units.associations().first()
        if association is None:
            raise NotFound(_("没有找到这座科技馆。"))
        return museums.museum(public_scope(association), self.kwargs["code"])

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render the page."""
        trail = [Link(self.museum.name, f"/museums/{self.museum.unit.code}/"), Link(_("观众评价"))]
        shown = {"museum": self.museum, "code": self.museum.unit.code, "trail": trail}
        return render(self.request, f"museums/public/{template}.html", {**shown, **context}, status=status)


class FeedbackView(PublicMuseumView):
    """Say how it was; read what the museum answered others."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form."""
        first = {
            "id": uuid.uuid4(),
            "visited_on": timezone.localdate(),
            "ticket": request.GET.get("ticket", ""),
        }
        return self._show(FeedbackForm(initial=first))

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Take it and say thanks."""
        if request.POST.get("homepage"):
            return HttpResponseRedirect(request.path)
        form = FeedbackForm(request.POST)
        found = form.carry_out(self._say)
        if found is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("exhibit:feedback_status", args=[code, found.code]))

    def _say(self, data: dict[str, Any]) -> Feedback:
        who, now = speaker(self.request), timezone.now()
        visited: dt.date = data["visited_on"]
        return operations.say(
            museum=self.museum,
            score=data["score"],
            tags=data["tags"],
            visited_on=visited,
            now=now,
            feedback_id=data["id"],
            text=data["text"],
            ticket=data["ticket"],
            device=who.device,
            address=who.address,
        )

    def _show(self, form: FeedbackForm, *, status: int = 200) -> HttpResponse:
        page = lists.paged(queries.published(self.museum), self.request.GET, per_page=10)
        response = self.page("feedback", {"form": form, "page": page}, status=status)
        speaker(self.request).remember(self.request, response)
        return response


class FeedbackStatusView(PublicMuseumView):
    """Thanks, and the answer once there is one; its address may be kept."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Show it."""
        return self.page("feedback_status", {"feedback": queries.by_code(self.museum, number)})
