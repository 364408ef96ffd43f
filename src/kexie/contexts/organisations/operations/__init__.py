"""What changes things in the work on organisations."""
