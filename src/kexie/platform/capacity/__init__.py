"""Places that run out: offers, reservations, waiting lists, no-shows, gates."""
