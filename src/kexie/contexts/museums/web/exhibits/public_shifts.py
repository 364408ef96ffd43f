"""A volunteer's own page about one shift, opened by a signed link; nothing is changed by merely opening it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from kexie.contexts.museums.models import Shift, SignUp
from kexie.contexts.museums.operations import shifts as operations
from kexie.contexts.museums.queries import shifts as queries
from kexie.contexts.museums.web.base import UNPROCESSABLE
from kexie.contexts.museums.web.forms import DeskForm, Words

State = SignUp.State


class DeclineForm(DeskForm):
    """Why not, if one likes to say."""

    reason = Words(label=gettext_lazy("原因"), required=False, max_length=200)


class ChangeForm(DeskForm):
    """Which shift instead."""

    to = forms.ChoiceField(label=gettext_lazy("换到"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, shifts: list[Shift], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(one.pk), str(one)) for one in shifts]


class SignUpView(View):
    """Confirm, decline, change to another shift."""

    @cached_property
    def sign_up(self) -> SignUp:
        """The place the link speaks of."""
        return queries.sign_up(operations.sign_up_id(self.kwargs["token"]))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the shift."""
        return self._show()

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Take the answer."""
        acts = {"confirm": self._confirm, "decline": self._decline, "change": self._change}
        act = acts.get(request.POST.get("act", ""))
        return act() if act else self._back(request.path)

    def _confirm(self) -> HttpResponseBase:
        form = DeskForm({})
        if form.carry_out(lambda _data: operations.confirm(sign_up=self.sign_up, now=timezone.now())) is None:
            return self._show(failed=form, status=UNPROCESSABLE)
        messages.success(self.request, _("已确认，届时见。"))
        return self._back(self.request.path)

    def _decline(self) -> HttpResponseBase:
        form = DeclineForm(self.request.POST)
        now = timezone.now()
        done = form.carry_out(
            lambda data: operations.decline(sign_up=self.sign_up, reason=data["reason"], now=now)
        )
        if done is None:
            return self._show(failed=form, status=UNPROCESSABLE)
        messages.success(self.request, _("已告诉工作人员您不能参加，谢谢。"))
        return self._back(self.request.path)

    def _change(self) -> HttpResponseBase:
        now = timezone.now()
        offered = queries.others(self.sign_up, now)
        form = ChangeForm(self.request.POST, shifts=offered)
        chosen = {str(one.pk): one for one in offered}
        made = form.carry_out(
            lambda data: operations.change(sign_up=self.sign_up, to=chosen[data["to"]], now=now)
        )
        if made is None:
            return self._show(failed=form, change=form, status=UNPROCESSABLE)
        messages.success(self.request, _("已换班，请以这一页为准。"))
        return self._back(operations.path_of(made))

    def _back(self, path: str) -> HttpResponseRedirect:
        return HttpResponseRedirect(path)

    def _show(
        self, *, failed: DeskForm | None = None, change: ChangeForm | None = None, status: int = 200
    ) -> HttpResponse:
        one, now = queries.sign_up(self.sign_up.pk), timezone.now()
        is_open = one.state in {State.INVITED, State.CONFIRMED} and one.shift.begins > now
        offered = queries.others(one, now) if is_open else []
        context = {
            "sign_up": one,
            "shift": one.shift,
            "museum": one.shift.unit,
            "is_open": is_open,
            "can_confirm": one.state == State.INVITED and one.shift.ends > now,
            "form": failed,
            "decline": DeclineForm(),
            "change": change or (ChangeForm(shifts=offered) if offered else None),
        }
        return render(self.request, "museums/public/sign_up.html", context, status=status)
