"""The tokens of scanners at the museums' gates, as the API knows its callers by them."""

import datetime as dt

from kexie.foundation.access.callers import ApiActor, Caller, Kind, Token
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.platform.capacity.operations import devices


def find(token: str, now: dt.datetime) -> Caller | None:
    """Return the device that holds this token and was not taken away; it sees its own museum."""
    device = devices.by_token(token)
    unit = Unit.objects.filter(pk=device.venue_id).first() if device and not device.revoked_at else None
    if device is None or unit is None:
        return None
    return Caller(
        kind=Kind.DEVICE,
        association_id=device.association_id,
        scope=Scope(association_id=device.association_id, unit_paths=(unit.path,), contexts=("museums",)),
        actor=ApiActor(device.pk, device.name),
        device_id=device.pk,
    )


# Nothing marks these tokens, and only the database knows them: they are looked for last.
API_TOKENS = (Token(kind=Kind.DEVICE, prefix="", find=find, is_last=True),)
