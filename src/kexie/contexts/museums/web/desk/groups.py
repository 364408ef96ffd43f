"""Groups: the list and calendar, one request with its roster masked, deciding, asking for more, ticking off arrival."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import GroupRequest, Slot
from kexie.contexts.museums.operations import desk
from kexie.contexts.museums.operations import groups as operations
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.queries import groups as queries
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.desk.forms import ActForm, CheckInForm, Number, reason
from kexie.contexts.museums.web.desk.lists import Order, chips, paged, sorted_rows, sorts
from kexie.contexts.museums.web.desk.today import TodayBase, span
from kexie.contexts.museums.web.exports import send
from kexie.foundation.access.roles import Action
from kexie.foundation.people.masking import mask_phone
from kexie.kernel import text
from kexie.kernel.errors import NotFound, Text
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui.nav import Link

State = GroupRequest.State
_CALENDAR_DAYS = 28
_CHANGE_DAYS = 60
_MOST_SLOTS = 120
WORDS: dict[str, Text] = {
    "museums.attach_document": gettext_lazy("上传团队材料"),
    "museums.detach_document": gettext_lazy("删除材料"),
    "museums.group_requested": gettext_lazy("提出申请"),
    "museums.group_submitted": gettext_lazy("提交名单"),
    "museums.group_approved": gettext_lazy("审核通过"),
    "museums.group_refused": gettext_lazy("审核未通过"),
    "museums.group_asked": gettext_lazy("要求补充"),
    "museums.group_replied": gettext_lazy("领队说明"),
    "museums.group_changed": gettext_lazy("改期或改人数"),
    "museums.group_cancelled": gettext_lazy("已取消"),
    "museums.reveal_leader": gettext_lazy("查看领队电话"),
}


class AskForm(ActForm):
    """What the group is asked for, and until when."""

    asked_for = reason(gettext_lazy("需要补充什么"))
    asked_until = forms.DateTimeField(
        label=gettext_lazy("补充期限"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class ApproveForm(ActForm):
    """Accepting, with a word for the leader."""

    note = reason(gettext_lazy("给领队的话"))


class RefuseForm(ActForm):
    """Turning down."""

    reason = reason(gettext_lazy("未通过的原因"))


class CallOffForm(ActForm):
    """Calling off by the museum."""

    reason = reason(gettext_lazy("取消的原因"))


class ChangeForm(ActForm):
    """Another slot or another number."""

    slot = forms.ChoiceField(label=gettext_lazy("改到"))
    size = Number(label=gettext_lazy("总人数"), required=False)

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]  # a choice field


_ORDERS = {
    "": Order(gettext_lazy("按来馆日期"), ()),
    "made": Order(gettext_lazy("新申请在前"), ("-made_at",)),
    "size": Order(gettext_lazy("人数多的在前"), ("-size",)),
    "organisation": Order(gettext_lazy("按单位名称"), ("organisation",)),
}


class GroupsView(TodayBase):
    """The requests of a museum."""

    tab = "groups"

    def asked(self) -> QuerySet[GroupRequest]:
        """Return the requests that the address asks for, by default those still to come."""
        state, words = self.request.GET.get("state", ""), self.words()
        is_past = state == "PAST"
        since = None if is_past or words else timezone.localdate(self.now)
        known = state if state in State.values else ""
        rows = queries.groups(self.museum, self.readable, state=known, words=words, since=since)
        if is_past:
            today = timezone.localdate(self.now)
            rows = rows.filter(slot__offer__day__lt=today).order_by("-slot__offer__day")
        return sorted_rows(rows, self.request.GET, _ORDERS)

    def words(self) -> str:
        """Return what is searched for."""
        return text.clean(self.request.GET.get("q", ""))[:60]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        state, words = request.GET.get("state", ""), self.words()
        choices: list[tuple[str, Text]] = [("", _("将来馆")), *State.choices, ("PAST", _("以往"))]
        context = {
            "page": paged(self.asked(), request.GET),
            "chips": chips(request.GET, "state", choices, state),
            "sorts": sorts(request.GET, _ORDERS),
            "words": words,
            "query": request.GET.urlencode(),
            "is_plain": not (state or words),
        }
        return self.page("groups", context)


class GroupsExportView(GroupsView):
    """The same as an Excel file, without rosters and telephone numbers."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Send the file."""
        labels = (
            _("日期"), _("时段"), _("单位名称"), _("团队类型"), _("总人数"), _("带队人数"), _("领队姓名"), _("状态"),
            _("申请号"),
        )  # fmt: skip
        return send(self, _("团队预约"), [Heading(label, 16) for label in labels], map(_line, self.asked()))


