"""A draw's public page: the promise before, the seed and the order after, how to check them; and entering."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Draw, LotteryEntry
from kexie.contexts.museums.operations import draws
from kexie.contexts.museums.operations.booking import BookingRefused
from kexie.contexts.museums.rules import lottery
from kexie.contexts.museums.rules.lottery import Lot
from kexie.contexts.museums.rules.party import PartyRefused
from kexie.contexts.museums.web.public.base import CONFLICT, UNPROCESSABLE
from kexie.contexts.museums.web.public.booking import SlotPage
from kexie.foundation.visitors.web.request import to_sign_in, visitor_of
from kexie.ui.nav import Link

_SHOWN = 500


class EntryForm(forms.Form):
    """How many would come."""

    size = forms.IntegerField(
        label=gettext_lazy("几人"),
        min_value=1,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("请填写人数。"),
            "invalid": gettext_lazy("请填写数字，例如 3。"),
            "min_value": gettext_lazy("请至少填写1人。"),
        },
    )


class DrawPage(SlotPage):
    """A page about the draw of a slot."""

    @cached_property
    def draw(self) -> Draw:
        """The draw; Http404 when the slot has none."""
        rows = Draw.objects.select_related("slot__offer", "slot__museum")
        found = rows.filter(self.visible.q("slot__museum__unit"), slot=self.slot.id).first()
        if found is None:
            raise Http404(_("这个时段不抽签。"))
        return found


class DrawView(DrawPage):
    """The draw: entering before, the result and the proof after."""

    def get(self, request: HttpRequest, code: str, slot: Any) -> HttpResponse:
        """Show it."""
        entry = self._own()
        return self._show(EntryForm(initial={"size": entry.size if entry else 1}))

    def post(self, request: HttpRequest, code: str, slot: Any) -> HttpResponseBase:
        """Enter, change the number, or take the entry back (`withdraw`)."""
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        if "withdraw" in request.POST:
            draws.withdraw(draw=self.draw, visitor_id=visitor.pk, now=self.now)
            messages.success(request, _("已退出抽签。"))
            return HttpResponseRedirect(request.path)
        form = EntryForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=UNPROCESSABLE)
        try:
            draws.enter(
                draw=self.draw,
                visitor_id=visitor.pk,
                size=form.cleaned_data["size"],
                actor=visitor,
                now=self.now,
            )
        except PartyRefused as error:
            form.add_error("size", str(error))
            return self._show(form, status=UNPROCESSABLE)
        except (draws.CannotEnter, BookingRefused) as error:
            form.add_error(None, str(error))
            return self._show(form, status=CONFLICT)
        messages.success(request, _("已登记抽签，结果会短信通知您。"))
        return HttpResponseRedirect(request.path)

    def _own(self) -> LotteryEntry | None:
        visitor = visitor_of(self.request)
        if visitor is None:
            return None
        return self.draw.entries.select_related("reservation").filter(visitor_id=visitor.pk).first()

    def _show(self, form: EntryForm, *, status: int = 200) -> HttpResponse:
        draw = self.draw
        values = {
            "form": form,
            "draw": draw,
            "own": self._own(),
            "count": draw.entries.count(),
            "entries": draws.published(draw)[:_SHOWN] if draw.state == Draw.State.DRAWN else (),
            "takes_entries": draw.state == Draw.State.OPEN and draw.opens_at <= self.now < draw.closes_at,
            "visitor": visitor_of(self.request),
            "trail": self.trail(Link(_("抽签"))),
        }
        return self.page("draw", values, status=status)


class DrawProof(DrawPage):
    """Everything needed to repeat the draw, as JSON."""

    def get(self, request: HttpRequest, code: str, slot: Any) -> JsonResponse:
        """Answer with commitment, seed and entries in their order."""
        draw = self.draw
        if draw.state != Draw.State.DRAWN:
            raise Http404(_("还没有抽签。"))
        found = draws.published(draw)
        seed = bytes.fromhex(draw.seed)
        lots = [Lot(number=one.number, size=one.size, lots=one.lots) for one in found]
        order = [one.number for one in found]
        values = {
            "commitment": draw.commitment,
            "seed": draw.seed,
            "rule": "score = max over n in 1..lots of HMAC-SHA256(seed, number + ':' + n); largest first",
            "holds": lottery.verify(published=draw.commitment, seed=seed, lots=lots, order=order),
            "entries": [
                {"rank": one.rank, "number": one.number, "size": one.size, "lots": one.lots, "outcome": one.outcome,
                 "score": lottery.score(seed, lot).hex()}
                for one, lot in zip(found, lots, strict=True)
            ],
        }  # fmt: skip
        return JsonResponse(values, json_dumps_params={"ensure_ascii": False, "indent": 1})
