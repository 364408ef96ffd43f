"""Every keyed digest by which somebody is found or counted, and computing all of them anew.

They depend on the digest key and on the chosen ciphers. After `kexie keys rotate --digest`, or another KEXIE_CRYPTO,
`kexie keys rewrap` reads what is encrypted beside them and puts the digests under the newest key. What cannot be
computed (tokens, recovery codes, people whose details were erased) is told in docs/operator.md.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction

from kexie.config.sealed import Sealed, Tally, batches, column_of, filled
from kexie.foundation.visitors import details
from kexie.platform import crypto


@dataclass(frozen=True)
class Digested:
    """A column of digests: what of the decrypted column beside it is digested."""

    field: str
    sealed: Sealed
    text: Callable[[bytes], str] = bytes.decode

    @property
    def name(self) -> str:
        """The column as people say it: app.model.field."""
        return f"{self.sealed.model}.{self.field}"


@dataclass(frozen=True)
class Parties:
    """An encrypted column with parties, whose people's digests stand in seats and in what is counted against them."""

    sealed: Sealed
    # Where the row says whose seats they are.
    reservation: str

    @property
    def name(self) -> str:
        """What is counted, as people say it."""
        return f"{self.sealed.name}（Seat, Conduct, Block）"


def _identity(clear: bytes) -> str:
    return details.unpacked(clear)[0].identity


def _asker(clear: bytes) -> str:
    _name, phone = json.loads(clear)
    return str(phone)


DIGESTED = (
    Digested("resident_id_digest", column_of("people.Person.resident_id")),
    Digested("phone_digest", column_of("people.Person.phone")),
    Digested("phone_digest", column_of("visitors.Visitor.phone")),
    Digested("digest", column_of("visitors.Companion.sealed"), _identity),
    Digested("phone_digest", column_of("museums.Volunteer.phone")),
    Digested("phone_digest", column_of("matching.Expert.phone")),
    Digested("email_digest", column_of("matching.Expert.email")),
    Digested("phone_digest", column_of("touring.CaravanRequest.contact"), _asker),
)
PARTIES = (
    Parties(column_of("capacity.Reservation.details"), "pk"),
    Parties(column_of("museums.GroupRequest.roster"), "reservation_id"),
    Parties(column_of("visitors.Companion.sealed"), ""),
)


def renew() -> list[Tally]:
    """Compute afresh whatever digest is not under the newest key, some hundred rows at a time.

    It may be stopped and started again: what is done already stays as it is and counts as current.
    """
    # People last: what the companions' own digests are does not matter to them.
    return [*(_renewed(one) for one in DIGESTED), *(_recounted(one) for one in PARTIES)]


def _renewed(one: Digested) -> Tally:
    tally = Tally(one)
    for ids in batches(one.sealed):
        with transaction.atomic():
            rows = filled(one.sealed).filter(pk__in=ids).select_for_update().order_by("pk")
            changed = [row for row in rows if _set(one, row, tally)]
            if changed:
                type(changed[0])._default_manager.bulk_update(changed, [one.field])
    return tally


def _set(one: Digested, row: Any, tally: Tally) -> bool:
    clear = one.sealed.read(row)
    if clear is None:
        tally.unreadable += 1
        return False
    digest = crypto.keyed_digest(one.text(clear))
    if getattr(row, one.field) in {digest, ""}:  # "" is who left: not to be found again
        tally.current += 1
        return False
    setattr(row, one.field, digest)
    tally.renewed += 1
    return True


def _recounted(one: Parties) -> Tally:
    tally = Tally(one)
    for ids in batches(one.sealed):
        rows = list(filled(one.sealed).filter(pk__in=ids).order_by("pk"))
        clear = [one.sealed.read(row) for row in rows]
        tally.unreadable += clear.count(None)
        now_called = _new_names(found for found in clear if found is not None)
        reservations = [getattr(row, one.reservation) for row in rows] if one.reservation else []
        with transaction.atomic():
            _rename(now_called, reservations, tally)
    return tally


def _new_names(parties: Iterable[bytes]) -> dict[str, str]:
    """The digests under all older keys and ciphers, and what each is called under the newest."""
    return {
        older: crypto.keyed_digest(person.identity)
        for clear in parties
        for person in details.unpacked(clear)
        for older in crypto.older_digests(person.identity)
    }


def _rename(now_called: dict[str, str], reservations: list[UUID | None], tally: Tally) -> None:
    for model, field, only in (
        ("Seat", "identity", {"reservation__in": reservations}),
        ("Conduct", "subject", {}),
        ("Block", "subject", {}),
    ):
        rows = apps.get_model("capacity", model)._default_manager.filter(
            **only, **{f"{field}__in": list(now_called)}
        )
        changed = list(rows.select_for_update().order_by("pk"))
        for row in changed:
            setattr(row, field, now_called[getattr(row, field)])
        rows.model._default_manager.bulk_update(changed, [field], batch_size=500)
        tally.renewed += len(changed)
