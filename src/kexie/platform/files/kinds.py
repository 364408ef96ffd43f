"""Which files are accepted: the extension, the content and the size must agree."""

import io
import zipfile
from dataclasses import dataclass

import filetype
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError

_MEGABYTE = 1024 * 1024
_SNIFF_BYTES = 8192


class FileRefused(UserError):
    """A file that is not taken; the message says why and what to send instead."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: what browsers call it, what its content is recognised as, and its largest size."""

    content_type: str
    recognised_as: tuple[str, ...]
    limit: int = 20 * _MEGABYTE
    shown: bool = False


# Office files of the new kind are zip archives that name their parts; `_office` looks inside.
KINDS: dict[str, Kind] = {
    "jpg": Kind("image/jpeg", ("jpg",), shown=True),
    "jpeg": Kind("image/jpeg", ("jpg",), shown=True),
    "png": Kind("image/png", ("png",), shown=True),
    "webp": Kind("image/webp", ("webp",), shown=True),
    "gif": Kind("image/gif", ("gif",), shown=True),
    "heic": Kind("image/heic", ("heic",)),
    "pdf": Kind("application/pdf", ("pdf",), 50 * _MEGABYTE, shown=True),
    "ofd": Kind("application/ofd", ("ofd",), 50 * _MEGABYTE),
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "pptx": Kind(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ("pptx",),
        100 * _MEGABYTE,
    ),
    "txt": Kind("text/plain", ("text",)),
    "csv": Kind("text/csv", ("text",)),
    "mp4": Kind("video/mp4", ("mp4", "m4v"), 200 * _MEGABYTE),
    "mp3": Kind("audio/mpeg", ("mp3",), 50 * _MEGABYTE),
}
_OFFICE_PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx", "OFD.xml": "ofd"}
_ACTIVE_PARTS = ("vbaProject.bin", "/activeX/")


def check(name: str, content: bytes) -> Kind:
    """Return the kind of a file, given all of it, or raise FileRefused."""
    kind = check_size(name, len(content))
    if recognise(content) not in kind.recognised_as:
        raise FileRefused(
            _("“%(name)s”的内容与扩展名不符，请确认文件没有损坏、没有改过扩展名。") % {"name": name}
        )
    return kind


def check_size(name: str, size: int) -> Kind:
    """Return the kind a file's name promises, or raise FileRefused: unknown, empty or too large."""
    kind = KINDS.get(name.rpartition(".")[2].lower() if "." in name else "")
    if kind is None:
        values = {"name": name, "accepted": _("、").join(KINDS)}
        raise FileRefused(_("不接受“%(name)s”这种文件，请上传以下类型：%(accepted)s。") % values)
    if not size:
        raise FileRefused(_("“%(name)s”是空文件，请重新选择。") % {"name": name})
    if size > kind.limit:
        values = {"name": name, "size": _megabytes(size), "limit": _megabytes(kind.limit)}
        raise FileRefused(
            _("“%(name)s”有%(size)s MB，超过了%(limit)s MB的上限，请压缩或拆分后再上传。") % values
        )
    return kind


def recognise(content: bytes) -> str:
    """Return what the content shows a file to be: an extension, "text", or "" when nothing we take."""
    guess = filetype.guess(content[:_SNIFF_BYTES])
    extension = guess.extension if guess else ""
    if content[:4] == b"PK\x03\x04":
        return _office(content)
    if not extension:
        return "text" if _is_text(content) else ""
    return str(extension)


def _office(content: bytes) -> str:
    """Return which office file a zip archive is; one with macros or controls is none we take."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return ""
    if any(part in name for name in names for part in _ACTIVE_PARTS):
        return ""
    kinds = {kind for part, kind in _OFFICE_PARTS.items() for name in names if name.startswith(part)}
    return kinds.pop() if len(kinds) == 1 else ""


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    return any(_decodes(content, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f}".removesuffix(".0")
