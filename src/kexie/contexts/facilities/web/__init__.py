"""Pages of the facilities: the desk, and what is public of it."""
