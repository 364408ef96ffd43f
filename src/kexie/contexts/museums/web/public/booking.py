"""Booking a visit: a slot, how many, sign in if need be, who comes.

Places are held as soon as the number is known, and details come after: whoever types slowly loses nothing. The
choice is kept in the address and in the form, so signing in on the way forgets nothing.
"""

import datetime as dt
import uuid
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Draw, Slot
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries import availability
from kexie.contexts.museums.queries.availability import Place, Stand
from kexie.contexts.museums.queries.booking import SlotFacts, own_reservation, recent_slot_facts, slot_of
from kexie.contexts.museums.queries.rules import rules_on
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.web.public.availability import MOST_DAYS, ROOM, by_day, kept
from kexie.contexts.museums.web.public.base import CONFLICT, UNPROCESSABLE, MuseumPage
from kexie.contexts.museums.web.public.parties import PartyForm, WhoComes, stepped
from kexie.foundation.access.web.address import client_address
from kexie.foundation.visitors import consent
from kexie.foundation.visitors import operations as visitors
from kexie.foundation.visitors import queries as visitor_queries
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import kept as kept_forms
from kexie.foundation.visitors.web.request import to_sign_in, visitor_of
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.platform.capacity.models import Reservation
from kexie.platform.capacity.operations.bookings import NotPossible, SeatTaken
from kexie.platform.capacity.orders import Placed, Reason
from kexie.ui.nav import Link

_SAME_DAYS, _DIGITS = 3, 2


class ChooseView(MuseumPage):
    """All days that can be booked, with their slots."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show them."""
        ahead = min(rules_on(self.museum.pk, self.today, self.visible).horizon_days + 1, MOST_DAYS)
        grid = kept(self.museum, self.visible, days=max(ahead, 7), now=self.now).html
        return self.page("choose", {"trail": self.trail(Link(_("选时段"))), "grid": grid})


