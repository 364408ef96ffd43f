"""The exhibit register: list, export, one exhibit, labels to print, a fault reported by staff."""

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Exhibit, ExhibitStage, FaultKind, Source
from kexie.contexts.museums.operations import repairs
from kexie.contexts.museums.queries import exhibits
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.exhibits import labels
from kexie.contexts.museums.web.exhibits.photos import PHOTO_ACCEPT, PhotoField
from kexie.contexts.museums.web.exports import send
from kexie.contexts.museums.web.forms import DeskForm, FilterForm, Lines, choice
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.platform.imports.writing import Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

COLUMNS = (
    Sortable("number", gettext_lazy("编号"), ("number",), nowrap=True),
    Sortable("name", gettext_lazy("名称"), ("name",)),
    Sortable("hall", gettext_lazy("展厅"), ("hall__name", "number")),
    Sortable("theme", gettext_lazy("主题"), ("theme", "number")),
    Sortable("stage", gettext_lazy("状况"), ("stage", "number"), nowrap=True),
    Sortable("orders", gettext_lazy("未完工单"), ("open_orders", "number"), numeric=True, largest_first=True),
    Sortable("installed", gettext_lazy("安装日期"), ("installed_on", "number"), nowrap=True),
)
_NONE = "NONE"
STAGES = [*ExhibitStage.Stage.choices, (_NONE, gettext_lazy("未登记"))]
STAGE_LABELS = dict(STAGES)
MOST_LABELS = 600


class ExhibitFilter(FilterForm):
    """What the register is narrowed by."""

    def __init__(self, *args: Any, halls: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["hall"] = choice(_("展厅"), halls, every=_("全部展厅"))
        self.fields["state"] = choice(_("状况"), STAGES, every=_("全部状况"))


class RegisterView(MuseumView):
    """What the register's pages share: the exhibits that the address asks for."""

    tab = "exhibits"

    @cached_property
    def filters(self) -> ExhibitFilter:
        """The filters, with the museum's halls."""
        halls = [(str(one.pk), one.name) for one in exhibits.halls(self.readable)]
        return ExhibitFilter(self.request.GET, halls=halls)

    def asked(self) -> QuerySet[Exhibit]:
        """Return the exhibits asked for, in the order asked for."""
        found = exhibits.exhibits(self.readable)
        if hall := self.filters.value("hall"):
            found = found.filter(hall=hall)
        if state := self.filters.value("state"):
            found = found.filter(Q(stage=None) if state == _NONE else Q(stage=state))
        for word in text.clean(self.request.GET.get("q", "")).split():
            found = found.filter(exhibits.named(word))
        return lists.ordered(found, self.request.GET, COLUMNS)


class ListView(RegisterView):
    """The register."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the exhibits asked for."""
        page = lists.paged(self.asked(), request.GET)
        context = {
            "filters": self.filters,
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, self._row),
            "query": request.GET.urlencode(),
        }
        return self.page("exhibits", context)

    def _row(self, one: Exhibit) -> Row:
        orders: int | None = getattr(one, "open_orders", None)
        cells = (
            Cell(one.number),
            Cell(one.name, self.url("exhibit", pk=one.pk)),
            Cell(one.hall.name),
            Cell(one.theme),
            Cell(stage_label(one)),
            Cell(orders or "", f"{self.url('repairs')}?exhibit={one.pk}" if orders else ""),
            Cell(one.installed_on),
        )
        return Row(cells, title=1, name=one.name)


class ExportView(RegisterView):
    """The same as an Excel file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, code: str) -> FileResponse:
        """Send the file."""
        headings = [
            Heading(str(one), width)
            for one, width in (
                (_("编号"), 10),
                (_("名称"), 28),
                (_("展厅"), 18),
                (_("主题"), 18),
                (_("状况"), 10),
                (_("未完工单"), 10),
                (_("安装日期"), 12),
                (_("标签地址"), 44),
            )
        ]
        return send(self, _("展品"), headings, self._values(request))

    def _values(self, request: HttpRequest) -> Iterator[list[Any]]:
        for one in self.asked():
            address = labels.label(request, one).address
            orders = getattr(one, "open_orders", None) or 0
            yield [
                one.number, one.name, one.hall.name, one.theme, stage_label(one), orders, one.installed_on,
                address,
            ]  # fmt: skip


class LabelsView(RegisterView):
    """Labels of the exhibits asked for, to print on A4."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the sheets."""
        found = self.asked()
        if one := request.GET.get("exhibit"):
            found = found.filter(pk__in=ids(one))
        shown = [labels.label(request, exhibit) for exhibit in found[:MOST_LABELS]]
        context = {
            "museum": self.museum,
            "labels": shown,
            "back": f"{self.url('exhibits')}?{request.GET.urlencode()}",
            "is_capped": len(shown) == MOST_LABELS,
        }
        return render(request, "museums/desk/labels.html", context)


