"""Packages for work without a network: an .xlsx that is filled anywhere, and brought back row by row."""
