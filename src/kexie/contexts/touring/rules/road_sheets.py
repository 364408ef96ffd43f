"""Road distances as offices hand them in: a list of pairs, or a square with the places' names along two edges."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kexie.contexts.touring.rules.roads import UNKNOWN, Roads, Table, empty
from kexie.kernel import text
from kexie.platform.imports.reading import SheetRefused, SheetRow, address

_FROM = {"起点", "出发", "出发地", "出发点", "从", "from", "origin"}
_TO = {"终点", "到达", "目的地", "到达点", "到", "to", "destination"}
_KM = {"公里", "里程", "距离", "公里数", "里程公里", "距离公里", "里程km", "距离km", "km"}
_MINUTES = {"分钟", "时间", "用时", "用时分钟", "时间分钟", "分钟数", "minutes", "min"}
_UNITS = ("公里", "千米", "km", "分钟", "分", "min")
FASTEST = 130  # kilometres an hour: nobody drives faster
_SHORTER = 0.98  # a road is no shorter than the way as the crow flies, rounding apart
_LONGEST = 3000  # kilometres
_SHOWN = 40


@dataclass(frozen=True)
class WrongCell:
    """A cell that cannot be right, by its address, with what to do."""

    cell: str
    text: str

    def __str__(self) -> str:
        return f"{self.cell}：{self.text}"


@dataclass
class Reading:
    """What a file says: the table, and the cells that are wrong."""

    table: Table
    wrong: list[WrongCell] = field(default_factory=list)


@dataclass
class _Reader:
    """A file being read. `names`: the numbers of the points that a name, without spaces, may mean."""

    names: Mapping[str, Sequence[int]]
    straight: Roads  # as the crow flies, without a factor
    kmh: float
    found: Reading

    def place(self, value: Any, cell: str) -> int | None:
        """Return the point that a cell names; None, and a note, if it is none."""
        name = text.clean(_plain(value))
        numbers = self.names.get(text.key(name), ())
        if len(numbers) == 1:
            return numbers[0]
        if not name:
            self.note(cell, _("没有填地点"))
        elif numbers:
            values = {"name": name, "n": len(numbers)}
            self.note(cell, _("有 %(n)s 个“%(name)s”，请连县区和乡镇一起写，照名单填写") % values)
        else:
            self.note(cell, _("“%(name)s”不是本季的点位或车辆，请照名单填写") % {"name": name})
        return None

    def number(self, value: Any, cell: str) -> float | None:
        """Return a cell's number; None if it is empty, or wrong, which is noted."""
        if value is None or not _plain(value).strip():
            return None
        told = text.number(_plain(value)).lower()
        for unit in _UNITS:
            told = told.removesuffix(unit)
        try:
            number = float(told)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and number >= 0 and not isinstance(value, dt.date | dt.time | bool):
            return number
        self.note(cell, _("“%(value)s”不是里程或时间，请填数字，例如 12.5") % {"value": _plain(value)[:30]})
        return None

    def keep(self, one: int, other: int, km: float, minutes: float, cell: str) -> None:
        """Keep a way unless it is impossible."""
        direct = float(self.straight.metres[one, other]) / 1000
        if km < direct * _SHORTER - 0.1:
            values = {"km": f"{km:g}", "direct": f"{direct:.1f}"}
            self.note(cell, _("%(km)s 公里比直线距离 %(direct)s 公里还短，请核对") % values)
        elif km > _LONGEST:
            self.note(cell, _("%(km)s 公里太远，请核对单位是不是公里") % {"km": f"{km:g}"})
        elif km > 1 and km > FASTEST * (minutes + 1) / 60:
            values = {"km": f"{km:g}", "minutes": f"{minutes:g}"}
            self.note(cell, _("%(km)s 公里只用 %(minutes)s 分钟，太快，请核对") % values)
        else:
            self.found.table.metres[one, other] = round(km * 1000)
            self.found.table.seconds[one, other] = round(minutes * 60)

    def note(self, cell: str, told: str) -> None:
        """Write down what is wrong."""
        self.found.wrong.append(WrongCell(cell, told))


