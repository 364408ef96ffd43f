"""Campaigns, each with the form that the activities recorded in its days fill by themselves."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance.queries import campaign_forms as queries
from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.pages import ListPage, TabbedView
from kexie.ledger.addresses import record_url
from kexie.platform.imports.writing import Heading
from kexie.ui.lists import PER_PAGE, SORT, Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_WIDTHS = (40, 14, 26, 12, 10, 14, 20, 8, 12, 12, 10, 12)


class CampaignsView(TabbedView):
    """A page about campaigns. Whoever keeps the activities keeps the campaigns."""

    context, templates, namespace = "facilities", "governance/campaigns", "campaigns"
    tabs, tabs_label, tab = (("list", _("主题宣传活动")),), _("主题宣传活动"), "list"


class CampaignsPage(CampaignsView, ListPage):
    """Every campaign."""

    title = _("主题宣传活动")
    sub = _("期间已确认的活动自动归入，申报表和汇总表不用再填。")
    columns = (
        Sortable("starts", _("开始"), ("starts_on",), nowrap=True, largest_first=True),
        Sortable("ends", _("结束"), ("ends_on",), nowrap=True),
        Sortable("name", _("名称"), ("name",)),
        Sortable("theme", _("主题"), ("theme",)),
        Sortable("unit", pgettext_lazy("one", "单位"), ("unit__path",)),
    )
    search = ("name", "theme")
    empty = (_("没有主题宣传活动"), _("登记起止日期以后，期间的活动自动归入。"))

    def rows(self) -> QuerySet[Any]:
        """Return the campaigns of the association."""
        return queries.campaign_rows(self.scope)

    def asked(self) -> QuerySet[Any]:
        """Return the campaigns asked for, the latest first unless another order is asked for."""
        found = super().asked()
        return found if self.request.GET.get(SORT) else found.order_by("-starts_on", "pk")

    def row(self, one: Any) -> Row:
        """Show a campaign."""
        cells = (
            Cell(one.starts_on),
            Cell(one.ends_on),
            Cell(one.name, self.url("form", pk=one.pk)),
            Cell(one.theme),
            Cell(str(one.unit)),
        )
        return Row(cells, title=2, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever drafts may enter one."""
        new = Link(_("登记主题宣传活动"), "/work/records/governance.campaigns/new", "plus")
        return [new] if self.allowed.get("draft") else []


class FormPage(CampaignsView):
    """A campaign's form: its sums, and a line for each activity."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        form = queries.form(self.scope, kwargs["pk"])
        page = Paginator(form.lines, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "form": form, "one": form.campaign, "page": page, "table": _table(list(page.object_list)),
            "trail": self.trail(Link(form.campaign.name)),
        }  # fmt: skip
        return self.page("form", context)


def _table(lines: list[queries.FormLine]) -> Table:
    columns = [
        Column(head, numeric=number == _PEOPLE, nowrap=number in _SHORT)
        for number, head in enumerate(queries.HEADS)
    ]
    return Table(columns, [_row(one) for one in lines])


_PEOPLE, _SHORT = 10, (3, 4, 5)


def _row(line: queries.FormLine) -> Row:
    title, *others = line.cells
    return Row((Cell(title, record_url(line.activity)), *(Cell(one) for one in others)))


class SheetPage(CampaignsView):
    """The form as an Excel file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        """Send it: the activities, then the sums."""
        form = queries.form(self.scope, kwargs["pk"])
        headings = [Heading(str(head), width) for head, width in zip(queries.HEADS, _WIDTHS, strict=True)]
        sums = [(f"{label}：{number}{unit}", *[""] * (len(_WIDTHS) - 1)) for label, number, unit in form.sums]
        rows = [*(one.cells for one in form.lines), *sums]
        return exports.send(self, form.campaign.name, headings, rows, subject=form.campaign)
