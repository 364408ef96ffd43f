"""The day's end: counts side by side, the difference explained, confirmed once; and the days before."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import DailyVisits, DayCount
from kexie.contexts.museums.operations import daycount as operations
from kexie.contexts.museums.operations.daycount import Word
from kexie.contexts.museums.queries import daycount as queries
from kexie.contexts.museums.queries.desk import uncounted_days
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.desk.forms import ActForm, CorrectForm, CountForm
from kexie.contexts.museums.web.desk.lists import Order, paged, sorted_rows, sorts
from kexie.contexts.museums.web.desk.today import TodayBase
from kexie.contexts.museums.web.exports import send
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger.addresses import record_url
from kexie.ledger.models import State
from kexie.platform.capacity.models import Passage
from kexie.platform.capacity.operations import passages
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui.nav import Link

_ORDERS = {
    "": Order(gettext_lazy("近的在前"), ()),
    "oldest": Order(gettext_lazy("远的在前"), ("occurred_on",)),
    "entries": Order(gettext_lazy("入馆多的在前"), ((F("tickets") + F("walk_ins")).desc(),)),
    "peak": Order(gettext_lazy("同时在馆多的在前"), (F("peak").desc(nulls_last=True),)),
}


class DaysView(TodayBase):
    """The days that wait, and those that were confirmed."""

    def asked(self) -> QuerySet[DayCount]:
        """Return the confirmed days in the order asked for."""
        return sorted_rows(queries.day_counts(self.museum, self.readable), self.request.GET, _ORDERS)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        context = {
            "page": paged(self.asked(), request.GET),
            "sorts": sorts(request.GET, _ORDERS),
            "query": request.GET.urlencode(),
            "waiting": uncounted_days(self.museum, self.readable, now=self.now),
            "trail": self.trail(Link(_("今日"), self.url("today")), Link(_("当日核对"))),
        }
        return self.page("days", context)


class DaysExportView(DaysView):
    """The confirmed days as an Excel file."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Send the file."""
        labels = (
            _("日期"), _("凭预约入馆"), _("散客入馆"), _("离馆"), _("计数器读数"), _("最多同时在馆"), _("状态"),
            _("确认人"),
        )  # fmt: skip
        return send(self, _("当日核对"), [Heading(label, 14) for label in labels], map(_line, self.asked()))


def _line(one: DayCount) -> list[CellValue]:
    return [
        one.occurred_on, one.tickets, one.walk_ins, one.left, one.counter, one.peak, one.get_state_display(),
        str(one.confirmed_by or ""),
    ]  # fmt: skip


