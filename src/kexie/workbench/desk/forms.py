"""The form of any declared type, built from its fields."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.forms.models import modelform_factory
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kexie.foundation.units.models import Unit
from kexie.kernel.errors import UserError
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import Scope
from kexie.ledger.models import HeadCounted, Record
from kexie.ledger.record_types import DeskType
from kexie.workbench.desk import inputs, violations
from kexie.workbench.desk.columns import AnyField

_LONG_FIELDS = {"note", "subject", "count_basis", "title", "name", "award", "description"}


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """A record or a piece of reference data being written. Uniqueness is left to the operation that saves it."""

    def clean(self) -> dict[str, Any]:
        """Fill the area from the unit, and have a method named wherever people were counted."""
        values = super().clean() or {}
        if "area" in self.fields and not values.get("area") and values.get("unit"):
            values["area"] = values["unit"].area
        if "method" in self.fields and "headcount" in self.fields:
            self._check_method(values)
        return values

    def validate_unique(self) -> None:
        """Leave it to the operation, which knows what is being corrected."""

    def validate_constraints(self) -> None:
        """Leave them to the operation, which knows what is being corrected."""

    def accept(self, error: Exception) -> None:
        """Show what an operation refused beside the fields it is about."""
        if isinstance(error, IntegrityError):
            self.add_error(None, violations.message(error, type(self.instance)))
        for name, messages in _by_field(error).items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def _check_method(self, values: dict[str, Any]) -> None:
        counted = values.get("headcount") is not None
        if counted and not values.get("method") and "method" not in self.errors:
            self.add_error("method", _("填写了人次，请选择是怎样计数的。"))
        if not counted and values.get("method") and "headcount" not in self.errors:
            self.add_error("headcount", _("选择了计数方法，请填写人次；没有计数就都留空。"))

    @property
    def wide_names(self) -> set[str]:
        """The fields that take a whole line of the form."""
        long = {name for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea)}
        return long | (_LONG_FIELDS & self.fields.keys())


def entry_form(desk_type: DeskType, scope: Scope) -> type[EntryForm]:
    """Return the form class of a type, with choices limited to the scope."""
    made: Any = modelform_factory(
        desk_type.model,
        form=EntryForm,
        fields=editable(desk_type),
        formfield_callback=_callback(desk_type, scope),
    )
    found: type[EntryForm] = made
    return found


def editable(desk_type: DeskType) -> tuple[str, ...]:
    """Return the names of a type's fields that a person may write."""
    return tuple(name for name in desk_type.fields if desk_type.model._meta.get_field(name).editable)


def blank(desk_type: DeskType, scope: Scope, pk: uuid.UUID | None = None) -> Any:
    """Return an unsaved row of a type with its declared initial values."""
    own = {field.name for field in desk_type.model._meta.concrete_fields}
    values = {name: value for name, value in desk_type.initial.items() if name in own}
    return desk_type.model(id=pk or uuid7(), association_id=scope.association_id, **values)


def complete(row: Any, unit: Unit | None) -> None:
    """Give a row the unit and area that its form does not ask for."""
    if row.unit_id is None and unit is not None:
        row.unit = unit
    if row.area_id is None and row.unit_id is not None:
        row.area_id = row.unit.area_id


def _callback(desk_type: DeskType, scope: Scope) -> Callable[..., forms.Field | None]:
    def make(field: AnyField, **_options: Any) -> forms.Field | None:
        url = reverse("workbench:choices", args=[desk_type.key, field.name])
        required = False if field.name == "area" else None
        made = inputs.input_for(field, scope, url, required=required)
        if made is not None:
            _adapt(made, field, desk_type)
        return made

    return make


def _adapt(made: forms.Field, field: AnyField, desk_type: DeskType) -> None:
    if field.name == "area" and not made.help_text:
        made.help_text = _("不选时为所选单位所在的地区。")
    if field.name == "method":
        made.help_text = made.help_text or _("填写人次时必选。")
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 3
    if issubclass(desk_type.model, HeadCounted) and field.name == "headcount":
        made.help_text = made.help_text or _("没有计数就留空，不要估填。")


def _by_field(error: Exception) -> dict[str | None, Iterable[Any]]:
    if isinstance(error, ValidationError):
        if not hasattr(error, "error_dict"):
            return {None: error.messages}
        return {None if k == NON_FIELD_ERRORS else k: v for k, v in error.message_dict.items()}
    if isinstance(error, UserError):
        found: dict[str | None, Iterable[Any]] = {name: [text] for name, text in error.fields.items()}
        return found or {None: [str(error)]}
    return {}


def initial_from(row: Record, names: Iterable[str]) -> dict[str, Any]:
    """Return a row's values as a form's initial ones."""
    return forms.models.model_to_dict(row, fields=list(names))
