"""Reading texts from files of every kind that people send."""

import io

import pytest
from docx import Document

from kexie.kernel.errors import UserError
from kexie.reporting.claims.documents import MAX_BYTES, text_of

TEXT = "培训农民2.8万人次。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text(encoding):
    assert text_of(TEXT.encode(encoding)) == TEXT


def test_word_document():
    document = Document()
    document.add_paragraph(TEXT)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "场次", "300场次"
    document.add_paragraph("完。")
    file = io.BytesIO()
    document.save(file)
    assert text_of(file.getvalue()) == f"{TEXT}\n\n场次\t300场次\n\n完。"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
        (b"PK\x03\x04 broken", ".docx"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "文本"),
        (b"x" * (MAX_BYTES + 1), "8 MB"),
    ],
)
def test_other_files_are_refused_with_what_to_do(data, said):
    with pytest.raises(UserError, match=said):
        text_of(data)


def test_a_workbook_is_no_document():
    from openpyxl import Workbook

    file = io.BytesIO()
    Workbook().save(file)
    with pytest.raises(UserError, match=r"\.docx"):
        text_of(file.getvalue())
