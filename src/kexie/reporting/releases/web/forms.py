"""Forms of releases: they read input and show what operations refuse; operations decide."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.desk.forms import Day, DeskForm, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.reporting.releases import keys
from kexie.reporting.releases.loading import MOST_BYTES

_CLOSERS = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM, Kind.SOCIETY)
MOST_FILES = 100


class AskForm(DeskForm):
    """Which period of which unit."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("结账单位"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )
    first = Day(label=gettext_lazy("第一天"))
    last = Day(label=gettext_lazy("最后一天"))

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units.units(scope, kind=_CLOSERS)  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("最后一天不能早于第一天。"))
        elif first and last:
            given["period"] = Period.until(last, since=first)
        return given


class CloseForm(AskForm):
    """The same, with what has to be said of it."""

    reason = Words(label=gettext_lazy("修订原因"), required=False, max_length=200)

    def __init__(self, *args: Any, is_revision: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("unit", "first", "last"):
            self.fields[name].widget = forms.HiddenInput()
        if not is_revision:
            self.fields["reason"].widget = forms.HiddenInput()


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each with its name and bytes."""

    widget = ManyFiles(attrs={"accept": ".json,application/json"})

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Read them; one too large is cut where it is too large anyway."""
        given: list[Any] = data if isinstance(data, list) else [data]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("一次最多载入 %(n)d 个文件。") % {"n": MOST_FILES})
        kept = [super(FilesField, self).clean(one, initial) for one in given or [None]]
        return [(one.name, one.read(MOST_BYTES + 1)) for one in kept]


class FilesForm(DeskForm):
    """Release files of other cities."""

    uploads = FilesField(
        label=gettext_lazy("发布文件"),
        help_text=gettext_lazy("各市从发布页下载的 .json 文件，可以一次选多个。"),
    )


class KeyForm(DeskForm):
    """Whose key is changed: a unit that has one."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("结账单位"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
    )

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        have = keys.keys(scope).values("unit_id")
        self.fields["unit"].queryset = units.units(scope).filter(pk__in=have)  # type: ignore[attr-defined]  # a choice


class RowForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)


def last_year(today: dt.date) -> dict[str, dt.date]:
    """Return the days of the last full year, as the form begins."""
    year = today.year - 1
    return {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)}
