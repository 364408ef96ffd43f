"""One release: its page with progress and acts, its file, and what changed since."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.pages import Act, ActPage
from kexie.kernel.errors import NotFound
from kexie.ledger.addresses import record_url
from kexie.ledger.models import Record
from kexie.platform.audit import operations as audit
from kexie.platform.imports.writing import Heading
from kexie.reporting.releases import documents, operations, queries, restating
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.restating import Change, Effect
from kexie.reporting.releases.states import Stage
from kexie.reporting.releases.web.base import OneView, by_area, frozen, said, version
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_PAGE = 50


def _act(key: str, label: Any, run: Any, done: Any, **options: Any) -> Act:
    def called(view: Any, data: dict[str, Any]) -> Any:
        return run(release=view.one, **view.by)

    return Act(key=key, label=label, run=called, done=done, action=Action.CLOSE, **options)


_CANCEL = _act("cancel", _("中止结账"), operations.cancel, _("已中止，可以继续。"))
_RESUME = _act("resume", _("继续结账"), partial(frozen, operations.resume), _("已继续。"), primary=True)
_PUBLISH = _act(
    "publish", _("公开"), operations.publish, _("已公开，任何人都能查看和核验。"), primary=True,
    hint=_("公开后不能撤回；数字有变，另出修订版，初版一直留着。"),
)  # fmt: skip


class ReleasePage(OneView, ActPage):
    """A release: what was frozen, how it is verified, its versions, and what can be done."""

    template = "release"
    to_write = Action.CLOSE

    def acts(self) -> list[Act]:
        """What fits the state."""
        if self.one.state == Stage.CLOSED:
            return [] if self.one.published_at else [_PUBLISH]
        return [_CANCEL] if self.one.state == Stage.RUNNING else [_RESUME]

    def context_of(self) -> dict[str, Any]:
        """The facts, the totals once closed, and the other versions."""
        shown = {**said(self.one), "trail": self.trail(Link(str(self.one.unit)))}
        shown |= {"versions": version_links(self, self.one), "revise": self._revision()}
        return shown | (closed(self.one) if self.one.state == Stage.CLOSED else {})

    def _revision(self) -> str:
        """The address at which the same period is closed once more."""
        last = queries.versions(self.scope, self.one).last()
        if not self.allowed.get("close") or self.one.state != Stage.CLOSED or last != self.one:
            return ""
        last_day = documents.last_day(self.one)
        asked = {"unit": self.one.unit.code, "first": str(self.one.since), "last": str(last_day)}
        return f"{self.url('close')}?{urlencode(asked)}"


def version_links(view: OneView, one: Release) -> list[Link]:
    """Return the versions of a closing as links."""
    every = queries.versions(view.scope, one)
    return [Link(version(each), view.url("one", pk=each.pk), current=each.pk == one.pk) for each in every]


def closed(one: Release) -> dict[str, Any]:
    """Return what a closed release shows: the contents of its own file, and nothing else."""
    found = documents.read(one.document)
    rows: dict[str, int] = {}
    for cell in found["cells"]:
        rows[cell["measure"]] = rows.get(cell["measure"], 0) + cell["rows"]
    lines = {key: _line(key, found, rows.get(key, 0)) for key in found["measures"]}
    columns = (Column(_("指标")), Column(_("数值"), numeric=True), Column(_("记录数"), numeric=True))
    return {
        "file": found, "areas": by_area(columns, lines), "cells": len(found["cells"]),
        "digest": documents.digest(one.document), "name": _file_name(one),
    }  # fmt: skip


def _line(key: str, found: dict[str, Any], rows: int) -> Row:
    measure, total = found["measures"][key], found["totals"][key]
    value = _shown(total) if total is None else f"{total} {measure['unit']}"
    return Row((Cell(measure["label"], f"/figures/{key}/"), Cell(value), Cell(rows)))


def _shown(value: str | None) -> Any:
    return _("无法计算") if value is None else documents.number(value)


class FilePage(OneView):
    """The signed file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it, and keep who took it."""
        audit.append(
            association_id=self.one.association_id, actor=self.account, action="releases.export",
            subject=self.one, detail={"version": self.one.version}, now=self.by["now"],
        )  # fmt: skip
        return file_response(self.one)


def file_response(one: Release) -> HttpResponse:
    """Return a closed release as a file to save."""
    if not one.document:
        raise NotFound(str(one.pk))
    response = HttpResponse(one.document.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(one)}"'
    return response


def _file_name(one: Release) -> str:
    return f"release-{one.unit.code}-{one.since}-{documents.last_day(one)}-R{one.version}.json"


class ChangesPage(OneView):
    """What changed since: each restated measure, and the records that make its difference."""

    def check(self) -> None:
        """Only what is closed can be restated."""
        super().check()
        if self.one.state != Stage.CLOSED:
            raise NotFound(str(self.one.pk))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the measures, and a page of records; all of them as a file."""
        every = restating.effects(self.one)
        changes = restating.changes(self.one, every)
        asked = request.GET.get("measure", "")
        effects = [one for one in every if asked in {"", one.measure.key}]
        if request.GET.get("export") and self.allowed.get("export"):
            return self._send(effects)
        page = Paginator(effects, _PAGE).get_page(request.GET.get("page"))
        context = {
            **said(self.one), "changes": _change_table(changes, asked), "page": page,
            "table": _effect_table(list(page.object_list)), "trail": self.trail(*self._above()), "asked": asked,
            "chosen": next((one for one in changes if one.measure.key == asked), None), "rows": len(every),
        }  # fmt: skip
        return self.page("changes", context)

    def _above(self) -> list[Link]:
        return [Link(str(self.one.unit), self.url("one", pk=self.one.pk)), Link(_("订正"))]

    def _send(self, effects: list[Effect]) -> HttpResponseBase:
        headings = [Heading(str(one), 18) for one in EFFECT_COLUMNS]
        behind = restating.records(effects, "unit")
        rows = [[_plain(cell) for cell in _effect_cells(one, behind[one.record])] for one in effects]
        return exports.send(self, str(_("订正")), headings, rows, subject=self.one)


