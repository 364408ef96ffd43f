"""Pages of what tours."""
