"""Which stage of a facility may follow which; "" stands for a facility that has none yet."""

from kexie.ledger.stages import Transitions

FACILITY_TRANSITIONS: Transitions = {
    "": frozenset({"PROPOSED", "BUILDING", "ACCEPTED"}),
    "PROPOSED": frozenset({"BUILDING", "ACCEPTED", "WITHDRAWN"}),
    "BUILDING": frozenset({"ACCEPTED", "WITHDRAWN"}),
    "ACCEPTED": frozenset({"OPERATING", "SUSPENDED", "WITHDRAWN"}),
    "OPERATING": frozenset({"SUSPENDED", "WITHDRAWN", "TRANSFERRED"}),
    "SUSPENDED": frozenset({"OPERATING", "WITHDRAWN", "TRANSFERRED"}),
    "WITHDRAWN": frozenset({"TRANSFERRED"}),
    "TRANSFERRED": frozenset(),
}

# A fault that was ended by mistake is taken up again.
FAULT_TRANSITIONS: Transitions = {
    "REPORTED": frozenset({"ACCEPTED", "DONE", "REJECTED"}),
    "ACCEPTED": frozenset({"DONE", "REJECTED"}),
    "DONE": frozenset({"ACCEPTED"}),
    "REJECTED": frozenset({"ACCEPTED"}),
}
