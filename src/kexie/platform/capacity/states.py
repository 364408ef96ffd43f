"""Which state may follow which; "" stands for what does not exist yet."""

from collections.abc import Mapping

Transitions = Mapping[str, frozenset[str]]

OFFER: Transitions = {
    "": frozenset({"OPEN", "CLOSED"}),
    "OPEN": frozenset({"CLOSED", "CANCELLED"}),
    "CLOSED": frozenset({"OPEN", "CANCELLED"}),
    "CANCELLED": frozenset(),
}

# A hold turns into a reservation, or lapses. USED and NO_SHOW are said when the day is over.
RESERVATION: Transitions = {
    "": frozenset({"HELD", "CONFIRMED"}),
    "HELD": frozenset({"CONFIRMED", "CANCELLED", "EXPIRED"}),
    "CONFIRMED": frozenset({"CANCELLED", "USED", "NO_SHOW"}),
    "CANCELLED": frozenset(),
    "EXPIRED": frozenset(),
    "USED": frozenset(),
    "NO_SHOW": frozenset({"USED"}),  # a gate that was offline reports late
}

WISH: Transitions = {
    "": frozenset({"WAITING"}),
    "WAITING": frozenset({"OFFERED", "WITHDRAWN", "LAPSED"}),
    "OFFERED": frozenset({"TAKEN", "WAITING", "WITHDRAWN", "LAPSED"}),
    "TAKEN": frozenset(),
    "WITHDRAWN": frozenset(),
    "LAPSED": frozenset(),
}
