"""Addresses of the directory, one module for each of its parts."""
