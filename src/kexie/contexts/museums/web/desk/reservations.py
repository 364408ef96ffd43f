"""Finding somebody's reservation, and the page of one: who comes (masked), who came, and what can be done."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Slot
from kexie.contexts.museums.operations import desk as operations
from kexie.contexts.museums.operations import lookup
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.queries import reservations as queries
from kexie.contexts.museums.queries.reservations import Sight
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.desk.forms import (
    ActForm,
    CheckInForm,
    FindForm,
    MoveForm,
    ReasonForm,
    WordsForm,
)
from kexie.contexts.museums.web.desk.today import TodayBase, span
from kexie.foundation.access.roles import Action
from kexie.foundation.visitors.details import Person
from kexie.kernel.errors import NotFound, Text
from kexie.platform.capacity.models import Passage, Reservation
from kexie.ui.nav import Link

State = Reservation.State
BAD = {Passage.Verdict.DOUBLE, Passage.Verdict.REFUSED}
_MOVE_DAYS = 14
_MOST_SLOTS = 60
# What the history of a reservation says, by the action in the audit log.
WORDS: dict[str, Text] = {
    "capacity.confirmed": gettext_lazy("预约成功"),
    "capacity.book": gettext_lazy("预约成功"),
    "capacity.hold": gettext_lazy("保留名额"),
    "capacity.extend": gettext_lazy("延长保留"),
    "capacity.cancelled": gettext_lazy("已取消"),
    "capacity.expired": gettext_lazy("超时释放"),
    "capacity.changed": gettext_lazy("减少人数"),
    "capacity.used": gettext_lazy("已使用"),
    "capacity.no_show": gettext_lazy("记为未到"),
    "museums.check_in": gettext_lazy("服务台核验入馆"),
    "museums.cancel_for_museum": gettext_lazy("本馆取消"),
    "museums.move_for_museum": gettext_lazy("本馆改期"),
    "museums.note": gettext_lazy("备注"),
    "museums.reveal_party": gettext_lazy("查看完整信息"),
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of a reservation's history."""

    at: dt.datetime
    title: Text
    who: str = ""
    text: str = ""
    tone: str = ""


def events(seen: Sight) -> list[Event]:
    """Return what was done to a reservation and who came in, the latest first."""
    done = [
        Event(at=one.at, title=WORDS.get(one.action, one.action), who=one.actor_name, text=one.reason)
        for one in seen.history
    ]
    return sorted(
        [*done, *(_passage(one, seen) for one in seen.passages)], key=lambda one: one.at, reverse=True
    )


def _passage(one: Passage, seen: Sight) -> Event:
    words = _("%(way)s%(n)d人（%(verdict)s）")
    by_hand = seen.staff.get(one.by_id, "") if one.by_id else ""
    values = {"way": one.get_direction_display(), "n": one.count, "verdict": one.get_verdict_display()}
    return Event(
        at=one.at,
        title=words % values,
        who=str(one.device or by_hand),
        text=one.reason,
        tone="bad" if one.verdict in BAD else "",
    )


class FindView(TodayBase):
    """Look for somebody. What was typed is never in an address."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self.show_found(FindForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what there is; a single one by its own number opens at once."""
        form = FindForm(request.POST)
        found = form.carry_out(
            lambda given: lookup.find(
                museum=self.museum, typed=given["typed"], day=given["day"], actor=self.account,
                scope=self.readable, now=self.now,
            )
        )  # fmt: skip
        if found is None:
            return self.show_found(form, status=UNPROCESSABLE)
        if len(found.reservations) == 1 and found.by in {"code", "ticket"}:
            return self.go("reservation", reservation=found.reservations[0].code)
        return self.show_found(form, found)

    def show_found(
        self, form: FindForm, found: lookup.Found | None = None, *, status: int = 200
    ) -> HttpResponse:
        """Render the page."""
        lines = [(one, queries.party(one)) for one in found.reservations] if found else []
        trail = self.trail(Link(_("今日"), self.url("today")), Link(_("查找预约")))
        context = {
            "form": form,
            "found": found,
            "lines": lines,
            "trail": trail,
            "today": timezone.localdate(),
        }
        return self.page("find", context, status=status)

    to_write: ClassVar[Action] = Action.READ


