"""Units, people, places and areas in the browser: the pages over the foundation's queries and operations."""
