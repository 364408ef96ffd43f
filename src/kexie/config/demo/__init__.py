"""The demonstration city 阜阳: who and what is in it, and loading all of it."""
