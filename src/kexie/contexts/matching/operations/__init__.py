"""Writing matching: one transaction each, with whoever acts and the moment given."""
