"""A filled document as pieces of text for a page, each number leading to its figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from kexie.platform.papers import official
from kexie.platform.papers.fonts import Role
from kexie.reporting.writing import appendix
from kexie.reporting.writing.rendering import END, MARK, SEPARATOR, Filling

_NUMBER = re.compile(f"{MARK}(\\d+){SEPARATOR}([^{END}]*){END}")
_CLASSES = {Role.FIRST: "first", Role.SECOND: "second"}


@dataclass(frozen=True)
class Piece:
    """Some text, with the address of its figure if it is a number."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph (`kind` is title, first, second, body or picture) or, as rows of cells, a table."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()


def blocks(document: Any, filling: Filling) -> list[Block]:
    """Return what a page shows of a document filled with marks."""
    return list(_blocks(document, filling))


def _blocks(document: Any, filling: Filling) -> Iterator[Block]:
    is_first = True
    for one in document.iter_inner_content():
        if isinstance(one, Table):
            yield Block("table", rows=_rows(one, filling))
        elif one._element.findall(f".//{qn('w:drawing')}"):
            yield Block("picture")
        elif one.text.strip():
            yield Block("title" if is_first else _kind(one), pieces=pieces(one.text, filling))
            is_first = False


def _kind(paragraph: Paragraph) -> str:
    return _CLASSES.get(official.role_of(paragraph), "body")


def _rows(table: Table, filling: Filling) -> tuple[tuple[tuple[Piece, ...], ...], ...]:
    return tuple(tuple(pieces(cell.text, filling) for cell in row.cells) for row in table.rows)


def pieces(words: str, filling: Filling) -> tuple[Piece, ...]:
    """Return a marked text in pieces."""
    found, position = [], 0
    for match in _NUMBER.finditer(words):
        found.append(Piece(words[position : match.start()]))
        found.append(Piece(match[2], appendix.address(filling.cited[int(match[1])].data)))
        position = match.end()
    found.append(Piece(words[position:]))
    return tuple(one for one in found if one.text)
