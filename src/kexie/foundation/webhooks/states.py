"""States of an endpoint and of a delivery, and how they change."""

from collections.abc import Mapping

ENDPOINT: Mapping[str, tuple[str, ...]] = {
    "ACTIVE": ("PAUSED", "REVOKED"),
    "PAUSED": ("ACTIVE", "REVOKED"),
    "REVOKED": (),
}
DELIVERY: Mapping[str, tuple[str, ...]] = {
    "WAITING": ("DELIVERED", "FAILED"),
    "DELIVERED": ("WAITING",),  # told again by hand
    "FAILED": ("WAITING",),
}
