"""Rules of the work on organisations."""
