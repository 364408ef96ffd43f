"""The desk's pages about scanners."""
