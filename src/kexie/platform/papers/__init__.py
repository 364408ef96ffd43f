"""Official documents by GB/T 9704: page, grid, fonts, headings, page numbers, red head, PDF."""