class ReservationView(TodayBase):
    """One reservation."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.show_one()

    def show_one(
        self, form: ActForm | None = None, *, revealed: tuple[Person, ...] = (), status: int = 200
    ) -> HttpResponse:
        """Render the page; `form` is the one that was refused."""
        seen = queries.sight(self.museum, self.kwargs["reservation"], self.readable)
        one = seen.reservation
        trail = self.trail(Link(_("今日"), self.url("today")), Link(_("预约 %(code)s") % {"code": one.code}))
        context = {
            "seen": seen,
            "one": one,
            "form": form,
            "trail": trail,
            "revealed": revealed,
            "events": events(seen),
            "forms": self.forms(seen, form),
        }
        return self.page("reservation", context, status=status)

    def forms(self, seen: Sight, refused: ActForm | None) -> dict[str, ActForm]:
        """Return the forms for what the account may do with the reservation as it stands."""
        one = seen.reservation
        found: dict[str, ActForm] = {}
        if self.may(Action.DRAFT):
            if one.state in operations.LET_IN:
                found["check_in"] = CheckInForm(initial={"count": seen.missing or 1})
            if one.state == State.CONFIRMED and not one.admitted and not seen.group:
                found["move"] = MoveForm(slots=self.slots_ahead(seen))
            if one.state in Reservation.ACTIVE and not seen.group:
                found["cancel"] = ReasonForm()
            found["note"] = WordsForm()
        if self.may(Action.DRAFT) and seen.party:
            found["reveal"] = ReasonForm()
        if refused is not None:
            found[self.kwargs["act"]] = refused
        return found

    def slots_ahead(self, seen: Sight) -> list[tuple[str, str]]:
        """Return the slots to which it may be moved: of its kind, in the next two weeks."""
        kind = seen.slot.kind if seen.slot else Slot.Kind.ENTRY
        until = timezone.localdate(self.now) + dt.timedelta(days=_MOVE_DAYS)
        rows = Slot.objects.filter(
            self.readable.q("museum__unit"), museum=self.museum, kind=kind, offer__ends_at__gt=self.now,
            offer__day__lte=until,
        ).exclude(offer__state="CANCELLED")  # fmt: skip
        found = rows.exclude(offer=seen.reservation.offer_id).select_related("offer")
        return [
            (str(slot.pk), f"{slot.offer.day:%m-%d} {span(slot)}")
            for slot in found.order_by("offer__starts_at")[:_MOST_SLOTS]
        ]


class ReservationActView(ReservationView):
    """Something done with a reservation: `act` in the address."""

    action: ClassVar[Action] = Action.DRAFT

    def check(self) -> None:
        """Find it, as far as the account sees it."""
        super().check()
        if self.kwargs["act"] not in FORMS:
            raise NotFound(self.kwargs["act"])
        self.one = queries.reservation(self.museum, self.kwargs["reservation"], self.readable)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page does nothing again."""
        return self.go("reservation", reservation=self.one.code)

    def post(self, request: HttpRequest, act: str, **_kwargs: Any) -> HttpResponse:
        """Do it."""
        form = self._form(act)
        done = form.carry_out(getattr(self, f"do_{act}"))
        if done is None:
            return self.show_one(form, status=UNPROCESSABLE)
        if act == "reveal":
            return self.show_one(revealed=done)
        code, said = done
        messages.success(request, said)
        return self.go("reservation", reservation=code)

    def _form(self, act: str) -> ActForm:
        if act == "move":
            seen = queries.sight(self.museum, self.one.code, self.readable)
            return MoveForm(self.request.POST, slots=self.slots_ahead(seen))
        return FORMS[act](self.request.POST)

    @property
    def _by(self) -> dict[str, Any]:
        return {"reservation": self.one, "actor": self.account, "now": self.now}

    def do_check_in(self, given: dict[str, Any]) -> tuple[str, str]:
        """Let some or all in."""
        receipt = operations.check_in(**self._by, count=given["count"], override=given["override"])
        if receipt.doubles:
            messages.warning(self.request, _("这张票在别处也核验过，请在“重复核验”里核实。"))
        return self.one.code, _("已放行%(n)d人。") % {"n": given["count"]}

    def do_cancel(self, given: dict[str, Any]) -> tuple[str, str]:
        """Cancel for the museum."""
        operations.cancel(museum=self.museum, **self._by, reason=given["reason"])
        return self.one.code, _("已取消并通知观众，名额已放回。")

    def do_move(self, given: dict[str, Any]) -> tuple[str, str]:
        """Move to another slot."""
        try:
            placed = operations.move(
                museum=self.museum, **self._by, slot=self.slot(given["slot"]), key=given["key"],
                reason=given["reason"],
            )  # fmt: skip
        except BookingRefused as refused:
            refused.fields = {"slot": refused.message or _("这个时段不能改入，请换一个。")}
            refused.message = ""
            raise
        return placed.code, _("已改期并通知观众，新预约号 %(code)s。") % {"code": placed.code}

    def do_note(self, given: dict[str, Any]) -> tuple[str, str]:
        """Add a note."""
        operations.note(**self._by, words=given["words"])
        return self.one.code, _("已记下备注。")

    def do_reveal(self, given: dict[str, Any]) -> tuple[Person, ...]:
        """Show who comes in clear, once."""
        return operations.reveal(**self._by, reason=given["reason"])


FORMS: dict[str, type[ActForm]] = {
    "check_in": CheckInForm,
    "cancel": ReasonForm,
    "move": MoveForm,
    "note": WordsForm,
    "reveal": ReasonForm,
}
