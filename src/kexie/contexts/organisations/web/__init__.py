"""Desks of the work on organisations."""
