"""Action programmes and their targets: how they stand, why, and what to do next."""
