"""The imprint at the foot of an official document's last page (版记, GB/T 9704 7.4): to whom copies go, who printed it and when."""

import math
from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

_WIDTH = 156  # mm: the type area
_SIZE, _LINE = 14, 28
_LETTERS, _ASCII = 29, 127  # letters to a line between its indents
_SHORT = 84  # letters: three lines of the body
# Eighths of a point: 0.35 mm for the first and last rule, 0.25 mm between.
_THICK, _THIN = 8, 6


@dataclass(frozen=True)
class Imprint:
    """What stands in it; a line without words is left out. `issued` is the day in words."""

    copies: str = ""
    issuer: str = ""
    issued: str = ""


def write(document: Any, given: Imprint, say: Any) -> None:
    """Put the imprint at the foot of the last page; `say` writes words of a size into a paragraph."""
    lines = [one for one in (_copies(given), _issued(given)) if one]
    if not lines:
        return
    table = document.add_table(rows=len(lines), cols=1)
    table.autofit = False
    _at_the_foot(table, sum(map(_height, lines)))
    for row, words in zip(table.rows, lines, strict=True):
        row.height = Pt(_height(words))
        row.cells[0].width = Mm(_WIDTH)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        paragraph = row.cells[0].paragraphs[0]
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing = Pt(_LINE)
        form.keep_with_next = words is not lines[-1]
        form.left_indent, form.right_indent = Pt(_SIZE), Pt(_SIZE)
        if "\t" in words:
            form.tab_stops.add_tab_stop(Mm(_WIDTH) - Pt(_SIZE), WD_TAB_ALIGNMENT.RIGHT)
        else:
            form.left_indent, form.first_line_indent = Pt(4 * _SIZE), Pt(-3 * _SIZE)
        say(paragraph, words, _SIZE)
    _anchor(document, table)


def _anchor(document: Any, table: Any) -> None:
    """Let the table hang on the paragraph after it: the last one where that is short, else one that takes no room."""
    before = table._tbl.getprevious()
    if before is not None and before.tag == qn("w:p") and len("".join(before.itertext())) <= _SHORT:
        before.addprevious(table._tbl)
        return
    form = document.add_paragraph().paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = Pt(1)


def _copies(given: Imprint) -> str:
    return f"抄送：{given.copies.rstrip('。')}。" if given.copies else ""


def _issued(given: Imprint) -> str:
    return f"{given.issuer}\t{given.issued}印发" if given.issuer else ""


def _height(words: str) -> float:
    """Return how many points a line of the imprint needs; what does not fit hangs below its first three letters."""
    letters = sum(1 if ord(one) > _ASCII else 0.5 for one in words)
    first, further = _LETTERS, max(0, math.ceil((letters - _LETTERS) / (_LETTERS - 3)))
    return _LINE * (1 + further if letters > first else 1)


def _at_the_foot(table: Any, height: float) -> None:
    # In twips from the page's top: LibreOffice does not heed "bottom" where a table moves to a page of its own.
    top = round(Mm(297 - 35).pt * 20 - height * 20)
    properties = table._tbl.tblPr
    place = OxmlElement("w:tblpPr")
    for name, value in (
        ("vertAnchor", "page"), ("horzAnchor", "margin"), ("tblpXSpec", "center"), ("tblpY", str(top)),
    ):  # fmt: skip
        place.set(qn(f"w:{name}"), value)
    properties.insert(1, place)
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (("top", _THICK), ("bottom", _THICK), ("insideH", _THIN))
    )
    margins = '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{rules}</w:tblBorders>"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
