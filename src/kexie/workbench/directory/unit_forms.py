"""The forms of a unit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import codes
from kexie.kernel.scope import Scope
from kexie.workbench.desk.inputs import Day, Lines
from kexie.workbench.directory.inputs import DirectoryForm, area_field, line, place_field, unit_field

DETAILS = (
    "credit_code",
    "contact_name",
    "contact_phone",
    "contact_email",
    "address",
    "website",
    "note",
    "valid_from",
)


class DetailsForm(DirectoryForm):
    """What is said of a unit besides its name and its place in the tree."""

    wide = frozenset({"note", "address", "name", "parent"})
    credit_code = line(
        gettext_lazy("统一社会信用代码"),
        60,
        help_text=gettext_lazy("18位，照证照填写；全角、空格和小写字母会自动整理。"),
    )
    contact_name = line(gettext_lazy("联系人"), 60)
    contact_phone = line(gettext_lazy("联系电话"), 40)
    contact_email = forms.EmailField(label=gettext_lazy("电子邮箱"), required=False)
    address = line(gettext_lazy("地址"), 200)
    website = line(gettext_lazy("网站"), 200)
    valid_from = Day(label=gettext_lazy("成立日期"), required=False)
    note = Lines(
        label=gettext_lazy("备注"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, scope: Scope, readable: Scope, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["area"] = area_field(
            readable, _("所在地区"), keep=self.initial.get("area"), required=False
        )
        self.fields["place"] = place_field(
            readable,
            _("地点"),
            required=False,
            help_text=_("办公或展陈的场所；没有登记过的，先到“地点”登记。"),
        )
        self.order_fields(self.order())

    def order(self) -> tuple[str, ...]:
        """Return the fields in the order in which they are asked."""
        contact = ("contact_name", "contact_phone", "contact_email", "website")
        return ("credit_code", "area", "valid_from", "place", *contact, "address", "note")

    def clean_credit_code(self) -> str:
        """Check the code and say what is wrong with it."""
        typed = self.cleaned_data["credit_code"]
        try:
            return codes.credit_code(typed) if typed else ""
        except codes.CodeError as error:
            raise forms.ValidationError(str(error)) from error

    def details(self) -> dict[str, Any]:
        """Return what the operation takes."""
        values = {name: self.cleaned_data[name] for name in DETAILS}
        if "place" not in self.fields:
            return values
        place = self.cleaned_data["place"]
        return {**values, "place_id": place.pk if place else None}

    def leave_place(self) -> None:
        """Neither show nor change a place that is out of the account's sight."""
        del self.fields["place"]


class NewForm(DetailsForm):
    """A unit that is not yet there."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类型"),
        choices=[
            ("", gettext_lazy("请选择")),
            *(choice for choice in Kind.choices if choice[0] != Kind.ASSOCIATION),
        ],
    )
    name = line(gettext_lazy("名称"), 120, required=True, help_text=gettext_lazy("与证照或批文一致的全称。"))
    short_name = line(gettext_lazy("简称"), 40)
    # The unit of this name directly below the same parent that has not ended, once looked for.
    namesake: Unit | None = None

    def __init__(self, data: Any = None, *, scope: Scope, readable: Scope, **options: Any) -> None:
        super().__init__(data, scope=scope, readable=readable, **options)
        self.fields["parent"] = unit_field(scope, _("上级单位"), help_text=_("输入名称查找。"))
        self.fields["parent"].error_messages["required"] = _("请选择上级单位。")
        self.fields["area"].help_text = _("不选时为上级单位所在的地区。")
        self.order_fields(self.order())

    def order(self) -> tuple[str, ...]:
        """Return the fields in the order in which they are asked."""
        return ("name", "parent", "kind", "short_name", *super().order())

    def clean(self) -> dict[str, Any]:
        """Refuse the namesake that a form sent twice would make."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("name") and values.get("parent"):
            alike = Unit.objects.filter(parent=values["parent"], name=values["name"], valid_to=None)
            self.namesake = alike.first()
        if self.namesake is not None:
            self.add_error("name", _("这个上级下面已有同名单位，请先核对是否就是它。"))
        return values


class RenameForm(DirectoryForm):
    """Another name; the old one stays in the log."""

    wide = frozenset({"name", "reason"})
    name = line(gettext_lazy("新名称"), 120, required=True)
    short_name = line(gettext_lazy("简称"), 40)
    reason = line(gettext_lazy("原因"), 200, help_text=gettext_lazy("例如批文号。写入审计记录，不能修改。"))


class MoveForm(DirectoryForm):
    """Another parent."""

    wide = frozenset({"parent", "reason"})
    reason = line(
        gettext_lazy("原因"), 200, required=True, help_text=gettext_lazy("写入审计记录，不能修改。")
    )

    def __init__(self, data: Any = None, *, unit: Unit, scope: Scope, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["parent"] = unit_field(scope, _("新的上级单位"), help_text=_("输入名称查找。"))
        self.fields["parent"].error_messages["required"] = _("请选择上级单位。")
        self.order_fields(("parent", "reason"))


class CloseForm(DirectoryForm):
    """When and why a unit ended."""

    on = Day(label=gettext_lazy("终止日期"))
    reason = line(
        gettext_lazy("原因"),
        200,
        required=True,
        help_text=gettext_lazy("例如撤销、合并、注销登记。写入审计记录，不能修改。"),
    )


class ReopenForm(DirectoryForm):
    """Why a unit is to exist again."""

    reason = line(
        gettext_lazy("原因"), 200, required=True, help_text=gettext_lazy("写入审计记录，不能修改。")
    )
