"""Handing a package in; what came back; one returned file from check to receipt."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.ledger import registry
from kexie.platform.imports import writing
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row
from kexie.workbench.packages import merging, operations, queries, receipts, tasks, undoing
from kexie.workbench.packages.models import Merge
from kexie.workbench.packages.states import CHOICES, Decision, Step, Verdict
from kexie.workbench.packages.web import forms
from kexie.workbench.packages.web.base import MergeView, PackagesView

# A file of this size is compared, and this many rows are brought in, while the person waits: about two seconds.
SMALL_FILE, FEW_ROWS = 120 * 1024, 500
_PAGE = 25
OPEN = "open"
# What can be decided for all rows of a kind at once: what the button says.
RULES: dict[str, tuple[tuple[str, Any], ...]] = {
    Verdict.CONFLICT: (
        (Decision.TAKE, gettext_lazy("冲突的都以表中为准")),
        (Decision.LEAVE, gettext_lazy("冲突的都以系统为准")),
    ),
    Verdict.LIKE: (
        (Decision.LEAVE, gettext_lazy("疑似重复的都是同一条，不并入")),
        (Decision.NEW, gettext_lazy("疑似重复的都是另一条，新建")),
    ),
    Verdict.AGAIN: ((Decision.LEAVE, gettext_lazy("冲销过的都不再并入")),),
    Verdict.MISSING: (
        (Decision.LEAVE, gettext_lazy("表中已删的都保留")),
        (Decision.REVERSE, gettext_lazy("表中已删的都冲销")),
    ),
    Verdict.ERROR: ((Decision.LEAVE, gettext_lazy("有错误的都不并入")),),
}


class ReturnedPage(PackagesView, ListPage):
    """Every file that came back."""

    tab = "returned"
    title = gettext_lazy("交回与并入")
    sub = gettext_lazy("交回的每个文件：先核对，处理冲突和疑似重复，再并入；并入后可以整批撤销。")
    columns = (
        Sortable("when", gettext_lazy("交回时间"), ("started_at",), nowrap=True, largest_first=True),
        Sortable("unit", pgettext_lazy("one", "单位"), ("package__unit__path",)),
        Sortable("package", gettext_lazy("工作包"), ("package__code",), nowrap=True),
        Sortable("file", gettext_lazy("文件"), ("file_name",)),
        Sortable("rows", gettext_lazy("行数"), ("total",), numeric=True, largest_first=True),
        Sortable("state", gettext_lazy("状态"), ("state",)),
        Sortable("who", gettext_lazy("交回人")),
    )
    search = ("file_name", "package__code", "package__unit__name")
    empty = (gettext_lazy("没有符合条件的工作包"), gettext_lazy("填好工作包后，按“交回工作包”上传。"))

    def rows(self) -> QuerySet[Any]:
        """Return the returned files of the scope."""
        return queries.merges(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (gettext_lazy("状态"), Step.choices)}

    def row(self, one: Any) -> Row:
        """Show a returned file."""
        cells = (
            Cell(one.started_at, self.url("merge", pk=one.pk)),
            Cell(str(one.package.unit)),
            Cell(one.package.code, self.url("one", code=one.package.code)),
            Cell(one.file_name),
            Cell(one.total),
            Cell(one.get_state_display()),
            Cell(str(one.account)),
        )
        return Row(cells, title=0, name=one.file_name)

    def actions(self) -> list[Link]:
        """Bring one back."""
        return [Link(_("交回工作包"), self.url("hand_in"), "upload")]


class HandInPage(PackagesView, FormPage):
    """Handing a filled package in."""

    tab = "returned"
    title = gettext_lazy("交回工作包")
    sub = gettext_lazy("先逐行核对，不会马上写入；同一个文件交两次也只算一次。")
    submit = gettext_lazy("上传并核对")
    done = gettext_lazy("已收到，正在逐行核对。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Return the form; who may not confirm hands in drafts."""
        form = forms.HandInForm(*args, **options)
        if not self.allowed.get("confirm"):
            form.fields.pop("then")
        return form

    def act(self, data: dict[str, Any]) -> Merge:
        """Keep the file and compare it, at once if it is small."""
        confirms = data.get("then") == "confirm"
        merge = operations.take_in(upload=data["file"], confirms=confirms, **self.by)
        if merge.state != Step.CHECKING:
            return merge
        if merge.file.size <= SMALL_FILE:
            return operations.check(merge=merge)
        tasks.check.defer(merge_id=str(merge.pk))
        return merge

    def onward(self, made: Any) -> str:
        """Return the page of the returned file."""
        return self.url("merge", pk=made.pk)


