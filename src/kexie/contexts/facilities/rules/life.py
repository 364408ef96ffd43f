"""On which stages a facility receives visitors, and which end its life."""

# Nobody is received while it is put right, or after it has ended.
CLOSED = frozenset({"SUSPENDED", "WITHDRAWN", "TRANSFERRED"})
ENDED = frozenset({"WITHDRAWN", "TRANSFERRED"})
