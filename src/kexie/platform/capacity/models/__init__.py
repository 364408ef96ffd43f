"""The tables of capacity: offers and pools, reservations and wishes, conduct and blocks, gates."""

from kexie.platform.capacity.models.conduct import Block, Conduct
from kexie.platform.capacity.models.gates import Device, Passage, Tally
from kexie.platform.capacity.models.offers import Offer, Pool
from kexie.platform.capacity.models.reservations import Channel, Reservation, Seat, Wish

__all__ = [
    "Block",
    "Channel",
    "Conduct",
    "Device",
    "Offer",
    "Passage",
    "Pool",
    "Reservation",
    "Seat",
    "Tally",
    "Wish",
]
