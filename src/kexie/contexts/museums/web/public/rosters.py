"""Rosters of groups: Excel files however they were made, text pasted from one, and what is wrong in which cell."""

import base64
import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from kexie.foundation.people.models import Document
from kexie.foundation.visitors import details
from kexie.foundation.visitors.details import NO_DOCUMENT, DetailsRefused, Person
from kexie.kernel import text
from kexie.kernel.errors import Text
from kexie.platform import crypto
from kexie.platform.imports import reading, writing
from kexie.platform.imports.reading import SheetRefused, SheetRow

MOST_ROWS = 1000
COLUMNS = ("name", "document", "number", "birth_date")
_HEAD_WITHIN = 10
_EXACT = 2**53  # whole numbers beyond this lose their last digits in a spreadsheet
_EPOCH, _SERIALS = dt.date(1899, 12, 30), range(3654, 73050)  # 1910 to 2099 as Excel counts days
_RESIDENT_DIGITS = 18
# What offices call the columns.
_NAMES = {
    "name": {"姓名", "名字", "学生姓名", "观众姓名", "name"},
    "document": {"证件类型", "证件种类", "证件名称", "document"},
    "number": {"证件号码", "证件号", "身份证号", "身份证号码", "身份证", "公民身份号码", "number"},
    "birth_date": {"出生日期", "生日", "出生年月日", "出生年月", "birthdate"},
}
_KINDS = {
    "身份证": Document.RESIDENT_ID, "居民身份证": Document.RESIDENT_ID, "二代身份证": Document.RESIDENT_ID,
    "户口簿": Document.HOUSEHOLD, "户口本": Document.HOUSEHOLD, "无": NO_DOCUMENT, "无证件": NO_DOCUMENT,
}  # fmt: skip


@dataclass
class Row:
    """One row as it was sent: `number` as Excel counts, the cells as text, what is wrong with which."""

    number: int
    cells: dict[str, str]
    problems: dict[str, Text] = field(default_factory=dict)
    person: Person | None = None


@dataclass
class Roster:
    """A roster that was read. `places`: where each column stands in the file, to name a cell."""

    rows: list[Row]
    places: Mapping[str, int] = field(default_factory=lambda: {one: n for n, one in enumerate(COLUMNS, 1)})

    @property
    def party(self) -> list[Person]:
        """Everybody, when nothing is wrong."""
        return [row.person for row in self.rows if row.person]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(row.problems for row in self.rows)

    def problems(self) -> Iterator[tuple[str, str, Text]]:
        """Yield the cell (B7), the person's name and the message, from the top."""
        for row in self.rows:
            for column, message in row.problems.items():
                where = reading.address(self.places.get(column, 1), row.number)
                yield where, row.cells.get("name", ""), message

    def refuse(self, fields: Mapping[str, Text]) -> Text:
        """Put the messages of operations ("party-2") into their rows; return that about the whole, if any."""
        for name, message in fields.items():
            position = name.removeprefix("party-")
            if position.isdecimal():
                self.rows[int(position)].problems["number"] = message
        return fields.get("party", "")


def read(name: str, content: bytes, *, today: dt.date) -> Roster:
    """Return the roster in an .xlsx or .csv file. Raises SheetRefused when it is no such file."""
    if name.lower().endswith((".csv", ".txt")):
        found = list(_csv(name, content))
    else:
        reading.check(name, content)
        found = list(reading.rows(content, sheet=_("名单")))
    return _checked(*_with_head(found), today=today)


def typed(words: str, *, today: dt.date) -> Roster:
    """Return the roster typed or pasted: a person a line, name, document number, birth date."""
    lines = [line for line in words.splitlines() if line.strip()]
    rows = [SheetRow(n, tuple(_parts(line))) for n, line in enumerate(lines, 1)]
    if rows and "name" in _head(rows[0]):
        return _checked(*_with_head(rows), today=today)
    guessed = [SheetRow(row.number, _placed(row.values)) for row in rows]
    return _checked(guessed, {one: n for n, one in enumerate(COLUMNS, 1)}, today=today)


