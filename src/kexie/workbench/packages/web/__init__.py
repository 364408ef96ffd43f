"""Pages about packages and what came back in them."""
