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

# A repair from the first report to the check that it works. What is done may turn out not to be.
WORK_ORDER_TRANSITIONS: Transitions = {
    "": frozenset({"REPORTED"}),
    "REPORTED": frozenset({"ACCEPTED", "REJECTED", "DUPLICATE"}),
    "ACCEPTED": frozenset({"AT_WORK", "WAITING_PARTS", "DONE", "REJECTED", "DUPLICATE"}),
    "AT_WORK": frozenset({"WAITING_PARTS", "DONE"}),
    "WAITING_PARTS": frozenset({"AT_WORK"}),
    "DONE": frozenset({"VERIFIED", "AT_WORK"}),
    "VERIFIED": frozenset(),
    "REJECTED": frozenset(),
    "DUPLICATE": frozenset(),
}

# A volunteer's place in a shift. A swap cancels one place and confirms another.
SIGN_UP_TRANSITIONS: Transitions = {
    "": frozenset({"INVITED"}),
    "INVITED": frozenset({"CONFIRMED", "DECLINED", "CANCELLED"}),
    "CONFIRMED": frozenset({"ATTENDED", "ABSENT", "CANCELLED"}),
    "ATTENDED": frozenset(),
    "ABSENT": frozenset(),
    "DECLINED": frozenset(),
    "CANCELLED": frozenset(),
}

# Feedback is never deleted; what must not be shown is hidden with a reason, and may be shown again.
FEEDBACK_TRANSITIONS: Transitions = {
    "": frozenset({"NEW"}),
    "NEW": frozenset({"ANSWERED", "HIDDEN"}),
    "ANSWERED": frozenset({"ANSWERED", "HIDDEN"}),
    "HIDDEN": frozenset({"NEW"}),
}

# A group asks, hands in its roster, and is decided about; its places are held meanwhile. Without approval by the
# rules a complete request is approved at once. A change of date asks again.
GROUP_TRANSITIONS: Transitions = {
    "": frozenset({"DRAFT"}),
    "DRAFT": frozenset({"REQUESTED", "APPROVED", "CANCELLED"}),
    "REQUESTED": frozenset({"APPROVED", "REFUSED", "CANCELLED"}),
    "APPROVED": frozenset({"REQUESTED", "CANCELLED"}),
    "REFUSED": frozenset(),
    "CANCELLED": frozenset(),
}

# A change of many slots; large ones wait for the worker.
SLOT_CHANGE_TRANSITIONS: Transitions = {
    "": frozenset({"WAITING"}),
    "WAITING": frozenset({"RUNNING", "FAILED"}),
    "RUNNING": frozenset({"DONE", "FAILED"}),
    "DONE": frozenset({"UNDONE"}),
    "FAILED": frozenset(),
    "UNDONE": frozenset(),
}

# A draw is held once; until then it may be called off.
DRAW_TRANSITIONS: Transitions = {
    "": frozenset({"OPEN"}),
    "OPEN": frozenset({"DRAWN", "CANCELLED"}),
    "DRAWN": frozenset(),
    "CANCELLED": frozenset(),
}
