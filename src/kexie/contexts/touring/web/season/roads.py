"""Where a season's kilometres come from: an imported table, the routing service, or the straight line."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import RoadTable
from kexie.contexts.touring.operations import roads as operations
from kexie.contexts.touring.queries import roads as queries
from kexie.contexts.touring.queries import ways
from kexie.contexts.touring.web.season.base import SeasonView
from kexie.foundation.desk.forms import DeskForm, Words
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel.errors import UserError
from kexie.platform.imports import writing
from kexie.platform.imports.writing import Heading
from kexie.ui.nav import Link


class ImportForm(DeskForm):
    """A file of ways."""

    name = Words(
        label=gettext_lazy("里程表名称"),
        max_length=60,
        help_text=gettext_lazy("会写在方案和行程单上，例如：县交通局2026年里程表"),
    )
    file = forms.FileField(label=gettext_lazy("文件"))
    unit = forms.ChoiceField(
        label=gettext_lazy("方阵里的数是"),
        choices=(("KM", gettext_lazy("公里")), ("MINUTES", gettext_lazy("分钟"))),
        help_text=gettext_lazy("只对方阵有用；列表看表头。"),
    )
    skip_wrong = forms.BooleanField(label=gettext_lazy("跳过不对的格，那些路线用直线估算"), required=False)


class RoadsView(SeasonView):
    """The tables of the office, which one the season uses, and how to get another."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show them."""
        return self.show(ImportForm())

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Import a file, or do what a button asks."""
        act = request.POST.get("act", "")
        if act == "import":
            return self.take()
        try:
            done = ACTS.get(act, _unknown)(self)
        except UserError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, done)
        return HttpResponseRedirect(request.path)

    def take(self) -> HttpResponseBase:
        """Import the file that was sent."""
        form = ImportForm(self.request.POST, self.request.FILES)
        wrong: list[str] = []

        def bring_in(data: dict[str, Any]) -> RoadTable:
            sent = data["file"]
            try:
                return operations.import_table(
                    season=self.season, name=data["name"], file_name=sent.name, content=sent.read(),
                    unit=data["unit"], skip_wrong=data["skip_wrong"], **self.by,
                )  # fmt: skip
            except operations.WrongCells as refused:
                wrong.extend(refused.cells)
                raise

        table = form.carry_out(bring_in)
        if table is None:
            return self.show(form, wrong=wrong, status=UNPROCESSABLE)
        messages.success(self.request, _("已导入 %(n)s 条路线，本季开始使用。") % {"n": table.known})
        return HttpResponseRedirect(self.request.path)

    @property
    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.account, "now": timezone.now()}

    def chosen(self) -> RoadTable:
        """The table that a button belongs to."""
        try:
            return queries.table(self.season, uuid.UUID(self.request.POST.get("table", "")))
        except ValueError as error:
            raise UserError(_("没有这张里程表，可能已经删除。")) from error

    def show(self, form: DeskForm, *, wrong: list[str] | None = None, status: int = 200) -> HttpResponse:
        """Show the page with the form as it stands."""
        found = list(queries.tables(self.season))
        places = queries.places(self.season)
        told, lacking = ways.of(self.season, places.points)
        size = len(places.points)
        home = reverse("touring_season:season", kwargs={"pk": self.season.pk})
        context = {
            "season": self.season,
            "tables": found,
            "busy": next((one for one in found if one.state in RoadTable.BUSY), None),
            "source": told.source,
            "places": size,
            "pairs": size * max(size - 1, 0),
            "covered": size * max(size - 1, 0) - lacking,
            "has_service": bool(settings.KEXIE_ROUTING_URL),
            "form": form,
            "wrong": wrong or [],
            "may_plan": self.may_plan,
            "trail": [Link(self.season.name, home), Link(_("里程来源"))],
        }
        return self.page("roads", context, status=status)


def _unknown(_view: RoadsView) -> str:
    raise UserError(_("请选择要做什么。"))


def _fetch(view: RoadsView) -> str:
    _deferred(lambda: operations.begin_fetch(season=view.season, **view.by))
    return _("开始在后台取里程，可以离开这一页。")


def _resume(view: RoadsView) -> str:
    _deferred(lambda: operations.resume(season=view.season, table=view.chosen(), **view.by))
    return _("接着取。")


def _deferred(made: Callable[[], RoadTable]) -> None:
    with transaction.atomic():
        tasks.fetch_roads.defer(table_id=str(made().pk))


def _stop(view: RoadsView) -> str:
    operations.stop(season=view.season, table=view.chosen(), **view.by)
    return _("正在停止，已取到的保留着。")


def _use(view: RoadsView) -> str:
    table = view.chosen()
    operations.choose(season=view.season, table=table, **view.by)
    return _("以后的方案用“%(name)s”。") % {"name": table.name}


def _estimate(view: RoadsView) -> str:
    operations.choose(season=view.season, table=None, **view.by)
    return _("以后的方案按直线距离估算。")


def _remove(view: RoadsView) -> str:
    table = view.chosen()
    operations.remove(season=view.season, table=table, **view.by)
    return _("已删除“%(name)s”。") % {"name": table.name}


ACTS: dict[str, Callable[[RoadsView], str]] = {
    "fetch": _fetch,
    "resume": _resume,
    "stop": _stop,
    "use": _use,
    "estimate": _estimate,
    "remove": _remove,
}


class ProgressView(SeasonView):
    """How far the fetching is, for the page's script to renew."""

    def get(self, request: HttpRequest, pk: uuid.UUID, table: uuid.UUID) -> HttpResponse:
        """Show it."""
        busy = queries.table(self.season, table)
        response = render(request, "touring/season/_fetching.html", {"busy": busy})
        response["X-State"] = busy.state
        return response


class TemplateView(SeasonView):
    """An empty list to be filled, with the names of the season's places."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> FileResponse:
        """Send it."""
        book = Workbook(write_only=True)
        heads = [Heading(_("起点"), 28), Heading(_("终点"), 28), Heading(_("公里")), Heading(_("分钟"))]
        writing.fill(book.create_sheet(writing.sheet_title(_("里程"))), heads, ())
        labels = queries.places(self.season).labels
        names = ((label,) for label in labels)
        writing.fill(book.create_sheet(writing.sheet_title(_("名单"))), [Heading(_("名称"), 40)], names)
        name = f"roads-{timezone.localdate():%Y%m%d}.xlsx"
        return FileResponse(
            writing.save(book), as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE
        )
