"""The desk of societies' academic events."""
