"""The desk's one screen: the day as it stands, and what one does about it with one tap."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Slot
from kexie.contexts.museums.operations import desk as operations
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.queries import booking
from kexie.contexts.museums.queries import desk as queries
from kexie.contexts.museums.queries.booking import SlotFacts
from kexie.contexts.museums.queries.desk import Today
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.desk.forms import (
    ActForm,
    AdmitForm,
    FindForm,
    HeadsForm,
    LeaveForm,
    NamedForm,
    ReasonForm,
    WordsForm,
)
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound, Text
from kexie.ui.nav import Link

REFRESH_SECONDS = 20


class TodayBase(MuseumView):
    """What the day's pages share: the day's facts, read once."""

    tab = "today"

    def check(self) -> None:
        """Read the clock once for the whole request."""
        super().check()
        self.now = timezone.now()

    def read(self) -> Today:
        """Return the day as it stands."""
        return queries.today(self.museum, self.readable, now=self.now)

    def slots(self, today: Today) -> list[tuple[str, str]]:
        """Return the entry slots that people may still be let into, the present one first."""
        return [
            (str(line.slot.pk), _("%(time)s　剩%(left)d") % {"time": span(line.slot), "left": line.left})
            for line in today.entries
            if not line.is_over(self.now)
        ]

    def slot(self, pk: str) -> SlotFacts:
        """Return one of this museum's slots."""
        found = booking.slot_facts(pk, self.readable)  # type: ignore[arg-type]  # the choice field checked it
        if found.museum_id != self.museum.pk:
            raise NotFound(pk)
        return found

    def show(self, today: Today, admit: AdmitForm | None = None, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        admit = admit or AdmitForm(slots=self.slots(today))
        context = {
            "today": today,
            "admit": admit,
            "find": FindForm(),
            "refresh": REFRESH_SECONDS,
            "may_admit": self.may(Action.DRAFT),
        }
        return self.page("today", context, status=status)


class TodayView(TodayBase):
    """The screen."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the day."""
        return self.show(self.read())


class LiveView(TodayBase):
    """The part of the screen that is fetched again and again."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the day without the frame."""
        return self.page("_today", {"today": self.read()})


class AdmitView(TodayBase):
    """Give places to people without a phone and let them in."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page lets nobody in."""
        return self.go("today")

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Take places from the channel's quota."""
        today = self.read()
        form = AdmitForm(request.POST, slots=self.slots(today))
        placed = form.carry_out(
            lambda given: admit(
                self,
                given["slot"],
                channel=given["channel"],
                size=given["size"],
                key=given["key"],
            )
        )
        if placed is None:
            return self.show(today, form, status=UNPROCESSABLE)
        return admitted(self, placed)


def admit(view: TodayBase, slot: str, **given: Any) -> Any:
    """Let people in through the operation; a full slot is said beside the number."""
    try:
        return operations.admit(slot=view.slot(slot), actor=view.account, now=view.now, **given)
    except BookingRefused as refused:
        if not refused.fields:
            refused.fields = {"size": refused.message}
            refused.message = ""
        raise


def admitted(view: TodayBase, placed: Any) -> HttpResponse:
    """Say under which number people were let in, and go back to the day."""
    said = _("已放行%(n)d人，票号 %(code)s。") % {"n": placed.size, "code": placed.code}
    messages.success(view.request, said)
    return view.go("today")


class NamedView(TodayBase):
    """The same with names, for a small party."""

    action: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        given = {"channel": request.GET.get("channel", "PRIORITY")}
        return self.form(NamedForm(slots=self.slots(self.read()), initial=given))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Check everybody's details, then let them in."""
        form = NamedForm(request.POST, slots=self.slots(self.read()))
        party = form.party(timezone.localdate(self.now)) if form.is_valid() else []
        if not form.is_valid():
            return self.form(form, status=UNPROCESSABLE)
        given = form.cleaned_data
        placed = form.carry_out(lambda _given: self._admit(form, given, party))
        return admitted(self, placed) if placed else self.form(form, status=UNPROCESSABLE)

    def _admit(self, form: NamedForm, given: dict[str, Any], party: list[Any]) -> Any:
        try:
            return admit(
                self, given["slot"], channel=given["channel"], size=len(party), key=given["key"], party=party
            )
        except BookingRefused as refused:
            refused.fields = {name.replace("party-", "name_"): text for name, text in refused.fields.items()}
            raise

    def form(self, form: NamedForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        trail = self.trail(Link(_("今日"), self.url("today")), Link(_("实名领票")))
        return self.page("named", {"form": form, "trail": trail}, status=status)


class ActView(TodayBase):
    """A small thing done about the day, on a page of its own: `act` in the address."""

    action: ClassVar[Action] = Action.DRAFT

    def check(self) -> None:
        """Know the act."""
        super().check()
        if self.kwargs["act"] not in ACTS:
            raise NotFound(self.kwargs["act"])
        self.what = ACTS[self.kwargs["act"]]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        initial = {"kind": request.GET.get("kind", "")} if request.GET.get("kind") else None
        return self.form(self.what.form(initial=initial))

    def post(self, request: HttpRequest, act: str, **_kwargs: Any) -> HttpResponse:
        """Do it and go back to the day."""
        form = self.what.form(request.POST)
        said = form.carry_out(lambda given: getattr(self, f"do_{act}")(**given))
        if said is None:
            return self.form(form, status=UNPROCESSABLE)
        messages.success(request, said)
        return self.go("today")

    def form(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        trail = self.trail(Link(_("今日"), self.url("today")), Link(self.what.title))
        context = {
            "form": form,
            "trail": trail,
            "what": self.what,
            "back": self.url("today"),
            "is_grave": self.kwargs["act"] == "pause",
        }
        return self.page("act", context, status=status)

    @property
    def _by(self) -> dict[str, Any]:
        return {"museum": self.museum, "actor": self.account, "now": self.now}

    def do_heads(self, **given: Any) -> str:
        """Write down a count by hand."""
        operations.count_heads(**self._by, **given)
        return _("已记下：%(n)d人。") % {"n": given["count"]}

    def do_leave(self, count: int) -> str:
        """Count people out."""
        operations.leave(**self._by, count=count)
        return _("已计离馆%(n)d人。") % {"n": count}

    def do_pause(self, reason: str) -> str:
        """Stop bookings for today."""
        stopped = operations.pause(**self._by, reason=reason)
        return _("已暂停今天余下的%(n)d个时段的预约，已有预约不受影响。") % {"n": stopped}

    def do_resume(self) -> str:
        """Take bookings again."""
        opened = operations.resume(**self._by)
        return _("已恢复%(n)d个时段的预约。") % {"n": opened}

    def do_notice(self, words: str) -> str:
        """Tell those who still come today."""
        told = operations.tell_booked(**self._by, words=words)
        return _("已通知%(n)d个今天尚未入馆的预约。") % {"n": told}


@dataclass(frozen=True, kw_only=True)
class Act:
    """One of the small things: its form, and the words of its page."""

    form: type[ActForm]
    title: Text
    hint: Text
    button: Text


ACTS = {
    "heads": Act(
        form=HeadsForm,
        title=gettext_lazy("人工计数"),
        hint=gettext_lazy("馆内清点会校正“当前在馆”；计数器读数在闭馆核对时使用。"),
        button=gettext_lazy("记下"),
    ),
    "leave": Act(
        form=LeaveForm,
        title=gettext_lazy("计离馆人数"),
        hint=gettext_lazy("没有扫描离馆的观众从这里计数，当前在馆人数随之减少。"),
        button=gettext_lazy("计入离馆"),
    ),
    "pause": Act(
        form=ReasonForm,
        title=gettext_lazy("暂停今天的预约"),
        hint=gettext_lazy("只停止新的预约，已有预约照常入馆；观众会看到原因。"),
        button=gettext_lazy("暂停预约"),
    ),
    "resume": Act(
        form=ActForm,
        title=gettext_lazy("恢复今天的预约"),
        hint=gettext_lazy("今天余下的时段重新开放预约。"),
        button=gettext_lazy("恢复预约"),
    ),
    "notice": Act(
        form=WordsForm,
        title=gettext_lazy("通知今天的观众"),
        hint=gettext_lazy("发给今天已预约、还没有入馆的观众，写明他们需要做什么。"),
        button=gettext_lazy("发送通知"),
    ),
}


def span(slot: Slot) -> str:
    """Return a slot's name and times as people say them."""
    starts, ends = timezone.localtime(slot.offer.starts_at), timezone.localtime(slot.offer.ends_at)
    times = f"{date_format(starts, 'H:i')}–{date_format(ends, 'H:i')}"
    return f"{slot.title} {times}" if slot.title else times