class MergePage(MergeView):
    """One returned file: how far it is, its rows by kind, what to decide, and bringing it in or taking it back."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Show it."""
        return self._show()

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Do what was asked for."""
        acts = {"decide": self._decide, "run": self._run, "again": self._again, "undo": self._undo}
        return acts.get(request.POST.get("act", ""), self._stay)()

    def _decide(self) -> HttpResponse:
        rows = queries.lines(self.scope, self.merge).filter(
            verdict=self.request.POST.get("verdict", ""), decision=""
        )
        decision = self.request.POST.get("decision", "")
        count = operations.decide(lines=rows, decision=decision, **self.by)
        messages.success(self.request, _("已处理%(n)d行。") % {"n": count})
        return self._stay()

    def _run(self) -> HttpResponse:
        ready = queries.counts(queries.lines(self.scope, self.merge))["ready"]
        if merging.start(merge=self.merge, now=timezone.now(), scope=self.scope):
            if ready <= FEW_ROWS:
                merging.run(merge=self.merge)
            else:
                tasks.merge.defer(merge_id=str(self.merge.pk))
        return self._stay()

    def _again(self) -> HttpResponse:
        if operations.begin_again(merge=self.merge, now=timezone.now(), scope=self.scope):
            if self.merge.file.size <= SMALL_FILE:
                operations.check(merge=self.merge)
            else:
                tasks.check.defer(merge_id=str(self.merge.pk))
        return self._stay()

    def _undo(self) -> HttpResponse:
        form = forms.ReasonForm(self.request.POST)
        found = form.carry_out(lambda data: undoing.start(merge=self.merge, reason=data["reason"], **self.by))
        if found is None:
            return self._show(form, status=UNPROCESSABLE)
        if self.merge.total <= FEW_ROWS:
            undoing.run(merge=self.merge)
        else:
            tasks.undo.defer(merge_id=str(self.merge.pk))
        return self._stay()

    def _stay(self) -> HttpResponse:
        query = self.request.GET.urlencode()
        return HttpResponseRedirect(f"{self.url('merge', pk=self.merge.pk)}{'?' if query else ''}{query}")

    def _show(self, undo: Any = None, *, status: int = 200) -> HttpResponse:
        rows = queries.lines(self.scope, self.merge)
        counts = queries.counts(rows)
        kind = self._kind(counts)
        found = rows.filter(outcome="", decision="") if kind == OPEN else rows.filter(verdict=kind)
        page = lists.paged(found, self.request.GET, per_page=_PAGE)
        context = {
            "one": self.merge,
            "counts": counts,
            "kinds": self._kinds(counts, kind),
            "kind": kind,
            "page": page,
            "lines": [_told(one) for one in page.object_list],
            "rules": self._rules(rows),
            "undo": undo or forms.ReasonForm(),
            "may_undo": self.allowed.get("reverse") and counts["done"] and not self.merge.is_running,
            "progress_text": progress(self.merge),
            "is_silent": self.merge.beat_at < timezone.now() - operations.SILENT,
            "trail": self.trail(
                Link(self.merge.package.code, self.url("one", code=self.merge.package.code)),
                Link(self.merge.file_name),
            ),
        }
        return self.page("merge", context, status=status)

    def _kind(self, counts: dict[str, Any]) -> str:
        asked = self.request.GET.get("kind", "")
        if asked in Verdict.values or asked == OPEN:
            return asked
        if counts["open"]:
            return OPEN
        return next((str(one) for one in Verdict if counts[str(one)]), Verdict.SAME)

    def _kinds(self, counts: dict[str, Any], chosen: str) -> list[Link]:
        here = self.url("merge", pk=self.merge.pk)
        found = [Link(_("待您决定"), f"{here}?kind={OPEN}", count=counts["open"], current=chosen == OPEN)]
        return found + [
            Link(one.label, f"{here}?kind={one.value}", count=counts[str(one)], current=chosen == one)
            for one in Verdict
            if counts[str(one)]
        ]

    def _rules(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        if self.merge.state != Step.READY:
            return []
        found = rows.filter(outcome="", decision="").order_by().values_list("verdict", flat=True).distinct()
        return [
            {"verdict": verdict, "decision": decision, "label": label}
            for verdict in sorted(found)
            for decision, label in RULES.get(verdict, ())
        ]


class ProgressPage(MergeView):
    """How far a running job is."""

    def get(self, request: HttpRequest, pk: Any) -> JsonResponse:
        """Return it in numbers and words."""
        one = self.merge
        said = {"running": one.is_running, "total": one.total, "done": one.done, "text": progress(one)}
        return JsonResponse(said)


class StopPage(MergeView):
    """Stops a running job, or puts a file away."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Stop it."""
        operations.stop(merge=self.merge, **self.by)
        return HttpResponseRedirect(self.url("merge", pk=self.merge.pk))


class ReceiptPage(MergeView):
    """What became of every row."""

    action = Action.IMPORT

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Send it."""
        file = receipts.write(queries.lines(self.scope, self.merge))
        name = _("回执-%(code)s.xlsx") % {"code": self.merge.package.code}
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


def progress(one: Merge) -> str:
    """Return how far a job is, in words."""
    if not one.total:
        return _("正在读取文件")
    return _("%(done)d / %(total)d 行") % {"done": min(one.done, one.total), "total": one.total}


def _told(line: Any) -> dict[str, Any]:
    """Return a row with what can be decided of it."""
    names = {one.value: one.label for one in Decision}
    return {
        "line": line,
        "sheet": str(registry.record_type(line.type_key).name),
        "options": [(one, _label(line.verdict, one, names)) for one in CHOICES[line.verdict]],
        "has_fields": any(one["conflict"] for one in line.shown),
    }


def _label(verdict: str, decision: str, names: dict[str, Any]) -> Any:
    said = {
        (Verdict.CONFLICT, Decision.TAKE): _("以表中为准"),
        (Verdict.CONFLICT, Decision.LEAVE): _("以系统为准"),
        (Verdict.LIKE, Decision.LEAVE): _("是同一条，不并入"),
        (Verdict.MISSING, Decision.LEAVE): _("保留"),
    }
    return said.get((Verdict(verdict), Decision(decision)), names[decision])
