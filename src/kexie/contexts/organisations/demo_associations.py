"""Fictional enterprise associations and the title lists of their firms, so that coverages rise as in life.

High-tech certificates and little-giant titles run three years and are mostly renewed. In each half-year some firms
found an association; by the middle of 2025 96 had been approved and all valid little giants had one.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from kexie.contexts.organisations.models import AssociationStage, GrassrootsAssociation, TitleListing
from kexie.foundation.units.models import Kind, Unit
from kexie.foundation.units.operations import create_units
from kexie.ledger.demo import DemoCity

BY = "OFFICE"
FIRST_HALF_YEAR = dt.date(2018, 1, 1)
# Per half-year since 2018: new associations in high-tech firms, and in others. They are 70 + 26 by the middle of 2025.
_NEW_HIGH_TECH = (2, 2, 2, 3, 2, 3, 4, 5, 5, 6, 6, 8, 7, 8, 7, 9, 7, 4)
_NEW_OTHERS = (5, 4, 4, 3, 3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 1, 2, 1)
# Firms certified as high-tech for the first time, by year; the four that lapse in 2024 have no association.
_HIGH_TECH = dict(zip(range(2017, 2027), (24, 16, 12, 12, 14, 12, 11, 11, 12, 8), strict=True))
_LAPSE_YEAR, _LAPSES = 2024, 4
# Batches of little giants: first day, firms, and how many are not renewed after three years.
_LITTLE_GIANTS = (
    (dt.date(2020, 11, 13), 5, 2),
    (dt.date(2021, 7, 19), 7, 0),
    (dt.date(2022, 8, 8), 9, 1),
    (dt.date(2023, 7, 14), 5, 0),
    (dt.date(2025, 10, 15), 3, 0),
    (dt.date(2026, 9, 21), 2, 0),
)
_DISSOLVED = (
    dt.date(2021, 3, 18),
    dt.date(2021, 11, 4),
    dt.date(2022, 6, 9),
    dt.date(2023, 3, 23),
    dt.date(2024, 1, 11),
    dt.date(2024, 8, 15),
    dt.date(2025, 2, 20),
    dt.date(2026, 4, 9),
)
_INDUSTRIES = (
    "医药制造业",
    "汽车制造业",
    "专用设备制造业",
    "农副食品加工业",
    "软件和信息技术服务业",
    "纺织业",
)
_PARKS = ("颍淮智能制造产业园", "临泉柳湖经济园", "界首循环产业园")


def associations_and_titles(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write title lists and associations; yield a label and the number of rows of each step."""
    plan = _Plan(city, city.rng("organisations:firms"))
    plan.draw()
    yield "企业称号名单", city.record(plan.listings(), by=BY)
    yield "企业科协", plan.write()
    yield "高校和园区科协", _others(city)


