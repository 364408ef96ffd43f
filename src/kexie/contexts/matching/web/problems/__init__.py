"""The problems' desk, which firms see too: their own."""
