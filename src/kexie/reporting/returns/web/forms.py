"""Forms of returns: they read input and show what operations refuse; operations decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.forms import DeskForm, Fraction, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope
from kexie.reporting.returns import editions
from kexie.reporting.returns.models import Value

_FILERS = (Kind.ASSOCIATION, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM, Kind.SOCIETY)


def edition_choices() -> list[tuple[str, str]]:
    """Return the editions, the newest first."""
    return [(one.key, one.name) for one in editions.editions().values()]


class SeenForm(DeskForm):
    """An act on a return as it was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class BackForm(SeenForm):
    """Why a return goes back."""

    reason = Words(label=_("退回原因"), required=False, max_length=300)


class NewForm(DeskForm):
    """Which return of which unit."""

    edition = forms.ChoiceField(label=_("年报"), choices=edition_choices)
    unit = forms.ModelChoiceField(label=_("填报单位"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units.units(scope, kind=_FILERS)  # type: ignore[attr-defined]  # a choice


class PartForm(DeskForm):
    """Whose records are filed by whom."""

    unit = forms.ModelChoiceField(
        label=_("记录所属单位"), queryset=Unit.objects.none(), help_text=_("含下级单位，另有安排的下级除外。")
    )
    filer = forms.ModelChoiceField(label=_("填报单位"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("unit", "filer"):
            self.fields[name].queryset = units.units(scope, kind=_FILERS)  # type: ignore[attr-defined]  # a choice


class RowForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class OutsideForm(SeenForm):
    """A value that no record tells."""

    number = Fraction(
        label=_("数值"),
        required=False,
        min_value=0,
        max_digits=16,
        help_text=_("没有这一项就不填，表上按规定留空或写0。"),
    )
    source = Words(
        label=_("来源"), required=False, max_length=200, help_text=_("例如：2025年部门决算、竣工验收文件。")
    )
    person = Words(label=_("提供人"), required=False, max_length=60)
    status = forms.ChoiceField(label=_("性质"), choices=Value.Status.choices, initial="ACTUAL")


class NoteForm(SeenForm):
    """Why a value is as it is."""

    note = Words(label=_("说明"), max_length=300)
