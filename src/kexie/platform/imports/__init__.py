"""Excel files: reading what offices upload, writing what they download. Knows cells, not records."""
