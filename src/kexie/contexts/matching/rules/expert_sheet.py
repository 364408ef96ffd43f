"""Experts in a table as offices keep it: which column is which, and what a row says."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.rules import experts as rules
from kexie.contexts.matching.rules import people_files as files
from kexie.contexts.matching.rules.people_files import FoundPerson, FoundWork
from kexie.foundation.people.operations import phone_number
from kexie.kernel import disciplines, text
from kexie.kernel.errors import UserError
from kexie.platform.imports.reading import SheetRow, address

# What the columns are called; the first is what the template names.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "专家姓名", "名字", "name"),
    "employer": ("工作单位", "单位", "所在单位", "依托单位", "employer", "affiliation"),
    "title": ("职称", "职务职称", "职称职务", "专业技术职务", "title"),
    "society": ("所属学会", "学会", "推荐学会"),
    "disciplines": ("学科分类", "学科", "专业领域", "研究领域", "专业"),
    "skills": ("能解决的问题", "技术专长", "专长", "研究方向", "擅长领域"),
    "about": ("个人简介", "简介", "简历"),
    "languages": ("工作语言", "语言", "外语"),
    "region": ("常在地区", "所在地区", "所在地", "地区"),
    "is_home": ("海智专家", "是否海智专家"),
    "phone": ("手机号码", "手机", "联系电话", "电话"),
    "email": ("电子邮箱", "邮箱", "email", "e-mail"),
    "orcid": ("ORCID",),
    "openalex": ("OpenAlex", "OpenAlex作者编号"),
    "other_names": ("其他署名", "英文名", "拼音"),
    "works": ("代表成果", "主要成果", "成果", "论文", "代表作"),
}
LABELS: Mapping[str, str] = {name: spellings[0] for name, spellings in HEADINGS.items()}
_LOOKED_AT = 15
_DECORATION = re.compile(r"[（(\[【].*?[）)\]】]|[*＊:：\s]")
_BETWEEN = re.compile(r"[、，,;；/\n]")
_YES, _NO = (
    frozenset({"是", "有", "√", "y", "yes", "true", "1"}),
    frozenset({"否", "无", "×", "n", "no", "false", "0", ""}),
)
_WORK_KINDS = {"论文": "PAPER", "专利": "PATENT", "项目": "PROJECT", "案例": "CASE", "解决过的问题": "CASE"}
_DIGITS = 15


class BadCell(ValueError):
    """A cell that cannot be read; the message says what to put."""


@dataclass
class Table:
    """A table read: the people, and what is wrong by cell: [{"cell", "said"}]."""

    people: list[FoundPerson] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)


def head(rows: Sequence[SheetRow]) -> tuple[int, dict[str, int], list[str]]:
    """Return the number of the row that names most columns, the columns it names, and all its labels."""
    names = {_key(spelling): name for name, spellings in HEADINGS.items() for spelling in spellings}
    best: tuple[int, dict[str, int], list[str]] = (
        rows[0].number if rows else 0,
        {},
        _labels(rows[0]) if rows else [],
    )
    for row in rows[:_LOOKED_AT]:
        columns: dict[str, int] = {}
        for at, value in enumerate(row.values, 1):
            if isinstance(value, str) and (name := names.get(_key(value))):
                columns.setdefault(name, at)
        if len(columns) > len(best[1]):
            best = (row.number, columns, _labels(row))
    return best


def read(rows: Sequence[SheetRow], columns: Mapping[str, int], *, after: int) -> Table:
    """Return the people of the rows below the head. A row with a bad cell is named and left out."""
    table = Table()
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.number <= after:
            continue
        values = dict(_values(row, columns, table))
        if len(values) < len(columns) or not any(values.values()):
            continue
        person = _person(values, row.number)
        said = _wrong(person, seen)
        if said is not None:
            _complain(table, row, columns, *said)
            continue
        seen[(text.key(person.name), text.key(person.employer))] = row.number
        table.people.append(person)
    return table


def _wrong(person: FoundPerson, seen: Mapping[tuple[str, str], int]) -> tuple[str, str] | None:
    if not person.name:
        return "name", _("没有姓名，请填写。")
    if person.is_home and person.employer:
        return "employer", _("海智专家不登记境外工作单位，请清空这一格。")
    if person.is_home and person.region:
        return "region", _("海智专家不登记常在地区，请清空这一格。")
    before = seen.get((text.key(person.name), text.key(person.employer)))
    return ("name", _("和第%(n)s行是同一个人，请只留一行。") % {"n": before}) if before else None


def _values(row: SheetRow, columns: Mapping[str, int], table: Table) -> Iterator[tuple[str, Any]]:
    for name, at in columns.items():
        raw = row.values[at - 1] if at <= len(row.values) else None
        try:
            yield name, _READERS.get(name, _line)(name, _shown(raw, keeps_lines=name in {"about", "works"}))
        except BadCell as refused:
            _complain(table, row, columns, name, str(refused))


def _complain(table: Table, row: SheetRow, columns: Mapping[str, int], name: str, said: str) -> None:
    table.problems.append({"cell": address(columns.get(name, 1), row.number), "said": said})


def _person(values: Mapping[str, Any], at: int) -> FoundPerson:
    return FoundPerson(**{"name": "", **{name: value for name, value in values.items() if value}}, at=at)


def _shown(raw: Any, *, keeps_lines: bool) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return _("是") if raw else _("否")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and abs(raw) >= 10**_DIGITS:
        raise BadCell(_("数字超过15位，Excel 已丢失末几位；请把单元格设为文本格式后重新填写。"))
    return text.clean_lines(str(raw)) if keeps_lines else text.clean(str(raw))


def _line(name: str, shown: str) -> str:
    longest = files.LONGEST.get(name, 120)
    if len(shown) > longest:
        raise BadCell(_("超过%(n)d个字，请缩短。") % {"n": longest})
    return shown


def _disciplines(_name: str, shown: str) -> list[str]:
    codes, unknown = disciplines.parse(shown)
    if unknown:
        raise BadCell(
            _("没有这些学科：%(words)s。请填国家标准的学科名称（如机械工程）或代码（如460）。")
            % {"words": "、".join(unknown)}
        )
    return codes


def _languages(_name: str, shown: str) -> list[str]:
    known = {text.key(str(label)): code for code, label in Expert.Language.choices} | {
        "英文": "EN",
        "汉语": "ZH",
        "日文": "JA",
    }
    words = [word for one in _BETWEEN.split(shown) if (word := text.key(one))]
    unknown = [word for word in words if word not in known]
    if unknown:
        options = "、".join(str(label) for label in Expert.Language.labels)
        raise BadCell(
            _("没有“%(name)s”这种语言，请填：%(options)s。") % {"name": unknown[0], "options": options}
        )
    return list(dict.fromkeys(known[word] for word in words))


def _flag(_name: str, shown: str) -> bool:
    plain = text.key(shown)
    if plain not in _YES | _NO:
        raise BadCell(_("请填“是”或“否”。"))
    return plain in _YES


def _number(name: str, shown: str) -> str:
    said = {
        "orcid": _("ORCID 是16位，像 0000-0002-1825-0097，请核对。"),
        "openalex": _("OpenAlex 作者编号像 A5023888391，请核对。"),
    }
    try:
        return str(getattr(rules, name)(shown)) if shown else ""
    except ValueError as error:
        raise BadCell(said[name]) from error


def _email(_name: str, shown: str) -> str:
    try:
        return rules.email(shown) if shown else ""
    except ValueError as error:
        raise BadCell(_("电子邮箱应像 name@example.org，请核对。")) from error


def _phone(_name: str, shown: str) -> str:
    try:
        return phone_number(shown)
    except UserError as error:
        raise BadCell(str(error)) from error


def _works(_name: str, shown: str) -> tuple[FoundWork, ...]:
    """Read one work a line: 论文：题名（2021）, the kind and the year if they are there."""
    found = []
    for line in re.split(r"[\n；;]", shown):
        kind, mark, rest = line.strip().partition("：")
        known = _WORK_KINDS.get(kind.strip()) if mark else None
        title = (rest if known else line).strip()
        number, when = files.doi(title), re.search(r"[（(]\s*(\d{4})\s*年?\s*[）)]\s*$", title)
        title = title[: when.start()].strip() if when else title
        if files.title_key(title):
            found.append(
                FoundWork(
                    kind=known or "PAPER",
                    title=title[:300],
                    year=files.year(when and when[1]),
                    source_id=number,
                )
            )
    return files.once(found)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "disciplines": _disciplines, "languages": _languages, "is_home": _flag, "orcid": _number, "openalex": _number,
    "email": _email, "phone": _phone, "works": _works,
}  # fmt: skip


def _labels(row: SheetRow) -> list[str]:
    return [text.clean(str(value)) if value is not None else "" for value in row.values]


def _key(label: str) -> str:
    return text.key(_DECORATION.sub("", text.half_width(label)) or label)
