"""Work orders: the list, and one order with all that can be done with it."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import FaultReport, Severity, Source, WorkOrder
from kexie.contexts.museums.operations import repairs as operations
from kexie.contexts.museums.queries import repairs as queries
from kexie.contexts.museums.web import figures
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.exhibits.acts import ACTS, Act, Doing
from kexie.contexts.museums.web.exhibits.register import ids
from kexie.contexts.museums.web.exports import local, send
from kexie.contexts.museums.web.forms import FilterForm, choice
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.platform.imports.writing import Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

State = WorkOrder.State
COLUMNS = (
    Sortable("number", gettext_lazy("工单"), ("year", "number"), nowrap=True),
    Sortable("exhibit", gettext_lazy("展品"), ("exhibit__name", "reported_at")),
    Sortable("kind", gettext_lazy("问题"), ("kind", "reported_at")),
    Sortable("state", gettext_lazy("状态"), ("state", "due_on"), nowrap=True),
    Sortable("severity", gettext_lazy("紧急程度"), ("severity", "due_on"), nowrap=True),
    Sortable("due", gettext_lazy("应修复日期"), ("due_on", "reported_at"), nowrap=True),
    Sortable("assignee", gettext_lazy("维修人"), ("assignee__display_name", "reported_at")),
    Sortable("reported", gettext_lazy("报修时间"), ("reported_at",), nowrap=True),
)
OPEN, ALL, LATE, UNSAFE = "OPEN", "ALL", "LATE", "UNSAFE"


class RepairFilter(FilterForm):
    """What the list is narrowed by; without a choice, open orders are shown."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        groups = [(ALL, _("全部")), (LATE, _("已超期")), (UNSAFE, _("有安全隐患"))]
        self.fields["state"] = choice(_("状态"), [*groups, *State.choices], every=_("未完成"))
        self.fields["source"] = choice(_("来源"), Source.choices, every=_("全部来源"))
        self.fields["severity"] = choice(_("紧急程度"), Severity.choices, every=_("全部"))


class OrdersView(MuseumView):
    """What the pages of work orders share."""

    tab = "repairs"

    @cached_property
    def filters(self) -> RepairFilter:
        """The filters."""
        return RepairFilter(self.request.GET)

    def asked(self) -> QuerySet[WorkOrder]:
        """Return the orders asked for; open ones come by what is due first, unless another order is asked for."""
        found = queries.orders(self.readable).filter(self._state())
        for name in ("source", "severity"):
            if chosen := self.filters.value(name):
                found = found.filter(**{name: chosen})
        if exhibit := self.request.GET.get("exhibit"):
            found = found.filter(exhibit__in=ids(exhibit))
        for word in text.clean(self.request.GET.get("q", "")).split():
            found = found.filter(_named(word))
        if self.request.GET.get(lists.SORT):
            return lists.ordered(found, self.request.GET, COLUMNS)
        return found.order_by("-is_unsafe", F("due_on").asc(nulls_first=True), "-reported_at", "pk")

    def _state(self) -> Q:
        chosen = self.filters.value("state")
        if chosen == LATE:
            return queries.late(timezone.localdate())
        if chosen == UNSAFE:
            return Q(is_unsafe=True, state__in=WorkOrder.OPEN)
        if chosen == ALL or (chosen is None and self.request.GET.get("exhibit")):
            return Q()
        return Q(state=chosen) if chosen else Q(state__in=WorkOrder.OPEN)


class ListView(OrdersView):
    """The work orders."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show those asked for, and what the year's repairs come to."""
        page, today = lists.paged(self.asked(), request.GET), timezone.localdate()
        context = {
            "filters": self.filters,
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(
                list(page.object_list), request.GET, COLUMNS, lambda one: self._row(one, today)
            ),
            "query": request.GET.urlencode(),
            "figures": figures.of_repairs(self.museum, self.readable, today),
        }
        return self.page("repairs", context)

    def _row(self, one: WorkOrder, today: dt.date) -> Row:
        times = getattr(one, "times", 1)
        kind = one.get_kind_display()
        cells = (
            Cell(one.label, self.url("repair", pk=one.pk)),
            Cell(f"{one.exhibit.number} {one.exhibit.name}"),
            Cell(kind if times <= 1 else _("%(kind)s（%(times)d次报修）") % {"kind": kind, "times": times},
                 error=_("有安全隐患") if one.is_unsafe and one.is_open else ""),
            Cell(one.get_state_display()),
            Cell(one.get_severity_display() if one.severity else ""),
            Cell(one.due_on, error=_("已超期%(days)d天") % {"days": (today - one.due_on).days}
                 if one.is_late(today) and one.due_on else ""),
            Cell(one.assignee.display_name if one.assignee else ""),
            Cell(one.reported_at),
        )  # fmt: skip
        return Row(cells, name=one.label)


