"""A museum's lists as Excel files."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.http import FileResponse
from django.utils import timezone

from kexie.contexts.museums.web.base import MuseumView
from kexie.foundation.desk import exports
from kexie.platform.imports.writing import CellValue, Heading


def local(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment as a cell holds it: in local time."""
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None


def send(
    view: MuseumView, title: str, headings: Sequence[Heading], rows: Iterable[Sequence[CellValue]]
) -> FileResponse:
    """Return the rows as a file to save."""
    return exports.send(view, title, headings, rows, subject=view.museum, prefix=view.museum.name)