def read(
    rows: Iterable[SheetRow],
    *,
    points: Sequence[tuple[float, float]],
    names: Mapping[str, Sequence[int]],
    straight: Roads,
    kmh: float,
    unit: str = "KM",
) -> Reading:
    """Return what a sheet says. `unit`: what the numbers of a square are (KM, MINUTES). Raises SheetRefused.

    A way that is given in one direction only holds in both.
    """
    every = iter(rows)
    head = next(every, None)
    if head is None:
        raise SheetRefused(_("文件里没有内容。"))
    reader = _Reader(names, straight, kmh, Reading(empty(points)))
    columns = _columns(head)
    if columns is not None:
        _pairs(reader, every, columns)
    else:
        _square(reader, head, every, unit)
    _fill_back(reader.found.table)
    return reader.found


def in_words(wrong: Sequence[WrongCell]) -> list[str]:
    """Return the first wrong cells for a person, and how many more there are."""
    more = len(wrong) - _SHOWN
    rest = [_("另有 %(n)s 格。") % {"n": more}] if more > 0 else []
    return [*map(str, wrong[:_SHOWN]), *rest]


@dataclass(frozen=True)
class _Columns:
    one: int
    other: int
    km: int | None
    minutes: int | None


def _columns(head: SheetRow) -> _Columns | None:
    """Return where the columns of a list of pairs stand; None: it is a square."""
    labels = [_label(value) for value in head.values]

    def where(known: set[str]) -> int | None:
        return next((number for number, label in enumerate(labels) if label in known), None)

    one, other, km, minutes = (where(known) for known in (_FROM, _TO, _KM, _MINUTES))
    if one is None or other is None:
        return None
    if km is None and minutes is None:
        raise SheetRefused(_("表头里没有“公里”，也没有“分钟”，请至少填一列。"))
    return _Columns(one, other, km, minutes)


def _label(value: Any) -> str:
    told = text.key(_plain(value))
    return "".join(letter for letter in told if letter not in "()（）[]/:：")


def _pairs(reader: _Reader, rows: Iterator[SheetRow], columns: _Columns) -> None:
    for row in rows:
        before = len(reader.found.wrong)
        one, other = (
            reader.place(_at(row, column), address(column + 1, row.number))
            for column in (columns.one, columns.other)
        )
        km, minutes = (
            None if column is None else reader.number(_at(row, column), address(column + 1, row.number))
            for column in (columns.km, columns.minutes)
        )
        shown = columns.minutes if columns.km is None else columns.km
        cell = address((shown or 0) + 1, row.number)
        if one is None or other is None or one == other:
            continue
        if km is None and minutes is None:
            if len(reader.found.wrong) == before:
                reader.note(cell, _("这一行没有里程，也没有时间"))
            continue
        _keep(reader, (one, other), km, minutes, cell)


def _square(reader: _Reader, head: SheetRow, rows: Iterator[SheetRow], unit: str) -> None:
    across = {
        column: reader.place(value, address(column + 1, head.number))
        for column, value in enumerate(head.values)
        if column and _plain(value).strip()
    }
    if len(across) < 2:  # noqa: PLR2004 -- a square has two sides
        raise SheetRefused(
            _("看不出是哪种表：请用“起点、终点、公里、分钟”的列表，或第一行、第一列都是地点名的方阵。")
        )
    for row in rows:
        one = reader.place(_at(row, 0), address(1, row.number))
        for column, other in across.items():
            cell = address(column + 1, row.number)
            number = reader.number(_at(row, column), cell)
            if number is None or one is None or other is None or one == other:
                continue
            km, minutes = (number, None) if unit == "KM" else (None, number)
            _keep(reader, (one, other), km, minutes, cell)


def _keep(reader: _Reader, way: tuple[int, int], km: float | None, minutes: float | None, cell: str) -> None:
    """Keep a way of which kilometres, minutes or both are given; what is not follows from the usual speed."""
    usual = reader.kmh / 60
    if km is None and minutes is not None:
        # Minutes alone say nothing against the straight line: the usual speed is only a guess.
        km = max(minutes * usual, float(reader.straight.metres[way]) / 1000)
    if km is not None:
        reader.keep(*way, km, km / usual if minutes is None else minutes, cell)


def _fill_back(table: Table) -> None:
    """Let ways known in one direction hold in the other."""
    missing = (table.seconds == UNKNOWN) & (table.seconds.T != UNKNOWN)
    table.seconds[missing] = table.seconds.T[missing]
    table.metres[missing] = table.metres.T[missing]


def _at(row: SheetRow, column: int) -> Any:
    return row.values[column] if column < len(row.values) else None


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