@dataclass
class _Plan:
    """Who is certified when, and who founds an association when."""

    city: DemoCity
    chance: Random
    certified: dict[Unit, dt.date] = field(default_factory=dict)
    giants: dict[Unit, dt.date] = field(default_factory=dict)
    founded: dict[Unit, dt.date] = field(default_factory=dict)

    def draw(self) -> None:
        firms = list(self.city.firms)
        self.chance.shuffle(firms)
        rest = iter(firms)
        for year, count in _HIGH_TECH.items():
            for _index in range(count):
                self.certified[next(rest)] = dt.date(year, 11, self.chance.choice((3, 9, 18)))
        self.ordinary = list(rest)
        self._draw_giants()
        for index, (high_tech, others) in enumerate(zip(_NEW_HIGH_TECH, _NEW_OTHERS, strict=True)):
            self._found(index, high_tech, others)
        without = [one for one, on in self.certified.items() if on.year % 3 == _LAPSE_YEAR % 3]
        idle = [one for one in without if one not in self.founded and self.certified[one].year < _LAPSE_YEAR]
        self.lapsed = set(idle[:_LAPSES])

    def _draw_giants(self) -> None:
        for first_day, count, _lost in _LITTLE_GIANTS:
            early = [
                one
                for one, on in self.certified.items()
                if on < first_day - dt.timedelta(days=500) and one not in self.giants
            ]
            self.giants |= dict.fromkeys(self.chance.sample(early, count), first_day)

    def _found(self, index: int, high_tech: int, others: int) -> None:
        start = dt.date(FIRST_HALF_YEAR.year + index // 2, 1 + 6 * (index % 2), 1)
        settled = start - dt.timedelta(days=1)
        waiting = [one for one, on in self.certified.items() if on <= settled and one not in self.founded]
        waiting.sort(key=lambda one: (not self._is_urgent(one, start), self.chance.random()))
        ordinary = [one for one in self.ordinary if one not in self.founded]
        for firm in (*waiting[:high_tech], *ordinary[:others]):
            latest = min(start + dt.timedelta(days=150), self.city.today - dt.timedelta(days=10))
            self.founded[firm] = start + dt.timedelta(days=self.chance.randint(20, (latest - start).days))

    def _is_urgent(self, firm: Unit, start: dt.date) -> bool:
        """Since 2023 little giants come first, but the youngest batch of all still waits today."""
        titled = self.giants.get(firm)
        youngest = _LITTLE_GIANTS[-1][0]
        return titled is not None and titled <= start and titled != youngest and start.year >= 2023

    def listings(self) -> list[TitleListing]:
        rows = [
            row
            for firm, on in self.certified.items()
            for row in self._runs(firm, "HIGH_TECH", on, last_year=self._last_year(firm))
        ]
        for first_day, _count, lost in _LITTLE_GIANTS:
            batch = [firm for firm, on in self.giants.items() if on == first_day]
            for index, firm in enumerate(batch):
                rows += self._runs(firm, "LITTLE_GIANT", first_day, last_year=0 if index < lost else 9999)
        for firm in [*self.certified][10:70:2]:
            rows += self._runs(firm, "SPECIALISED", dt.date(2022, 9, 6), last_year=9999)
        return rows

    def _last_year(self, firm: Unit) -> int:
        return _LAPSE_YEAR - 1 if firm in self.lapsed else 9999

    def _runs(self, firm: Unit, title: str, on: dt.date, *, last_year: int) -> Iterator[TitleListing]:
        """Yield a title and its renewals, each for three years, up to today or the last year of renewal."""
        names = {
            "HIGH_TECH": "高新技术企业",
            "LITTLE_GIANT": "专精特新“小巨人”企业",
            "SPECIALISED": "专精特新企业",
        }
        first = on
        while on <= self.city.today and (on == first or on.year <= last_year):
            after = on.replace(year=on.year + 3)
            yield TitleListing(
                unit=firm.parent or firm,
                area=firm.area,
                firm=firm,
                title=title,
                occurred_on=on,
                valid_to=after - dt.timedelta(days=1),
                document=f"{on.year}年{names[title]}认定名单",
                certificate_no=f"演示{title[:2]}{on:%Y}{firm.code}",
            )
            on = after

    def write(self) -> int:
        chairs = iter(self.city.people("firm-chairs", len(self.founded) + 5))
        asking = [one for one in self.certified if one not in self.founded][:5]
        known = {firm: self._association(firm, next(chairs)) for firm in (*self.founded, *asking)}
        self.city.reference(list(known.values()))
        closed = dict(zip((one for one in self.ordinary if one in self.founded), _DISSOLVED, strict=False))
        stages = [
            stage
            for firm, on in self.founded.items()
            for stage in self._life(known[firm], on, closed.get(firm))
        ]
        pending = [stage for index, firm in enumerate(asking) for stage in self._asking(known[firm], index)]
        wrong = self._stage(known[asking[0]], "APPROVED", dt.date(2025, 5, 6))
        self.city.record([*stages, *pending, wrong], by=BY)
        self.city.reverse(wrong, "批复尚未签发，误登记", after_days=8)
        return len(known) + len(stages) + len(pending) + 1

    def _association(self, firm: Unit, chair: str) -> GrassrootsAssociation:
        return GrassrootsAssociation(
            unit=firm.parent,
            area=firm.area,
            name=f"{firm.name}科学技术协会",
            kind="ENTERPRISE",
            host=firm,
            industry=self.chance.choice(_INDUSTRIES),
            chair=chair,
            members=self.chance.randint(12, 260),
        )

    def _life(
        self, one: GrassrootsAssociation, on: dt.date, closed: dt.date | None
    ) -> Iterator[AssociationStage]:
        yield self._stage(one, "APPLIED", on - dt.timedelta(days=self.chance.randint(5, 15)))
        yield self._stage(one, "APPROVED", on)
        begun = on + dt.timedelta(days=self.chance.randint(30, 90))
        if begun <= self.city.today and self.chance.random() < 0.92:
            yield self._stage(one, "OPERATING", begun)
        if closed:
            yield self._stage(one, "DISSOLVED", closed)

    def _asking(self, one: GrassrootsAssociation, index: int) -> Iterator[AssociationStage]:
        """Yield the steps of firms that only applied, lately; one was declined before."""
        if index == 1:
            yield self._stage(one, "APPLIED", dt.date(2025, 3, 4))
            yield self._stage(one, "DECLINED", dt.date(2025, 4, 10))
        yield self._stage(one, "APPLIED", self.city.today - dt.timedelta(days=6 + 9 * index))

    def _stage(self, one: GrassrootsAssociation, stage: str, on: dt.date) -> AssociationStage:
        approved = stage == "APPROVED"
        return AssociationStage(
            unit=one.unit,
            area=one.area,
            grassroots=one,
            stage=stage,
            occurred_on=on,
            document=f"科协批〔{on.year}〕{on.timetuple().tm_yday}号" if approved else "",
        )


def _others(city: DemoCity) -> int:
    """Three universities and three parks have an association."""
    parks = create_units(association=city.association, units=_parks(city), actor=None, now=city.now)
    hosts: Sequence[tuple[Unit, str]] = (
        *((one, "UNIVERSITY") for one in city.universities[:3]),
        *((one, "PARK") for one in parks),
    )
    known = [
        GrassrootsAssociation(
            unit=city.departments["societies"],
            area=host.area,
            name=f"{host.name}科学技术协会",
            kind=kind,
            host=host,
        )
        for host, kind in hosts
    ]
    city.reference(known)
    stages = [
        AssociationStage(
            unit=one.unit,
            area=one.area,
            grassroots=one,
            stage=stage,
            occurred_on=dt.date(2019 + index, 4, 11) + dt.timedelta(days=wait),
        )
        for index, one in enumerate(known)
        for stage, wait in (("APPLIED", 0), ("APPROVED", 34), ("OPERATING", 80))
    ]
    return len(known) + city.record(stages, by=BY)


def _parks(city: DemoCity) -> Iterator[Unit]:
    for index, (name, county) in enumerate(zip(_PARKS, ("341203", "341221", "341282"), strict=True)):
        yield Unit(
            code=f"dp{index:04}",
            association=city.association,
            parent=city.association,
            kind=Kind.OUTSIDE,
            name=name,
            area=city.areas[county],
            valid_from=dt.date(2014, 1, 1),
        )
