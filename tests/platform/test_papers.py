"""Official documents measured against GB/T 9704: in the file, and rendered by LibreOffice where it is installed."""

import io
import re
import shutil
import subprocess

import pytest
from docx import Document
from docx.oxml.ns import qn

from kexie.platform.papers import official, pdf
from kexie.platform.papers.fonts import Role
from kexie.platform.papers.official import RedHead, dress, role_of

SENTENCE = (
    "全市科协系统坚持面向科技工作者服务面向创新驱动发展服务面向提高全民科学素质服务面向党和政府科学决策服务"
)
POINTS_OF_MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


def paper(**options):
    document = Document()
    document.add_paragraph("关于演示市科协工作情况的报告")
    for words in ("一、总体情况", "（一）科学普及", "1.科技馆", *[SENTENCE * 20] * 3):
        document.add_paragraph(words)
    dress(document, **options)
    return document


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_page_and_type_area():
    (section,) = paper().sections
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    area = (
        section.page_width.mm - section.left_margin.mm - section.right_margin.mm,
        section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm,
    )
    assert [round(side) for side in area] == [156, 225]


def test_22_lines_of_28_letters_fill_the_type_area():
    body = paper().paragraphs[-1]
    line = body.paragraph_format.line_spacing.pt
    letter = official.BODY_SIZE + official.LETTER_SPACE / 20
    assert int(225 * POINTS_OF_MM / line) == 22
    assert int(156 * POINTS_OF_MM / letter) == 28


def test_headings_have_their_fonts():
    found = {
        paragraph.text: (
            paragraph.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")),
            paragraph.runs[0].font.size.pt,
        )
        for paragraph in paper().paragraphs[:4]
    }
    assert found == {
        "关于演示市科协工作情况的报告": ("方正小标宋简体", 22),
        "一、总体情况": ("黑体", 16),
        "（一）科学普及": ("楷体_GB2312", 16),
        "1.科技馆": ("仿宋_GB2312", 16),
    }


def test_a_numbered_sentence_is_no_heading():
    document = Document()
    assert role_of(document.add_paragraph("一、坚持为民服务。全年开放300天。")) == Role.BODY
    assert role_of(document.add_paragraph("一、坚持为民服务")) == Role.FIRST


def test_fonts_are_as_the_deployment_names_them(settings):
    settings.KEXIE_PAPER_FONTS = {"黑体": "思源黑体"}
    document = paper()
    assert document.paragraphs[1].runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "思源黑体"
    table = document.part.part_related_by(official.RELATIONSHIP_TYPE.FONT_TABLE).blob.decode()
    assert '<w:font w:name="思源黑体"><w:altName w:val="黑体,' in table


def test_page_numbers_stand_outside_on_both_sides():
    document = paper()
    (section,) = document.sections
    assert document.settings.odd_and_even_pages_header_footer
    for footer, alignment in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        (line,) = footer.paragraphs
        assert line.alignment.name == alignment
        assert line.runs[0].text == "— "
        assert "PAGE" in line._element.xml


def test_the_red_head_is_an_option():
    assert "演示市科学技术协会" not in {one.text for one in paper().paragraphs}
    head = paper(red_head=RedHead("演示市科学技术协会", "演科协〔2026〕1号")).paragraphs
    assert [one.text for one in head[:5]] == [
        "演示市科学技术协会", "", "演科协〔2026〕1号", "", "关于演示市科协工作情况的报告",
    ]  # fmt: skip
    assert str(head[0].runs[0].font.color.rgb) == "E60012"
    assert "w:pBdr" in head[3]._element.xml


def test_pictures_are_not_cut_off():
    document = Document()
    document.add_paragraph("标题")
    document.add_paragraph().add_run().add_picture(_picture())
    dress(document)
    assert document.paragraphs[1].paragraph_format.line_spacing_rule.name == "SINGLE"


def _picture():
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, "PNG")
    file.seek(0)
    return file


def test_without_an_office_one_line_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "LibreOffice" in pdf.missing()
    with pytest.raises(pdf.NoOffice, match="LibreOffice"):
        pdf.pdf_of(b"")


@pytest.mark.skipif(
    not (pdf.office() and shutil.which("pdftotext")), reason="no LibreOffice or poppler to render with"
)
def test_rendered_by_libreoffice(tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf.pdf_of(saved(paper())))
    told = subprocess.run(
        ["pdftotext", "-bbox", "-f", "2", "-l", "2", str(file), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 'width="595' in told
    assert 'height="841' in told
    found = [
        (float(left), float(top), float(right), float(bottom), words)
        for left, top, right, bottom, words in WORD.findall(told)
    ]
    body: list = []
    for word in sorted(found, key=lambda one: (one[3], one[0])):
        if not body or word[3] - body[-1][-1][3] > 8:
            body.append([])
        body[-1].append(word)
    number = sorted(body.pop())
    assert "".join(word[-1] for word in number) == "—2—"
    assert len(body) == official.LINES
    assert max(sum(len(word[-1]) for word in line) for line in body) == official.CHARACTERS
    left, right = min(line[0][0] for line in body), max(line[-1][2] for line in body)
    assert abs(left - 28 * POINTS_OF_MM) <= 1
    assert 0 <= (210 - 26) * POINTS_OF_MM - right <= official.BODY_SIZE
    top, bottom = min(word[1] for word in body[0]), max(word[3] for word in body[-1])
    assert 37 * POINTS_OF_MM <= top <= 37 * POINTS_OF_MM + 29
    assert bottom <= (297 - 35) * POINTS_OF_MM + 3
