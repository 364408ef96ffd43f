"""Forms of visitors. They read input; operations decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.access.web.forms import PlainForm
from kexie.foundation.visitors import details
from kexie.foundation.visitors.consent import Relation
from kexie.kernel import text
from kexie.platform.notify.states import State
from kexie.platform.notify.wording import TEMPLATES

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PhoneForm(PlainForm):
    """The number a code is sent to."""

    phone = forms.CharField(
        label=gettext_lazy("手机号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(PlainForm):
    """The code that came by SMS."""

    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=40,
        help_text=gettext_lazy("短信里的6位数字，5分钟内有效。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class DayField(forms.Field):
    """A day, however people write it."""

    def to_python(self, value: Any) -> Any:
        """Return the day, or None."""
        if not str(value or "").strip():
            return None
        try:
            return text.date(str(value))
        except ValueError:
            raise forms.ValidationError(_("这不是有效的日期，请写成 2015-06-01 的样子。")) from None


class CompanionForm(PlainForm):
    """Somebody to come with. What is left empty when they are changed stays as it was."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    document = forms.ChoiceField(label=gettext_lazy("证件类型"), choices=details.DOCUMENTS)
    number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("入馆时核对本人；加密保存，页面上只显示头尾。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    birth_date = DayField(
        label=gettext_lazy("出生日期"),
        required=False,
        help_text=gettext_lazy("例如 2015-06-01。身份证和户口簿的号码里有，不用填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    is_self = forms.BooleanField(label=gettext_lazy("这是我本人"), required=False)
    asked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    relation = forms.ChoiceField(
        label=gettext_lazy("您是孩子的"), choices=Relation.choices, required=False, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=gettext_lazy("我已阅读并同意"), required=False)

    # Set when the details turn out to be a child's.
    needs_consent = False

    @property
    def agreed_as(self) -> str:
        """Who agrees to keeping a child's details; "" while nobody has."""
        return str(self.cleaned_data["relation"]) if self.cleaned_data.get("agreed") else ""

    def for_changing(self) -> "CompanionForm":
        """Let fields stay empty."""
        for name in ("name", "is_self"):
            self.fields[name].required = False
        return self


class NoticeFilter(forms.Form):
    """Which notices staff look at."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *State.choices]
    )
    template = forms.ChoiceField(
        label=gettext_lazy("模板"),
        required=False,
        choices=[("", gettext_lazy("全部")), *((key, one.title) for key, one in TEMPLATES.items())],
    )
    since = forms.DateField(label=gettext_lazy("起"), required=False, widget=_DATE)
    until = forms.DateField(label=gettext_lazy("止"), required=False, widget=_DATE)
