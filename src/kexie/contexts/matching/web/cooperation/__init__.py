"""The desk of lasting cooperation: agreements, carriers, service teams."""
