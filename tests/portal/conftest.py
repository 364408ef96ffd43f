"""A small public city: museums, activities, facilities and contests, as few or as many as a test asks for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from kexie.contexts.contests.models import Contest
from kexie.contexts.facilities.models import Facility, FacilityStage
from kexie.contexts.museums.models import Hall, Museum, MuseumStage, ShowTime
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope
from kexie.ledger import operations
from kexie.ledger.models import Activity, Record, Series
from tests.foundation.conftest import City, build_city, make_account

# A Wednesday, on which museums are open; the day before and after it matter too.
NOW = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 25)


@dataclass
class PublicCity:
    """Builds what the public pages show."""

    city: City
    account: Any

    @property
    def scope(self) -> Scope:
        return Scope(association_id=self.city.association.pk)

    def confirmed(self, record: Record) -> Record:
        values = {"actor": self.account, "now": NOW, "scope": self.scope}
        return operations.confirm(records=[operations.draft(record=record, **values)], **values)[0]

    def _of(self, unit: Unit, **values: Any) -> dict[str, Any]:
        return {"association": self.city.association, "unit": unit, "area": unit.area, **values}

    def museum(self, name: str, *, stage: str = "OPEN", **values: Any) -> Museum:
        unit = units.create_unit(
            association=self.city.association, parent=self.city.yingzhou, kind=Kind.MUSEUM, name=name,
            area=self.city.yingzhou.area, actor=None, now=NOW,
        )  # fmt: skip
        hours = {"opens_at": dt.time(9), "closes_at": dt.time(16, 30), "last_entry_at": dt.time(16)}
        museum = Museum.objects.create(**self._of(unit, name=name, level="CITY", **{**hours, **values}))
        opened = dt.date(2021, 6, 18)
        self.confirmed(MuseumStage(**self._of(unit, museum=museum, stage=stage, occurred_on=opened)))
        return museum

    def show_time(self, museum: Museum, title: str, starts_at: dt.time) -> ShowTime:
        series = Series.objects.get_or_create(
            association=self.city.association, kind="SHOW", name=title, defaults={"unit": museum.unit}
        )[0]
        hall = Hall.objects.create(**self._of(museum.unit, name="科学剧场", use="THEATRE"))
        values = {"series": series, "hall": hall, "weekdays": "3", "starts_at": starts_at, "name": title}
        return ShowTime.objects.create(**self._of(museum.unit, valid_from=dt.date(2026, 1, 1), **values))

    def activity(self, title: str, day: dt.date, *, confirm: bool = True, **values: Any) -> Activity:
        given = {"kind": "LECTURE", "title": title, "occurred_on": day, "starts_at": dt.time(9), **values}
        record = Activity(**self._of(self.city.yingzhou, **given))
        if confirm:
            return self.confirmed(record)
        return operations.draft(record=record, actor=self.account, now=NOW, scope=self.scope)

    def facility(self, name: str, *stages: str, kind: str = "RURAL_ROOM") -> Facility:
        facility = Facility.objects.create(
            **self._of(self.city.yingdong, name=name, kind=kind, address="长店镇")
        )
        for number, stage in enumerate(stages or ("ACCEPTED", "OPERATING")):
            day = dt.date(2024, 1 + number, 10)
            grounds = {"reason": "场地另作他用", "document": "会议纪要第3号"} if stage == "WITHDRAWN" else {}
            record = FacilityStage(
                **self._of(self.city.yingdong, facility=facility, stage=stage, occurred_on=day, **grounds)
            )
            record.facility_kind = kind
            self.confirmed(record)
        return facility

    def contest(self, name: str, year: int = 2027) -> Contest:
        series = Series.objects.get_or_create(
            association=self.city.association, kind="CONTEST", name="青少年科技创新大赛",
            defaults={"unit": self.city.association},
        )[0]  # fmt: skip
        window = {
            "registration_opens_on": dt.date(2026, 11, 1),
            "registration_closes_on": dt.date(2026, 12, 29),
        }
        values = {
            "series": series,
            "year": year,
            "level": "COUNTY",
            "final_on": dt.date(2027, 1, 30),
            **window,
        }
        return Contest.objects.create(**self._of(self.city.yingzhou, name=name, **values))


@pytest.fixture
def today():
    with time_machine.travel(NOW, tick=False):
        yield TODAY


@pytest.fixture
def public(db, today) -> PublicCity:
    city = build_city()
    return PublicCity(city, make_account(city, "COORDINATOR"))
