"""The file to which the audit log is also written, a line of JSON per entry."""

import logging.handlers
from io import TextIOWrapper
from pathlib import Path


class LineFile(logging.handlers.WatchedFileHandler):
    """Appends to a file that others may rotate; opened, and its folder made, at the first line."""

    def __init__(self, filename: str | Path) -> None:
        super().__init__(filename, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()
