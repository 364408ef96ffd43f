"""One row of a returned file: deciding it, choosing field by field, putting its cells right."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.ui.nav import Link
from kexie.workbench.packages import operations, queries, snapshots
from kexie.workbench.packages.models import Line
from kexie.workbench.packages.states import Verdict
from kexie.workbench.packages.web import forms
from kexie.workbench.packages.web.base import MergeView


class LinePage(MergeView):
    """One row."""

    def check(self) -> None:
        """Find it."""
        super().check()
        self.line = queries.line(self.scope, self.merge, self.kwargs["line"])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show its cells and what is wrong with them."""
        return self._show(self._form(self.line, initial=self.line.raw))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Decide it, or read it again as it was put right."""
        if request.POST.get("decision"):
            return self._decide()
        form = self._form(self.line, request.POST)
        form.is_valid()
        as_new = bool(request.POST.get("as_new"))
        found = operations.mend(line=self.line, cells=form.cleaned_data, as_new=as_new, **self.by)
        if found.verdict == Verdict.ERROR:
            self.line = found
            return self._show(self._form(found, request.POST), status=UNPROCESSABLE)
        messages.success(
            request, _("已改好，这一行现在是“%(what)s”。") % {"what": found.get_verdict_display()}
        )
        return HttpResponseRedirect(self._back())

    def _decide(self) -> HttpResponse:
        rows = queries.lines(self.scope, self.merge).filter(pk=self.line.pk)
        fields = [one["name"] for one in self.line.shown if one["conflict"]]
        choices = {name: said for name in fields if (said := self.request.POST.get(f"field-{name}"))}
        if any(said == "theirs" for said in choices.values()):
            choices = {name: said for name, said in choices.items() if said == "mine"} or {"": ""}
        operations.decide(lines=rows, decision=self.request.POST["decision"], choices=choices, **self.by)
        return HttpResponseRedirect(self._back())

    def _back(self) -> str:
        return self.back(self.url("merge", pk=self.merge.pk))

    def _form(self, line: Line, *args: Any, **options: Any) -> forms.CellsForm:
        columns = [one for one in snapshots.columns_of(operations.type_of(line)) if one.name in line.raw]
        return forms.CellsForm(*args, columns=columns, problems=line.problems, **options)

    def _show(self, form: forms.CellsForm, *, status: int = 200) -> HttpResponse:
        context = {
            "one": self.merge,
            "line": self.line,
            "form": form,
            "back": self._back(),
            "trail": self.trail(
                Link(self.merge.file_name, self.url("merge", pk=self.merge.pk)), Link(str(self.line))
            ),
        }
        return self.page("line", context, status=status)
