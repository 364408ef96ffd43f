"""The forms of a person. Numbers go in and do not come out: an empty field on the edit form keeps what is known."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.people.models import Document, Person, Sex
from kexie.kernel.scope import Scope
from kexie.workbench.desk.inputs import Day, Lines
from kexie.workbench.directory.inputs import DirectoryForm, line, unit_field

_ORDER = ("name", "unit", "document", "resident_id", "phone", "sex", "birth_date", "title", "note")
_QUIET = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class PersonForm(DirectoryForm):
    """A person being entered."""

    name = line(gettext_lazy("姓名"), 60, required=True)
    document = forms.ChoiceField(
        label=gettext_lazy("证件类型"), choices=Document.choices, initial=Document.RESIDENT_ID
    )
    resident_id = line(
        gettext_lazy("证件号码"),
        60,
        help_text=gettext_lazy("加密保存，页面只显示首尾几位；全角数字和空格会自动整理。"),
        widget=forms.TextInput(attrs=_QUIET),
    )
    phone = line(
        gettext_lazy("手机号码"),
        40,
        help_text=gettext_lazy("加密保存。"),
        widget=forms.TextInput(attrs={**_QUIET, "inputmode": "tel"}),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("性别"),
        choices=Sex.choices,
        initial=Sex.UNKNOWN,
        required=False,
        help_text=gettext_lazy("填了身份证号码的，以号码为准。"),
    )
    birth_date = Day(
        label=gettext_lazy("出生日期"),
        required=False,
        help_text=gettext_lazy("填了身份证号码的不必填。"),
    )
    title = line(gettext_lazy("职称职务"), 60)
    note = Lines(
        label=gettext_lazy("备注"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, scope: Scope, **options: Any) -> None:
        super().__init__(data, **options)
        known = self.initial.get("unit")
        self.fields["unit"] = unit_field(scope, _("单位"), keep=known, help_text=_("输入名称查找。"))
        self.fields["unit"].error_messages["required"] = _("请选择单位。")
        self.order_fields(_ORDER)

    def values(self) -> dict[str, Any]:
        """Return what the operation takes."""
        values = {name: value for name, value in self.cleaned_data.items() if name in _ORDER}
        return {**values, "sex": values.get("sex") or Sex.UNKNOWN}


class EditForm(PersonForm):
    """A person being changed."""

    def __init__(self, data: Any = None, *, person: Person, **options: Any) -> None:
        super().__init__(data, **options)
        self.person = person
        self._explain("resident_id", person.masked_resident_id)
        self._explain("phone", person.masked_phone)
        if person.phone:
            self.fields["drop_phone"] = forms.BooleanField(
                label=_("删除已登记的手机号码"), required=False, help_text=_("不再需要联系此人时。")
            )
        if self._is_told_by_number():
            # The number says both; they change with it.
            del self.fields["sex"], self.fields["birth_date"]

    def values(self) -> dict[str, Any]:
        """Return what the operation takes: what was left empty, or is what it was, stays."""
        given = self.cleaned_data
        values = {name: given[name] for name in ("name", "unit", "title", "note")}
        if given["resident_id"]:
            values |= {"resident_id": given["resident_id"], "document": given["document"]}
        if given["phone"] or given.get("drop_phone"):
            values["phone"] = given["phone"]
        changed = {name for name in ("sex", "birth_date") if name in self.changed_data and given.get(name)}
        return {**values, **{name: given[name] for name in changed}}

    def clean(self) -> dict[str, Any]:
        """Refuse another kind of document without its number."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "document" in self.changed_data and not given.get("resident_id") and self.person.resident_id:
            self.add_error("resident_id", _("改了证件类型，请同时填写新证件的号码。"))
        return given

    def _explain(self, name: str, masked: str) -> None:
        if masked:
            self.fields[name].help_text = _("已登记 %(masked)s；留空不改。") % {"masked": masked}

    def _is_told_by_number(self) -> bool:
        told = {Document.RESIDENT_ID, Document.HOUSEHOLD}
        return bool(self.person.resident_id) and self.person.document in told


class FindForm(DirectoryForm):
    """A number to find a person by."""

    number = line(
        gettext_lazy("证件号码或手机号码"),
        60,
        required=True,
        help_text=gettext_lazy("须与登记的完全一致；查找记入审计记录，号码本身不记。"),
        widget=forms.TextInput(attrs=_QUIET),
    )


class RevealForm(DirectoryForm):
    """Which number to see in clear, and why."""

    field = forms.ChoiceField(label=gettext_lazy("要看的号码"))
    reason = line(
        gettext_lazy("原因"),
        200,
        required=True,
        help_text=gettext_lazy("例如“办理表彰，核对证件”。写入审计记录，不能修改。"),
    )

    def __init__(self, data: Any = None, *, person: Person, **options: Any) -> None:
        super().__init__(data, **options)
        known = [("resident_id", _("证件号码"))] if person.resident_id else []
        known += [("phone", _("手机号码"))] if person.phone else []
        field: Any = self.fields["field"]
        field.choices = known
