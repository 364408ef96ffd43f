"""Rules of matching, free of the database."""
