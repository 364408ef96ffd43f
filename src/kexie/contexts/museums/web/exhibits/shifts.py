"""Volunteers' shifts as staff plans them: the coming weeks, one shift, the volunteers."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Shift, SignUp, Volunteer
from kexie.contexts.museums.operations import shifts as operations
from kexie.contexts.museums.queries import shifts as queries
from kexie.contexts.museums.web import figures
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.forms import Day, DeskForm, FilterForm, Fraction, Whole, Words, choice
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

State = SignUp.State
COMING, PAST, FREE = "COMING", "PAST", "FREE"
_WEEKDAYS = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"),
    gettext_lazy("周五"), gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip
COLUMNS = (
    Sortable("day", gettext_lazy("日期"), ("on", "starts_at"), nowrap=True),
    Sortable("hours", gettext_lazy("时间"), ("starts_at", "on"), nowrap=True),
    Sortable("post", gettext_lazy("岗位"), ("post", "on")),
    Sortable("places", gettext_lazy("需要人数"), ("places", "on"), numeric=True),
    Sortable("taken", gettext_lazy("已安排"), ("taken", "on"), numeric=True),
    Sortable("waiting", gettext_lazy("待本人确认"), numeric=True),
    Sortable("state", gettext_lazy("状态")),
)


class ShiftFilter(FilterForm):
    """What the list is narrowed by."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["when"] = choice(
            _("时间"), [(FREE, _("还缺人的")), (PAST, _("以往的"))], every=_("今天以后")
        )


