"""The page that hands out files."""
