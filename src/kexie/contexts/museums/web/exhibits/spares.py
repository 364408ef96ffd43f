"""Spare parts: the list, and one part with its movements."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Spare, SpareMovement
from kexie.contexts.museums.operations import spares as operations
from kexie.contexts.museums.queries import repairs as queries
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.exports import send
from kexie.contexts.museums.web.forms import DeskForm, FilterForm, Whole, Words, choice
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.platform.imports.writing import Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

Kind = SpareMovement.Kind
LOW = "LOW"
COLUMNS = (
    Sortable("name", gettext_lazy("名称"), ("name", "spec")),
    Sortable("spec", gettext_lazy("规格型号"), ("spec",)),
    Sortable("stock", gettext_lazy("库存"), ("stock",), numeric=True),
    Sortable("measure", gettext_lazy("计量单位")),
    Sortable("level", gettext_lazy("补货线"), ("reorder_level",), numeric=True),
    Sortable("location", gettext_lazy("存放位置"), ("location", "name")),
)


class SpareFilter(FilterForm):
    """What the list is narrowed by."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stock"] = choice(_("库存"), [(LOW, _("该补货的"))], every=_("全部备件"))


class SparesView(MuseumView):
    """What the pages of spare parts share."""

    tab = "spares"

    @cached_property
    def filters(self) -> SpareFilter:
        """The filters."""
        return SpareFilter(self.request.GET)

    def asked(self) -> QuerySet[Spare]:
        """Return the parts asked for."""
        found = queries.spares(self.readable)
        if self.filters.value("stock") == LOW:
            found = found.filter(queries.low())
        for word in text.clean(self.request.GET.get("q", "")).split():
            found = found.filter(
                Q(name__icontains=word) | Q(spec__icontains=word) | Q(location__icontains=word)
            )
        return lists.ordered(found, self.request.GET, COLUMNS)


class ListView(SparesView):
    """The parts."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show those asked for."""
        page = lists.paged(self.asked(), request.GET)
        context = {
            "filters": self.filters,
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, self._row),
            "query": request.GET.urlencode(),
            "low": queries.spares(self.readable).filter(queries.low()).count(),
        }
        return self.page("spares", context)

    def _row(self, one: Spare) -> Row:
        low = _("该补货了") if one.is_low else ""
        cells = (
            Cell(one.name, self.url("spare", pk=one.pk)),
            Cell(one.spec),
            Cell(one.stock, error=low),
            Cell(one.measure),
            Cell(one.reorder_level),
            Cell(one.location),
        )
        return Row(cells, name=one.name)


class ExportView(SparesView):
    """The same as an Excel file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, code: str) -> FileResponse:
        """Send the file."""
        headings = [Heading(str(one.label), 18) for one in COLUMNS]
        return send(self, _("备件"), headings, self._values())

    def _values(self) -> Iterator[list[Any]]:
        for one in self.asked():
            yield [one.name, one.spec, one.stock, one.measure, one.reorder_level, one.location]


class MoveForm(DeskForm):
    """Parts come in, go out, or are counted."""

    kind = forms.ChoiceField(
        label=gettext_lazy("办理"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.IN
    )
    quantity = Whole(label=gettext_lazy("数量"), help_text=gettext_lazy("盘点时填实际清点的数。"))
    note = Words(
        label=gettext_lazy("说明"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("例如采购单号、用途；盘点不符要写原因。维修领用请在工单里办理。"),
    )


class SpareView(MuseumView):
    """One part: what is left, how it came and went."""

    tab = "spares"

    def check(self) -> None:
        """Find the part."""
        super().check()
        self.spare = queries.spare(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the part."""
        return self._show(MoveForm())

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Book a movement."""
        form = MoveForm(request.POST)
        found = form.carry_out(self._move)
        if found is None:
            self.spare.refresh_from_db(fields=["stock"])
            return self._show(form, status=UNPROCESSABLE)
        values = {"kind": found.get_kind_display(), "after": found.after, "measure": self.spare.measure}
        messages.success(request, _("已%(kind)s，结存%(after)d%(measure)s。") % values)
        return self.go("spare", pk=pk)

    def _move(self, data: dict[str, Any]) -> SpareMovement:
        by = {"spare": self.spare, "note": data["note"], "actor": self.account, "now": timezone.now()}
        if data["kind"] == Kind.COUNT:
            return operations.count(counted=data["quantity"], scope=self.scope, **by)
        act = operations.bring_in if data["kind"] == Kind.IN else operations.take_out
        return act(quantity=data["quantity"], scope=self.scope, **by)

    def _show(self, form: MoveForm, *, status: int = 200) -> HttpResponse:
        page = lists.paged(queries.movements_of(self.spare), self.request.GET)
        context = {
            "spare": self.spare,
            "form": form,
            "page": page,
            "table": Table(_MOVEMENTS, [self._row(one) for one in page.object_list]),
            "trail": self.trail(Link(_("备件"), self.url("spares")), Link(self.spare.name)),
        }
        return self.page("spare", context, status=status)

    def _row(self, one: SpareMovement) -> Row:
        order = one.order
        cells = (
            Cell(one.at),
            Cell(one.get_kind_display()),
            Cell(f"{one.change:+}"),
            Cell(one.after),
            Cell(order.label if order else "", self.url("repair", pk=order.pk) if order else ""),
            Cell(one.note),
            Cell(one.by.display_name if one.by else ""),
        )
        return Row(cells, name=str(one))


_MOVEMENTS = (
    Column(gettext_lazy("时间"), nowrap=True),
    Column(gettext_lazy("类型"), nowrap=True),
    Column(gettext_lazy("数量"), numeric=True),
    Column(gettext_lazy("结存"), numeric=True),
    Column(gettext_lazy("工单"), nowrap=True),
    Column(gettext_lazy("说明")),
    Column(gettext_lazy("经手人")),
)