class ExportView(OrdersView):
    """The same as an Excel file."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, code: str) -> FileResponse:
        """Send the file."""
        headings = [
            Heading(str(one), width)
            for one, width in (
                (_("工单"), 14), (_("展品编号"), 10), (_("展品"), 24), (_("展厅"), 16), (_("问题"), 18),
                (_("来源"), 10), (_("状态"), 10), (_("紧急程度"), 10), (_("报修时间"), 17),
                (_("应修复日期"), 12), (_("修好时间"), 17), (_("维修人"), 12), (_("费用（元）"), 12),
                (_("处理结果"), 40),
            )
        ]  # fmt: skip
        return send(self, _("维修工单"), headings, self._values())

    def _values(self) -> Iterator[list[Any]]:
        for one in self.asked():
            yield [
                one.label, one.exhibit.number, one.exhibit.name, one.exhibit.hall.name, one.get_kind_display(),
                one.get_source_display(), one.get_state_display(), one.get_severity_display(),
                local(one.reported_at), one.due_on, local(one.done_at),
                one.assignee.display_name if one.assignee else "", one.cost, one.result or one.closed_reason,
            ]  # fmt: skip


class RepairView(MuseumView):
    """One order: what was reported, what was done, what can be done next."""

    tab = "repairs"

    def check(self) -> None:
        """Find the order."""
        super().check()
        self.order = queries.order(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the order."""
        return self._show()

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Carry out what was asked, or say why not."""
        if shown := request.POST.get("reveal"):
            return self._reveal(shown, request.POST.get("reason", ""))
        act = ACTS.get(request.POST.get("act", ""))
        if act is None or not act.fits(self.order):
            messages.error(request, _("这张工单的状态已经变了，请看最新情况后再办理。"))
            return self.go("repair", pk=pk)
        form = act.form(self._doing(), request.POST)
        if form.carry_out(lambda data: act.run(self._doing(), data)) is None:
            return self._show(act, form, status=UNPROCESSABLE)
        messages.success(request, str(act.done))
        return self.go("repair", pk=pk)

    def _reveal(self, report: str, reason: str) -> HttpResponseBase:
        """Show once how whoever reported may be reached."""
        found = [one for one in queries.reports_of(self.order) if one.pk in ids(report)]
        if not found:
            return self.go("repair", pk=self.order.pk)
        try:
            said = operations.reveal_contact(
                report=found[0], reason=reason, actor=self.account, now=timezone.now(), scope=self.scope
            )
        except UserError as refused:
            messages.error(self.request, str(refused))
            return self.go("repair", pk=self.order.pk)
        return self._show(contacts={found[0].pk: said})

    def _doing(self) -> Doing:
        return Doing(
            order=self.order,
            museum=self.museum,
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
            confirm=self.find(Action.CONFIRM),
        )

    def _show(
        self,
        failed: Act | None = None,
        form: Any = None,
        *,
        contacts: dict[uuid.UUID, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        order, today = self.order, timezone.localdate()
        context = {
            "order": order,
            "form": form,
            "acts": self._acts(failed, form) if self.may(Action.DRAFT) else [],
            "reports": [_said(one, contacts or {}) for one in queries.reports_of(order)],
            "notes": queries.notes_of(order),
            "parts": queries.parts_of(order),
            "late": (today - order.due_on).days if order.is_late(today) and order.due_on else 0,
            "trail": self.trail(Link(_("维修"), self.url("repairs")), Link(order.label)),
        }
        return self.page("repair", context, status=status)

    def _acts(self, failed: Act | None, form: Any) -> list[dict[str, Any]]:
        doing = self._doing()
        fitting = [act for act in ACTS.values() if act.fits(self.order) and act.applies(doing)]
        return [
            {
                "key": act.key,
                "label": act.label,
                "primary": act.primary,
                "danger": act.danger,
                "open": act is failed or (failed is None and act.primary),
                "form": form if act is failed else act.form(doing, None),
            }
            for act in fitting
        ]


def _said(one: FaultReport, contacts: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "report": one,
        "has_contact": one.contact is not None,
        "contact": contacts.get(one.pk, ""),
        "is_shown": one.photo is not None and one.photo.content_type != "image/heic",
    }


def _named(word: str) -> Q:
    found = (
        Q(exhibit__name__icontains=word) | Q(exhibit__number__icontains=word) | Q(description__icontains=word)
    )
    label = word.upper().removeprefix("WX")
    year, dash, number = label.partition("-")
    if dash and year.isdecimal() and number.isdecimal():
        return found | Q(year=int(year), number=int(number))
    return found | Q(number=int(label)) if label.isdecimal() else found