class ExhibitView(MuseumView):
    """One exhibit: what it is, whether it works, what was done to it."""

    tab = "exhibits"

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the exhibit."""
        one = exhibits.exhibit(self.readable, pk)
        history = exhibits.stages(one, self.readable)
        outages = exhibits.outages(history, timezone.localdate())
        orders = exhibits.orders_of(one, self.readable)
        context = {
            "exhibit": one,
            "stage": stage_label(one),
            "label": labels.label(request, one, scale=4),
            "history": history,
            "outages": outages,
            "days_out": sum(outage.days for outage in outages),
            "open_orders": [order for order in orders if order.is_open],
            "past_orders": [order for order in orders if not order.is_open],
            "parts": exhibits.parts_of(one, self.readable),
            "trail": self.trail(Link(_("展品"), self.url("exhibits")), Link(one.name)),
        }
        return self.page("exhibit", context)


class FaultForm(DeskForm):
    """A fault as staff reports it."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("问题"), choices=FaultKind.choices, widget=forms.RadioSelect)
    text = Lines(label=gettext_lazy("补充说明"), required=False, max_length=repairs.LONGEST_TEXT)
    source = forms.ChoiceField(
        label=gettext_lazy("怎么发现的"),
        choices=[one for one in Source.choices if one[0] != Source.VISITOR],
        widget=forms.RadioSelect,
        initial=Source.STAFF,
    )
    is_unsafe = forms.BooleanField(
        label=gettext_lazy("可能伤人，应立即停用"),
        required=False,
        help_text=gettext_lazy("请先断电、围挡，再报修。"),
    )
    photo = PhotoField(label=gettext_lazy("照片"), required=False)


class ReportView(MuseumView):
    """A fault reported by staff, mostly on a phone beside the exhibit."""

    tab = "exhibits"
    action: ClassVar[Action] = Action.DRAFT

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Make the form."""
        super().setup(request, *args, **kwargs)
        files = request.FILES if request.method == "POST" else None
        given = request.POST if request.method == "POST" else None
        self.form = FaultForm(given, files, initial={"id": uuid.uuid4(), "source": Source.STAFF})

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self._show(exhibits.exhibit(self.scope, pk))

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Take the report and go to its order."""
        one = exhibits.exhibit(self.scope, pk)
        found = self.form.carry_out(
            lambda data: repairs.report(
                exhibit=one,
                kind=data["kind"],
                source=data["source"],
                actor=self.account,
                now=timezone.now(),
                report_id=data["id"],
                text=data["text"],
                photo=data["photo"],
                is_unsafe=data["is_unsafe"],
            )
        )
        if found is None:
            return self._show(one, status=UNPROCESSABLE)
        messages.success(request, _("已报修，工单号 %(label)s。") % {"label": found.order.label})
        return self.go("repair", pk=found.order_id)

    def _show(self, one: Exhibit, *, status: int = 200) -> HttpResponse:
        context = {
            "exhibit": one,
            "form": self.form,
            "photo_accept": PHOTO_ACCEPT,
            "orders": [order for order in exhibits.orders_of(one, self.scope) if order.is_open],
            "trail": self.trail(
                Link(_("展品"), self.url("exhibits")),
                Link(one.name, self.url("exhibit", pk=one.pk)),
                Link(_("报修")),
            ),
        }
        return self.page("fault", context, status=status)


def ids(given: str) -> list[uuid.UUID]:
    """Return the id written in an address as a list, empty if it is none."""
    try:
        return [uuid.UUID(given)]
    except ValueError:
        return []


def stage_label(one: Exhibit) -> str:
    """Return in a word whether an exhibit (of `queries.exhibits`) works."""
    return str(STAGE_LABELS[getattr(one, "stage", None) or _NONE])
