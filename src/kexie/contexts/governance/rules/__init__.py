"""Rules of governance that need no database."""
