"""The keys units sign with: the private part sealed at rest, each later one endorsed by the one before."""

import datetime as dt
import itertools
from collections.abc import Sequence

from django.db.models import QuerySet

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.platform import crypto
from kexie.reporting.releases.models import SigningKey


def newest(unit: Unit) -> SigningKey | None:
    """Return the key a unit signs with now."""
    return _of(unit).last()


def make(*, unit: Unit, actor: Account, now: dt.datetime) -> SigningKey:
    """Make a unit's next key; the caller holds the association's row."""
    key = draft(unit, before=newest(unit), actor=actor, now=now)
    key.save(force_insert=True)
    return key


def draft(unit: Unit, *, before: SigningKey | None = None, actor: Account, now: dt.datetime) -> SigningKey:
    """Return a new key, not yet stored, endorsed by the one before."""
    private, public = crypto.make_pair()
    key = SigningKey(
        association_id=unit.association_id,
        unit=unit,
        number=before.number + 1 if before else 1,
        public=public.hex(),
        endorsement=sign(before, _text(public.hex())).hex() if before else "",
        made_by=actor,
        made_at=now,
    )
    key.sealed = crypto.encrypt(private, context=key.pk.bytes)
    return key


def sign(key: SigningKey, data: bytes) -> bytes:
    """Return the signature of a unit over `data`."""
    return crypto.sign_with(crypto.decrypt(bytes(key.sealed), context=key.pk.bytes), data)


def chain(key: SigningKey) -> list[dict[str, str]]:
    """Return the public keys of a unit up to this one, each with the endorsement of the one before."""
    earlier = _of(key.unit).filter(number__lt=key.number)
    return [{"key": one.public, "endorsement": one.endorsement} for one in (*earlier, key)]


def leads(found: Sequence[dict[str, str]], known: str, last: str) -> bool:
    """Whether the key `known` is `last`, or endorsed a key of the chain that endorsed … that is `last`."""
    public = [one["key"] for one in found]
    if known == last:
        return True
    if known not in public or last not in public or public.index(known) > public.index(last):
        return False
    steps = found[public.index(known) : public.index(last) + 1]
    return all(
        crypto.signed_by(bytes.fromhex(old["key"]), _text(new["key"]), bytes.fromhex(new["endorsement"]))
        for old, new in itertools.pairwise(steps)
    )


def keys(scope: Scope) -> QuerySet[SigningKey]:
    """Return every key of the units in sight, the newest of a unit first, without its private part."""
    found = SigningKey.objects.filter(scope.q()).select_related("unit", "made_by").defer("sealed")
    return found.order_by("unit__path", "-number")


def _of(unit: Unit) -> QuerySet[SigningKey]:
    return SigningKey.objects.filter(association_id=unit.association_id, unit=unit).order_by("number")


def _text(public: str) -> bytes:
    return f"kexie-key/1\n{public}\n".encode()
