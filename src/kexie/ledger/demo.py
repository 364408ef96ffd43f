"""A fictional city to fill with records: what the contexts' `demo` rooms share.

Deterministic from a seed. The public institutions of 阜阳 keep their names; every person, firm, school and village
is made up, and the association is marked as a demonstration.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Model
from django.utils import timezone

from kexie.foundation.access.models import Account
from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.holidays import is_day_off, is_holiday
from kexie.kernel.scope import Scope
from kexie.ledger import operations
from kexie.ledger.models import Record, Tenant

AS_OF = dt.date(2025, 6, 30)
LATE_SHARE = 0.04
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦昌马苗"
)
_GIVEN = "沐阳知远景行书航思源怀瑾若川予安明哲嘉禾清越望舒云舟听澜言蹊星野南乔子衿千寻疏桐一鸣致远乐天凌霄"


@dataclass
class DemoCity:
    """The association, its units and accounts, and ways to write records as if life had written them."""

    association: Unit
    departments: dict[str, Unit]
    counties: dict[str, Unit]
    areas: dict[str, Area]
    villages: list[Unit]
    museums: dict[str, Unit]
    schools: list[Unit]
    firms: list[Unit]
    societies: list[Unit]
    provincial_societies: list[Unit]
    universities: list[Unit]
    accounts: dict[str, Account]
    now: dt.datetime
    seed: int = 20210618
    written: int = field(default=0, init=False)

    AS_OF = AS_OF

    @property
    def today(self) -> dt.date:
        """The last day of the demonstration's history."""
        return timezone.localdate(self.now)

    @cached_property
    def scope(self) -> Scope:
        """The whole association."""
        return Scope(association_id=self.association.pk)

    def rng(self, name: str) -> random.Random:
        """Return a generator of its own for each name, so that contexts do not disturb one another."""
        return random.Random(f"{self.seed}:{name}")

    def townships(self, county: str) -> list[Area]:
        """Return the townships of a county (six-digit code)."""
        return [area for area in self.areas.values() if area.level == "TOWNSHIP" and area.code[:6] == county]

    def people(self, name: str, count: int) -> list[str]:
        """Return `count` different fictional names."""
        chance, found = self.rng(f"people:{name}"), dict[str, None]()
        while len(found) < count:
            given = chance.choice(_GIVEN) + (chance.choice(_GIVEN) if chance.random() < 0.7 else "")
            found[chance.choice(_SURNAMES) + given] = None
        return list(found)

    def reference(self, rows: Sequence[Model]) -> None:
        """Store reference data (rows of one model, or of several in order)."""
        for row in rows:
            if isinstance(row, Tenant):
                row.association = self.association
        for model in dict.fromkeys(type(row) for row in rows):
            model._default_manager.bulk_create([row for row in rows if type(row) is model], batch_size=1000)
        self.written += len(rows)

    def record(self, records: Sequence[Record], *, by: str = "COORDINATOR") -> int:
        """Confirm records as history: each some days after it happened, a few much later; return how many."""
        chance = self.rng(f"record:{self.written}")
        for record in records:
            self._sign(record, by, self._delay(chance))
            record.confirmed_by = record.recorded_by
            record.confirmed_at = min(
                record.recorded_at + dt.timedelta(hours=chance.randint(1, 40)), self.now
            )
        written = operations.record_many(records=records, actor=self.accounts[by], now=None, scope=self.scope)
        self.written += written
        return written

    def draft(self, records: Sequence[Record], *, by: str = "COORDINATOR") -> int:
        """Leave records as drafts waiting for confirmation; return how many."""
        chance = self.rng(f"draft:{self.written}")
        for record in records:
            self._sign(record, by, chance.randint(0, 2))
        for model in dict.fromkeys(type(record) for record in records):
            model._base_manager.bulk_create([record for record in records if type(record) is model])
        self.written += len(records)
        return len(records)

    def reverse(
        self,
        record: Record,
        reason: str,
        *,
        after_days: int = 9,
        by: str = "COORDINATOR",
    ) -> None:
        """Take a confirmed record back some days after it was confirmed."""
        confirmed = record.confirmed_at or self.now
        moment = min(confirmed + dt.timedelta(days=after_days), self.now)
        operations.reverse(
            record=record,
            reason=reason,
            actor=self.accounts[by],
            now=moment,
            scope=self.scope,
        )

    def workdays(self, start: dt.date, end: dt.date) -> Iterator[dt.date]:
        """Yield working days from `start` up to but not including `end`."""
        return (day for day in days(start, end) if not is_day_off(day))

    def open_days(self, start: dt.date, end: dt.date) -> Iterator[dt.date]:
        """Yield the days a museum is open: Wednesday to Sunday, and public holidays."""
        return (day for day in days(start, end) if day.weekday() >= 2 or is_holiday(day))

    def _sign(self, record: Record, by: str, delay_days: int) -> None:
        noon = dt.datetime.combine(record.occurred_on, dt.time(9, 30), dt.UTC)
        record.association = self.association
        record.recorded_by = self.accounts[by]
        record.recorded_at = min(noon + dt.timedelta(days=delay_days), self.now)

    def _delay(self, chance: random.Random) -> int:
        return chance.randint(20, 60) if chance.random() < LATE_SHARE else chance.randint(0, 4)


def days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """Yield every day from `start` up to but not including `end`."""
    return (start + dt.timedelta(days=n) for n in range((end - start).days))


def spread(chance: random.Random, total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to `weights`, a little shaken, that add up to `total` exactly."""
    shaken = [weight * chance.uniform(0.8, 1.2) for weight in weights]
    scale = total / sum(shaken)
    parts = [int(weight * scale) for weight in shaken]
    for index in range(total - sum(parts)):
        parts[index % len(parts)] += 1
    return parts
