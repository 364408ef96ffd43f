"""Whatever changes what tours."""
