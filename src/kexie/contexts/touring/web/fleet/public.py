"""For everybody: ask for a caravan, and follow what was asked."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from kexie.contexts.touring.models import CaravanRequest
from kexie.contexts.touring.models.requests import MOST_PEOPLE
from kexie.contexts.touring.operations import requests as operations
from kexie.contexts.touring.operations.requests import RequestRefused
from kexie.contexts.touring.queries import requests as queries
from kexie.contexts.touring.states import REQUEST_TRANSITIONS
from kexie.contexts.touring.web.sets.forms import Day, Whole, Words
from kexie.foundation.access.web.address import client_address
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.forms import DeskForm, Lines
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound

State = CaravanRequest.State


class RequestForm(DeskForm):
    """Who asks for a caravan, where to, when, for how many."""

    kind = forms.ChoiceField(
        label=gettext_lazy("单位类型"), choices=CaravanRequest.Kind.choices, widget=forms.RadioSelect,
        initial="SCHOOL",
    )  # fmt: skip
    area = forms.ChoiceField(label=gettext_lazy("所在乡镇或街道"))
    name = Words(
        label=gettext_lazy("学校或村（社区）名称"),
        max_length=100,
        help_text=gettext_lazy("请写全称，例如：中心小学。"),
    )
    address = Words(label=gettext_lazy("详细地址"), required=False, max_length=200)
    wished_from = Day(label=gettext_lazy("最早哪天"))
    wished_to = Day(label=gettext_lazy("最晚哪天"), help_text=gettext_lazy("范围大一些，更容易排上。"))
    people = Whole(label=gettext_lazy("预计参加人数"), min_value=1, max_value=MOST_PEOPLE)
    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("场地条件"), choices=CaravanRequest.Condition.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("有的就勾选；都没有也可以申请。"),
    )  # fmt: skip
    text = Lines(label=gettext_lazy("其他说明"), required=False, max_length=500)
    contact_name = Words(label=gettext_lazy("联系人姓名"), max_length=40)
    phone = Words(
        label=gettext_lazy("联系电话"), max_length=20,
        help_text=gettext_lazy("只用于安排这次活动，加密保存，不公开。填手机号码可以收到短信通知。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    agree = forms.BooleanField(label=gettext_lazy("同意科协为安排大篷车使用上面的姓名和电话"))
    # Nobody sees this field; programmes fill it.
    homepage = forms.CharField(
        label=gettext_lazy("此栏请留空"), required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, association: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *queries.townships(association.area),
        ]


class PublicView(View):
    """A page for everybody, about the association that the site speaks for."""

    @cached_property
    def association(self) -> Unit:
        """Whose site it is."""
        found = units.associations().select_related("area").first()
        if found is None:
            raise Http404(_("这个网站还没有内容。"))
        return found


class NewView(PublicView):
    """The form."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return self._show(RequestForm(association=self.association))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Take the request, or say what is missing and keep what was entered."""
        form = RequestForm(request.POST, association=self.association)
        made = form.carry_out(self._submit)
        if made is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("caravan_request:follow", args=[made.code]))

    def _submit(self, data: dict[str, Any]) -> CaravanRequest:
        if data.pop("homepage"):
            raise RequestRefused(_("没有提交：请把最后一个看不见的栏目留空后再试。"))
        now = timezone.now()
        origin = operations.origin(client_address(self.request) or "", timezone.localdate(now))
        del data["agree"]
        area = areas.get(data.pop("area"))
        return operations.submit(association=self.association, area=area, now=now, origin=origin, **data)

    def _show(self, form: RequestForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "touring/fleet/public/new.html", {"form": form}, status=status)


class ReplyForm(DeskForm):
    """What was asked for."""

    text = Lines(label=gettext_lazy("补充说明"), max_length=500)


class FollowView(PublicView):
    """What became of a request, for whoever has its link; nobody's name or number stands here."""

    @cached_property
    def one(self) -> CaravanRequest:
        """The request."""
        try:
            return queries.by_code(self.kwargs["code"], self.association.pk)
        except NotFound as error:
            raise Http404(str(error)) from error

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        return self._show(ReplyForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Take an addition, or take the request back."""
        one, now = self.one, timezone.now()
        if request.POST.get("act") == "withdraw":
            form: DeskForm = DeskForm({})
            done = form.carry_out(lambda _data: operations.withdraw(request=one, now=now))
        else:
            form = ReplyForm(request.POST)
            done = form.carry_out(lambda data: operations.reply(request=one, text=data["text"], now=now))
        return HttpResponseRedirect(request.path) if done else self._show(form, status=UNPROCESSABLE)

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        one = self.one
        context = {
            "one": one, "form": form, "asks": one.state == State.ASKED,
            "may_withdraw": State.WITHDRAWN in REQUEST_TRANSITIONS[one.state],
            "made_on": timezone.localtime(one.made_at).date(),
        }  # fmt: skip
        response = render(self.request, "touring/fleet/public/follow.html", context, status=status)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response
