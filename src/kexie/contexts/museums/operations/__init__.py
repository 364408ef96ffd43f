"""Everything that changes the museums' state, a module for each part."""
