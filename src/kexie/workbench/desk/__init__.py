"""The record desk: one way to list, open, write, confirm and reverse any declared type."""
