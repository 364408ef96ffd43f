"""Numbers that stand for no number, and what rounding is allowed."""

INFINITE = 1e18
TINY = 1e-9
LATE = 1e-7  # minutes by which rounding may be late
