"""The scanner: a page that works without a network, what it asks the server, and the desk's page of devices."""
