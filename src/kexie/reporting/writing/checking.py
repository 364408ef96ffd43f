"""Looking through a template: every tag that cannot be answered, with its place and text."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from kexie.kernel.errors import UserError
from kexie.reporting.writing import language, values
from kexie.reporting.writing.language import Ask, Blocks
from kexie.reporting.writing.values import Frame

_MOST_UNPACKED = 64 * 1024 * 1024
_EXCERPT = 40


@dataclass(frozen=True)
class Problem:
    """Something wrong in a template: where it stands, the text there, and what to do."""

    place: str
    text: str
    why: str

    def __str__(self) -> str:
        return _("%(place)s“%(text)s”：%(why)s") % {"place": self.place, "text": self.text, "why": self.why}


class WrongTemplate(UserError):
    """A file that is no template; `problems` are the places."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(fields={"file": "\n".join(map(str, problems))})


@dataclass(frozen=True)
class Looked:
    """What a template asks for, each thing once, and what is wrong in it."""

    asks: tuple[Ask, ...]
    problems: tuple[Problem, ...]


def opened(data: bytes) -> Any:
    """Return the Word document; raise UserError for what is none or brings things from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise UserError(fields={"file": _("文档解压后过大，请去掉图片后再上传。")})
        document = Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UserError(
            fields={"file": _("打不开这个文档：请在 Word 或 WPS 中另存为 .docx 后再上传。")}
        ) from error
    if any(one.is_external and one.reltype != RELATIONSHIP_TYPE.HYPERLINK for one in _relations(document)):
        raise UserError(fields={"file": _("文档链接了外部的图片或模板，请改为嵌入后再上传。")})
    return document


def _relations(document: Any) -> Iterator[Any]:
    for part in document.part.package.iter_parts():
        yield from part.rels.values()


def look(data: bytes, frame: Frame) -> Looked:
    """Return what a template asks for and everything wrong in it."""
    asks: dict[str, Ask] = {}
    problems: list[Problem] = []
    for part, paragraphs in _parts(opened(data)):
        blocks = Blocks()
        for place, words in paragraphs:
            for ask in _read(blocks, f"{part}{place}", words, frame, problems):
                asks.setdefault(ask.key, ask)
        problems += [
            Problem(part, word, _("没有对应的 end%(word)s。") % {"word": word}) for word, _name in blocks.open
        ]
    return Looked(tuple(asks.values()), tuple(problems))


def _read(blocks: Blocks, place: str, words: str, frame: Frame, problems: list[Problem]) -> list[Ask]:
    """Return what one paragraph asks for; what is wrong goes to the problems."""
    found = []
    try:
        for tag in language.tags_of(words):
            for ask in blocks.read(tag):
                values.see(ask, frame)
                found.append(ask)
    except UserError as error:
        problems.append(Problem(place, _shortened(words), str(error.message)))
    return found


def _shortened(words: str) -> str:
    return words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…"


def _parts(document: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the body, headers and footers, each with its paragraphs' places and texts."""
    yield "", list(_paragraphs(document.element.body))
    for section in document.sections:
        for name, part in ((_("页眉"), section.header), (_("页脚"), section.footer)):
            if not part.is_linked_to_previous:
                yield name, list(_paragraphs(part._element))


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:
    """Yield place and text of each paragraph; text boxes and tables are looked into."""
    number, tables = 0, list(root.iter(qn("w:tbl")))
    for element in root.iter(qn("w:p")):
        words = Paragraph(element, None).text  # type: ignore[arg-type]  # its text needs no parent
        table = next(element.iterancestors(qn("w:tbl")), None)
        if table is None:
            number += bool(words.strip())
            yield _("第%(number)d段") % {"number": number}, words
        else:
            row = next(element.iterancestors(qn("w:tr")))
            rows = list(table.iter(qn("w:tr"))).index(row) + 1
            yield _("第%(table)d个表第%(row)d行") % {"table": tables.index(table) + 1, "row": rows}, words