class SlotPage(MuseumPage):
    """A page about one slot of the museum (address kwarg `slot`)."""

    @cached_property
    def slot(self) -> SlotFacts:
        """The slot; Http404 when it is another museum's or none."""
        try:
            facts = recent_slot_facts(self.kwargs["slot"], self.museum.association_id)
        except NotFound as error:
            raise Http404(_("没有这个时段。")) from error
        if facts.museum_id != self.museum.pk:
            raise Http404(_("没有这个时段。"))
        return facts

    @cached_property
    def place(self) -> Place:
        """The slot with the places left now."""
        return place_of(self, self.slot)

    @cached_property
    def has_draw(self) -> bool:
        """Whether the slot is given out by lot."""
        draws = Draw.objects.filter(self.visible.q("slot__museum__unit"), slot=self.slot.id)
        return draws.exclude(state=Draw.State.CANCELLED).exists()

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that knows its slot."""
        shown = {"slot": self.slot, "place": self.place, "rules": self.slot.rules}
        response = super().page(template, {**shown, **context}, status=status)
        add_never_cache_headers(response)
        return response

    def refuse(self, message: str, reason: str, *, status: int = CONFLICT) -> HttpResponse:
        """Say on a page of its own why the slot cannot be had, and what to do now."""
        day = self.slot.day
        period = Period.until(day + dt.timedelta(days=_SAME_DAYS), since=day)
        others = availability.places(self.museum, period, self.visible, kind=self.slot.kind)
        free = [one for one in others if one.stand(self.now) == Stand.FREE and one.id != self.slot.id]
        values = {
            "message": message,
            "reason": reason,
            "others": by_day(free, self.now),
            "has_draw": self.has_draw,
            "trail": self.trail(Link(_("预约"))),
        }
        return self.page("refused", values, status=status)


class PartyView(SlotPage):
    """How many come; sending it holds the places."""

    def get(self, request: HttpRequest, code: str, slot: UUID) -> HttpResponse:
        """Show the form, the same to wait with for one's turn, or why there is nothing to fill in."""
        stand = self.place.stand(self.now)
        if self._is_waiting(stand):
            return self._show(PartyForm(initial=self._initial(request), rules=self.slot.rules))
        if stand not in {Stand.FREE, Stand.FULL}:
            wanted = booking.Wanted(slot=self.slot, key="", visitor_id=None, size=1)
            order = booking.order_for(wanted, now=self.now)
            reason = order.refusal or Reason.CLOSED
            return self.refuse(self._why(stand), reason.value, status=200)
        if stand == Stand.FULL:
            return self.refuse(_("这个时段已约满。"), Reason.FULL.value, status=200)
        return self._show(PartyForm(initial=self._initial(request), rules=self.slot.rules))

    def post(self, request: HttpRequest, code: str, slot: UUID) -> HttpResponseBase:
        """Hold the places and go on to who comes."""
        if (answers := stepped(request.POST)) is not None:
            return self._show(PartyForm(initial=answers, rules=self.slot.rules))
        form = PartyForm(request.POST, rules=self.slot.rules)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        try:
            placed = self._hold(form, visitor)
        except PartyRefused as error:
            form.add_error("adults", str(error))
            return self._show(form, status=UNPROCESSABLE)
        except booking.BookingRefused as error:
            return self._refused(form, error)
        return self._onward(placed, form)

    @cached_property
    def turn(self) -> dt.datetime:
        """From when the visitor may book the slot; for whoever has not signed in, its release."""
        visitor = visitor_of(self.request)
        return booking.turn_of(self.slot, visitor.pk if visitor else None)

    def _is_waiting(self, stand: Stand) -> bool:
        """Whether the visitor's turn is still to come, and the release soon; before a draw one enters that instead."""
        is_soon = self.slot.offer.opens_at - self.now <= ROOM
        if not (is_soon and stand in {Stand.NOT_YET, Stand.FREE} and self.now < self.turn):
            return False
        return self.now >= self.slot.offer.opens_at or not self.has_draw

    def _why(self, stand: Stand) -> str:
        if stand == Stand.NOT_YET:
            opens = booking.when(self.slot.offer.opens_at)
            return _("这个时段%(when)s开始预约，请届时再来。") % {"when": opens}
        if stand == Stand.OVER:
            return _("这个时段已停止预约，请换一个时段。")
        if stand == Stand.NO_BOOKING:
            return _("这场活动无需预约，到场即可参加。")
        return _("这个时段暂停预约，请换一个时段。")

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        """One adult, or what was chosen before signing in or on a hold that lapsed."""
        before = kept_forms.take(request) or request.GET
        given = {name: before.get(name) for name in ("adults", "children") if before.get(name)}
        return {"key": before.get("key") or uuid.uuid4(), "adults": 1, "children": 0, **given}

    def _hold(self, form: PartyForm, visitor: Visitor) -> Placed:
        given = form.cleaned_data
        wanted = booking.Wanted(
            slot=self.slot,
            key=f"{visitor.pk.hex}:{given['key'].hex}",
            visitor_id=visitor.pk,
            size=given["adults"] + given["children"],
            children=given["children"],
            ip=client_address(self.request),
        )
        return booking.hold(wanted, now=self.now)

    def _refused(self, form: PartyForm, error: booking.BookingRefused) -> HttpResponse:
        """Fewer people may still come: that stands beside the number; all else on a page of its own."""
        if error.left > 0:
            form.add_error("adults", str(error))
            return self._show(form, status=CONFLICT)
        if error.reason == Reason.NOT_YET and self._is_waiting(Stand.NOT_YET):
            return self._show(form, status=CONFLICT)
        return self.refuse(str(error), error.reason.value)

    def _onward(self, placed: Placed, form: PartyForm) -> HttpResponse:
        if placed.state == Reservation.State.CONFIRMED:
            return HttpResponseRedirect(reverse("my:booking", kwargs={"number": placed.code}))
        if placed.state != Reservation.State.HELD:
            data = {**form.cleaned_data, "key": uuid.uuid4()}
            again = PartyForm(data, rules=self.slot.rules)
            again.add_error(None, _("上次保留的名额已释放，请再提交一次。"))
            return self._show(again, status=CONFLICT)
        children = form.cleaned_data["children"]
        return HttpResponseRedirect(f"{self.url('who', number=placed.code)}?children={children}")

    def _show(self, form: PartyForm, *, status: int = 200) -> HttpResponse:
        values = {
            "form": form,
            "visitor": visitor_of(self.request),
            "turn": self.turn,
            "is_waiting": self._is_waiting(self.place.stand(self.now)),
            "trail": self.trail(Link(_("选时段"), self.url("book")), Link(_("几人来"))),
        }
        return self.page("party", values, status=status)


