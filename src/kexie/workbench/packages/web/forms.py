"""Forms of packages: they read input and show what operations refuse; operations decide."""

import datetime as dt
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.foundation.desk.forms import Day, DeskForm
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.record_types import RecordType

_UNITS = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM, Kind.SOCIETY, Kind.SCHOOL)
_MOST_DAYS = 366 * 3


class NewForm(DeskForm):
    """For whom, what and which days."""

    unit = forms.ModelChoiceField(
        label=pgettext_lazy("one", "单位"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    first = Day(label=gettext_lazy("第一天"))
    last = Day(label=gettext_lazy("最后一天"))
    valid_until = Day(
        label=gettext_lazy("有效期至"), help_text=gettext_lazy("过期仍可交回，系统会提醒多核对。")
    )
    type_keys = forms.MultipleChoiceField(
        label=gettext_lazy("填报内容"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("涉及登记人员个人信息的记录不进工作包，请联网录入。"),
        error_messages={"required": gettext_lazy("请至少选一类。")},
    )
    with_records = forms.BooleanField(label=gettext_lazy("带上已有记录，供核对更正"), required=False)

    def __init__(
        self, *args: Any, scope: Scope, types: list[RecordType], today: dt.date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["unit"].queryset = units.units(scope, kind=_UNITS)  # type: ignore[attr-defined]  # a choice
        self.fields["type_keys"].choices = _grouped(types)  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they start, too many of them, and a date that is over."""
        given = super().clean() or {}
        first, last, valid = given.get("first"), given.get("last"), given.get("valid_until")
        if first and last and last < first:
            self.add_error("last", _("最后一天不能早于第一天。"))
        elif first and last and (last - first).days > _MOST_DAYS:
            self.add_error("last", _("一个工作包最多三年，请缩短期间。"))
        elif first and last:
            given["period"] = Period.until(last, since=first)
        if valid and valid < self.today:
            self.add_error("valid_until", _("有效期不能早于今天。"))
        return given


class HandInForm(DeskForm):
    """A filled package."""

    file = forms.FileField(
        label=gettext_lazy("填好的工作包"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("请先选择填好的工作包。")},
    )
    then = forms.ChoiceField(
        label=gettext_lazy("新增的记录"),
        widget=forms.RadioSelect,
        choices=[("confirm", gettext_lazy("直接确认，计入数字")), ("draft", gettext_lazy("先存为草稿"))],
        initial="confirm",
    )


class ReasonForm(DeskForm):
    """Why a merge is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("撤销原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明撤销原因，例如“交错了文件”。")},
    )


class CellsForm(forms.Form):
    """The cells of a faulty row, as they were typed."""

    def __init__(
        self, *args: Any, columns: list[Any], problems: list[dict[str, Any]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for one in columns:
            self.fields[one.name] = forms.CharField(label=str(one.label), required=False, strip=False)
        self.problems = problems


def _grouped(types: list[RecordType]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the types by area of work."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in types:
        area = str(apps.get_app_config(one.context).verbose_name)
        found.setdefault(area, []).append((one.key, str(one.name)))
    return list(found.items())
