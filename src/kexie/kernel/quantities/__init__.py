"""Quantities in Chinese texts: what a text says, number by number, as intervals."""

from dataclasses import dataclass
from decimal import Decimal

from kexie.kernel.quantities.finder import Found, find
from kexie.kernel.quantities.intervals import Interval
from kexie.kernel.quantities.reading import Reading, read

__all__ = ["Interval", "Quantity", "Reading", "quantities", "quantities_at", "quantities_of", "read"]


@dataclass(frozen=True)
class Quantity:
    """A quantity as a text states it.

    `text` is the slice [start, end) of the text as given, in characters. `value` is the number named, None
    where none is (2至3, 数十). `low` and `high` are inclusive at the written precision, None where open;
    `interval` holds the exact ends. `unit` is the measure word, empty where the text gives none.
    """

    text: str
    value: Decimal | None
    unit: str
    start: int
    end: int
    interval: Interval

    @property
    def low(self) -> Decimal | None:
        """The lowest value claimed, None where there is none."""
        return self.interval.first

    @property
    def high(self) -> Decimal | None:
        """The highest value claimed, None where there is none."""
        return self.interval.last

    def as_dict(self) -> dict[str, str | int | float | None]:
        """Return the object that `kexie claims --json` prints."""
        return {
            "text": self.text,
            "value": plain(self.value),
            "low": plain(self.low),
            "high": plain(self.high),
            "unit": self.unit,
            "start": self.start,
            "end": self.end,
        }


def plain(value: Decimal | None) -> int | float | None:
    """Return a number for JSON: whole ones as int."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def quantities(source: str) -> list[Quantity]:
    """Return the quantities of a Chinese text in the order they stand; offsets are those of `source`."""
    return quantities_of(read(source))


def quantities_of(reading: Reading) -> list[Quantity]:
    """Return the quantities of a text already read."""
    return [quantity for quantity, _start, _end in quantities_at(reading)]


def quantities_at(reading: Reading) -> list[tuple[Quantity, int, int]]:
    """Return the quantities of a text already read, each with its half-open span in the reading."""
    return [(_quantity(reading, found), found.start, found.end) for found in find(reading.text)]


def _quantity(reading: Reading, found: Found) -> Quantity:
    start, end = reading.span(found.start, found.end)
    return Quantity(reading.source[start:end], found.value, found.unit, start, end, found.interval)
