"""Excel in: reading a file, checking every row, and bringing the rows in as one."""
