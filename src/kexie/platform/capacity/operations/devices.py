"""Scanners: adding one, pairing a phone with it, taking it away.

A phone is paired by a code that works once and for ten minutes. It gets a bearer token, of which only a digest is kept,
and an AES key of its own, kept encrypted, under which its day lists are encrypted.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.ids import short_code
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.capacity.models import Device

PAIRING_MINUTES = 10
_KEY_BYTES = 32


class PairingRefused(UserError):
    """The code is wrong, was used, or is too old."""


class DeviceRefused(UserError):
    """The name is missing, or the device was already taken away."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What a phone gets once, and must keep."""

    device: Device
    token: str = field(repr=False)
    key: bytes = field(repr=False)


def devices(association_id: UUID, venue_id: UUID) -> QuerySet[Device]:
    """Return a venue's devices, those in use first, then by name."""
    return Device.objects.filter(association_id=association_id, venue_id=venue_id).order_by(
        "revoked_at", "name", "pk"
    )


def device(association_id: UUID, venue_id: UUID, device_id: UUID) -> Device:
    """Return one of a venue's devices or raise NotFound."""
    found = devices(association_id, venue_id).filter(pk=device_id).first()
    if found is None:
        raise NotFound(_("没有找到这台核验设备。"))
    return found


def by_token(token: str) -> Device | None:
    """Return the device that holds this token, also one that was taken away; None if there is none."""
    return Device.objects.filter(token_digest=token_digest(token)).first() if token else None


def key_of(device: Device) -> bytes:
    """Return the device's AES key."""
    return crypto.decrypt(bytes(device.key), context=device.pk.bytes)


@transaction.atomic
def add(
    *, association_id: UUID, venue_id: UUID, name: str, actor: Actor, now: dt.datetime
) -> tuple[Device, str]:
    """Add a device and return it with its pairing code."""
    made = Device(
        association_id=association_id,
        venue_id=venue_id,
        name=_checked(name),
        made_by_id=actor.id,
        made_at=now,
    )
    code = _give_code(made, now)
    made.save(force_insert=True)
    _log(made, "capacity.add_device", actor, now)
    return made, code


@transaction.atomic
def renew_code(*, device: Device, actor: Actor, now: dt.datetime) -> str:
    """Return a new pairing code; the phone that was paired before is shut out once another one uses it."""
    if device.revoked_at:
        raise DeviceRefused(_("这台设备已停用，请另外添加一台。"))
    code = _give_code(device, now)
    device.save(update_fields=["pairing_digest", "pairing_until"])
    _log(device, "capacity.renew_code", actor, now)
    return code


@transaction.atomic
def pair(*, code: str, now: dt.datetime) -> Paired:
    """Pair the phone that shows this code; the code is used up."""
    digest = _code_digest(code)
    found = Device.objects.select_for_update().filter(pairing_digest=digest, revoked_at=None).first()
    if found is None or found.pairing_until is None or found.pairing_until <= now:
        raise PairingRefused(
            _("配对码不对或已过期（%(minutes)d分钟内有效，只能用一次）。请在“核验设备”页面重新生成。")
            % {"minutes": PAIRING_MINUTES}
        )
    token, key = secrets.token_urlsafe(32), secrets.token_bytes(_KEY_BYTES)
    found.token_digest, found.key = token_digest(token), crypto.encrypt(key, context=found.pk.bytes)
    found.pairing_digest, found.pairing_until = "", None
    found.paired_at = found.seen_at = now
    found.pending = 0
    found.save()
    _log(found, "capacity.pair_device", None, now)
    return Paired(device=found, token=token, key=key)


@transaction.atomic
def rename(*, device: Device, name: str, actor: Actor, now: dt.datetime) -> None:
    """Give a device another name."""
    before, device.name = device.name, _checked(name)
    device.save(update_fields=["name"])
    _log(device, "capacity.rename_device", actor, now, before=before)


@transaction.atomic
def revoke(*, device: Device, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Take a device away: it empties itself at its next contact, and is never let in again."""
    if device.revoked_at:
        return
    if not reason.strip():
        raise DeviceRefused(fields={"reason": _("请写明停用原因，例如：手机丢失、设备更换。")})
    device.revoked_at, device.revoked_by_id, device.revoke_reason = now, actor.id, reason.strip()
    device.pairing_digest, device.pairing_until = "", None
    device.save()
    _log(device, "capacity.revoke_device", actor, now, reason=device.revoke_reason)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    limit = Device._meta.get_field("name").max_length or 0
    if not name:
        raise DeviceRefused(fields={"name": _("请给设备起个名字，例如：1号门手机。")})
    if len(name) > limit:
        raise DeviceRefused(fields={"name": _("设备名称最多%(limit)d个字。") % {"limit": limit}})
    return name


def _give_code(device: Device, now: dt.datetime) -> str:
    code = short_code()
    device.pairing_digest = _code_digest(code)
    device.pairing_until = now + dt.timedelta(minutes=PAIRING_MINUTES)
    return code


def _code_digest(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return crypto.keyed_digest(f"device pairing:{plain}")


def token_digest(token: str) -> str:
    """Return by what a device is found that holds this token."""
    return crypto.keyed_digest(f"device token:{token}")


def _log(
    device: Device, action: str, actor: Actor | None, now: dt.datetime, reason: str = "", **detail: object
) -> None:
    audit.append(
        association_id=device.association_id,
        actor=actor,
        action=action,
        subject=device,
        detail=detail,
        reason=reason,
        now=now,
    )