def _line(one: GroupRequest) -> list[CellValue]:
    offer = one.slot.offer
    return [
        offer.day, span(one.slot), one.organisation, one.get_kind_display(), one.size, one.leaders, one.leader_name,
        one.get_state_display(), one.code,
    ]  # fmt: skip


class GroupCalendarView(TodayBase):
    """Which groups come on which day of the next four weeks, beside the cap of a day."""

    tab = "groups"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the days."""
        today = timezone.localdate(self.now)
        until = today + dt.timedelta(days=_CALENDAR_DAYS)
        rows = queries.groups(self.museum, self.readable, since=today)
        held = (State.DRAFT, State.REQUESTED, State.APPROVED)
        found: dict[dt.date, list[GroupRequest]] = {}
        for one in rows.filter(state__in=held, slot__offer__day__lt=until):
            found.setdefault(one.slot.offer.day, []).append(one)
        days = [(day, of, sum(one.size for one in of)) for day, of in sorted(found.items())]
        trail = self.trail(Link(_("团队"), self.url("groups")), Link(_("团队日历")))
        return self.page("group_calendar", {"days": days, "trail": trail, "weeks": _CALENDAR_DAYS // 7})


class GroupView(TodayBase):
    """One request."""

    tab = "groups"

    def check(self) -> None:
        """Find it, as far as the account sees it."""
        super().check()
        self.group = queries.group(self.museum, self.kwargs["group"], self.readable)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.show_group()

    def show_group(self, form: ActForm | None = None, *, phone: str = "", status: int = 200) -> HttpResponse:
        """Render the page; `form` is the one that was refused."""
        one = self.group
        rows = queries.history(one, self.readable)
        context = {
            "one": one,
            "phone": phone or mask_phone(operations.phone_of(one)),
            "is_revealed": bool(phone),
            "roster": paged(operations.roster_of(one), self.request.GET),  # type: ignore[arg-type]  # a sequence
            "documents": list(one.documents.order_by("made_at", "id")),
            "history": [(WORDS.get(entry.action, entry.action), entry) for entry in rows],
            "form": form,
            "forms": self.forms(form),
            "trail": self.trail(Link(_("团队"), self.url("groups")), Link(one.organisation)),
            "is_today": one.slot.offer.day == timezone.localdate(self.now),
        }
        return self.page("group", context, status=status)

    def forms(self, refused: ActForm | None) -> dict[str, ActForm]:
        """Return the forms for what the account may do with the request as it stands."""
        one = self.group
        found: dict[str, ActForm] = {}
        if self.may(Action.CONFIRM):
            if one.state == State.REQUESTED:
                found |= {"approve": ApproveForm(), "refuse": RefuseForm()}
            if one.state in {State.DRAFT, State.REQUESTED}:
                until = self.now + dt.timedelta(days=2)
                found["ask"] = AskForm(initial={"asked_until": timezone.localtime(until)})
            if one.state in {State.DRAFT, State.REQUESTED, State.APPROVED}:
                found["change"] = ChangeForm(slots=self.slots_ahead(), initial={"size": one.size})
                found["call_off"] = CallOffForm()
        if self.may(Action.DRAFT):
            found |= self._arrival()
        if refused is not None:
            found[self.kwargs["act"]] = refused
        return found

    def _arrival(self) -> dict[str, ActForm]:
        reservation = self.group.reservation
        if reservation is None or reservation.state not in desk.LET_IN:
            return {}
        left = max(reservation.size - reservation.admitted, 0)
        return {"arrive": CheckInForm(initial={"count": left or 1})}

    def slots_ahead(self) -> list[tuple[str, str]]:
        """Return the entry slots to which the group may be moved, its own among them."""
        until = timezone.localdate(self.now) + dt.timedelta(days=_CHANGE_DAYS)
        rows = Slot.objects.filter(
            self.readable.q("museum__unit"), museum=self.museum, kind=Slot.Kind.ENTRY, offer__state="OPEN",
            offer__closes_at__gt=self.now, offer__day__lte=until,
        ).select_related("offer")  # fmt: skip
        found = rows.order_by("offer__starts_at")[:_MOST_SLOTS]
        return [(str(slot.pk), f"{slot.offer.day:%m-%d} {span(slot)}") for slot in found]


class GroupActView(GroupView):
    """Something done with a request: `act` in the address."""

    action: ClassVar[Action] = Action.DRAFT

    def check(self) -> None:
        """Know the act, and whether this account may decide."""
        super().check()
        if self.kwargs["act"] not in FORMS:
            raise NotFound(self.kwargs["act"])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page does nothing again."""
        return self.go("group", group=self.group.code)

    def post(self, request: HttpRequest, act: str, **_kwargs: Any) -> HttpResponse:
        """Do it, if it is this account's to do."""
        if act in DECISIONS and not self.may(Action.CONFIRM):
            messages.error(request, _("审核团队需要确认权限，请联系本馆负责人。"))
            return self.go("group", group=self.group.code)
        form = self._form(act)
        done = form.carry_out(getattr(self, f"do_{act}"))
        if done is None:
            return self.show_group(form, status=UNPROCESSABLE)
        if act == "phone":
            return self.show_group(phone=done)
        messages.success(request, done)
        return self.go("group", group=self.group.code)

    def _form(self, act: str) -> ActForm:
        if act == "change":
            return ChangeForm(self.request.POST, slots=self.slots_ahead())
        return FORMS[act](self.request.POST)

    @property
    def _by(self) -> dict[str, Any]:
        return {"group": self.group, "actor": self.account, "now": self.now}

    def do_approve(self, given: dict[str, Any]) -> str:
        """Accept."""
        operations.approve(**self._by, note=given["note"])
        return _("已通过，领队会收到通知。")

    def do_refuse(self, given: dict[str, Any]) -> str:
        """Turn down."""
        operations.refuse(**self._by, reason=given["reason"])
        return _("已回复未通过，名额已放回。")

    def do_ask(self, given: dict[str, Any]) -> str:
        """Ask for more."""
        until = given["asked_until"] or self.now
        operations.ask(**self._by, what=given["asked_for"], until=until)
        return _("已请领队补充。")

    def do_call_off(self, given: dict[str, Any]) -> str:
        """Call off for the museum."""
        operations.cancel(**self._by, reason=given["reason"], is_staff=True)
        return _("已取消，领队会收到通知。")

    def do_change(self, given: dict[str, Any]) -> str:
        """Move or resize."""
        try:
            operations.change(**self._by, slot=self.slot(given["slot"]), size=given["size"], is_staff=True)
        except BookingRefused as refused:
            refused.fields, refused.message = {"slot": refused.message}, ""
            raise
        return _("已改期；人数变了的须重新提交名单。")

    def do_arrive(self, given: dict[str, Any]) -> str:
        """Tick off who arrived."""
        if self.group.reservation is None:
            raise NotFound("reservation")
        desk.check_in(
            reservation=self.group.reservation, count=given["count"], override=given["override"], actor=self.account,
            now=self.now,
        )  # fmt: skip
        return _("已放行%(n)d人。") % {"n": given["count"]}

    def do_phone(self, _given: dict[str, Any]) -> str:
        """Show the leader's number once."""
        desk.reveal_leader(**self._by)
        return operations.phone_of(self.group)


FORMS: dict[str, type[ActForm]] = {
    "approve": ApproveForm,
    "refuse": RefuseForm,
    "ask": AskForm,
    "change": ChangeForm,
    "call_off": CallOffForm,
    "arrive": CheckInForm,
    "phone": ActForm,
}
DECISIONS = frozenset({"approve", "refuse", "ask", "change", "call_off"})
