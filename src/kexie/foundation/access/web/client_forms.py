"""Forms of the pages about API clients."""

from django import forms
from django.utils.translation import gettext_lazy

from kexie.foundation.access.callers import SCOPE_LABELS
from kexie.foundation.access.web.forms import PlainForm, ReasonForm, ScopedForm


class ClientForm(ScopedForm):
    """A new API client."""

    field_order = ("name", "unit", "scopes", "valid_from", "valid_to")
    unit_label = gettext_lazy("范围（单位及其下级）")

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=60,
        help_text=gettext_lazy("写明由谁、在哪个系统中使用，例如：市民服务平台小程序。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("接口权限"),
        choices=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        help_text=gettext_lazy("只选它用得到的。"),
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        required=False,
        help_text=gettext_lazy("不填则从今天起。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("失效日期"),
        required=False,
        help_text=gettext_lazy("从这一天起失效；不填则长期有效。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RotateForm(ReasonForm):
    """When the former token stops, and why there is a new one."""

    keep_hours = forms.TypedChoiceField(
        label=gettext_lazy("旧令牌"),
        coerce=int,
        choices=[
            ("0", gettext_lazy("立即失效（已泄露时选这项）")),
            ("24", gettext_lazy("再用24小时，便于对方更换")),
            ("168", gettext_lazy("再用7天，便于对方更换")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("keep_hours", "reason")


class ClientFilter(PlainForm):
    """Which clients to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("在用")),
            ("REVOKED", gettext_lazy("已撤销")),
            ("ALL", gettext_lazy("全部")),
        ],
    )
