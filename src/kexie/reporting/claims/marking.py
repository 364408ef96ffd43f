"""A text given back as a Word document with a comment at each finding."""

import copy
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from kexie.kernel.text import clean_lines

BETWEEN_BLOCKS, BETWEEN_CELLS = 2, 1  # characters that `documents.text_of` puts between them
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_AUTHOR, _INITIALS = "Kexie", "K"


@dataclass(frozen=True)
class Remark:
    """Something to say about a half-open stretch of the text, in characters."""

    start: int
    end: int
    words: str


def marked(text: str, remarks: Sequence[Remark], *, word: bytes | None = None) -> bytes:
    """Return a Word document with the remarks as comments: of the file that the text was read from, if it was Word."""
    document = Document(io.BytesIO(word)) if word else _written(text)
    places = list(_places(document) if word else _lines(document))
    for one in remarks:
        for start, paragraph in places:
            if start <= one.start < start + max(len(paragraph.text), 1):
                _comment(document, paragraph, one.start - start, one.end - start, one.words)
                break
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _written(text: str) -> Any:
    """Return a document with a paragraph for each line; what XML cannot hold becomes a space, so that offsets stay."""
    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(
            "".join(one if one >= " " and clean_lines(one) == one else " " for one in line)
        )
    return document


def _lines(document: Any) -> Iterator[tuple[int, Paragraph]]:
    start = 0
    for paragraph in document.paragraphs:
        yield start, paragraph
        start += len(paragraph.text) + 1


def _places(document: Any) -> Iterator[tuple[int, Paragraph]]:
    """Yield each paragraph with where its text starts in the text as it was read."""
    start = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    yield from _in_cell(cell, start)
                    start += len(cell.text) + BETWEEN_CELLS
                start += BETWEEN_BLOCKS - BETWEEN_CELLS
        else:
            yield start, block
            start += len(block.text) + BETWEEN_BLOCKS


def _in_cell(cell: Any, start: int) -> Iterator[tuple[int, Paragraph]]:
    for paragraph in cell.paragraphs:
        yield start, paragraph
        start += len(paragraph.text) + 1


def _comment(document: Any, paragraph: Paragraph, start: int, end: int, words: str) -> None:
    """Comment on a stretch of a paragraph; runs are cut at its ends."""
    _cut(paragraph, start)
    _cut(paragraph, end)
    runs = [run for at, run in _runs(paragraph) if at < end and at + len(run.text) > start and run.text]
    if runs:
        document.add_comment([runs[0], runs[-1]], text=words, author=_AUTHOR, initials=_INITIALS)


def _runs(paragraph: Paragraph) -> Iterator[tuple[int, Run]]:
    start = 0
    for one in paragraph.iter_inner_content():
        for run in one.runs if isinstance(one, Hyperlink) else [one]:
            yield start, run
            start += len(run.text)


def _cut(paragraph: Paragraph, position: int) -> None:
    """Cut the run that runs across a position in two, if it holds nothing but text."""
    for start, run in _runs(paragraph):
        if start < position < start + len(run.text):
            parts = [one for one in run._r if one.tag != qn("w:rPr")]
            if len(parts) == 1 and parts[0].tag == qn("w:t"):
                later = copy.deepcopy(run._r)
                run._r.addnext(later)
                words = run.text
                run.text, Run(later, paragraph).text = words[: position - start], words[position - start :]
            return
