"""A table in whatever file it comes: a workbook (.xlsx), or text (.csv, .txt) in UTF-8 or GB 18030. Content tells, not names."""

from collections.abc import Iterator
from pathlib import PurePath

from django.utils.translation import gettext as _

from kexie.platform.imports import delimited, reading
from kexie.platform.imports.reading import LARGEST_FILE, MEGABYTE, SheetRefused, SheetRow

SUFFIXES = (".xlsx", ".csv", ".txt")
_WORKBOOK = b"PK"


def named(name: str, content: bytes) -> str:
    """Return a file's name with the suffix that its content asks for: a workbook is one whatever it is called."""
    if content.startswith(_WORKBOOK) and not name.lower().endswith(".xlsx"):
        return f"{PurePath(name).stem}.xlsx"
    return name


def check(name: str, content: bytes) -> None:
    """Raise SheetRefused unless the content is a workbook, or text under a name of text, of reasonable size."""
    name = named(name, content)
    if not _is_text(name, content):
        reading.check(name, content)
        return
    if len(content) > LARGEST_FILE:
        values = {"name": name, "limit": LARGEST_FILE // MEGABYTE}
        raise SheetRefused(_("“%(name)s”超过%(limit)d MB，请拆成几个文件分别导入。") % values)
    delimited.decoded(content)


def rows(content: bytes, *, sheet: str = "") -> Iterator[SheetRow]:
    """Yield the rows that are not empty; of a workbook those of the named sheet, or of the first visible one."""
    return reading.rows(content, sheet=sheet) if content.startswith(_WORKBOOK) else delimited.rows(content)


def _is_text(name: str, content: bytes) -> bool:
    return (
        bool(content)
        and not content.startswith((_WORKBOOK, reading.OLE))
        and name.lower().endswith((".csv", ".txt"))
    )
