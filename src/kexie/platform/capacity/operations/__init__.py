"""Everything that changes what is counted, a module for each part."""