def _parts(line: str) -> list[str]:
    for mark in ("\t", ",", "，", ";", "；", "、"):
        if mark in line:
            return [part.strip() for part in line.split(mark)]
    return line.split()


def _placed(parts: Sequence[str]) -> tuple[str, ...]:
    """Tell kind, number and birth date of a typed line apart by what they look like."""
    found = {"name": parts[0] if parts else "", "document": "", "number": "", "birth_date": ""}
    for part in parts[1:]:
        if _kind(part):
            found["document"] = part
        elif _is_date(part):
            found["birth_date"] = part
        else:
            found["number"] = part
    return tuple(found[one] for one in COLUMNS)


def _is_date(part: str) -> bool:
    try:
        text.date(part)
    except ValueError:
        return False
    return True


def _csv(name: str, content: bytes) -> Iterator[SheetRow]:
    """Yield the rows of a CSV file as Excel saves it here: GBK, or UTF-8 with or without its mark."""
    if not content.strip():
        raise SheetRefused(_("“%(name)s”是空文件，请重新选择。") % {"name": name})
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = _gbk(name, content)
    first = words.partition("\n")[0]
    mark = max(",\t;", key=first.count)
    for number, values in enumerate(csv.reader(io.StringIO(words, newline=""), delimiter=mark), 1):
        if any(value.strip() for value in values):
            yield SheetRow(number, tuple(values))


def _gbk(name: str, content: bytes) -> str:
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        message = _("无法读取“%(name)s”的文字，请另存为 .xlsx 后再上传。")
        raise SheetRefused(message % {"name": name}) from error


def _with_head(found: Sequence[SheetRow]) -> tuple[list[SheetRow], dict[str, int]]:
    """Return the rows below the head, in the order of COLUMNS, and where each column stands."""
    for position, row in enumerate(found[:_HEAD_WITHIN]):
        columns = _head(row)
        if "name" in columns:
            rows = [SheetRow(one.number, _ordered(one, columns)) for one in found[position + 1 :]]
            return rows, columns
    raise SheetRefused(_("没有找到“姓名”一列，请下载模板，把名单填在模板里再上传。"))


def _head(row: SheetRow) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, value in enumerate(row.values, 1):
        label = text.key(str(value or "")).strip("*（）()")
        for column, names in _NAMES.items():
            if label in names:
                found.setdefault(column, place)
    return found


def _ordered(row: SheetRow, columns: Mapping[str, int]) -> tuple[Any, ...]:
    places = (columns.get(one, 0) for one in COLUMNS)
    return tuple(row.values[place - 1] if 0 < place <= len(row.values) else None for place in places)


def _checked(found: Iterable[SheetRow], places: Mapping[str, int], *, today: dt.date) -> Roster:
    rows = [_row(one, today) for one in found]
    filled = [row for row in rows if any(row.cells.values())]
    if not filled:
        raise SheetRefused(_("名单里没有人，请从姓名一列的下一行开始填写。"))
    if len(filled) > MOST_ROWS:
        raise SheetRefused(_("名单超过%(most)d人，请分成几个团队预约。") % {"most": MOST_ROWS})
    return Roster(filled, places)


def _row(found: SheetRow, today: dt.date) -> Row:
    values = dict(zip(COLUMNS, found.values, strict=False))
    row = Row(found.number, {column: _cell(column, values.get(column)) for column in COLUMNS})
    if isinstance(values.get("number"), int | float) and abs(values["number"]) > _EXACT:
        row.problems["number"] = _("这一格是数字格式，末几位已经丢失。请把证件号码一列设为文本，再重新填写。")
        return row
    return _with_person(row, today) if any(row.cells.values()) else row


