"""Small worlds for the ledger's tests: one association, two counties with a museum each, and activities."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from kexie.foundation.access.models import Account
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import operations, registry
from kexie.ledger.measures import Cell, Count, Distinct, Flow, Measure, Ratio, Streak, Sum
from kexie.ledger.models import Activity

NOW = dt.datetime(2025, 7, 1, 2, 0, tzinfo=dt.UTC)


@dataclass
class World:
    """Everything a ledger test needs."""

    association: Unit
    counties: list[Unit]
    museums: list[Unit]
    account: Account

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.association.pk)

    def activity(self, day: dt.date, **values: Any) -> Activity:
        """Return an unsaved activity of the first museum, with a gate count of 100."""
        given = {"kind": "SHOW", "title": "机器人剧场", "headcount": 100, "method": "GATE", **values}
        unit = given.pop("unit", self.museums[0])
        return Activity(association=self.association, unit=unit, area=unit.area, occurred_on=day, **given)

    def confirmed(self, day: dt.date, *, now: dt.datetime = NOW, **values: Any) -> Activity:
        """Return a confirmed activity."""
        record = operations.draft(
            record=self.activity(day, **values), actor=self.account, now=now, scope=self.scope
        )
        return operations.confirm(records=[record], actor=self.account, now=now, scope=self.scope)[0]

    def reverse(self, record: Activity, *, now: dt.datetime = NOW) -> Activity:
        """Take a record back."""
        return operations.reverse(
            record=record, reason="人次录错", actor=self.account, now=now, scope=self.scope
        )


def world(name: str = "测试市科协") -> World:
    """Return a new association with its own units and account."""
    if not Area.objects.exists():
        areas.load_bundled(actor=None, now=NOW)
    area = {code: Area.objects.get(code=code) for code in ("341200", "341221", "341222")}
    root = units.create_association(name=name, area=area["341200"], actor=None, now=NOW)
    make = lambda parent, kind, label, code: units.create_unit(  # noqa: E731 - four units, one shape
        association=root, parent=parent, kind=kind, name=label, area=area[code], actor=None, now=NOW
    )
    counties = [make(root, "COUNTY_ASSOCIATION", f"{code}科协", code) for code in ("341221", "341222")]
    museums = [make(county, "MUSEUM", f"{county.name}科技馆", county.area_id) for county in counties]
    account = Account.objects.create(
        association=root, username=f"tester-{root.code}", display_name="测试员", unit=root, created_at=NOW
    )
    return World(root, counties, museums, account)


def half(_cell: Cell) -> Q:
    """The numerator of the test ratio: records of the second kind."""
    return Q(kind="LECTURE")


MEASURES = (
    Measure(
        key="ledger.test_count", label="场次", unit="场次", of=Activity, kind=Count(), where=Q(held=True)
    ),
    Measure(
        key="ledger.test_sum",
        label="人次",
        unit="人次",
        of=Activity,
        kind=Sum("headcount"),
        where=Q(held=True),
    ),
    Measure(key="ledger.test_distinct", label="名称", unit="项", of=Activity, kind=Distinct("title")),
    Measure(key="ledger.test_ratio", label="占比", unit="%", of=Activity, kind=Ratio(half)),
    Measure(key="ledger.test_streak", label="连续", unit="年", of=Activity, kind=Streak("occurred_on__year")),
    Measure(
        key="ledger.test_joined",
        label="馆",
        unit="场次",
        of=Activity,
        kind=Count(),
        where=Q(unit__kind="MUSEUM"),
    ),
)


def register() -> None:
    """Make the test measures known beside the declared ones."""
    registry.measures().update({measure.key: measure for measure in MEASURES})
    registry.measures_of.cache_clear()


def cell(key: str, start: dt.date | None = None, end: dt.date = dt.date(2026, 1, 1), **given: Any) -> Cell:
    """Return a cell of a test measure."""
    return Cell(f"ledger.test_{key}", Period(start, end), **given)


__all__ = ["MEASURES", "NOW", "Flow", "World", "cell", "register", "world"]
