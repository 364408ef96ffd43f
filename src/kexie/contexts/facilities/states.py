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

# A round (批次): its call is written, is open, its list is shown to everybody, and it is settled.
ROUND_TRANSITIONS: Transitions = {
    "DRAFT": frozenset({"OPEN", "CANCELLED"}),
    "OPEN": frozenset({"PUBLICISED", "CANCELLED"}),
    "PUBLICISED": frozenset({"CLOSED"}),
    "CLOSED": frozenset(),
    "CANCELLED": frozenset(),
}

# An application: the keeper fills it in, the county recommends, the city reviews, shows and awards.
APPLICATION_TRANSITIONS: Transitions = {
    "DRAFT": frozenset({"SUBMITTED", "WITHDRAWN"}),
    "SUBMITTED": frozenset({"RETURNED", "RECOMMENDED", "REFUSED", "WITHDRAWN"}),
    "RETURNED": frozenset({"SUBMITTED", "WITHDRAWN"}),
    "RECOMMENDED": frozenset({"SUBMITTED", "RETURNED", "APPROVED", "REFUSED", "WITHDRAWN"}),
    "APPROVED": frozenset({"RECOMMENDED", "PUBLICISED", "WITHDRAWN"}),
    "PUBLICISED": frozenset({"AWARDED", "REFUSED", "WITHDRAWN"}),
    "AWARDED": frozenset(),
    "REFUSED": frozenset(),
    "WITHDRAWN": frozenset(),
}

# A yearly report of a holder; what was confirmed is sent back if the county finds a mistake later.
REPORT_TRANSITIONS: Transitions = {
    "DRAFT": frozenset({"SUBMITTED"}),
    "SUBMITTED": frozenset({"RETURNED", "CONFIRMED"}),
    "RETURNED": frozenset({"SUBMITTED"}),
    "CONFIRMED": frozenset({"RETURNED"}),
}
