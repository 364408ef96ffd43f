"""Pages of governance that the record desk does not give."""
