"""The pages of releases."""
