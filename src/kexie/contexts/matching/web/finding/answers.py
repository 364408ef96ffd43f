"""An invited expert's own page: what it is about, yes or no, and, after an undertaking, what is not for everybody."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.generic import View

from kexie.contexts.matching.models import Invitation
from kexie.contexts.matching.operations import disclosure as sealed
from kexie.contexts.matching.operations import invitations as operations
from kexie.contexts.matching.queries import disclosure as queries
from kexie.contexts.matching.queries.disclosure import Viewer
from kexie.contexts.matching.rules.disclosure import Disclosed
from kexie.contexts.matching.web.finding import forms
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel.errors import Forbidden, NotFound
from kexie.platform.files.web import views as files

State = Invitation.State


class AnswerPage(View):
    """For whoever has the link: no account, no contact, and of the problem title and summary only until they undertake."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in a way that nobody keeps, finds or learns the address of."""
        try:
            self.one = operations.by_code(kwargs["code"])
        except NotFound as error:
            raise Http404(str(error)) from error
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    def get(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self._show()

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Take the answer, or say what is missing."""
        now, act = timezone.now(), request.POST.get("act")
        if act == "open":
            return self._opened(now)
        form: DeskForm
        if act == "decline":
            form = forms.DeclineForm(request.POST)
            done = form.carry_out(lambda data: operations.decline(code=code, now=now, **data))
        else:
            form = (forms.UndertakeForm if act == "undertake" else forms.AcceptForm)(request.POST)
            done = form.carry_out(lambda data: operations.accept(code=code, now=now, **data))
        return (
            self._show(act, form, status=UNPROCESSABLE)
            if done is None
            else HttpResponseRedirect(request.path)
        )

    def _opened(self, now: dt.datetime) -> HttpResponse:
        """Show the full text once; a reload does not."""
        return self._show(opened=sealed.open_text(problem=self.one.problem, viewer=self.viewer, now=now))

    @property
    def viewer(self) -> Viewer:
        """The expert, by this link."""
        return Viewer(invitation=self.one)

    def _show(
        self, act: str | None = None, failed: Any = None, *, status: int = 200, opened: str = ""
    ) -> HttpResponse:
        one, waits = self.one, self.one.state == State.SENT and not self.one.is_over(timezone.now())
        is_accepted, level = one.state == State.ACCEPTED, queries.disclosed(one.problem, self.viewer)
        return render(
            self.request,
            "matching/finding/answer.html",
            {
                "one": one, "problem": one.problem, "waits": waits, "is_accepted": is_accepted, "failed": failed,
                "is_late": not waits and one.state in (State.SENT, State.EXPIRED),
                "may_see": level == Disclosed.FULL, "may_summary": level >= Disclosed.SUMMARY,
                "has_text": queries.text_of(one.problem) is not None, "opened": opened,
                "papers": queries.papers(one.problem) if level == Disclosed.FULL else [],
                "accept": failed if act == "accept" else forms.AcceptForm(auto_id="id_accept_%s"),
                "decline": failed if act == "decline" else forms.DeclineForm(auto_id="id_decline_%s"),
                "undertake": failed if act == "undertake" else forms.UndertakeForm(auto_id="id_undertake_%s"),
            },
            status=status,
        )  # fmt: skip


class PaperPage(AnswerPage):
    """A paper of the problem, for an expert whose undertaking stands; hidden from everybody else with the link."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, code: str, **kwargs: UUID) -> HttpResponseBase:
        """Write down who asks, and send it."""
        try:
            stored = sealed.open_paper(
                problem=self.one.problem, paper_id=kwargs["paper"], viewer=self.viewer, now=timezone.now()
            )
        except (Forbidden, NotFound) as error:
            raise Http404(str(error)) from error
        return files.send(stored, to_save=True)
