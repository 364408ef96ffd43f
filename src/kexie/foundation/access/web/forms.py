"""Forms of sign-in and administration. They read input; operations decide."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.access.models import SecurityRules
from kexie.foundation.access.roles import ROLES, role_choices
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    RulesFormBase = forms.ModelForm[SecurityRules]
else:
    RulesFormBase = forms.ModelForm

_CANDIDATES = 8
# Units offered while typing; any other unit is found by its name or number too.
_OFFERED = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.DEPARTMENT, Kind.MUSEUM)


def given(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, even when that is nothing; None when it is only to be shown."""
    return request.POST if request.method == "POST" else None


def add_error(form: forms.BaseForm, error: UserError) -> None:
    """Show what an operation refused: beside its fields, or above the form."""
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
    if str(error.message):
        form.add_error(None, str(error.message))


def _password(label: "str | StrPromise", autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}, render_value=False),
    )


def _reason(label: "str | StrPromise") -> forms.CharField:
    return forms.CharField(label=label, max_length=200, help_text=gettext_lazy("写入审计记录，不能修改。"))


class PlainForm(forms.Form):
    """A form whose empty fields are asked for by name."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            name_missing(field)


def name_missing(field: forms.Field) -> None:
    """Let a required field ask for itself by its label."""
    verb = _("请选择%(label)s。") if isinstance(field, forms.ChoiceField) else _("请填写%(label)s。")
    field.error_messages["required"] = verb % {"label": field.label}


class SignInForm(PlainForm):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _password(gettext_lazy("密码"), "current-password")


class CodeForm(PlainForm):
    """A one-time password or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"),
        max_length=20,
        help_text=gettext_lazy("验证器应用中当前显示的6位数字；手机不在身边时，可用一个备用码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class PasswordForm(PlainForm):
    """Old password and new, twice."""

    old_password = _password(gettext_lazy("原密码"), "current-password")
    new_password = _password(gettext_lazy("新密码"), "new-password")
    again = _password(gettext_lazy("再次输入新密码"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("new_password") and given.get("again") and given["new_password"] != given["again"]:
            self.add_error("again", _("两次输入的新密码不一致。"))
        return given


class ReasonForm(PlainForm):
    """Why an administrator does something to an account or a grant."""

    reason = _reason(gettext_lazy("原因"))


class UnitField(forms.Field):
    """A unit within a scope, by its name or number; the nearest names are offered when it is not clear."""

    def __init__(self, *, scope: Scope, **options: Any) -> None:
        super().__init__(**options)
        self.scope = scope

    def to_python(self, value: Any) -> Unit | None:
        """Return the one unit meant."""
        text = str(value or "").replace("\0", "").strip()
        if not text:
            return None
        found = units.units(self.scope).filter(code=text.lower()).first()
        if found:
            return found
        exact = list(units.units(self.scope).filter(name=text)[:2])
        near = units.search(self.scope, text, limit=_CANDIDATES)
        if len(exact) == 1 or len(near) == 1:
            return (exact or near)[0]
        raise forms.ValidationError(self._unclear(near))

    def _unclear(self, near: list[Unit]) -> str:
        if not near:
            return _("没有找到这个单位，请填写完整的单位名称或编号。")
        names = _("；").join(
            _("%(name)s（%(code)s）") % {"name": unit.name, "code": unit.code} for unit in near
        )
        return _("不止一个单位符合，请填写编号：%(names)s") % {"names": names}


class ScopedForm(PlainForm):
    """A form with a unit field; `offered` are the names its datalist shows."""

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        field = UnitField(
            scope=scope,
            label=self.unit_label,
            help_text=gettext_lazy("输入单位名称或编号。"),
            widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
        )
        name_missing(field)
        self.fields = {**self.fields, "unit": field}
        self.order_fields(self.field_order)
        self.offered = units.units(scope, kind=_OFFERED).order_by("path")

    unit_label: "str | StrPromise" = gettext_lazy("单位")


class AccountForm(ScopedForm):
    """A new account."""

    field_order = ("username", "display_name", "unit")

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        help_text=gettext_lazy("小写字母、数字和 . _ @ -，例如 zhang.wei。建立后不再更改。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)


class GrantForm(ScopedForm):
    """A new grant."""

    field_order = ("account", "role", "unit", "valid_from", "valid_to", "reason")
    unit_label = gettext_lazy("范围（单位及其下级）")

    account = forms.CharField(label=gettext_lazy("账号"), max_length=60)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[("", gettext_lazy("请选择")), *role_choices()]
    )
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("失效日期"),
        required=False,
        help_text=gettext_lazy("从这一天起失效；不填则长期有效。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = _reason(gettext_lazy("授权事由"))


class RulesForm(RulesFormBase):
    """The security rules."""

    class Meta:
        model = SecurityRules
        fields = ("password_length", "password_days", "lock_after", "lock_minutes", "idle_minutes")


class AuditFilter(forms.Form):
    """What to show of the audit log."""

    q = forms.CharField(label=gettext_lazy("对象或事由"), required=False, max_length=60)
    actor = forms.CharField(label=gettext_lazy("操作人"), required=False, max_length=60)
    action = forms.CharField(label=gettext_lazy("操作"), required=False, max_length=60)
    since = forms.DateField(
        label=gettext_lazy("起"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("止"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class GrantFilter(forms.Form):
    """Which grants to show."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        required=False,
        choices=[("", gettext_lazy("全部")), *((role.code, role.label) for role in ROLES.values())],
    )
    past = forms.BooleanField(label=gettext_lazy("包括已撤销的"), required=False)
