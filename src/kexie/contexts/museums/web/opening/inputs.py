"""Fields as people type them, and forms that an operation may still refuse."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.web.forms import PlainForm, add_error
from kexie.foundation.desk import forms as desk
from kexie.kernel import text
from kexie.kernel.errors import UserError

WEEKDAYS = (
    ("1", _("周一")),
    ("2", _("周二")),
    ("3", _("周三")),
    ("4", _("周四")),
    ("5", _("周五")),
    ("6", _("周六")),
    ("7", _("周日")),
)


class Words(forms.CharField):
    """One line of text, or several in a text area; full-width letters and odd spaces are put right."""

    def to_python(self, value: Any) -> Any:
        """Return the cleaned text."""
        clean = text.clean_lines if isinstance(self.widget, forms.Textarea) else text.clean
        return super().to_python(clean(value) if isinstance(value, str) else value)


class Day(forms.DateField):
    """A day, from the browser's picker or written in any usual way."""

    default_error_messages = {"invalid": _("请填写日期，例如 2025-03-01。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options})

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return text.date(value)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class Clock(forms.TimeField):
    """A time of day."""

    default_error_messages = {"invalid": _("请填写时间，例如 9:30。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **options})

    def to_python(self, value: Any) -> dt.time | None:
        """Return the time."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return text.time(value)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class Whole(desk.Whole):
    """A whole number that is not negative."""

    default_error_messages = {
        "invalid": _("请填写整数，例如 120。"),
        "min_value": _("请填写%(limit_value)s或更大的数。"),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 1_000_000, **options})


class Weekdays(forms.MultipleChoiceField):
    """Days of the week as boxes, stored as the digits of those ticked."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"choices": WEEKDAYS, "label": _("星期"), **options})

    def prepare_value(self, value: Any) -> Any:
        """Return the boxes to tick."""
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """Return the digits, Monday first."""
        return "".join(sorted(super().clean(value)))


class CarriesOut(forms.BaseForm):
    """A form whose operation may still refuse what was entered."""

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> Any:
        """Run an operation with what was entered; return its result, or None with the refusal on the form."""
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
        """Show what a model's own checks refused: beside its field, or above the form."""
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for name, errors in refused.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class OpeningForm(CarriesOut, PlainForm):
    """A form of these pages; `wide` are the fields that take a whole line."""

    wide: frozenset[str] = frozenset()

    @property
    def wide_names(self) -> frozenset[str]:
        """The fields that take a whole line."""
        return self.wide