class DayView(TodayBase):
    """One day's count."""

    def check(self) -> None:
        """Read the day in the address."""
        super().check()
        try:
            self.day = dt.date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise NotFound(self.kwargs["day"]) from None

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the counts."""
        return self.show_day()

    def show_day(self, form: ActForm | None = None, *, status: int = 200) -> HttpResponse:
        """Render the page; `form` is the one that was refused."""
        seen = queries.reconcile(self.museum, self.day, self.readable)
        rows = queries.records_of(self.museum, self.day, self.readable) if seen.done else []
        visits = [(row, record_url(row)) for row in rows if isinstance(row, DailyVisits)]
        context = {
            "seen": seen,
            "day": self.day,
            "is_over": seen.is_over(self.now),
            "visits": visits,
            "by_hand": [(row, record_url(row)) for row in seen.by_hand],
            "form": form or self.form(seen),
            "may": {str(action).lower(): self.may(action) for action in Action},
            "is_draft": bool(seen.done and seen.done.state == State.DRAFT),
            "trail": self.trail(Link(_("当日核对"), self.url("days")), Link(self.day.isoformat())),
        }
        return self.page("day", context, status=status)

    def form(self, seen: queries.Reconciliation) -> ActForm:
        """Return the empty form for what can be done with the day."""
        given = {"counter": seen.counter.count if seen.counter else None, "note": ""}
        return CorrectForm(initial=given) if seen.done else CountForm(initial=given)


class ConfirmDayView(DayView):
    """Confirm the day (or leave it as drafts), confirm drafts, or correct it: `act` in the address."""

    action: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page does nothing again."""
        return self.go("day", day=self.day.isoformat())

    def post(self, request: HttpRequest, act: str, **_kwargs: Any) -> HttpResponse:
        """Do it."""
        forms = {"confirm": CountForm, "correct": CorrectForm, "approve": ActForm}
        if act not in forms:
            raise NotFound(act)
        form = forms[act](request.POST)
        done = form.carry_out(getattr(self, f"do_{act}"))
        if done is None:
            return self.show_day(form if act != "approve" else None, status=UNPROCESSABLE)
        messages.success(request, done)
        return self.go("day", day=self.day.isoformat())

    def do_confirm(self, given: dict[str, Any]) -> str:
        """Write the day's records."""
        may_confirm = self.may(Action.CONFIRM)
        operations.confirm(word=Word(**given), may_confirm=may_confirm, **self._what(self.scope))
        if not may_confirm:
            return _("已存为草稿，等有确认权限的人确认后计入数据。")
        return _("已确认，当天的参观人次已计入数据。")

    def do_approve(self, _given: dict[str, Any]) -> str:
        """Confirm what was prepared."""
        operations.approve(**self._what(self._scope_for(Action.CONFIRM)))
        return _("已确认，当天的参观人次已计入数据。")

    def do_correct(self, given: dict[str, Any]) -> str:
        """Reverse and write anew."""
        why = given.pop("reason")
        operations.correct(word=Word(**given), reason=why, **self._what(self._scope_for(Action.REVERSE)))
        return _("已冲销原记录并按现有数据重新写入。")

    def _scope_for(self, action: Action) -> Scope:
        if not self.may(action):
            raise UserError(_("您的账号没有这项权限，请联系有确认或冲销权限的人办理。"))
        return self.access_request.scope_for(action, "museums").within(self.path)

    def _what(self, scope: Scope) -> dict[str, Any]:
        return {
            "museum": self.museum,
            "day": self.day,
            "actor": self.account,
            "now": self.now,
            "scope": scope,
        }


class DoublesView(TodayBase):
    """Tickets that two gates let in, until somebody says whether others came in on them."""

    to_write: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show them."""
        return self.show_doubles()

    def show_doubles(self, *, error: str = "", of: str = "", status: int = 200) -> HttpResponse:
        """Render the list; `error` stands beside the one it is of."""
        rows = self._open().select_related("device", "reservation__offer").order_by("-at")
        page = paged(rows, self.request.GET)
        first = passages.first_entries([one.reservation_id for one in page if one.reservation_id])
        context = {
            "page": page,
            "lines": [(one, first.get(one.reservation_id)) for one in page if one.reservation_id],
            "error": error,
            "of": of,
            "trail": self.trail(Link(_("今日"), self.url("today")), Link(_("重复核验"))),
        }
        return self.page("doubles", context, status=status)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Decide about one."""
        one = self._open().filter(pk=request.POST.get("passage") or None).first()
        if one is None:
            messages.info(request, _("这一条已经处理过。"))
            return self.go("doubles")
        came = request.POST.get("came") == "yes"
        try:
            passages.settle(
                passage=one, came_in=came, reason=request.POST.get("reason", "")[:200], actor=self.account,
                now=self.now,
            )  # fmt: skip
        except UserError as refused:
            said = next(iter(refused.fields.values()), refused.message)
            return self.show_doubles(error=str(said), of=str(one.pk), status=UNPROCESSABLE)
        messages.success(request, _("已计入入馆人数。") if came else _("已记为误扫，不计入。"))
        return self.go("doubles")

    def _open(self) -> Any:
        return Passage.objects.filter(
            association_id=self.museum.association_id, venue_id=self.museum.unit_id,
            verdict=Passage.Verdict.DOUBLE, settled_at=None,
        )  # fmt: skip
