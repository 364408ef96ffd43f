"""The list of returns, and beginning one."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.reporting.returns import editions, operations, queries
from kexie.reporting.returns.models import Return
from kexie.reporting.returns.web.base import ReturnsView
from kexie.reporting.returns.web.forms import NewForm, edition_choices
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class ReturnsPage(ReturnsView, ListPage):
    """Every return."""

    title, sub = _("统计年报"), _("数值由已确认的记录算出，不能填写合计；台账没有的，写明来源和提供人。")
    columns = (
        Sortable("year", _("年度"), ("year",), numeric=True, largest_first=True),
        Sortable("edition", _("年报"), ("edition",)),
        Sortable("unit", _("填报单位"), ("unit__path",)),
        Sortable("stage", _("环节"), ("stage",)),
        Sortable("filled", _("已有数值"), ("filled",), numeric=True, largest_first=True),
        Sortable("moved", _("最近办理"), ("moved_at",), nowrap=True, largest_first=True),
        Sortable("who", _("经办人")),
    )
    search = ("unit__name", "unit__short_name")
    empty = (_("没有符合条件的年报"), _("按“新建年报”选年报和填报单位，再按“取数”。"))

    def rows(self) -> QuerySet[Any]:
        """Return the returns of the scope."""
        return queries.returns(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By edition and stage."""
        return {"edition": (_("年报"), edition_choices()), "stage": (_("环节"), Return.Stage.choices)}

    def row(self, one: Any) -> Row:
        """Show a return."""
        edition = editions.edition(one.edition)
        cells = (
            Cell(str(one.year)),
            Cell(edition.title, self.url("one", pk=one.pk)),
            Cell(str(one.unit)),
            Cell(one.get_stage_display()),
            Cell(one.filled),
            Cell(one.moved_at),
            Cell(str(one.moved_by)),
        )
        return Row(cells, title=1, name=edition.name)

    def actions(self) -> list[Link]:
        """Whoever drafts may begin one."""
        return [Link(_("新建年报"), self.url("new"), "plus")] if self.allowed.get("draft") else []


class NewPage(ReturnsView, FormPage):
    """A new return."""

    title, submit, done = _("新建年报"), _("建立"), _("已建立，请按“取数”。")
    sub = _("没有另外安排填报范围的，填本单位和下级的全部记录，另有单位填报的除外。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for edition and unit."""
        return NewForm(*args, scope=self.scope, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Begin it."""
        return operations.begin(edition=data["edition"], unit=data["unit"], **self.by)

    def onward(self, made: Any) -> str:
        """Go on to it."""
        return self.url("one", pk=made.pk)
