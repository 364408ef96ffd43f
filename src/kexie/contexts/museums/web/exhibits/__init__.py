"""Exhibits and their labels, repairs, spare parts, volunteers' shifts, visitors' feedback."""