class HeldView(MuseumPage):
    """Who comes, on places held for the visitor (address kwarg `number`: the reservation's code)."""

    visitor: Visitor
    reservation: Reservation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in the visitor for whom the places are held, nobody else."""
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        self.visitor = visitor
        try:
            self.reservation = own_reservation(kwargs["number"], visitor.pk, visitor.association_id)
        except NotFound as error:
            raise Http404(_("没有这个预约。")) from error
        if self.reservation.venue_id != self.museum.unit_id:
            raise Http404(_("没有这个预约。"))
        response = self._by_state(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def _by_state(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = self.reservation
        if held.state == Reservation.State.HELD and held.held_until and held.held_until > self.now:
            return super().dispatch(request, *args, **kwargs)
        if held.state in {Reservation.State.HELD, Reservation.State.EXPIRED}:
            return self._lapsed()
        return HttpResponseRedirect(reverse("my:booking", kwargs={"number": held.code}))

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Show the form."""
        return self._show(self._form(kept_forms.take(request)))

    def post(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        """Confirm the booking, or give the places back (`release`)."""
        if "release" in request.POST:
            booking.cancel(reservation=self.reservation, actor=self.visitor, now=self.now)
            messages.success(request, _("已释放名额，没有预约。"))
            return HttpResponseRedirect(self.url("museum"))
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        try:
            done = booking.complete(
                reservation=self.reservation, party=form.party, actor=self.visitor, now=self.now
            )
        except NotPossible:
            return self._lapsed()
        except (PartyRefused, booking.BookingRefused, SeatTaken) as error:
            form.refuse(error.fields or {"party": error.message})
            return self._show(form, status=UNPROCESSABLE)
        self._remember(form)
        return HttpResponseRedirect(reverse("my:booking", kwargs={"number": done.code}) + "?new=1")

    def _form(self, data: Any) -> WhoComes:
        companions = visitor_queries.companions(self.visitor)
        return WhoComes(data, size=self.reservation.size, companions=companions, today=self.today)

    def _remember(self, form: WhoComes) -> None:
        """Keep those the visitor wants kept; one who cannot be kept spoils nothing."""
        for typed, person in form.to_keep():
            try:
                visitors.add_companion(
                    visitor=self.visitor, name=person.name, document=person.document, number=person.number,
                    birth_date=typed.cleaned_data["birth_date"] or person.birth_date, relation=form.relation,
                    now=self.now,
                )  # fmt: skip
            except UserError:
                continue

    def _lapsed(self) -> HttpResponse:
        values = {
            "trail": self.trail(Link(_("名额已释放"))),
            "again": self._again(),
            "held": self.reservation,
        }
        return self.page("lapsed", values, status=CONFLICT)

    def _again(self) -> str:
        """The address of the slot with the same number of people."""
        slot = slot_of(self.reservation)
        children = self.request.GET.get("children", "")
        few = (
            min(int(children), self.reservation.size)
            if children.isdecimal() and len(children) <= _DIGITS
            else 0
        )
        query = f"?adults={self.reservation.size - few}&children={few}"
        return self.url("party", slot=slot.id) + query

    def _show(self, form: WhoComes, *, status: int = 200) -> HttpResponse:
        slot = slot_of(self.reservation)
        values = {
            "slot": slot,
            "rules": slot.rules,
            "held": self.reservation,
            "who": form,
            "form": form,
            "again": self._again(),
            "consent": consent.wording(),
            "asks_consent": self.request.GET.get("children", "0") != "0",
            "is_show": slot.kind == Slot.Kind.SHOW,
            "trail": self.trail(Link(_("谁来"))),
        }
        return self.page("who", values, status=status)


def place_of(view: MuseumPage, slot: SlotFacts) -> Place:
    """Return a slot with the places left now."""
    period = Period.until(slot.day, since=slot.day)
    found = availability.places(view.museum, period, view.visible)
    place = next((one for one in found if one.id == slot.id), None)
    if place is None:
        raise Http404(_("这个时段已取消。"))
    return place
