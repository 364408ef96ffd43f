"""A museum's files as .xlsx and .docx: the same lines, each number with its figure's rows, moment and digest."""

import io
from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook

from kexie.contexts.museums.queries.performance import Line, Paper
from kexie.contexts.museums.web.exports import local
from kexie.platform.imports import writing
from kexie.platform.imports.writing import CellValue, Heading

XLSX = writing.CONTENT_TYPE
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY, _TITLE = "仿宋", "方正小标宋简体"
_DIGEST = 16  # letters of a digest that are printed; the sheet of figures has all of it


def workbook(paper: Paper) -> IO[bytes]:
    """Return the file as a workbook: the lines on one sheet, the figures behind them on another."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(writing.sheet_title(str(paper.title)))
    writing.fill(sheet, _headings(), _rows(paper))
    proofs = book.create_sheet(_("数据出处"))
    writing.fill(proofs, _proof_headings(), _proofs(paper))
    return writing.save(book)


def _headings() -> list[Heading]:
    return [
        Heading(_("部分"), 18),
        Heading(_("项目"), 34),
        Heading(_("数值"), 14),
        Heading(_("单位"), 8),
        Heading(_("备注"), 44),
        Heading(_("指标"), 26),
    ]


def _rows(paper: Paper) -> Iterator[Sequence[CellValue]]:
    head = _("%(museum)s　%(year)d年") % {"museum": paper.museum.name, "year": paper.year}
    yield (head, "", None, "", as_of(paper), "")
    for part in paper.parts:
        for line in part.lines:
            key = line.figure.measure.key if line.figure else ""
            yield (str(part.title), str(line.item), line.shown, line.unit, str(line.remark), key)
        if part.note:
            yield (str(part.title), "", None, "", str(part.note), "")


def _proof_headings() -> list[Heading]:
    labels = (_("指标"), _("期间"), _("数值"), _("记录数"), _("截至"), _("定义"), _("校验码"))
    return [Heading(label, width) for label, width in zip(labels, (26, 24, 14, 10, 20, 60, 66), strict=True)]


def _proofs(paper: Paper) -> Iterator[Sequence[CellValue]]:
    for one in paper.figures():
        period = one.cell.period
        span = f"{period.start or _('有记录以来')} – {period.last_day}"
        moment = local(one.as_of)
        value = one.value if one.rows else None
        yield (one.measure.key, span, value, one.rows, moment, str(one.measure.definition), one.digest)


def as_of(paper: Paper) -> str:
    """Return up to when and as known at which moment the file speaks."""
    values = {"until": paper.until.isoformat(), "at": f"{timezone.localtime(paper.as_of):%Y-%m-%d %H:%M}"}
    return _("数据截至%(until)s，生成于%(at)s；只含已确认的记录") % values


def document(paper: Paper) -> IO[bytes]:
    """Return the file as a document: a table for each part, then where every figure comes from."""
    made = Document()
    _page(made)
    _line(made, str(paper.title), size=22, font=_TITLE, centred=True)
    head = _("%(museum)s　%(year)d年") % {"museum": paper.museum.name, "year": paper.year}
    _line(made, head, size=16, centred=True)
    _line(made, as_of(paper), size=12, centred=True)
    for number, part in enumerate(paper.parts, 1):
        _line(made, f"{number}. {part.title}", size=16, bold=True)
        _table(made, [_words(line) for line in part.lines], (_("项目"), _("数值"), _("备注")))
        if part.note:
            _line(made, str(part.note), size=10.5)
    _line(made, _("附：数据出处"), size=16, bold=True)
    _table(made, [_proof(one) for one in paper.figures()], (_("指标"), _("期间"), _("记录数"), _("校验码")))
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def _page(made: Any) -> None:
    """A4 with the margins of official documents (GB/T 9704: 37 mm above, 35 below, 28 left, 26 right)."""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)


def _line(
    made: Any, text: str, *, size: float, font: str = _BODY, bold: bool = False, centred: bool = False
) -> None:
    paragraph = made.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else None
    _write(paragraph, text, size=size, font=font, bold=bold)


def _write(paragraph: Any, text: str, *, size: float, font: str = _BODY, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.font.name = Pt(size), bold, font
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(made: Any, rows: Sequence[Sequence[str]], head: Sequence[str]) -> None:
    table = made.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    for cell, label in zip(table.rows[0].cells, head, strict=True):
        _write(cell.paragraphs[0], label, size=12, bold=True)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text, size=12)


def _words(line: Line) -> tuple[str, str, str]:
    shown = line.shown
    value = "" if shown is None else shown if isinstance(shown, str) else f"{shown:,}"
    return str(line.item), f"{value}{line.unit if value and value != '-' else ''}", str(line.remark)


def _proof(one: Any) -> tuple[str, str, str, str]:
    period = one.cell.period
    span = f"{period.start or _('有记录以来')} – {period.last_day}"
    return one.measure.key, span, f"{one.rows:,}", one.digest[:_DIGEST]
