"""Tickets of reservations: what the gate's scanner reads."""

from kexie.contexts.museums.queries.booking import SlotFacts
from kexie.platform.capacity.models import Channel
from kexie.platform.capacity.orders import Placed
from kexie.platform.tickets import token
from kexie.platform.tickets.token import Flags

_FLAGS = {Channel.GROUP: Flags.GROUP, Channel.PRIORITY: Flags.PRIORITY}


def ticket_for(placed: Placed, slot: SlotFacts, channel: str) -> str:
    """Return the signed text of a reservation's ticket; "" while it is only held."""
    if placed.state == "HELD":
        return ""
    return token.issue(
        reservation_id=placed.id,
        venue_id=slot.venue_id,
        starts_at=slot.offer.starts_at,
        ends_at=slot.offer.ends_at,
        size=placed.size,
        flags=_FLAGS.get(Channel(channel), Flags.NONE),
    )
