"""The crews' field log: a page that works without a network, and what it asks the server."""
