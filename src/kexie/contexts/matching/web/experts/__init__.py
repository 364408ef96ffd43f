"""The experts' desk and their own pages."""
