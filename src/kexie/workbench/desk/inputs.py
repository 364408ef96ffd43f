"""Form fields that take what people type: full-width digits, several ways to write a date, names for things."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.foundation.desk.forms import Fraction, Whole
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.workbench.desk import candidates
from kexie.workbench.desk.columns import AnyField

# A list this long is still quick to choose from; longer ones are searched.
LONGEST_SELECT = 25
# Longer than any name, title or address; what needs more has a field of several lines.
LONGEST_LINE = 300


class Line(forms.CharField):
    """One line of text, cleaned. A page pasted into it is refused rather than cut off."""

    default_validators = [MaxLengthValidator(LONGEST_LINE)]

    def to_python(self, value: Any) -> Any:
        """Return the cleaned text."""
        return super().to_python(text.clean(value) if isinstance(value, str) else value)


class Lines(forms.CharField):
    """Several lines of text, each cleaned."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return the cleaned text."""
        return super().to_python(text.clean_lines(value) if isinstance(value, str) else value)


class Day(forms.DateField):
    """A day, from the browser's own picker or typed in any usual way."""

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
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


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
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class SearchBox(forms.Select):
    """A box that finds one of many things by name; without script, the name itself is typed."""

    template_name = "workbench/search_box.html"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template shows: the thing chosen, or the text that named none."""
        # The choices stay unread: there may be thousands.
        attrs = {**self.attrs, **(attrs or {})}
        thing = self._thing(value)
        known = {"id": thing.pk, "label": str(thing)} if thing else {"id": "", "label": value or ""}
        shown = {
            "name": name,
            "attrs": attrs,
            "template_name": self.template_name,
            "url": self.url,
            "known": known,
        }
        return {"widget": {**shown, "is_hidden": False, "required": self.is_required}}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the id chosen, unless the text beside it was changed without choosing."""
        chosen, typed, before = data.get(name), data.get(f"{name}_text"), data.get(f"{name}_label")
        if typed is not None and text.clean(typed) != text.clean(before or ""):
            return text.clean(typed)
        return chosen

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form sent neither an id nor a text."""
        return name not in data and f"{name}_text" not in data

    def _thing(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        rows: Any = self.choices
        found = candidates.by_name(rows.queryset, [str(value)])[str(value)]
        return found[0] if len(found) == 1 else None


class Thing(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """One of the things a relation may point at, by id or by name."""

    default_error_messages = {
        "invalid_choice": _("没有找到“%(value)s”，请从列表中选择。"),
        "ambiguous": _("有%(count)d个“%(value)s”，请从列表中选择。"),
    }

    def to_python(self, value: Any) -> Any:
        """Return the one thing that an id or a name stands for."""
        if value in self.empty_values:
            return None
        if isinstance(value, models.Model):
            value = value.pk
        rows: Any = self.queryset
        found = candidates.by_name(rows, [str(value)])[str(value)]
        if len(found) == 1:
            return found[0]
        code = "ambiguous" if found else "invalid_choice"
        values = {"value": value, "count": len(found)}
        raise forms.ValidationError(self.error_messages[code], code=code, params=values)


def input_for(field: AnyField, scope: Scope, url: str, *, required: bool | None = None) -> forms.Field | None:
    """Return the form field for a model's field, or None where it cannot be typed in."""
    if field.is_relation:
        return _relation(field, scope, url, required=required)
    options: dict[str, Any] = {} if required is None else {"required": required}
    for base, form_class in _CLASSES:
        if isinstance(field, base) and not field.choices:
            return field.formfield(form_class=form_class, **options)
    made = field.formfield(**options)
    if field.choices and isinstance(made, forms.TypedChoiceField):
        made.choices = [("", _("请选择")), *field.flatchoices]
    return made


def _relation(field: AnyField, scope: Scope, url: str, *, required: bool | None) -> Thing:
    rows = candidates.candidates(field, scope)
    few = list(rows[: LONGEST_SELECT + 1])
    made = Thing(
        queryset=rows,
        required=not field.blank if required is None else required,
        label=field.verbose_name,
        help_text=field.help_text,
        empty_label=str(_("请选择")),
        widget=forms.Select() if len(few) <= LONGEST_SELECT else SearchBox(url),
    )
    if len(few) <= LONGEST_SELECT:
        # The things are read already; asking again for each page would double the statements.
        made.choices = [("", _("请选择")), *((one.pk, str(one)) for one in few)]
    return made


_CLASSES: "tuple[tuple[type[AnyField], Any], ...]" = (
    (models.TextField, Lines),
    (models.CharField, Line),
    (models.DateTimeField, forms.DateTimeField),
    (models.DateField, Day),
    (models.TimeField, Clock),
    (models.DecimalField, Fraction),
    (models.IntegerField, Whole),
)
