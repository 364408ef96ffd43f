"""Reading tables of text (.csv) as offices save them: with commas, semicolons or tabs, in UTF-8 or in GB 18030."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kexie.platform.imports.reading import MOST_ROWS, SheetRefused, SheetRow

_ENCODINGS = ("utf-8-sig", "gb18030")
_LOOKED_AT = 30


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises SheetRefused where it is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            found = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in found:
            return found
    raise SheetRefused(_("这个文件不是文字，请另存为 UTF-8 编码的文件后再上传。"))


def rows(content: bytes) -> Iterator[SheetRow]:
    """Yield the rows that are not empty, numbered as a spreadsheet shows them. Raises SheetRefused."""
    written = decoded(content)
    # A title may hold a comma of prose; the lines below it outnumber it.
    head = "\n".join(written.split("\n", _LOOKED_AT)[:_LOOKED_AT])
    separator = max(",;\t，", key=head.count)
    reader = csv.reader(io.StringIO(written), delimiter=separator)
    count = 0
    try:
        for number, values in enumerate(reader, 1):
            if not any(value.strip() for value in values):
                continue
            count += 1
            if count > MOST_ROWS:
                raise SheetRefused(_("超过%(limit)d行，请拆成几个文件分别导入。") % {"limit": MOST_ROWS})
            yield SheetRow(number, tuple(values))
    except csv.Error as error:
        raise SheetRefused(_("无法读取这个文件，请用 Excel 打开并另存为 .xlsx 后再上传。")) from error
