"""How a record may move between its states."""

from kexie.ledger.models.record import State

TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.REVERSED}),
    State.REVERSED: frozenset(),
}
