"""Numbers that stand for no number, and what rounding is allowed."""

INFINITE = 1e18
POSSIBLE = 1e17  # a sum with INFINITE in it stays above, also where a detour is shorter than the straight road and so costs less than nothing
TINY = 1e-9
LATE = 1e-7  # minutes by which rounding may be late
