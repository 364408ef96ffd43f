"""One return: its sheets, an item with its records, print and files."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.kernel.errors import NotFound
from kexie.ledger import registry
from kexie.ledger.addresses import record_url
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.reporting.returns import checks, editions, operations, papers, queries
from kexie.reporting.returns.models import Return
from kexie.reporting.returns.states import OPEN
from kexie.reporting.returns.web import forms
from kexie.reporting.returns.web.base import OneView
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_PAGE = 50
_FILES = {
    "xlsx": (papers.workbook, writing.CONTENT_TYPE),
    "csv": (papers.as_csv, papers.CSV),
    "json": (papers.as_json, papers.JSON),
}


def _act(key: str, label: Any, run: Any, done: Any, **options: Any) -> Act:
    def called(view: Any, data: dict[str, Any]) -> Any:
        return run(**data, **view.with_seen)

    return Act(key=key, label=label, run=called, done=done, **{"form": forms.SeenForm, **options})


_FILL = _act("fill", _("取数"), operations.fill, _("已从台账取数。"),
             hint=_("各项按现在已确认的记录重新计算；填写的来源和说明保留。"))  # fmt: skip
_CHECK = _act("check", _("审核"), operations.check, _("审核通过，可以上报。"), primary=True)
_SEND = _act("send", _("上报"), operations.send, _("已上报。"), primary=True,
             hint=_("上报后数值不再变动；要改，请上级退回。"))  # fmt: skip
_APPROVE = _act("approve", _("批准"), operations.approve, _("已批准。"), primary=True, action=Action.CONFIRM)
_LOCK = _act("lock", _("锁定"), operations.lock, _("已锁定，可以打印盖章。"), primary=True, action=Action.CONFIRM,
             hint=_("锁定后任何人都不能再改。"))  # fmt: skip
_BACK = _act("back", pgettext_lazy("return", "退回"), operations.send_back, _("已退回。"), form=forms.BackForm,
             action=Action.CONFIRM)  # fmt: skip
_BY_STAGE = {
    "DRAFT": (_FILL,),
    "FILLED": (_CHECK, _FILL),
    "CHECKED": (_SEND, _FILL),
    "SENT": (_APPROVE, _BACK),
    "COUNTY_APPROVED": (_APPROVE, _BACK),
    "CITY_APPROVED": (_LOCK, _BACK),
    "LOCKED": (),
}


class ReturnPage(OneView, ActPage):
    """A return, one sheet at a time."""

    template = "return"

    def acts(self) -> list[Act]:
        """What fits the stage."""
        return list(_BY_STAGE[self.one.stage])

    def initial(self, act: Act) -> dict[str, Any]:
        """Acts say which version they were decided on."""
        return {"seen": self.one.version}

    def context_of(self) -> dict[str, Any]:
        """The sheet asked for, and what the others have open."""
        edition, form = editions.edition(self.one.edition), queries.lines(self.one)
        asked = self.request.GET.get("sheet") or ""
        chosen = next((pair for pair in form if pair[0].code == asked), form[0])
        count = sum(len(line.findings) for _sheet, lines in form for line in lines)
        return {
            "one": self.one, "edition": edition, "sheet": chosen[0], "lines": chosen[1], "open": count,
            "sheets": [_sheet_link(sheet, lines, chosen[0].code) for sheet, lines in form],
            "trail": self.trail(Link(edition.name)), "is_open": self.one.stage in OPEN,
            "before": edition.year - 1,
        }  # fmt: skip


def _sheet_link(sheet: editions.Sheet, lines: list[queries.Line], current: str) -> Link:
    found = sum(len(line.findings) for line in lines)
    label = f"{sheet.code} {sheet.title}"
    return Link(label, f"?sheet={sheet.code}", current=sheet.code == current, count=found or None)


class ItemPage(OneView, ActPage):
    """One item: its value, the records behind it, and what a person says of it."""

    template = "item"

    def check(self) -> None:
        """Find return and item."""
        super().check()
        self.item = editions.edition(self.one.edition).item(self.kwargs["key"])

    def acts(self) -> list[Act]:
        """Outside values are entered, computed ones only explained."""
        if self.one.stage not in OPEN:
            return []
        return [_DECLARE, _EXPLAIN] if self.item.outside else [_EXPLAIN]

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what is there."""
        value = queries.values(self.one).get(self.item.key)
        names = ("number", "source", "person", "status", "note")
        given = {name: getattr(value, name) for name in names} if value else {}
        if given.get("number") is not None:
            given["number"] = checks.shown(editions.edition(self.one.edition), self.item, value)
        return {**given, "seen": self.one.version}

    def context_of(self) -> dict[str, Any]:
        """The line, and a page of records."""
        edition = editions.edition(self.one.edition)
        line = next(
            line for _sheet, lines in queries.lines(self.one) for line in lines if line.item == self.item
        )
        sheet = edition.sheet_of(self.item.key)
        back = Link(edition.name, f"{self.url('one', pk=self.one.pk)}?sheet={sheet.code}")
        return {
            "one": self.one, "edition": edition, "line": line, "item": self.item, "sheet": sheet,
            "source": edition.sources[self.item.source], "trail": self.trail(back, Link(self.item.label)),
            **self._records(line),
        }  # fmt: skip

    def _records(self, line: queries.Line) -> dict[str, Any]:
        if line.value is None or not self.item.measure:
            return {}
        found = queries.opened(self.one, self.item).select_related("unit", "area")
        page = Paginator(found.order_by("-occurred_on", "-pk"), _PAGE).get_page(self.request.GET.get("page"))
        measure = registry.measure(self.item.measure)
        return {"measure": measure, "page": page, "table": _table(list(page.object_list))}


