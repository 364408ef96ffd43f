"""Whether those who order are still signed in: asked once for a whole batch, by whoever keeps the accounts."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from kexie.platform.capacity.orders import Order

# Returns, of holders and the epochs of their sign-ins, those that still hold.
Current = Callable[[Collection[tuple[UUID, int]]], set[tuple[UUID, int]]]

_registered: list[Current] = []


def register(current: Current) -> None:
    """Say who knows (once, when the applications are ready)."""
    _registered[:] = [current]


def signed_out(orders: Sequence[Order]) -> set[int]:
    """Return the positions of orders whose holder's sign-in was ended."""
    asked = {
        n: (order.holder_id, order.epoch)
        for n, order in enumerate(orders)
        if order.holder_id is not None and order.epoch is not None
    }
    if not asked or not _registered:
        return set()
    current = _registered[0](set(asked.values()))
    return {n for n, one in asked.items() if one not in current}
