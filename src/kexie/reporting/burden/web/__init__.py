"""Pages of what was typed and what came out."""
