"""Journeys of people through a real server with the whole demonstration city."""
