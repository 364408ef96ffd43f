"""Documents: the list, one with its progress, files and sources."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage, ListPage
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.platform.papers import pdf
from kexie.reporting.writing import appendix, operations, queries, rendering
from kexie.reporting.writing.states import Stage
from kexie.reporting.writing.web.base import WritingView, written
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_REFRESH_SECONDS = "3"


class DocumentsPage(WritingView, ListPage):
    """Every document."""

    title, sub = (
        pgettext_lazy("many", "文稿"),
        _("报告、函、通知和纪要：数由已确认的记录算出，每个数都能打开。"),
    )
    columns = (
        Sortable("title", _("标题"), ("title",)),
        Sortable("template", pgettext_lazy("one", "模板"), ("template__name",)),
        Sortable("unit", pgettext_lazy("one", "单位"), ("unit__path",)),
        Sortable("since", _("时期"), ("since", "until"), nowrap=True),
        Sortable("stage", _("状态"), ("stage",)),
        Sortable("made", _("生成时间"), ("made_at",), nowrap=True, largest_first=True),
        Sortable("who", _("生成人")),
    )
    search = ("title", "template__name")
    empty = (_("没有符合条件的文稿"), _("到“模板”选一个，看过预览后按“生成文稿”。"))

    def rows(self) -> QuerySet[Any]:
        """Return the documents of the scope."""
        return queries.documents(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By stage."""
        return {"stage": (_("状态"), Stage.choices)}

    def row(self, one: Any) -> Row:
        """Show a document."""
        last = Period(one.since, one.until).last_day
        cells = (
            Cell(one.title, self.url("one", pk=one.pk)),
            Cell(one.template.name),
            Cell(str(one.unit)),
            Cell(f"{one.since} – {last}"),
            Cell(one.get_stage_display()),
            Cell(one.made_at),
            Cell(str(one.made_by)),
        )
        return Row(cells, title=0, name=one.title)

    def actions(self) -> list[Link]:
        """Documents begin with a template."""
        return [Link(_("写文稿"), self.url("templates"), "edit")]


class DocumentPage(WritingView, ActPage):
    """One document."""

    template = "document"

    def check(self) -> None:
        """Find the document."""
        self.one = queries.document(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """While it is being made, the page looks again by itself."""
        answer = super().get(request, **kwargs)
        if self.one.stage == Stage.RUNNING:
            answer["Refresh"] = _REFRESH_SECONDS
        return answer

    def acts(self) -> list[Act]:
        """What fits the stage."""
        return {Stage.RUNNING: [_CANCEL], Stage.DONE: [_REMAKE]}.get(Stage(self.one.stage), [_RESUME])

    def context_of(self) -> dict[str, Any]:
        """The stage, and where each number comes from."""
        one, period = self.one, Period(self.one.since, self.one.until)
        found = self._sources() if one.stage == Stage.DONE else []
        return {
            "one": one, "last": period.last_day, "table": _table(found), "count": len(found),
            "no_pdf": pdf.missing() if one.stage == Stage.DONE and not one.pdf_id else "",
            "trail": self.trail(Link(one.title)),
        }  # fmt: skip

    def _sources(self) -> list[appendix.Source]:
        filling = operations.filling_of(self.one)
        rendering.fill(queries.content(self.one.template), filling)
        scope = operations.frame_of(self.one, self.one.made_at).scope
        return appendix.sources(filling.cited, known_at=self.one.known_at, scope=scope)


def _table(found: list[appendix.Source]) -> Table:
    columns = (
        Column(_("文中")),
        Column(_("指标")),
        Column(_("期间和范围")),
        Column(_("准确数"), numeric=True),
        Column(_("记录"), numeric=True),
    )
    rows = [
        Row(
            (Cell(one.text, one.address), Cell(one.label), Cell(one.span), Cell(one.value), Cell(one.rows)),
            title=0,
        )
        for one in found
    ]
    return Table(columns, rows)


def _cancel(view: Any, data: dict[str, Any]) -> Any:
    return operations.cancel(document=view.one, actor=view.account, now=view.by["now"])


def _resume(view: Any, data: dict[str, Any]) -> Any:
    return written(operations.resume, document=view.one, actor=view.account, now=view.by["now"])


def _remake(view: Any, data: dict[str, Any]) -> Any:
    return written(operations.remake, document=view.one, **view.by)


_CANCEL = Act(key="cancel", label=_("中止"), run=_cancel, done=_("已中止，可以继续。"))
_RESUME = Act(key="resume", label=_("继续"), run=_resume, done=_("继续生成。"), primary=True)
_REMAKE = Act(key="remake", label=_("按原来的时刻重做"), run=_remake, done=_("正在重做，数和这一份相同。"),
              hint=_("同一个模板、同一个时刻：以后补记或冲销的记录不影响。"))  # fmt: skip


class DocumentFile(WritingView):
    """A document's file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | HttpResponseBase:
        """Send it."""
        one = queries.document(self.scope, kwargs["pk"])
        file = {"docx": one.file, "pdf": one.pdf}.get(kwargs["kind"])
        if file is None:
            raise NotFound(kwargs["kind"])
        return self.send(file, f"{one.title}.{kwargs['kind']}", one)
