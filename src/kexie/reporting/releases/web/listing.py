"""The list of releases, and closing a period."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import ListPage
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.reporting.releases import gaps, operations, queries
from kexie.reporting.releases.states import Stage
from kexie.reporting.releases.web import forms
from kexie.reporting.releases.web.base import ReleasesView, days, frozen, version
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_PAGE = 50


class ReleasesPage(ReleasesView, ListPage):
    """Every release."""

    title = _("数据发布")
    sub = _("一段时间结账后，数字冻结并签名；以后补报、冲销的，另列为订正，不改原来的数。")
    columns = (
        Sortable("period", _("时间"), ("until", "since"), nowrap=True, largest_first=True),
        Sortable("unit", _("结账单位"), ("unit__path",)),
        Sortable("version", _("版次"), ("version",)),
        Sortable("state", _("状态"), ("state",)),
        Sortable("known", _("数据截至"), ("known_at",), nowrap=True, largest_first=True),
        Sortable("published", _("公开时间"), ("published_at",), nowrap=True, largest_first=True),
        Sortable("who", _("结账人")),
    )
    search = ("unit__name", "unit__short_name")
    empty = (_("没有符合条件的结账"), _("按“结账”选单位和时间，先看缺什么，再结账。"))

    def rows(self) -> QuerySet[Any]:
        """Return the releases of the scope."""
        return queries.releases(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state, and whether published."""
        published = [("False", _("已公开")), ("True", _("未公开"))]
        return {"state": (_("状态"), Stage.choices), "published_at__isnull": (_("公开"), published)}

    def row(self, one: Any) -> Row:
        """Show a release."""
        period = days(one.since, one.until)
        cells = (
            Cell(period, self.url("one", pk=one.pk)),
            Cell(str(one.unit)),
            Cell(version(one)),
            Cell(one.get_state_display()),
            Cell(one.known_at),
            Cell(one.published_at),
            Cell(str(one.closed_by)),
        )
        return Row(cells, title=0, name=f"{period} {one.unit}")

    def actions(self) -> list[Link]:
        """Whoever answers for figures may close a period."""
        return [Link(_("结账"), self.url("close"), "lock")] if self.allowed.get("close") else []


class ClosePage(ReleasesView):
    """Closing a period: which, what is missing and whose turn it is, then the closing itself."""

    action = to_write = Action.CLOSE

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for unit and days; once they are known, show what is missing."""
        asked = self._ask(request.GET or None)
        if request.GET and asked.is_valid():
            return self._show(asked, self._close_form(asked.cleaned_data, initial=request.GET.dict()))
        return self._show(asked, None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Close it, or say why not."""
        asked = self._ask(request.POST)
        if not asked.is_valid():
            return self._show(asked, None, status=UNPROCESSABLE)
        form = self._close_form(asked.cleaned_data, request.POST)
        made = form.carry_out(self._act)
        if made is None:
            return self._show(asked, form, status=UNPROCESSABLE)
        messages.success(request, str(_("已开始结账，可以离开这一页。")))
        return HttpResponseRedirect(self.url("one", pk=made.pk))

    def _act(self, data: dict[str, Any]) -> Any:
        asked = {name: data[name] for name in ("unit", "period", "reason")}
        return frozen(operations.close, **asked, **self.by)

    def _ask(self, given: Any) -> forms.AskForm:
        begin = {**forms.last_year(timezone.localdate()), "unit": self._own_unit()}
        return forms.AskForm(given, scope=self.scope, initial=begin, auto_id="id_ask_%s")

    def _own_unit(self) -> Any:
        return self.account.association if self.scope.is_whole else self.account.unit

    def _close_form(self, asked: dict[str, Any], *args: Any, **options: Any) -> forms.CloseForm:
        self.before = queries.previous(self.scope, asked["unit"], asked["period"])
        return forms.CloseForm(*args, scope=self.scope, is_revision=self.before is not None, **options)

    def _show(self, asked: forms.AskForm, form: forms.CloseForm | None, *, status: int = 200) -> HttpResponse:
        context = {"ask": asked, "form": form, "trail": self.trail(Link(_("结账")))}
        if form is not None:
            context |= self._missing(asked.cleaned_data)
        return self.page("close", context, status=status)

    def _missing(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = gaps.gaps(self.scope, asked["unit"], asked["period"])
        page = Paginator(found, _PAGE).get_page(self.request.GET.get("page"))
        period: Any = asked["period"]
        return {
            "gaps": found, "page": page, "table": _gap_table(list(page.object_list)), "before": self.before,
            "unit": asked["unit"], "days": days(period.start, period.end),
        }  # fmt: skip


def _gap_table(found: list[gaps.Gap]) -> Table:
    columns = (
        Column(pgettext_lazy("one", "单位")),
        Column(_("缺什么")),
        Column(_("数量"), numeric=True),
        Column(_("谁来办")),
    )
    rows = [
        Row((Cell(str(one.unit)), Cell(one.what, one.href), Cell(one.count), Cell(one.owner)), title=1)
        for one in found
    ]
    return Table(columns, rows)
