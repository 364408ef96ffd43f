"""How much one device may say without signing in."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.ledger.models.voices import Voice

# A school class shares one address, so it may say more than one device. Each within an hour.
PER_DEVICE, PER_ADDRESS = 6, 60
WINDOW = dt.timedelta(hours=1)


class TooMany(UserError):
    """The device or its network said enough for now."""


def check(model: type[Voice], *, association_id: UUID, device: str, address: str, now: dt.datetime) -> None:
    """Raise TooMany when the device, or the network it is in, has said enough in the last hour."""
    recent = model._default_manager.filter(association_id=association_id, said_at__gt=now - WINDOW)
    by_device = device and recent.filter(device=device).count() >= PER_DEVICE
    if by_device or (address and recent.filter(address=address).count() >= PER_ADDRESS):
        raise TooMany(_("提交得太频繁，请一小时后再试；急事请告诉现场工作人员。"))
