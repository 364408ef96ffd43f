"""Declarations by which the record desk lists, filters, edits, imports and exports any type of record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

from django.db.models import Model, Q

from kexie.kernel.errors import Text
from kexie.ledger.models.record import Record, Reference
from kexie.ledger.origins import Origin


@dataclass(frozen=True)
class Band:
    """Values of `field` outside low..high ask for a note (domain.md section 8); they never block."""

    field: str
    low: Decimal | int | None = None
    high: Decimal | int | None = None
    ask: Text = ""

    def asks_about(self, record: Record) -> bool:
        """Whether this record's value lies outside the band; a missing value does not."""
        value = getattr(record, self.field)
        if value is None:
            return False
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


@dataclass(frozen=True, kw_only=True)
class DeskType:
    """What the desk needs to know of a model. Names are field names of the model, `__` follows a relation.

    columns: shown in lists, at most eight; filters: offered beside the list; search: text looked through;
    fields: the form, the import and the export, in this order. rights: another context whose people do this work.
    reserved: rows that only those see who confirm this area's records.
    """

    key: str
    model: type[Model]
    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    help: Text = ""
    label: Text = ""
    rights: str = ""
    reserved: Q | None = None
    initial: dict[str, Any] = field(default_factory=dict)
    # What is left out of everything: set by `for_others`.
    hidden: Q = field(default_factory=Q)

    @property
    def context(self) -> str:
        """The app label whose rights govern this type: its own, unless others do this work too."""
        return self.rights or self.key.partition(".")[0]

    def for_others(self) -> Self:
        """Return the type as those see it who confirm none of its records: without what is reserved."""
        return self if self.reserved is None else replace(self, hidden=self.reserved)

    @property
    def name(self) -> Text:
        """The label of the type, by default the model's own."""
        return self.label or self.model._meta.verbose_name or self.key


@dataclass(frozen=True, kw_only=True)
class RecordType(DeskType):
    """A type of ledger record; `phone` gives it a form for people in the field.

    origins: by what its records are known that came in another way than through the form or a sheet.
    """

    model: type[Record]
    bands: tuple[Band, ...] = ()
    phone: bool = False
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """Two fields of degrees that sheets bring in.

    systems: those they may come in, the first unless somebody chooses another. convert: a point of one becomes ours.
    """

    longitude: str
    latitude: str
    systems: Sequence[tuple[str, Text]]
    convert: Callable[[Decimal, Decimal, str], tuple[Decimal, Decimal]]


@dataclass(frozen=True, kw_only=True)
class ReferenceType(DeskType):
    """A type of reference data: edited in place, with an audit entry.

    identity: the fields that tell its rows apart; with them, sheets are taken in, and a row that is there already is
    left alone. readers: how an import reads the cells of single fields; they raise UserError. guesses: where a field's
    cell is empty, it is guessed from what another field says ("" where that tells nothing); the import shows what it guessed.
    """

    model: type[Reference]
    identity: tuple[str, ...] = ()
    readers: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    guesses: Mapping[str, tuple[str, Callable[[str], str]]] = field(default_factory=dict)
    coordinates: Coordinates | None = None
    # What offices call a field's column, beside its label.
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
