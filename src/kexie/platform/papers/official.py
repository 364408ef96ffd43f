"""The form of official documents (GB/T 9704), for new documents and for those that a template made.

Lengths: mm for the page, points for letters, twips (a twentieth of a point) where Word counts so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from kexie.platform.papers import fonts
from kexie.platform.papers import imprint as imprints
from kexie.platform.papers.fonts import LATIN, Role
from kexie.platform.papers.imprint import Imprint

PAGE, MARGINS = (210, 297), {"top": 37, "bottom": 35, "left": 28, "right": 26}
LINES, CHARACTERS = 22, 28
# Twips: 225 mm / 22 lines, and what each letter of 3号 gives up so that 28 fit into 156 mm. Word's own grid of characters
# would say the same, but LibreOffice reads it otherwise; spacing of letters is understood by both.
LINE_PITCH, LETTER_SPACE = 579, -5
BODY_SIZE, TITLE_SIZE, NUMBER_SIZE, TABLE_SIZE = 16, 22, 14, 12
_TITLE_LINE = 35
_RED = RGBColor(0xE6, 0x00, 0x12)
_HEAD_SIZE = 48
_HEAD_WIDTH = 440  # points of the type area
_FIRST = re.compile(r"^[一二三四五六七八九十]+、")
_SECOND = re.compile(r"^[（(][一二三四五六七八九十]+[）)]")
_HEADING_STYLES = {"heading 1": Role.FIRST, "heading 2": Role.SECOND}
_SENTENCE = re.compile(r"[。；！？]")


@dataclass(frozen=True)
class RedHead:
    """The sender's mark above the rule, and the document's number below it."""

    organ: str
    number: str = ""


def new() -> Any:
    """Return an empty document in the form."""
    document = Document()
    dress(document)
    return document


def dress(document: Any, *, red_head: RedHead | None = None, keep_paragraphs: bool = False) -> None:
    """Give a document the form: page, grid, page numbers, fonts and, unless they are kept, paragraphs."""
    for section in document.sections:
        _page(section)
        _page_numbers(section)
    document.settings.odd_and_even_pages_header_footer = True
    _font_table(document)
    _normal(document)
    if not keep_paragraphs:
        _paragraphs(document)
    if red_head:
        _red_head(document, red_head)


# --- page ------------------------------------------------------------------------------------------------


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    for side, width in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(width))
    section.gutter = 0
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_PITCH))
    section._sectPr.append(grid)


def _page_numbers(section: Any) -> None:
    """— 1 — in half-width 4号: odd pages on the right, even ones on the left, one character in."""
    for footer, alignment, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right_indent"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left_indent"),
    ):
        footer.is_linked_to_previous = False
        for extra in list(footer._element):
            footer._element.remove(extra)
        paragraph = footer.add_paragraph()
        paragraph.alignment = alignment
        setattr(paragraph.paragraph_format, side, Pt(NUMBER_SIZE))
        _say(paragraph, "— ", NUMBER_SIZE, Role.NUMBER)
        _field(paragraph, "PAGE")
        _say(paragraph, " —", NUMBER_SIZE, Role.NUMBER)


def _field(paragraph: Paragraph, code: str) -> None:
    run = _say(paragraph, "", NUMBER_SIZE, Role.NUMBER)
    for kind in ("begin", code, "end"):
        part = OxmlElement("w:instrText" if kind == code else "w:fldChar")
        if kind == code:
            part.text = f" {code} "
        else:
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)


def _font_table(document: Any) -> None:
    """Name, for each font, the free ones that may take its place."""
    entries = "".join(
        f'<w:font w:name="{one.name}"><w:altName w:val="{",".join(one.instead[:4])}"/></w:font>'
        for one in map(fonts.font, Role)
    )
    table = f"<w:fonts {nsdecls('w')}>{entries}</w:fonts>"
    try:
        part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    except KeyError:
        return
    part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{table}'.encode()


def _normal(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.size, style.font.name = Pt(BODY_SIZE), LATIN
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), fonts.font(Role.BODY).name)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


# --- paragraphs ------------------------------------------------------------------------------------------


def _paragraphs(document: Any) -> None:
    is_first = True
    for paragraph in document.paragraphs:
        if paragraph._element.findall(f".//{qn('w:drawing')}"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _flat(paragraph)
        elif not paragraph.text.strip():
            _line(paragraph)
        elif is_first or _style(paragraph) == "title":
            title(paragraph)
        else:
            text(paragraph, role_of(paragraph))
        is_first = is_first and not paragraph.text.strip()
    for table in document.tables:
        _table(table)


def role_of(paragraph: Paragraph) -> Role:
    """Return the role of a paragraph's font, by its style or by its number."""
    words = paragraph.text.strip()
    if _FIRST.match(words):
        return Role.FIRST if not _SENTENCE.search(words) else Role.BODY
    if _SECOND.match(words):
        return Role.SECOND if not _SENTENCE.search(words.rstrip("。")) else Role.BODY
    return _HEADING_STYLES.get(_style(paragraph), Role.BODY)


def _style(paragraph: Paragraph) -> str:
    return str(paragraph.style.name).lower() if paragraph.style else ""


