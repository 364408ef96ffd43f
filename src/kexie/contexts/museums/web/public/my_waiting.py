"""The waiting list: joining it for several slots at once, what is offered, leaving it; and appeals against blocks."""

import datetime as dt
import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Museum, Slot
from kexie.contexts.museums.operations import booking
from kexie.contexts.museums.queries import availability, visits
from kexie.contexts.museums.queries.availability import Stand
from kexie.contexts.museums.queries.booking import recent_slot_facts
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.templatetags.museum_public import hours, long_day
from kexie.contexts.museums.web.public.base import CONFLICT, UNPROCESSABLE
from kexie.contexts.museums.web.public.booking import SlotPage
from kexie.contexts.museums.web.public.my_bookings import MyView
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web.request import to_sign_in, visitor_of
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.platform import crypto
from kexie.platform.capacity.operations import bookings, conduct, waiting
from kexie.ui.nav import Link

_DAYS = 14
_LONGEST = 500


class WaitForm(forms.Form):
    """How many wait, for which slots."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    size = forms.IntegerField(
        label=gettext_lazy("几人"),
        min_value=1,
        localize=True,
        help_text=gettext_lazy("名额够全部人时才通知您，不会拆开。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请填写人数。"),
            "invalid": gettext_lazy("请填写数字，例如 3。"),
            "min_value": gettext_lazy("请至少填写1人。"),
        },
    )
    slots = forms.MultipleChoiceField(
        label=gettext_lazy("愿意去的时段"),
        help_text=gettext_lazy("可以多选，哪个先有名额就通知您哪个。"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一个时段。")},
    )

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slots"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = slots


class WaitView(SlotPage):
    """Join the waiting list, from a slot that is full."""

    def get(self, request: HttpRequest, code: str, slot: UUID) -> HttpResponse:
        """Show the full slots of the coming days, this one chosen."""
        initial = {"key": uuid.uuid4(), "size": request.GET.get("size") or 1, "slots": [str(self.slot.id)]}
        return self._show(self._form(None, initial))

    def post(self, request: HttpRequest, code: str, slot: UUID) -> HttpResponseBase:
        """Put the party on the list."""
        form = self._form(request.POST, {})
        visitor = visitor_of(request)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        if visitor is None:
            return to_sign_in(request)
        try:
            self._wait(form, visitor)
        except PartyRefused as error:
            form.add_error("size", str(error))
            return self._show(form, status=UNPROCESSABLE)
        except (waiting.CannotWait, booking.BookingRefused) as error:
            form.add_error(None, str(error))
            return self._show(form, status=CONFLICT)
        messages.success(request, _("已登记候补，有名额会短信通知您。"))
        return HttpResponseRedirect(reverse("my:waiting"))

    def _wait(self, form: WaitForm, visitor: Visitor) -> None:
        given = form.cleaned_data
        booking.wait(
            slots=[recent_slot_facts(UUID(one), self.museum.association_id) for one in given["slots"]],
            size=given["size"],
            key=f"{visitor.pk.hex}:wait:{given['key'].hex}",
            visitor_id=visitor.pk,
            actor=visitor,
            now=self.now,
        )

    def _form(self, data: Any, initial: dict[str, Any]) -> WaitForm:
        return WaitForm(data, initial=initial, slots=self._choices())

    def _choices(self) -> list[tuple[str, str]]:
        """This slot and all other full ones of the coming days: entry for entry, the same show for a show."""
        first = self.today
        period = Period.until(max(first + dt.timedelta(days=_DAYS), self.slot.day), since=first)
        found = availability.places(self.museum, period, self.visible, kind=self.slot.kind)
        shown = [
            one
            for one in found
            if one.id == self.slot.id
            or (
                one.stand(self.now) == Stand.FULL
                and (one.kind == Slot.Kind.ENTRY or one.title == self.slot.title)
            )
        ]
        return [(str(one.id), label(one)) for one in shown]

    def _show(self, form: WaitForm, *, status: int = 200) -> HttpResponse:
        values = {"form": form, "visitor": visitor_of(self.request), "trail": self.trail(Link(_("登记候补")))}
        return self.page("wait", values, status=status)


def label(place: availability.Place) -> str:
    """Return a slot in one line: 11月28日 周六 9:00–12:00."""
    return f"{long_day(place.day)} {hours(place)}"


class WaitingView(MyView):
    """A visitor's entries on waiting lists."""

    tab = "waiting"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, what is offered first."""
        return self.page("waiting", {"entries": visits.waiting(self.visitor.pk, self.visible)})


class LeaveView(MyView):
    """Leave a waiting list; asks first."""

    tab = "waiting"

    def load(self) -> None:
        """Find the entry."""
        self.wish = visits.own_wish(self.kwargs["wish"], self.visitor.pk, self.visible)

    def get(self, request: HttpRequest, wish: UUID) -> HttpResponse:
        """Ask."""
        return self.page("leave", {"wish": self.wish})

    def post(self, request: HttpRequest, wish: UUID) -> HttpResponse:
        """Leave it."""
        try:
            bookings.withdraw(wish_id=self.wish.pk, actor=self.visitor, now=self.now)
            messages.success(request, _("已退出候补。"))
        except waiting.CannotWait as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("my:waiting"))


class AppealForm(forms.Form):
    """Why the block is not right."""

    text = forms.CharField(
        label=gettext_lazy("申诉理由"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("例如：当天孩子突发疾病，有就诊记录。请不要写证件号码。"),
        error_messages={
            "required": gettext_lazy("请写明申诉理由。"),
            "max_length": gettext_lazy("申诉理由最多500字，请精简。"),
        },
    )


class AppealView(MyView):
    """Appeal against a block of one's account."""

    def load(self) -> None:
        """Find the block and its museum."""
        self.block = visits.own_block(self.kwargs["block"], self.visitor.pk, self.visible)
        rows = Museum.objects.filter(self.visible.q(), unit=self.block.venue_id)
        self.museum = rows.select_related("unit").first()
        if self.museum is None:
            raise NotFound("museum")

    def get(self, request: HttpRequest, block: UUID) -> HttpResponse:
        """Show the form."""
        return self._show(AppealForm())

    def post(self, request: HttpRequest, block: UUID) -> HttpResponse:
        """Send the appeal to the museum."""
        form = AppealForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        text = crypto.encrypt(form.cleaned_data["text"].encode(), context=self.block.pk.bytes)
        try:
            conduct.appeal(block_id=self.block.pk, text=text, actor=self.visitor, now=self.now)
        except conduct.NotBlocked as error:
            form.add_error(None, str(error))
            return self._show(form, status=CONFLICT)
        messages.success(request, _("申诉已提交，馆方答复后会通知您。"))
        return HttpResponseRedirect(reverse("my:bookings"))

    def _show(self, form: AppealForm, *, status: int = 200) -> HttpResponse:
        values = {"form": form, "restriction": self.block, "museum": self.museum}
        return self.page("appeal", values, status=status)
