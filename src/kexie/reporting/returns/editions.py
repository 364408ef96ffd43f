"""Editions of returns: one file in `data` for each scheme and year, read strictly.

A file says which items a return has and what each is bound to; a new year is a new file, not code.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period
from kexie.ledger.cells import Cell
from kexie.reporting.returns import expressions

Made = TypeVar("Made")
FOLDER = Path(__file__).parent / "data"
SCHEMES = ("kx", "kp")
KINDS = ("stock", "flow", "cumulative")
_TYPES: Mapping[str, Any] = {"str": str, "int": int, "float": (int, float)}
BLANKS = ("zero", "dash", "empty")


class EditionError(ValueError):
    """A file breaks the schema; the message names file and item."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of a sheet: bound to a measure with filters, or `outside` (why there is no record).

    key: ours, the same through the editions. code: the official one, "" where it is not known. within: the item of
    which this is a part. blank: what is printed for nothing.
    """

    key: str
    label: str
    unit: str
    kind: str
    source: str
    code: str = ""
    measure: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    outside: str = ""
    within: str = ""
    doubt: str = ""
    blank: str = ""
    places: int = 0

    def cell(self, period: Period) -> Cell:
        """Return what is asked of the measure."""
        asked = Period(None, period.end) if self.kind == "cumulative" else period
        return Cell(self.measure, asked, filters=tuple(sorted(self.filters.items())))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table of the form; `owner` is the department that answers for it."""

    code: str
    number: str
    title: str
    owner: str
    items: tuple[Item, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A comparison that must hold between items, and what it means in words."""

    rule: expressions.Comparison
    words: str


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A scheme's form for one year.

    actual_until: month and day up to which flows are counted; the rest of the year is planned. change: the share by
    which a value may differ from last year's without a note, where either is at least change_base.
    """

    scheme: str
    year: int
    title: str
    owner: str
    period: str
    actual_until: str
    blank: str
    change: float
    change_base: int
    seals: tuple[str, ...]
    doubt: str
    sources: Mapping[str, str]
    sheets: tuple[Sheet, ...]
    checks: tuple[Check, ...]

    @property
    def key(self) -> str:
        """Its name, as the file's."""
        return f"{self.scheme}-{self.year}"

    @property
    def name(self) -> str:
        """Title and year."""
        return f"{self.title}（{self.year}）"

    @property
    def span(self) -> Period:
        """The days that are counted."""
        month, day = map(int, self.actual_until.split("-"))
        return Period.until(dt.date(self.year, month, day), since=dt.date(self.year, 1, 1))

    @property
    def is_partly_planned(self) -> bool:
        """Whether the last months are planned, not counted."""
        return self.span.end <= dt.date(self.year, 12, 31)

    def items(self) -> Iterator[Item]:
        """Yield every item in the order of the form."""
        for sheet in self.sheets:
            yield from sheet.items

    def item(self, key: str) -> Item:
        """Return an item, or raise NotFound."""
        found = next((one for one in self.items() if one.key == key), None)
        if found is None:
            raise NotFound(f"{self.key}: {key}")
        return found

    def sheet_of(self, key: str) -> Sheet:
        """Return the sheet on which an item stands."""
        return next(sheet for sheet in self.sheets if any(one.key == key for one in sheet.items))

    def blank_of(self, item: Item) -> str:
        """Return what is printed where an item has no value."""
        return {"zero": "0", "dash": "-", "empty": ""}[item.blank or self.blank]


@cache
def editions() -> Mapping[str, Edition]:
    """Return every edition by key, the newest first."""
    found = [load(path) for path in FOLDER.glob("*.toml")]
    return {one.key: one for one in sorted(found, key=lambda one: (-one.year, one.scheme))}


def edition(key: str) -> Edition:
    """Return an edition, or raise NotFound."""
    if key not in editions():
        raise NotFound(key)
    return editions()[key]


def before(one: Edition) -> Edition | None:
    """Return the scheme's edition of the year before."""
    return editions().get(f"{one.scheme}-{one.year - 1}")


def differences(old: Edition, new: Edition) -> list[tuple[str, Item | None, Item | None]]:
    """Return the items that two editions have differently: only in one, or changed in name, unit or binding."""
    before, after = ({one.key: one for one in edition.items()} for edition in (old, new))
    keys = [*after, *(key for key in before if key not in after)]
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def load(path: Path) -> Edition:
    """Read one file. Raises EditionError."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise EditionError(f"{path.name}: {error}") from error
    made = _made(
        Edition,
        {
            **given,
            "sources": given.get("sources", {}),
            "sheets": tuple(_sheet(path.name, one) for one in given.get("sheets", ())),
            "checks": tuple(_check(path.name, one) for one in given.get("checks", ())),
            "seals": tuple(given.get("seals", ())),
        },
        path.name,
    )
    _see(made, path.name)
    return made


def _sheet(where: str, given: dict[str, Any]) -> Sheet:
    place = f"{where}, sheet {given.get('code', '?')}"
    items = tuple(_made(Item, one, f"{place}, item {one.get('key', '?')}") for one in given.get("items", ()))
    return _made(Sheet, {**given, "items": items}, place)


def _check(where: str, given: dict[str, Any]) -> Check:
    place = f"{where}, check {given.get('rule', '?')}"
    try:
        rule = expressions.parse(str(given.get("rule", "")))
    except ValueError as error:
        raise EditionError(f"{place}: not a comparison of items") from error
    return _made(Check, {**given, "rule": rule}, place)


def _made(kind: type[Made], given: dict[str, Any], place: str) -> Made:
    """Make a dataclass of exactly its fields, each of its type."""
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    if unknown := given.keys() - known.keys():
        raise EditionError(f"{place}: unknown {sorted(unknown)}")
    for name, one in known.items():
        required = one.default is MISSING and one.default_factory is MISSING
        if required and name not in given:
            raise EditionError(f"{place}: {name} is missing")
        expected = _TYPES.get(str(getattr(one.type, "__name__", one.type)))
        if name in given and expected and not isinstance(given[name], expected):
            raise EditionError(f"{place}: {name} is not of type {one.type}")
    return kind(**given)


def _see(one: Edition, where: str) -> None:
    """Refuse what the types cannot say."""
    if where != f"{one.key}.toml" or one.scheme not in SCHEMES:
        raise EditionError(f"{where}: scheme and year are not those of the name")
    if one.blank not in BLANKS:
        raise EditionError(f"{where}: blank is one of {BLANKS}")
    keys = [item.key for item in one.items()]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise EditionError(f"{where}: twice {sorted(twice)}")
    for item in one.items():
        _see_item(one, item, f"{where}, item {item.key}", keys)
    for check in one.checks:
        if unknown := check.rule.keys - set(keys):
            raise EditionError(f"{where}, check {check.rule.text}: unknown {sorted(unknown)}")


def _see_item(one: Edition, item: Item, place: str, keys: list[str]) -> None:
    faults = {
        "key is not a name": not item.key.isidentifier(),
        f"kind is one of {KINDS}": item.kind not in KINDS,
        f"blank is one of {BLANKS}": item.blank not in ("", *BLANKS),
        "either measure or outside": bool(item.measure) == bool(item.outside),
        "filters need a measure": bool(item.filters) and not item.measure,
        f"unknown source {item.source}": item.source not in one.sources,
        f"unknown item {item.within}": bool(item.within) and item.within not in keys,
    }
    if fault := next((words for words, is_so in faults.items() if is_so), ""):
        raise EditionError(f"{place}: {fault}")