def title(paragraph: Paragraph) -> None:
    """Make a paragraph the title: 2号小标宋, centred."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _spaced(paragraph, points=_TITLE_LINE)
    paragraph.paragraph_format.first_line_indent = Pt(0)
    for run in paragraph.runs:
        _letters(run, TITLE_SIZE, Role.TITLE)


def text(paragraph: Paragraph, role: Role) -> None:
    """Make a paragraph body or heading: 3号, two characters in where it is not centred or to the right."""
    _line(paragraph)
    if paragraph.alignment in (None, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _indent(paragraph)
    for run in paragraph.runs:
        _letters(run, BODY_SIZE, role, bold=bool(run.bold) and role == Role.BODY)


def _indent(paragraph: Paragraph) -> None:
    properties: Any = paragraph._element.get_or_add_pPr()
    for old in properties.findall(qn("w:ind")):
        if old.get(qn("w:firstLineChars")) == "0":  # a template that wants none, such as the addressee's line
            return
        properties.remove(old)
    indent = properties._add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "632")


def _line(paragraph: Paragraph) -> None:
    _spaced(paragraph, points=LINE_PITCH / 20)


def _flat(paragraph: Paragraph) -> None:
    """Take indent, exact spacing and the grid off a paragraph: for pictures and the cells of tables."""
    properties: Any = paragraph._element.get_or_add_pPr()
    for name in ("w:ind", "w:snapToGrid"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    _spaced(paragraph, rule=WD_LINE_SPACING.SINGLE)
    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    properties.insert_element_before(
        free, "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc"
    )


def _spaced(
    paragraph: Paragraph, *, points: float = 0, rule: WD_LINE_SPACING = WD_LINE_SPACING.EXACTLY
) -> None:
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if points:
        form.line_spacing = Pt(points)
    form.line_spacing_rule, form.widow_control = rule, False


def _letters(run: Any, size: float, role: Role, *, bold: bool = False) -> None:
    run.font.size, run.font.name, run.bold = Pt(size), LATIN, bold or None
    names = run._element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        names.attrib.pop(qn(theme), None)
    names.set(qn("w:eastAsia"), fonts.font(role).name)
    if size == BODY_SIZE:
        _close_up(run)


def _close_up(run: Any) -> None:
    properties = run._element.get_or_add_rPr()
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(LETTER_SPACE))
    properties.insert_element_before(
        spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u"
    )


def _say(paragraph: Paragraph, words: str, size: float, role: Role) -> Any:
    run = paragraph.add_run(words)
    _letters(run, size, role)
    return run


def _table(table: Any) -> None:
    for paragraph in cells_of(table):
        _flat(paragraph)
        for run in paragraph.runs:
            _letters(run, run.font.size.pt if run.font.size else TABLE_SIZE, Role.BODY, bold=bool(run.bold))


def cells_of(table: Any) -> Iterator[Paragraph]:
    """Yield the paragraphs of a table's cells."""
    for row in table.rows:
        for cell in row.cells:
            yield from cell.paragraphs


# --- red head --------------------------------------------------------------------------------------------


def _red_head(document: Any, head: RedHead) -> None:
    """Put the sender's mark, the number and the red rule above everything."""
    body = document.element.body
    mark, blank, number, rule = (_paragraph(document) for _n in range(4))
    for place, paragraph in enumerate((mark, blank, number, rule)):
        body.insert(place, paragraph._element)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _line(paragraph)
    size = min(_HEAD_SIZE, _HEAD_WIDTH / max(len(head.organ), 1))
    _spaced(mark, rule=WD_LINE_SPACING.SINGLE)
    mark.paragraph_format.space_before = Mm(25)
    _say(mark, head.organ, size, Role.TITLE).font.color.rgb = _RED
    _say(number, head.number, BODY_SIZE, Role.BODY)
    _rule(rule)


def _paragraph(document: Any) -> Paragraph:
    element: Any = OxmlElement("w:p")
    return Paragraph(element, document._body)


def _rule(paragraph: Paragraph) -> None:
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="16" w:space="1" w:color="{_RED}"/></w:pBdr>'
    )
    paragraph._element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def imprint(document: Any, given: Imprint) -> None:
    """Put the imprint at the foot of the last page, where there is something to say in it."""
    imprints.write(document, given, lambda paragraph, words, size: _say(paragraph, words, size, Role.BODY))


# --- writing new ones ------------------------------------------------------------------------------------


def add(document: Any, words: str, role: Role = Role.BODY) -> Paragraph:
    """Add a paragraph: body, or a heading of the role's kind."""
    paragraph: Paragraph = document.add_paragraph(words)
    text(paragraph, role)
    return paragraph


def add_title(document: Any, words: str) -> Paragraph:
    """Add the title."""
    paragraph: Paragraph = document.add_paragraph(words)
    title(paragraph)
    return paragraph


def add_table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    """Add a table with a head that is repeated on each page."""
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for row in (heads, *rows):
        cells = table.rows[0].cells if row is heads else table.add_row().cells
        for cell, words in zip(cells, row, strict=True):
            cell.text = words
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    _table(table)
    return table
