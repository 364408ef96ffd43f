"""What a field path of a record type is: its label, its kind, and how its value is read from a row."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.kernel.errors import Text
from kexie.ledger.models import Record
from kexie.ledger.record_types import DeskType


class Kind(Enum):
    """How a value is shown, asked for and read from a sheet."""

    STATE = auto()
    DATE = auto()
    MOMENT = auto()
    TIME = auto()
    NUMBER = auto()
    FLAG = auto()
    CHOICE = auto()
    RELATION = auto()
    TEXT = auto()


AnyField: TypeAlias = "models.Field[Any, Any]"

_TITLES = ("title", "name", "award")


@dataclass(frozen=True)
class Column:
    """One field path. `field` is the model's, None for what is computed (a property of the model)."""

    name: str
    label: Text
    kind: Kind
    field: Any = None

    @property
    def is_number(self) -> bool:
        """Whether the column is set flush right."""
        return self.kind is Kind.NUMBER

    @property
    def relations(self) -> str:
        """The path of relations that must be fetched with the row, or ""."""
        head = self.name.rpartition("__")[0]
        return self.name if self.kind is Kind.RELATION else head

    def raw(self, row: Any) -> Any:
        """Return the value as Python holds it; None where a relation on the way is empty."""
        value = row
        for part in self.name.split("__"):
            value = getattr(value, part, None)
        return value() if callable(value) and self.field is None else value

    def value(self, row: Any) -> Any:
        """Return what a page or a sheet shows: labels for codes, names for relations, None for nothing."""
        raw = self.raw(row)
        if raw is None or raw == "":
            return None
        match self.kind:
            case Kind.CHOICE | Kind.STATE if self.field is not None:
                return str(_choices(self.field).get(raw, raw))
            case Kind.FLAG:
                return _("是") if raw else _("否")
            case Kind.TIME:
                return raw.strftime("%H:%M")
            case Kind.DATE | Kind.MOMENT | Kind.NUMBER:
                return raw
            case _:
                return _("、").join(map(str, raw)) if isinstance(raw, list | tuple) else str(raw)

    def order(self) -> tuple[str, ...]:
        """Return what to order by, or nothing where the database cannot."""
        if self.field is None:
            return ()
        if self.kind is Kind.RELATION:
            model = self.field.related_model
            return tuple(f"{self.name}__{one}" for one in _ordering(model))
        return (self.name,)


@cache
def column(model: type[models.Model], name: str) -> Column:
    """Return the column of a field path."""
    at: Any = model
    field: Any = None
    label: Text = gettext_lazy("编号")
    for part in name.split("__"):
        try:
            field = at._meta.get_field(part)
        except FieldDoesNotExist:
            return _computed(at, name, part)
        label = _label(field, part, label)
        at = field.related_model or at
    return Column(name, label, _kind(name, field), field)


def columns(model: type[models.Model], names: tuple[str, ...]) -> list[Column]:
    """Return the columns of several paths."""
    return [column(model, name) for name in names]


def title_index(found: list[Column]) -> int:
    """Return which column names a row: its title or name, else the first."""
    names = [one.name for one in found]
    return next((names.index(name) for name in _TITLES if name in names), 0)


def name_of(desk_type: DeskType, row: Any) -> str:
    """Return what a row is called: its title, for records with its day."""
    found = columns(desk_type.model, desk_type.columns)
    title = found[title_index(found)]
    value = title.value(row)
    if not isinstance(row, Record):
        return str(value or row)
    if title.name == "occurred_on":
        return f"{row.unit} {row.occurred_on:%Y-%m-%d}"
    return f"{value or row.unit} {row.occurred_on:%Y-%m-%d}"


@cache
def _choices(field: Any) -> dict[Any, Text]:
    return dict(field.flatchoices)


def excel_value(value: Any) -> Any:
    """Return a shown value as a sheet keeps it: moments become local and lose their zone."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return value


def _label(field: AnyField, part: str, before: Text) -> Text:
    """Return the field's label; the plain name of a related thing is called as the relation is."""
    return before if part == "name" and before != gettext_lazy("编号") else field.verbose_name


def _computed(at: type[models.Model], name: str, part: str) -> Column:
    attribute = getattr(at, part)
    label = (
        getattr(attribute, "short_description", "") or getattr(attribute, "fget", attribute).__doc__ or part
    )
    return Column(name, str(label).strip().rstrip("."), Kind.TEXT)


def _kind(name: str, field: AnyField) -> Kind:
    if name == "state":
        return Kind.STATE
    if field.is_relation:
        return Kind.RELATION
    if field.choices:
        return Kind.CHOICE
    for base, kind in _KINDS:
        if isinstance(field, base):
            return kind
    return Kind.TEXT


_KINDS: "tuple[tuple[type[AnyField], Kind], ...]" = (
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DATE),
    (models.TimeField, Kind.TIME),
    (models.BooleanField, Kind.FLAG),
    (models.IntegerField, Kind.NUMBER),
    (models.DecimalField, Kind.NUMBER),
    (models.FloatField, Kind.NUMBER),
)


def _ordering(model: Any) -> tuple[str, ...]:
    own = {field.name for field in model._meta.get_fields()}
    return next(((name,) for name in ("code", *_TITLES) if name in own and name != "code"), ("pk",))
