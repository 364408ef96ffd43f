"""For everybody: where the caravans come; and for hosts, by their own link, to confirm a visit."""

import datetime as dt
from functools import cached_property

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from kexie.contexts.touring.models import PlannedStop, ToldVisit
from kexie.contexts.touring.operations import hosts as operations
from kexie.contexts.touring.queries import hosts
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.web.season import ics
from kexie.foundation.access.queries import public_scope
from kexie.foundation.desk.forms import DeskForm, Words
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.foundation.units import queries as units
from kexie.kernel import text
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ui import lists


class PublicView(View):
    """A page for everybody."""

    @cached_property
    def visible(self) -> Scope:
        """What everybody may see of the association this site speaks for."""
        association = units.associations().first()
        if association is None:
            raise Http404(_("这个网站还没有内容。"))
        return public_scope(association)


class ComingView(PublicView):
    """大篷车来了: the coming stops, by place."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        rows = queries.coming(self.visible, timezone.localdate())
        for word in text.clean(request.GET.get("q", "")).split():
            rows = rows.filter(site__name__icontains=word) | rows.filter(site__area__name__icontains=word)
        page = lists.paged(rows, request.GET, per_page=30)
        context = {"page": page, "stops": page.object_list, "search": request.GET.get("q", "")}
        return render(request, "touring/season/public/coming.html", context)


class CalendarView(PublicView):
    """The coming stops as a file that calendars subscribe to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send it."""
        stops = queries.coming(self.visible, timezone.localdate() - dt.timedelta(days=30))
        events = [ics.for_everybody(one) for one in stops]
        return ics.answer(events, request)


class VisitCalendarView(PublicView):
    """One visit for its host's calendar; called off, it takes the entry out again."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Send it."""
        try:
            season_id, visit = hosts.visit_by_code(code, self.visible)
        except NotFound as error:
            raise Http404(str(error)) from error
        event = ics.for_host(season_id, visit)
        method = "CANCEL" if event.status == "CANCELLED" else "PUBLISH"
        response = ics.answer([event], request, method=method, file="visit")
        response["X-Robots-Tag"] = "noindex"
        return response


class AnswerForm(DeskForm):
    """The host's answer."""

    answer = forms.ChoiceField(
        label=gettext_lazy("您的答复"),
        choices=[("YES", gettext_lazy("确认接待")), ("NO", gettext_lazy("这天不方便，请改期"))],
        widget=forms.RadioSelect,
    )
    note = Words(
        label=gettext_lazy("留言"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("不方便时请写明原因和方便的日期。"),
    )


class ConfirmView(PublicView):
    """A host's page about one visit."""

    @cached_property
    def stop(self) -> PlannedStop | None:
        """The planned visit that the link names; None while there is none."""
        try:
            return queries.stop_by_code(self.kwargs["code"], self.visible)
        except NotFound:
            return None

    @cached_property
    def told(self) -> ToldVisit | None:
        """What the host was told of it."""
        try:
            return hosts.told_by_code(self.kwargs["code"], self.visible)
        except NotFound as error:
            if self.stop is None:
                raise Http404(str(error)) from error
            return None

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the visit."""
        return self._show(AnswerForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Take the answer."""
        form, stop = AnswerForm(request.POST), self.stop
        if stop is None:
            return self._show(form, status=UNPROCESSABLE)
        done = form.carry_out(
            lambda data: operations.answer(
                stop=stop, confirms=data["answer"] == "YES", note=data["note"], now=timezone.now()
            )
        )
        return HttpResponseRedirect(request.path) if done else self._show(form, status=UNPROCESSABLE)

    def _show(self, form: AnswerForm, *, status: int = 200) -> HttpResponse:
        told, stop = self.told, self.stop
        context = {
            "stop": stop,
            "told": told,
            "form": form,
            "code": self.kwargs["code"],
            "place": stop.site if stop else told.site if told else None,
        }
        response = render(self.request, "touring/season/public/confirm.html", context, status=status)
        response["X-Robots-Tag"] = "noindex"
        return response
