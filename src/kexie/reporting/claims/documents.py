"""Reading a text from a file: plain text in UTF-8, UTF-16 or GB18030, or a Word document (.docx)."""

import io
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext as _
from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from kexie.kernel.errors import UserError

MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_PDF = b"%PDF"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(data: bytes) -> str:
    """Return the text of a file's bytes, whatever the file is called.

    Raises UserError with what to do when it is no text and no .docx, or too large.
    """
    if len(data) > MAX_BYTES:
        raise UserError(_("文件超过 8 MB：请只保留正文，或分成几份。"))
    if data.startswith(_ZIP):
        return _docx(data)
    if data.startswith(_OLD_WORD):
        raise UserError(_("这是旧版 Word 文档（.doc）：请在 Word 或 WPS 中另存为 .docx，再来核对。"))
    if data.startswith(_PDF):
        raise UserError(_("这是 PDF 文件：请把正文复制为 .txt 或 .docx，再来核对。"))
    return _plain(data)


def is_word(data: bytes) -> bool:
    """Whether a file that can be read as text is a Word document."""
    return data.startswith(_ZIP)


def _plain(data: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError(_("这不是文本文件：请给出 .txt（UTF-8 或 GB18030 编码）或 .docx 文件。"))


def _docx(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise UserError(_("文档解压后过大：请只保留正文，再来核对。"))
        document = Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise UserError(_("打不开这个文档：请确认它是 .docx 文件（不是 .xlsx、.wps 或压缩包）。")) from error
    return "\n\n".join(_blocks(document.iter_inner_content()))


def _blocks(content: Iterator[Paragraph | Table]) -> Iterator[str]:
    """Yield the paragraphs and the rows of tables, in the order they stand."""
    for block in content:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from ("\t".join(cell.text for cell in row.cells) for row in block.rows)
