"""A visitor's bookings: to come and past, one with its ticket, changing and cancelling it."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Slot
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries import availability, visits
from kexie.contexts.museums.queries.availability import Stand
from kexie.contexts.museums.queries.booking import SlotFacts, own_reservation, recent_slot_facts, slot_of
from kexie.contexts.museums.queries.visits import Visit
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.rules.times import hours_in_words
from kexie.contexts.museums.rules.wording import minutes_in_words
from kexie.contexts.museums.web.public import ics, tickets
from kexie.contexts.museums.web.public.availability import by_day
from kexie.contexts.museums.web.public.base import CONFLICT, UNPROCESSABLE, PublicView
from kexie.foundation.visitors import details
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import shell
from kexie.foundation.visitors.web.request import to_sign_in, visitor_of
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.periods import Period
from kexie.platform import crypto
from kexie.platform.capacity.models import Channel, Reservation
from kexie.platform.capacity.operations.bookings import NotPossible
from kexie.platform.tickets import card
from kexie.platform.tickets.web.views import to_keep

_PAGE = 20
# Why a booking ended, in words; `Reservation.end_reason` is a code.
_REASONS: dict[str, Text] = {
    "VISITOR": gettext_lazy("本人取消"),
    "MOVED": gettext_lazy("已改签"),
    "CLOSED_DAY": gettext_lazy("因闭馆取消"),
    "SLOT_CLOSED": gettext_lazy("因闭馆取消"),
}
State = Reservation.State


class MyView(PublicView):
    """A page of somebody signed in as a visitor."""

    tab = "bookings"
    visitor: Visitor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to sign in and back; hide (404) what is somebody else's."""
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        self.visitor = visitor
        try:
            self.load()
            response = super().dispatch(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(_("没有找到，或者它不是您的。")) from error
        add_never_cache_headers(response)
        return response

    def load(self) -> None:
        """Find what the page is about. Raises NotFound."""

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render `museums/my/<template>.html` below the visitor's tabs."""
        shown = {"now": self.now, **context}
        return shell.render(
            self.request, self.visitor, f"museums/my/{template}.html", shown, current=self.tab, status=status
        )


class BookingsView(MyView):
    """All of a visitor's bookings."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show those to come, groups, restrictions, and the past by pages."""
        who, scope = self.visitor.pk, self.visible
        page = Paginator(visits.past(who, scope, now=self.now), _PAGE).get_page(request.GET.get("page"))
        values = {
            "coming": visits.visits(visits.coming(who, scope, now=self.now), scope),
            "past": visits.visits(page.object_list, scope),
            "page": page,
            "groups": visits.groups_of(who, scope)[:_PAGE],
            "restrictions": visits.restrictions(who, scope, now=self.now),
        }
        return self.page("bookings", values)


@dataclass(frozen=True)
class Step:
    """A line of the timeline."""

    title: Text
    when: dt.datetime | Text
    tone: str = ""


class OneBooking(MyView):
    """A page about one booking (address kwarg `number`: its code)."""

    def load(self) -> None:
        """Find the booking."""
        self.reservation = own_reservation(
            self.kwargs["number"], self.visitor.pk, self.visitor.association_id
        )
        found = visits.visits([self.reservation], self.visible)
        if not found:
            raise NotFound("reservation")
        self.visit: Visit = found[0]
        self.slot: SlotFacts = slot_of(self.reservation)

    @cached_property
    def party(self) -> tuple[details.Person, ...]:
        """Who comes."""
        return booking.party_of(self.reservation)

    @property
    def has_minors(self) -> bool:
        """Whether children come along."""
        return any(one.is_child_on(self.slot.day) for one in self.party)

    @property
    def cut_off(self) -> dt.datetime:
        """Until when one may change one's mind."""
        return self.slot.offer.starts_at - dt.timedelta(minutes=self.slot.rules.cancel_minutes or 0)

    @property
    def is_changeable(self) -> bool:
        """Whether it may still be cancelled or moved."""
        return self.is_own_party and self.reservation.state == State.CONFIRMED and self.now <= self.cut_off

    @property
    def is_own_party(self) -> bool:
        """Whether it is a party's own booking; groups change theirs on the group's page."""
        return self.reservation.channel != Channel.GROUP

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that knows its booking."""
        shown = {
            "visit": self.visit,
            "reservation": self.reservation,
            "slot": self.slot,
            "museum": self.visit.museum,
            "code": self.visit.museum.unit.code,
            "rules": self.slot.rules,
            "cut_off": self.cut_off,
            "can_change": self.is_changeable,
        }
        return super().page(template, {**shown, **context}, status=status)

    def here(self) -> HttpResponseRedirect:
        """Go to the booking's page."""
        return HttpResponseRedirect(reverse("my:booking", kwargs={"number": self.reservation.code}))


class BookingView(OneBooking):
    """The booking: what was agreed, the ticket, what comes next."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Show it; a hold goes on to who comes."""
        one = self.reservation
        if one.state == State.HELD:
            kwargs = {"code": self.visit.museum.unit.code, "number": one.code}
            return HttpResponseRedirect(reverse("museum:who", kwargs=kwargs))
        has_ticket = one.state == State.CONFIRMED
        drawing = tickets.svg_of(one, has_minors=self.has_minors) if has_ticket else ""
        values = {
            "is_new": "new" in request.GET and has_ticket,
            "qr": drawing,
            "keep": self._to_keep(drawing) if has_ticket else None,
            "party": self.party,
            "steps": list(self._steps()),
            "moved_to": visits.moved_to(one) if one.end_reason == "MOVED" else None,
            "cancel_words": minutes_in_words(self.slot.rules.cancel_minutes or 0),
            "moves_left": self._moves_left(),
            "reason": _REASONS.get(one.end_reason, ""),
        }
        return self.page("booking", values)

    def _to_keep(self, drawing: str) -> dict[str, Any]:
        """Return what this device keeps of the ticket, to show it without a network."""
        offer = self.slot.offer
        return to_keep(
            owner=crypto.keyed_digest(f"tickets:{self.visitor.pk}")[:16],
            code=self.reservation.code,
            title=self.slot.museum,
            when=f"{tickets.day_in_words(offer.day)} {hours_in_words(offer.starts_at, offer.ends_at)}",
            size=self.reservation.size,
            drawing=drawing,
            ends_at_ms=int(offer.ends_at.timestamp() * 1000),
        )

    def _moves_left(self) -> int | None:
        most = self.slot.rules.max_moves
        return None if most is None else max(most - self.reservation.moves, 0)

    def _steps(self) -> Iterator[Step]:
        one, offer = self.reservation, self.slot.offer
        yield Step(_("选定时段"), one.made_at)
        if one.confirmed_at:
            yield Step(_("预约成功"), one.confirmed_at)
        if one.state == State.CONFIRMED:
            yield Step(_("入馆"), offer.starts_at, "next")
        elif one.ended_at:
            bad = "bad" if one.state == State.NO_SHOW else ""
            yield Step(_REASONS.get(one.end_reason) or one.get_state_display(), one.ended_at, bad)


class ChangeView(OneBooking):
    """Move a booking to another slot."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Show the slots one could move to."""
        return self._show()

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Move it, or say why not."""
        if not self.is_own_party:
            return self._show(problem=_("团队预约请在团队预约页面修改或取消。"), status=CONFLICT)
        slot = self._chosen(request.POST.get("slot", ""))
        if slot is None:
            return self._show(problem=_("请选择一个时段。"), status=UNPROCESSABLE)
        key = f"{self.visitor.pk.hex}:move:{request.POST.get('key', '')[:32]}"
        try:
            placed = booking.move(
                reservation=self.reservation, slot=slot, key=key, actor=self.visitor, now=self.now
            )
        except (booking.BookingRefused, booking.CannotChange, PartyRefused, NotPossible) as error:
            return self._show(problem=str(error), status=CONFLICT)
        messages.success(request, _("已改签，原二维码作废，请使用新的二维码。"))
        return HttpResponseRedirect(reverse("my:booking", kwargs={"number": placed.code}))

    def _chosen(self, asked: str) -> SlotFacts | None:
        try:
            slot = recent_slot_facts(UUID(asked), self.visitor.association_id)
        except (ValueError, NotFound):
            return None
        return slot if slot.museum_id == self.slot.museum_id else None

    def _show(self, *, problem: str = "", status: int = 200) -> HttpResponse:
        museum, ahead = self.visit.museum, self.slot.rules.horizon_days
        period = Period.until(self.today + dt.timedelta(days=min(max(ahead, 7), 30)), since=self.today)
        found = availability.places(museum, period, self.visible, kind=self.visit.slot.kind)
        if self.visit.slot.kind == Slot.Kind.SHOW:
            found = [one for one in found if one.title == self.slot.title]
        fits = [
            one
            for one in found
            if one.id != self.slot.id
            and one.stand(self.now) == Stand.FREE
            and one.left >= self.reservation.size
        ]
        values = {
            "days": by_day(fits, self.now),
            "problem": problem,
            "form": {"errors": problem},
            "key": uuid.uuid4().hex,
        }
        return self.page("change", values, status=status)


class PeopleView(OneBooking):
    """Leave somebody out."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Ask who does not come."""
        return self._show(set())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Give their places back."""
        if not self.is_own_party:
            return self._show(set(), problem=_("团队预约请在团队预约页面修改或取消。"), status=CONFLICT)
        chosen = {
            int(one) for one in request.POST.getlist("out") if one.isdecimal() and int(one) < len(self.party)
        }
        if not chosen:
            return self._show(chosen, problem=_("请勾选不来的人。"), status=UNPROCESSABLE)
        if len(chosen) == len(self.party):
            return self._show(chosen, problem=_("大家都不来时，请取消整个预约。"), status=UNPROCESSABLE)
        try:
            booking.leave_out(
                reservation=self.reservation, positions=sorted(chosen), actor=self.visitor, now=self.now
            )
        except (booking.CannotChange, PartyRefused, NotPossible) as error:
            return self._show(chosen, problem=str(error), status=CONFLICT)
        messages.success(request, _("已减少%(count)d人，二维码已更新。") % {"count": len(chosen)})
        return self.here()

    def _show(self, chosen: set[int], *, problem: str = "", status: int = 200) -> HttpResponse:
        people = [(number, one, number in chosen) for number, one in enumerate(self.party)]
        values = {"people": people, "problem": problem, "form": {"errors": problem}}
        return self.page("people", values, status=status)


class CancelView(OneBooking):
    """Cancel a booking; asks first."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Ask, and say what it costs."""
        return self._show()

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Cancel it."""
        if not self.is_own_party:
            return self._show(problem=_("团队预约请在团队预约页面修改或取消。"), status=CONFLICT)
        try:
            booking.cancel(reservation=self.reservation, actor=self.visitor, now=self.now)
        except booking.CannotChange as error:
            return self._show(problem=str(error), status=CONFLICT)
        messages.success(request, _("已取消预约，名额已让给其他观众。"))
        return HttpResponseRedirect(reverse("my:bookings"))

    def _show(self, *, problem: str = "", status: int = 200) -> HttpResponse:
        budgets = booking.budgets(self.reservation, now=self.now)
        return self.page("cancel", {"problem": problem, "budgets": budgets}, status=status)


class TicketFile(OneBooking):
    """The ticket as a file: png, pdf, or an entry of a calendar."""

    def get(self, request: HttpRequest, number: str, kind: str) -> HttpResponse:
        """Answer with the file."""
        if self.reservation.state != State.CONFIRMED:
            raise NotFound("ticket")
        content, media = getattr(self, f"_{kind}")()
        response = HttpResponse(content, content_type=media)
        response["Content-Disposition"] = f'inline; filename="{self.reservation.code}.{kind}"'
        return response

    def _card(self) -> card.Card:
        address = self.visit.museum.address
        return tickets.card_of(self.reservation, self.slot, address=address, has_minors=self.has_minors)

    def _png(self) -> tuple[bytes, str]:
        return card.png(self._card()), "image/png"

    def _pdf(self) -> tuple[bytes, str]:
        return card.pdf(self._card()), "application/pdf"

    def _ics(self) -> tuple[str, str]:
        url = self.request.build_absolute_uri(reverse("my:booking", kwargs={"number": self.reservation.code}))
        where = " ".join(one for one in (self.visit.museum.name, self.visit.museum.address) if one)
        event = tickets.event_of(self.reservation, self.slot, where=where, url=url)
        host = self.request.get_host().partition(":")[0]
        text = ics.calendar(name=self.slot.museum, host=host, events=[event], made_at=self.now)
        return text, "text/calendar; charset=utf-8"
