"""The desk of the caravans: vehicles, papers, crews, requests, trips."""
