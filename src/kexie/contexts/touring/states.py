"""What may follow what."""

from collections.abc import Mapping

# A caravan in service, in repair, retired (`Caravan.State`).
CARAVAN_TRANSITIONS: Mapping[str, frozenset[str]] = {
    "IN_SERVICE": frozenset({"IN_REPAIR", "RETIRED"}),
    "IN_REPAIR": frozenset({"IN_SERVICE", "RETIRED"}),
    "RETIRED": frozenset(),
}

# A request: asked back it waits for whoever sent it (`CaravanRequest.State`).
REQUEST_TRANSITIONS: Mapping[str, frozenset[str]] = {
    "SUBMITTED": frozenset({"ASKED", "ACCEPTED", "REFUSED", "WITHDRAWN"}),
    "ASKED": frozenset({"SUBMITTED", "ACCEPTED", "REFUSED", "WITHDRAWN"}),
    "ACCEPTED": frozenset(),
    "REFUSED": frozenset(),
    "WITHDRAWN": frozenset(),
}
