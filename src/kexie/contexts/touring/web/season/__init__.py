"""Pages of seasons: lists, the board, and what the public sees."""
