"""Pages where texts are checked and links corrected."""
