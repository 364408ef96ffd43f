"""The labelled sentences of benchmarks/data, read into text and labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"
_QUANTITY = re.compile(r"【([^|】]*)\|([^|】]*)\|([^|】]*)\|([^】]*)】")
_LINK = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


@dataclass(frozen=True)
class Label:
    """A quantity where it stands: its span, what it claims, its measure word."""

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of a kind with its quantities."""

    kind: str
    text: str
    labels: tuple[Label, ...]


def quantities(name: str = "quantities") -> Iterator[Sentence]:
    """Yield the sentences with labelled quantities of one of the files."""
    kind = ""
    for line in _lines(f"{name}.txt"):
        if line.startswith("## "):
            kind = line[3:]
            continue
        text, found = _plain(line, _QUANTITY)
        labels = tuple(
            Label(start, end, _end(low), _end(high), unit) for start, end, (low, high, unit) in found
        )
        yield Sentence(kind, text, labels)


def links(name: str = "links") -> Iterator[tuple[str, dict[tuple[int, int], str]]]:
    """Yield the sentences of this field of one of the files with the measure of each number by its span, "-" for none."""
    for line in _lines(f"{name}.txt"):
        text, found = _plain(line, _LINK)
        yield text, {(start, end): measure for start, end, (measure,) in found}


def _lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not re.match(r"# |#$", line):
            yield line


def _plain(line: str, mark: re.Pattern[str]) -> tuple[str, list[tuple[int, int, tuple[str, ...]]]]:
    """Return a line without its marks, and span and labels of each."""
    text, position, found = "", 0, []
    for match in mark.finditer(line):
        text += line[position : match.start()]
        found.append((len(text), len(text) + len(match[1]), match.groups()[1:]))
        text += match[1]
        position = match.end()
    return text + line[position:], found


def _end(words: str) -> Decimal | None:
    return None if words == "-" else Decimal(words)