class ListView(MuseumView):
    """The shifts: those to come first."""

    tab = "shifts"

    @cached_property
    def filters(self) -> ShiftFilter:
        """The filters."""
        return ShiftFilter(self.request.GET)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show those asked for."""
        page, now = lists.paged(self.asked(), request.GET), timezone.now()
        context = {
            "filters": self.filters,
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(
                list(page.object_list), request.GET, COLUMNS, lambda one: self._row(one, now)
            ),
            "figures": figures.of_volunteers(self.museum, self.readable, timezone.localdate(now)),
        }
        return self.page("shifts", context)

    def asked(self) -> QuerySet[Shift]:
        """Return the shifts asked for."""
        found, today = queries.shifts(self.readable), timezone.localdate()
        when = self.filters.value("when")
        found = found.filter(on__lt=today) if when == PAST else found.filter(on__gte=today)
        if when == FREE:
            found = found.filter(taken__lt=F("places"), cancelled_at=None)
        for word in text.clean(self.request.GET.get("q", "")).split():
            found = found.filter(Q(post__icontains=word) | Q(note__icontains=word))
        if self.request.GET.get(lists.SORT):
            return lists.ordered(found, self.request.GET, COLUMNS)
        return found.order_by("-on", "-starts_at", "pk") if when == PAST else found

    def _row(self, one: Shift, now: dt.datetime) -> Row:
        day = f"{one.on.isoformat()} {_WEEKDAYS[one.on.weekday()]}"
        cells = (
            Cell(day, self.url("shift", pk=one.pk)),
            Cell(f"{one.starts_at:%H:%M}–{one.ends_at:%H:%M}"),
            Cell(one.post),
            Cell(one.places),
            Cell(one.taken),
            Cell(getattr(one, "waiting", 0) or ""),
            Cell(_state_of(one, now)),
        )
        return Row(cells, name=str(one), reversed=one.cancelled_at is not None)


class PlanForm(DeskForm):
    """A shift, on one day or on the same weekday for some weeks."""

    on = Day(label=gettext_lazy("日期"))
    starts_at = forms.TimeField(
        label=gettext_lazy("开始时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends_at = forms.TimeField(
        label=gettext_lazy("结束时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    post = Words(
        label=gettext_lazy("岗位"), max_length=40, help_text=gettext_lazy("例如：序厅引导、科学乐园讲解。")
    )
    places = Whole(label=gettext_lazy("需要人数"), min_value=1, max_value=100)
    weeks = Whole(
        label=gettext_lazy("连排几周"), min_value=1, max_value=operations.MOST_WEEKS,
        help_text=gettext_lazy("1 为只排这一天；4 为以后每周同一天，共4周。"),
    )  # fmt: skip
    note = Words(label=gettext_lazy("说明"), required=False, max_length=200)

    def days(self) -> list[dt.date]:
        """Return the days chosen."""
        first, weeks = self.cleaned_data["on"], self.cleaned_data["weeks"]
        return [first + dt.timedelta(weeks=week) for week in range(weeks)]


class PlanView(MuseumView):
    """Plan shifts."""

    tab = "shifts"
    action: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form."""
        first = {"on": timezone.localdate() + dt.timedelta(days=1), "starts_at": dt.time(9), "weeks": 1}
        return self._show(PlanForm(initial={**first, "ends_at": dt.time(12), "places": 2}))

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Plan them."""
        form = PlanForm(request.POST)
        found = form.carry_out(lambda data: self._plan(form, data))
        if found is None:
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, _("已排%(n)d个班次，请安排志愿者。") % {"n": len(found)})
        return self.go("shift", pk=found[0].pk)

    def _plan(self, form: PlanForm, data: dict[str, Any]) -> list[Shift]:
        given = {name: data[name] for name in ("starts_at", "ends_at", "post", "places", "note")}
        return operations.plan(
            museum=self.museum,
            days=form.days(),
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
            **given,
        )

    def _show(self, form: PlanForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("排班"),
            "sub": _("先排出需要的岗位和人数，再安排志愿者。"),
            "submit": _("排班"),
            "cancel": self.url("shifts"),
            "trail": self.trail(Link(_("志愿服务"), self.url("shifts")), Link(_("排班"))),
        }
        return self.page("form", context, status=status)


class InviteForm(DeskForm):
    """Who is asked."""

    volunteer = forms.ModelChoiceField(
        queryset=Volunteer.objects.none(), label=gettext_lazy("志愿者"), empty_label=gettext_lazy("请选择")
    )

    def __init__(self, *args: Any, found: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["volunteer"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = found
            field.label_from_instance = lambda one: f"{one.name} {one.masked_phone}".strip()  # type: ignore[assignment,method-assign]  # as Django's own documentation does for one field


class ReasonForm(DeskForm):
    """Why."""

    reason = Words(label=gettext_lazy("原因"), required=False, max_length=200)


class ShiftView(MuseumView):
    """One shift: who comes, who is asked, who came."""

    tab = "shifts"

    def check(self) -> None:
        """Find the shift."""
        super().check()
        self.shift = queries.shift(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show the shift."""
        return self._show()

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Carry out what was asked."""
        acts = {
            "invite": self._invite,
            "release": self._release,
            "cancel": self._cancel,
            "attend": self._attend,
        }
        act = acts.get(request.POST.get("act", ""))
        return act() if act else self.go("shift", pk=pk)

    def _invite(self) -> HttpResponseBase:
        form = InviteForm(self.request.POST, found=queries.available(self.shift, self.scope))
        site = f"{self.request.scheme}://{self.request.get_host()}"
        made = form.carry_out(
            lambda data: operations.invite(shift=self.shift, site=site, **data, **self._by())
        )
        if made is None:
            return self._show(invite=form, status=UNPROCESSABLE)
        messages.success(self.request, _("已安排，请让本人打开链接确认。"))
        return self.go("shift", pk=self.shift.pk)

    def _release(self) -> HttpResponseBase:
        chosen = self.request.POST.get("sign_up", "")
        found = [one for one in queries.sign_ups(self.shift) if str(one.pk) == chosen]
        try:
            for one in found:
                reason = self.request.POST.get("reason", "")
                operations.release(sign_up=one, reason=reason, **self._by())
        except UserError as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("已取消这个安排，名额空出来了。"))
        return self.go("shift", pk=self.shift.pk)

    def _cancel(self) -> HttpResponseBase:
        form = ReasonForm(self.request.POST)
        told = form.carry_out(
            lambda data: operations.cancel_shift(shift=self.shift, reason=data["reason"], **self._by())
        )
        if told is None:
            return self._show(cancel=form, status=UNPROCESSABLE)
        messages.success(self.request, _("班次已取消，涉及%(n)d位志愿者。") % {"n": len(told)})
        return self.go("shift", pk=self.shift.pk)

    def _attend(self) -> HttpResponseBase:
        rows = self._attendance()
        hours, wrong = _hours(rows, self.request.POST)
        if wrong:
            return self._show(attendance=wrong, status=UNPROCESSABLE)
        try:
            came = operations.record_attendance(
                shift=self.shift, hours=hours, confirm=self.find(Action.CONFIRM), **self._by()
            )
        except UserError as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("已记录%(n)d人到岗，服务时长写入台账。") % {"n": came})
        return self.go("shift", pk=self.shift.pk)

    def _by(self) -> dict[str, Any]:
        return {"actor": self.account, "now": timezone.now(), "scope": self.scope}

    def _attendance(self) -> list[dict[str, Any]]:
        """Return who may be marked as having come, with the hours of the shift."""
        length = Decimal((self.shift.ends - self.shift.begins).seconds) / 3600
        waiting = [
            one for one in queries.sign_ups(self.shift) if one.state in {State.INVITED, State.CONFIRMED}
        ]
        return [
            {"sign_up": one, "came": one.state == State.CONFIRMED, "hours": f"{length:.1f}", "error": ""}
            for one in waiting
        ]

    def _show(self, *, status: int = 200, **forms_given: Any) -> HttpResponse:
        shift, now = self.shift, timezone.now()
        is_open = shift.cancelled_at is None and shift.ends > now
        found = queries.available(shift, self.scope) if is_open else None
        shown = [self._place(one) for one in queries.sign_ups(shift)]
        context = {
            "shift": shift,
            "weekday": _WEEKDAYS[shift.on.weekday()],
            "state": _state_of(shift, now),
            "sign_ups": shown,
            "invite": InviteForm(found=found) if found is not None and shift.free else None,
            "cancel": ReasonForm() if shift.cancelled_at is None and shift.begins > now else None,
            "attendance": self._attendance() if shift.cancelled_at is None and shift.begins <= now else [],
            "trail": self.trail(Link(_("志愿服务"), self.url("shifts")), Link(str(shift))),
            **forms_given,
        }
        return self.page("shift", context, status=status)

    def _place(self, one: SignUp) -> dict[str, Any]:
        can_release = one.state in {State.INVITED, State.CONFIRMED}
        link = self.request.build_absolute_uri(operations.path_of(one)) if can_release else ""
        name = one.volunteer.name if self.may(Action.DRAFT) else str(one.volunteer)
        return {"row": one, "name": name, "link": link, "can_release": can_release}


def _hours(
    rows: list[dict[str, Any]], data: Any
) -> tuple[dict[uuid.UUID, Decimal | None], list[dict[str, Any]]]:
    """Return the hours entered, and the rows with their errors if any is wrong."""
    found: dict[uuid.UUID, Decimal | None] = {}
    field = Fraction(max_digits=4, decimal_places=1, min_value=Decimal("0.5"), max_value=12)
    is_wrong = False
    for row in rows:
        pk = row["sign_up"].pk
        row["came"], row["hours"] = f"came-{pk}" in data, data.get(f"hours-{pk}", "")
        if not row["came"]:
            found[pk] = None
            continue
        try:
            found[pk] = field.clean(text.number(row["hours"]))
        except forms.ValidationError:
            row["error"], is_wrong = _("请填写0.5至12之间的小时数，最多一位小数。"), True
    return found, rows if is_wrong else []


def _state_of(one: Shift, now: dt.datetime) -> str:
    if one.cancelled_at:
        return _("已取消")
    if one.ends <= now:
        return _("已结束")
    if one.begins <= now:
        return _("进行中")
    return _("已满") if one.free <= 0 else _("还缺%(n)d人") % {"n": one.free}
