"""Half-open periods of days."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Period:
    """Days from `start` (inclusive) to `end` (exclusive); no start means since the records began."""

    start: dt.date | None
    end: dt.date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.start is not None and self.start > self.end:
            message = f"period ends ({self.end}) before it starts ({self.start})"
            raise ValueError(message)

    @classmethod
    def until(cls, last_day: dt.date, *, since: dt.date | None = None) -> "Period":
        """Return everything up to and including `last_day`, from `since` if given."""
        return cls(since, last_day + dt.timedelta(days=1))

    @classmethod
    def year(cls, year: int) -> "Period":
        """Return the calendar year."""
        return cls(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """Return the calendar month (1 to 12)."""
        return cls(dt.date(year, month, 1), dt.date(year + month // 12, month % 12 + 1, 1))

    @property
    def last_day(self) -> dt.date:
        """The day a stock is asked at."""
        return self.end - dt.timedelta(days=1)

    def __contains__(self, day: dt.date) -> bool:
        """Whether the day lies in the period."""
        return day < self.end and (self.start is None or self.start <= day)