def _declare(view: Any, data: dict[str, Any]) -> Any:
    return operations.declare(key=view.item.key, **data, **view.with_seen)


def _explain(view: Any, data: dict[str, Any]) -> Any:
    return operations.explain(key=view.item.key, **data, **view.with_seen)


_DECLARE = Act(key="declare", label=_("填写台账以外的数"), run=_declare, done=_("已填写。"), form=forms.OutsideForm,
               primary=True)  # fmt: skip
_EXPLAIN = Act(key="explain", label=_("写说明"), run=_explain, done=_("已保存说明。"), form=forms.NoteForm)


def _table(records: list[Any]) -> Table:
    columns = (
        Column(_("日期"), nowrap=True),
        Column(pgettext_lazy("one", "单位")),
        Column(_("记录")),
        Column(_("计入"), numeric=True),
    )
    rows = [
        Row(
            (
                Cell(record.occurred_on),
                Cell(str(record.unit)),
                Cell(str(record), record_url(record)),
                Cell(record.contribution),
            ),
            title=2,
        )
        for record in records
    ]
    return Table(columns, rows)


class PrintPage(OneView):
    """The return as it is signed and sealed: each sheet on a page of its own."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show every sheet."""
        edition = editions.edition(self.one.edition)
        context = {
            "one": self.one, "edition": edition, "form": queries.lines(self.one),
            "is_final": self.one.stage == Return.Stage.LOCKED, "trail": self.trail(Link(edition.name, self.url("one", pk=self.one.pk)), Link(_("打印"))),
        }  # fmt: skip
        return self.page("print", context)


class FilePage(OneView):
    """The return as a file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it, and keep who took it."""
        if kwargs["kind"] not in _FILES:
            raise NotFound(kwargs["kind"])
        make, content_type = _FILES[kwargs["kind"]]
        audit.append(
            association_id=self.one.association_id, actor=self.account, action="returns.export",
            subject=self.one, detail={"kind": kwargs["kind"]}, now=self.by["now"],
        )  # fmt: skip
        response = HttpResponse(make(self.one), content_type=content_type)
        name = f"{self.one.edition}-{self.one.unit.code}.{kwargs['kind']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
