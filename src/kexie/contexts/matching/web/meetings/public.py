"""For whoever has the link of an invitation: say whether one comes, and see one's own talks."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from kexie.contexts.matching.operations import meeting_day as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel.errors import NotFound


class AnswerView(View):
    """An invitation. Nothing is changed by looking; no name stands here, for links are passed on."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find whose it is."""
        super().setup(request, *args, **kwargs)
        try:
            self.part = operations.by_token(kwargs["token"])
        except NotFound as error:
            raise Http404(str(error)) from error

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show it."""
        return self._show(DeskForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Keep the answer."""
        form, comes = DeskForm({}), request.POST.get("answer") == "yes"
        done = form.carry_out(lambda _data: operations.answer(token=token, comes=comes, now=timezone.now()))
        return HttpResponseRedirect(request.path) if done else self._show(form, status=UNPROCESSABLE)

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        part, meeting = self.part, self.part.meeting
        slots = [
            (meeting.hours(talk.slot), talk.table + 1)
            for talk in queries.talks(meeting)
            if part.pk in {talk.problem_id, talk.expert_id}
        ]
        context = {"part": part, "one": meeting, "form": form, "slots": slots}
        response = render(self.request, "matching/meetings/public/answer.html", context, status=status)
        response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex", "same-origin"
        return response
