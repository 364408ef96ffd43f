"""Rosters however they were made: Windows Excel, WPS, GBK and UTF-8 text, pasted lines; what is wrong, cell by cell."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook, load_workbook

from kexie.contexts.museums.web.public import rosters
from kexie.platform.imports.reading import SheetRefused
from tests.museums.booking_pages.conftest import TODAY, House, adult, resident

ADULT = dt.date(1988, 5, 1)
NUMBER = resident(ADULT, 17)


def excel(*rows, title="名单") -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(out)
    return out.getvalue()


def read(*rows, name="名单.xlsx"):
    return rosters.read(name, excel(*rows), today=TODAY)


def test_a_plain_roster_is_read():
    found = read(("姓名", "证件类型", "证件号码", "出生日期"), ("张三", "居民身份证", NUMBER, None))
    assert found.is_good
    assert [(one.name, one.number, one.birth_date) for one in found.party] == [("张三", NUMBER, ADULT)]


def test_titles_above_the_head_and_other_names_of_columns_are_understood():
    found = read(
        ("清河路小学参观名单",), (), ("序号", "学生姓名", "身份证号"), (1, "张三", NUMBER), (None, "  ", None)
    )
    assert [one.name for one in found.party] == ["张三"]
    assert found.rows[0].number == 4


def test_days_come_as_cells_serials_and_text():
    head = ("姓名", "证件类型", "证件号码", "出生日期")
    kid = dt.date(2018, 6, 1)
    for born in (kid, 43252, "2018年6月1日", "2018.6.1", "２０１８-06-01"):
        found = read(head, ("张小丽", "", None, born))
        assert [one.birth_date for one in found.party] == [kid], born


def test_full_width_digits_and_spaces_are_taken():
    wide = " " + "".join(chr(ord(one) + 0xFEE0) for one in NUMBER[:6]) + " " + NUMBER[6:]
    assert read(("姓名", "证件号码"), ("张　三", wide)).party[0].number == NUMBER


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_text_files_of_offices_are_read(encoding, mark):
    text = "\r\n".join(mark.join(row) for row in (("姓名", "身份证号"), ("张三", NUMBER), ("", "")))
    found = rosters.read("名单.csv", text.encode(encoding), today=TODAY)
    assert [one.number for one in found.party] == [NUMBER]


def test_pasted_lines_are_read_with_and_without_a_head():
    for words in (
        f"张三\t{NUMBER}\n张小丽\t2018-06-01",
        f"姓名\t证件类型\t证件号码\t出生日期\n张三\t\t{NUMBER}\t\n张小丽\t\t\t2018-06-01",
        f"张三 {NUMBER}\n\n张小丽，20180601",
    ):
        found = rosters.typed(words, today=TODAY)
        assert [(one.name, one.document) for one in found.party] == [
            ("张三", "RESIDENT_ID"),
            ("张小丽", "NONE"),
        ], words


def test_what_is_wrong_names_its_cell():
    rows = (
        ("姓名", "证件类型", "证件号码", "出生日期"),
        ("张三", "", "341202198805011234", ""),
        ("", "", NUMBER, ""),
        ("李四", "军官证啊", "1", ""),
        ("王五", "护照", "E12345678", "昨天"),
        ("赵六", "", 341202198805011234, ""),
        ("钱七", "", "", ""),
    )
    found = read(*rows)
    assert not found.is_good
    problems = {(where, str(message)[:12]) for where, _name, message in found.problems()}
    assert {where for where, _message in problems} == {"C2", "A3", "B4", "D5", "C6", "D7"}
    assert any("数字格式" in str(message) for _where, _name, message in found.problems())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("名单.xlsx", b"", "空文件"), ("名单.csv", b"  \r\n", "空文件"), ("名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版"),
        ("名单.pdf", b"%PDF-1.7", "不是 Excel 文件"), ("名单.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("名单.csv", "张三,李四".encode(), "没有找到“姓名”一列"), ("名单.csv", "姓名,证件号码\n".encode(), "名单里没有人"),
        ("名单.csv", b"\xff\xfe\x00\xd8\x00", "无法读取"),
    ],
)  # fmt: skip
def test_files_that_are_no_rosters_are_refused_in_words(name, content, said):
    with pytest.raises(SheetRefused, match=said):
        rosters.read(name, content, today=TODAY)


def test_two_hundred_rows_are_read_and_more_than_a_thousand_refused():
    rows = [("姓名", "证件号码"), *((one.name, one.number) for one in House.roster(200, 2))]
    assert len(read(*rows).party) == 200
    with pytest.raises(SheetRefused, match="名单超过1000人"):
        read(("姓名", "证件号码"), *[("张三", NUMBER)] * 1001)


def test_the_marked_workbook_can_be_corrected_and_sent_again():
    found = read(("姓名", "证件号码"), ("张三", "123"), ("李四", adult().number))
    kept = rosters.unseal(rosters.seal(found, context=b"g"), context=b"g")
    with rosters.marked(kept) as file:
        content = file.read()
    book = load_workbook(io.BytesIO(content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("姓名", "证件类型", "证件号码", "出生日期", "请更正")
    assert rows[1][2] == "123"
    assert "身份证" in rows[1][4]
    assert book.active["C2"].fill.fgColor.rgb == "00FAD4D0"
    again = rosters.read("x.xlsx", content, today=TODAY)
    assert [row.number for row in again.rows if row.problems] == [2]


def test_the_template_is_empty_and_says_how():
    with rosters.template() as file:
        content = file.read()
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["名单", "填写说明"]
    with pytest.raises(SheetRefused, match="名单里没有人"):
        rosters.read("x.xlsx", content, today=TODAY)
