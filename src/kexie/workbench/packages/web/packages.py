"""The packages of a scope, making one, one package with what came back of it."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.kernel.errors import NotFound
from kexie.platform.files import content
from kexie.platform.imports import writing
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table
from kexie.workbench.desk.rights import Rights
from kexie.workbench.packages import making, offering, queries, tasks
from kexie.workbench.packages.models import Package
from kexie.workbench.packages.states import Stage
from kexie.workbench.packages.web import forms
from kexie.workbench.packages.web.base import PackagesView


class PackagesPage(PackagesView, ListPage):
    """Every package."""

    title = _("离线工作包")
    sub = _("没有网络也能干活：带走一个 Excel，填好交回，逐行核对后并入，不会重复计数。")
    columns = (
        Sortable("made", _("制作时间"), ("made_at",), nowrap=True, largest_first=True),
        Sortable("unit", pgettext_lazy("one", "单位"), ("unit__path",)),
        Sortable("code", _("编号"), ("code",), nowrap=True),
        Sortable("period", _("填报期间"), ("starts_on",), nowrap=True),
        Sortable("rows", _("已有记录"), ("row_count",), numeric=True, largest_first=True),
        Sortable("state", _("状态"), ("state",)),
        Sortable("valid", _("有效期至"), ("valid_until",), nowrap=True, largest_first=True),
        Sortable("who", _("制作人")),
    )
    search = ("code", "unit__name", "unit__short_name")
    empty = (_("没有符合条件的工作包"), _("按“制作工作包”，选单位、期间和填报内容，下载后就能离线填写。"))

    def rows(self) -> QuerySet[Any]:
        """Return the packages of the scope, the latest first."""
        return queries.packages(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state; what nobody returned in time is one."""
        return {"state": (_("状态"), [*Stage.choices, (queries.EXPIRED, _("已过期"))])}

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Return the rows that the filters leave."""
        if chosen.get("state") == queries.EXPIRED:
            return queries.expired(found, timezone.localdate())
        return super().narrowed(found, chosen)

    def row(self, one: Any) -> Row:
        """Show a package."""
        cells = (
            Cell(one.made_at, self.url("one", code=one.code)),
            Cell(str(one.unit)),
            Cell(one.code),
            Cell(days(one)),
            Cell(one.row_count),
            Cell(state(one, timezone.localdate())),
            Cell(one.valid_until),
            Cell(str(one.made_by)),
        )
        return Row(cells, title=0, name=one.code)

    def actions(self) -> list[Link]:
        """Make one, or bring one back."""
        return [
            Link(_("制作工作包"), self.url("new"), "plus"),
            Link(_("交回工作包"), self.url("hand_in"), "upload"),
        ]


class NewPage(PackagesView, FormPage):
    """Making a package."""

    title = _("制作工作包")
    sub = _("生成一个 Excel：每类记录一张表，带下拉选项和填写校验，WPS 和 Excel 都能用。")
    submit = _("生成工作包")
    done = _("工作包已开始生成。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Return the form; it begins with this year and the account's own unit."""
        today = timezone.localdate()
        begin = {
            "unit": self.account.unit, "first": today.replace(month=1, day=1), "last": today.replace(month=12, day=31),
            "valid_until": today + dt.timedelta(days=making.VALID_DAYS), "with_records": True,
        }  # fmt: skip
        types = offering.types(Rights(self.account))
        return forms.NewForm(*args, scope=self.scope, types=types, today=today, initial=begin, **options)

    def act(self, data: dict[str, Any]) -> Package:
        """Open the package, and write it at once if it is small."""
        names = ("unit", "type_keys", "period", "with_records", "valid_until")
        package = making.ask(**{name: data[name] for name in names}, **self.by)
        if package.row_count <= making.FEW_ROWS:
            return making.build(package=package)
        tasks.build.defer(package_id=str(package.pk))
        return package

    def onward(self, made: Any) -> str:
        """Return the package's page."""
        return self.url("one", code=made.code)


class OnePackageView(PackagesView):
    """A page about one package."""

    def check(self) -> None:
        """Find the package."""
        self.one = queries.package(self.scope, self.kwargs["code"])


class PackagePage(OnePackageView):
    """One package: what is in it, where it stands, and what came back of it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        one = self.one
        found = queries.merges(self.scope).filter(package=one).order_by("-started_at")
        context = {
            "one": one,
            "days": days(one),
            "state": state(one, timezone.localdate()),
            "types": [str(found.name) for found in making.types_of(one)],
            "table": _merges_table(self, list(found[:50])),
            "trail": self.trail(Link(one.code)),
        }
        return self.page("package", context)


class FilePage(OnePackageView):
    """The workbook itself."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Send it, unless it is not written yet."""
        if self.one.file is None:
            raise NotFound(_("工作包还在生成，请稍后再下载。"))
        file = content.open_clear(self.one.file.digest)
        name = making.file_name(self.one)
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


def days(one: Package) -> str:
    """Return the days of a package, the last one included."""
    return f"{one.starts_on} – {one.ends_on - dt.timedelta(days=1)}"


def state(one: Package, today: dt.date) -> str:
    """Return where a package stands, in words."""
    return str(_("已过期")) if queries.is_expired(one, today) else one.get_state_display()


def _merges_table(view: PackagesView, found: list[Any]) -> Table:
    columns = (
        Column(_("交回时间"), nowrap=True),
        Column(_("文件")),
        Column(_("行数"), numeric=True),
        Column(_("状态")),
        Column(_("交回人")),
    )
    rows = [
        Row(
            (
                Cell(one.started_at, view.url("merge", pk=one.pk)),
                Cell(one.file_name),
                Cell(one.total),
                Cell(one.get_state_display()),
                Cell(str(one.account)),
            )
        )
        for one in found
    ]
    return Table(columns, rows)
