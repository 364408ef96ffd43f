"""Which stage may follow which; "" stands for a thing that has none yet."""

from kexie.ledger.stages import Transitions

# A museum that is taken up late may start anywhere; built is built, so nothing leads back to BUILDING.
MUSEUM_TRANSITIONS: Transitions = {
    "": frozenset({"PLANNED", "BUILDING", "TRIAL", "OPEN", "WORKS", "CLOSED"}),
    "PLANNED": frozenset({"BUILDING", "CLOSED"}),
    "BUILDING": frozenset({"TRIAL", "OPEN", "CLOSED"}),
    "TRIAL": frozenset({"OPEN", "WORKS", "CLOSED"}),
    "OPEN": frozenset({"WORKS", "CLOSED"}),
    "WORKS": frozenset({"TRIAL", "OPEN", "CLOSED"}),
    "CLOSED": frozenset(),
}

EXHIBIT_TRANSITIONS: Transitions = {
    "": frozenset({"WORKING", "FAULTY"}),
    "WORKING": frozenset({"FAULTY", "REMOVED"}),
    "FAULTY": frozenset({"WORKING", "REMOVED"}),
    "REMOVED": frozenset({"WORKING"}),
}
