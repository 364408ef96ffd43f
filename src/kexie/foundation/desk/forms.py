"""Forms of desks: they read input and show what operations refuse; operations decide."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.web.forms import PlainForm, add_error
from kexie.kernel import text
from kexie.kernel.errors import UserError


class Words(forms.CharField):
    """One line as people type it: full-width letters and odd spaces are put right."""

    def to_python(self, value: Any) -> Any:
        """Return the cleaned line."""
        return text.clean(super().to_python(value) or "")


class Lines(Words):
    """Several lines."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """Return the cleaned lines."""
        return text.clean_lines(forms.CharField.to_python(self, value) or "")


class Day(forms.DateField):
    """A day, also as 2025年3月1日."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> Any:
        """Return the day however it is written."""
        if isinstance(value, str) and value.strip():
            try:
                return text.date(value)
            except ValueError:
                pass
        return super().to_python(value)


class Whole(forms.IntegerField):
    """A whole number typed with any digits and separators. A telephone shows digits only.

    Browsers' own number fields drop full-width digits without a word, so the input is one of text.
    """

    default_error_messages = {"invalid": _("请填写整数，例如 320。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "numeric"}), **options})

    def to_python(self, value: Any) -> int | None:
        """Return the number, whatever digits it was typed with."""
        return super().to_python(text.number(value) if isinstance(value, str) else value)


class Fraction(forms.DecimalField):
    """A decimal number typed with any digits and separators."""

    default_error_messages = {"invalid": _("请填写数字，例如 12.5。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "decimal"}), **options})

    def to_python(self, value: Any) -> Any:
        """Return the number, whatever digits it was typed with."""
        return super().to_python(text.number(value) if isinstance(value, str) else value)


# Records call it one thing, forms another.
_ASKED_AS = {"occurred_on": "on"}


class DeskForm(PlainForm):
    """A form whose operation may still refuse it."""

    wide: frozenset[str] = frozenset({"note", "text", "reason", "result", "answer"})

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> Any:
        """Run an operation with what was entered; return its result, or None with the refusal on the form.

        An operation without a result answers True.
        """
        if not self.is_valid():
            return None
        try:
            found = act(self.cleaned_data)
        except UserError as refused:
            add_error(self, refused)
            return None
        except ValidationError as refused:
            self.refuse(refused)
            return None
        return True if found is None else found

    def refuse(self, refused: ValidationError) -> None:
        """Show what a record's own checks refused: beside its field, or above the form."""
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for name, errors in refused.error_dict.items():
            field = _ASKED_AS.get(name, name)
            self.add_error(next((one for one in (name, field) if one in self.fields), None), errors)

    @property
    def wide_names(self) -> set[str]:
        """The fields that take a whole line of the form."""
        return set(self.wide & self.fields.keys())


class FilterForm(forms.Form):
    """What a list is narrowed by; nonsense in the address is left out instead of refused."""

    def value(self, name: str) -> Any:
        """Return what was chosen, or None."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


def choice(label: Any, choices: Any, *, every: Any) -> forms.ChoiceField:
    """Return a filter's field: one of the choices, or `every` one."""
    return forms.ChoiceField(label=label, required=False, choices=[("", every), *choices])
