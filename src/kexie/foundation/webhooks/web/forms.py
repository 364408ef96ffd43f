"""Forms of the pages about webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kexie.foundation.access.web.forms import PlainForm, ScopedForm
from kexie.foundation.webhooks.messages import PING
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.platform.outbox.kinds import kinds


def kind_choices() -> list[tuple[str, Any]]:
    """Return the kinds of events that may be asked for."""
    return [(kind.key, kind.label) for kind in kinds().values()]


def _name() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("名称"),
        max_length=60,
        help_text=gettext_lazy("写明由谁、在哪个系统中使用，例如：市民服务平台小程序。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _url() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("推送地址"),
        max_length=500,
        help_text=gettext_lazy("以 https:// 开头，由对方提供。"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _kinds() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("事件"),
        choices=kind_choices,
        widget=forms.CheckboxSelectMultiple,
    )


class EndpointForm(ScopedForm):
    """A new endpoint."""

    field_order = ("name", "unit", "url", "kinds")
    unit_label = gettext_lazy("范围（单位及其下级）")

    name, url, kinds = _name(), _url(), _kinds()


class ChangeForm(PlainForm):
    """What may be changed of an endpoint."""

    name, url, kinds = _name(), _url(), _kinds()


class EndpointFilter(PlainForm):
    """Which endpoints to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("未撤销")), *Endpoint.State.choices, ("ALL", gettext_lazy("全部"))],
    )


class DeliveryFilter(PlainForm):
    """Which deliveries to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("结果"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Delivery.State.choices],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("事件"),
        required=False,
        choices=lambda: [("", gettext_lazy("全部")), *kind_choices(), (PING, gettext_lazy("测试"))],
    )
