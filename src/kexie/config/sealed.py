"""Every column that is encrypted, and putting all of them under the newest key.

A further key is made with `kexie keys rotate`; what was encrypted before stays readable under the old ones until
`kexie keys rewrap` has been through. An architecture test sees that no column is forgotten here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from kexie.platform import crypto

_BATCH = 500


def _nothing(_row: Model) -> bytes:
    return b""


def _own_id(row: Model) -> bytes:
    pk: Any = row.pk
    return bytes(pk.bytes)


def _own_key(row: Any) -> bytes:
    return bytes(row.key.encode())


@dataclass(frozen=True)
class Sealed:
    """An encrypted column, and to what of its row the ciphertext is bound."""

    model: str
    field: str
    context: Callable[[Any], bytes]
    # What `context` reads besides the id.
    reads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The column as people say it: app.model.field."""
        return f"{self.model}.{self.field}"

    def read(self, row: Any) -> bytes | None:
        """Return what the column of a row says, None where it cannot be read."""
        try:
            return crypto.decrypt(bytes(getattr(row, self.field)), context=self.context(row))
        except crypto.Unreadable:
            return None


SEALED = (
    Sealed("access.Account", "totp_secret", _own_id),
    Sealed("people.Person", "resident_id", _nothing),
    Sealed("people.Person", "phone", _nothing),
    Sealed("visitors.Visitor", "phone", _nothing),
    Sealed("visitors.Companion", "sealed", _own_id),
    Sealed("visitors.OneTimeCode", "phone", _own_id),
    Sealed("notify.Notice", "phone", _own_id),
    Sealed("notify.Notice", "sealed", _own_id),
    Sealed("webhooks.Endpoint", "sealed", _own_id),
    Sealed("capacity.Reservation", "details", _own_key, ("key",)),
    Sealed("capacity.Wish", "details", _own_key, ("key",)),
    Sealed("capacity.Block", "appeal_text", _own_id),
    Sealed("capacity.Device", "key", _own_id),
    Sealed("museums.GroupRequest", "leader_phone", _own_id),
    Sealed("museums.GroupRequest", "roster", _own_id),
    Sealed("museums.Draw", "sealed", _own_id),
    Sealed("museums.FaultReport", "contact", _nothing),
    Sealed("museums.Volunteer", "phone", _nothing),
    Sealed("releases.SigningKey", "sealed", _own_id),
    Sealed("matching.Expert", "phone", _own_id),
    Sealed("matching.Expert", "email", _own_id),
    Sealed("matching.ProblemText", "sealed", _own_id),
    Sealed("matching.ExpertImport", "sealed", _own_id),
    Sealed("touring.Site", "contact", _own_id),
    Sealed("touring.CaravanRequest", "contact", _own_id),
)


def column_of(name: str) -> Sealed:
    """Return the encrypted column of this name."""
    return next(one for one in SEALED if one.name == name)


class Named(Protocol):
    """A column, as people say it."""

    @property
    def name(self) -> str:
        """Its name: app.model.field."""


@dataclass
class Tally:
    """What became of one column: values under the newest key already, put under it now, and unreadable ones."""

    column: Named
    current: int = 0
    renewed: int = 0
    unreadable: int = 0


def survey() -> list[Tally]:
    """Return how many ciphertexts of each column are under the newest key; the others count as `renewed` to come."""
    return [_counted(column) for column in SEALED]


def _counted(column: Sealed) -> Tally:
    tally = Tally(column)
    for value in filled(column).values_list(column.field, flat=True).iterator(chunk_size=5000):
        if crypto.is_current(bytes(value)):
            tally.current += 1
        else:
            tally.renewed += 1
    return tally


def rewrap() -> list[Tally]:
    """Encrypt afresh whatever is not under the newest key, some hundred rows at a time, each batch a transaction.

    It may be stopped and started again. What cannot be read is left as it is and counted.
    """
    return [_rewrap(column) for column in SEALED]


def _rewrap(column: Sealed) -> Tally:
    tally = Tally(column)
    for ids in batches(column):
        with transaction.atomic():
            rows = filled(column).filter(pk__in=ids).select_for_update().order_by("pk")
            changed = [
                row for row in rows.only("pk", column.field, *column.reads) if _renew(column, row, tally)
            ]
            _model(column)._default_manager.bulk_update(changed, [column.field])
    return tally


def batches(column: Sealed) -> Iterator[list[Any]]:
    """Yield the keys of the rows that hold something, a batch at a time."""
    ids = filled(column).order_by("pk").values_list("pk", flat=True)
    last = None
    while found := list((ids.filter(pk__gt=last) if last else ids)[:_BATCH]):
        yield found
        last = found[-1]


def _renew(column: Sealed, row: Any, tally: Tally) -> bool:
    value = bytes(getattr(row, column.field))
    if crypto.is_current(value):
        tally.current += 1
        return False
    clear = column.read(row)
    if clear is None:
        tally.unreadable += 1
        return False
    setattr(row, column.field, crypto.encrypt(clear, context=column.context(row)))
    tally.renewed += 1
    return True


def filled(column: Sealed) -> QuerySet[Any]:
    """Return the rows that hold something in the column."""
    rows: QuerySet[Any] = _model(column)._base_manager.exclude(**{column.field: b""})
    return rows.exclude(**{f"{column.field}__isnull": True})


def _model(column: Sealed) -> type[Any]:
    return apps.get_model(column.model)