def _change_table(changes: list[Change], asked: str) -> Table:
    columns = (
        Column(_("指标")), Column(_("发布时"), numeric=True), Column(_("现在"), numeric=True),
        Column(_("记录之和"), numeric=True), Column(_("记录数"), numeric=True),
    )  # fmt: skip
    rows = [
        Row((
            Cell(one.measure.label, "" if one.measure.key == asked else f"?measure={one.measure.key}"),
            Cell(_shown(one.released)), Cell(_shown(one.present)), Cell(signed(one.total)), Cell(one.rows),
        ))
        for one in changes
    ]  # fmt: skip
    return Table(columns, rows)


EFFECT_COLUMNS = (
    _("指标"),
    _("日期"),
    pgettext_lazy("one", "单位"),
    _("记录"),
    _("原来计入"),
    _("现在计入"),
    _("影响"),
    _("原因"),
)
_NUMERIC = {4, 5, 6}


def _effect_table(effects: list[Effect]) -> Table:
    behind = restating.records(effects, "unit")
    columns = [Column(label, numeric=n in _NUMERIC, nowrap=n == 1) for n, label in enumerate(EFFECT_COLUMNS)]
    return Table(columns, [Row(_effect_cells(one, behind[one.record]), title=3) for one in effects])


def _effect_cells(one: Effect, record: Record) -> tuple[Cell, ...]:
    return (
        Cell(one.measure.label),
        Cell(record.occurred_on),
        Cell(str(record.unit)),
        Cell(str(record), record_url(record)),
        Cell(_number(one.before)),
        Cell(_number(one.after)),
        Cell(signed(one.value)),
        Cell(one.reason),
    )


def _number(value: Any) -> Any:
    return "" if value is None else documents.number(documents.plain(value) or "")


def _plain(cell: Cell) -> Any:
    return (
        cell.value
        if isinstance(cell.value, (int, float)) or hasattr(cell.value, "isoformat")
        else str(cell.value)
    )


def signed(value: Any) -> str:
    """Return a difference with its sign."""
    shown = documents.plain(value) or "0"
    return f"+{shown}" if value > 0 else shown.replace("-", "−")
