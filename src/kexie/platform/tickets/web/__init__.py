"""The visitor's kept tickets: a page that opens without a network."""
