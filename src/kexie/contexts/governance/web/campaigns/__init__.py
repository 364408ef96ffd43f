"""Pages of campaigns and their forms."""