def _with_person(row: Row, today: dt.date) -> Row:
    kind = _kind(row.cells["document"]) or _usual_kind(row.cells["number"])
    if row.cells["document"] and not _kind(row.cells["document"]):
        row.problems["document"] = _("不认识这种证件，请填写：%(kinds)s。") % {"kinds": _kinds_in_words()}
        return row
    born: dt.date | None = None
    if row.cells["birth_date"]:
        try:
            born = text.date(row.cells["birth_date"])
        except ValueError:
            row.problems["birth_date"] = _("这不是有效的日期，请写成 2015-06-01 的样子。")
            return row
    try:
        row.person = details.check(
            name=row.cells["name"], document=kind, number=row.cells["number"], birth_date=born, today=today
        )
    except DetailsRefused as error:
        row.problems.update(error.fields)
    return row


def _kind(label: str) -> str:
    """Return the kind of document that a label means, or ""."""
    plain = text.key(label)
    named = {text.key(str(name)): code for code, name in details.DOCUMENTS}
    return str(_KINDS.get(plain) or named.get(plain, ""))


def _usual_kind(number: str) -> str:
    """Without a kind: a number is an identity card's, none at all a child's."""
    return str(Document.RESIDENT_ID if number.strip() else NO_DOCUMENT)


def _kinds_in_words() -> str:
    return _("、").join(str(label) for _code, label in details.DOCUMENTS)


def _cell(column: str, value: Any) -> str:
    """Return a cell as text: days as days, whole numbers without a decimal point."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if column == "birth_date" and isinstance(value, int) and value in _SERIALS:
        return str(_EPOCH + dt.timedelta(days=value))
    return text.clean(str(value)) if value is not None else ""


# --- what is given back ---------------------------------------------------------------------------------------


def template() -> IO[bytes]:
    """Return an empty roster to fill in, with a sheet that says how."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("名单"))
    writing.fill(sheet, _headings(), ())
    how = book.create_sheet(_("填写说明"))
    how.column_dimensions["A"].width = 80
    for line in _how():
        how.append([writing.wrapped(how, line)])
    return writing.save(book)


def marked(roster: Roster) -> IO[bytes]:
    """Return the roster with the wrong cells in red and what is wrong beside them."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("名单"))
    writing.fill(sheet, [*_headings(), writing.Heading(str(_("请更正")), 60)], ())
    for row in roster.rows:
        cells = [
            (writing.marked if column in row.problems else writing.plain)(sheet, row.cells[column])
            for column in COLUMNS
        ]
        sheet.append([*cells, writing.wrapped(sheet, " ".join(str(one) for one in row.problems.values()))])
    return writing.save(book)


def _headings() -> list[writing.Heading]:
    labels = (_("姓名"), _("证件类型"), _("证件号码"), _("出生日期"))
    return [writing.Heading(label, width) for label, width in zip(labels, (14, 22, 26, 16), strict=True)]


def _how() -> tuple[str, ...]:
    return (
        _("带队人员也要填写，人数应与申请的总人数一致。"),
        _("证件类型可不填：有号码按居民身份证，没有号码按无证件儿童。可以填：%(kinds)s。")
        % {"kinds": _kinds_in_words()},
        _("居民身份证和户口簿不用填出生日期；其他证件和无证件儿童要填，例如 2015-06-01。"),
        _("证件号码一列请保持文本格式，否则 Excel 会把末几位变成0。"),
    )


def seal(roster: Roster, *, context: bytes) -> str:
    """Return a roster as text that only this installation can read, for the session."""
    rows = [[row.number, row.cells, {k: str(v) for k, v in row.problems.items()}] for row in roster.rows]
    plain = json.dumps({"rows": rows, "places": dict(roster.places)}, ensure_ascii=False)
    return base64.b64encode(crypto.encrypt(plain.encode(), context=context)).decode()


def unseal(sealed: str, *, context: bytes) -> Roster:
    """Return what was sealed. Raises crypto.Unreadable."""
    found = json.loads(crypto.decrypt(base64.b64decode(sealed), context=context))
    return Roster(
        [Row(number, cells, problems) for number, cells, problems in found["rows"]], found["places"]
    )
