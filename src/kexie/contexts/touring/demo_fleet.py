"""What the demonstration's caravans carry, their papers, and who drives them."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Model
from django.utils import timezone

from kexie.contexts.touring.models import (
    Caravan,
    CaravanDocument,
    CaravanExhibit,
    CaravanRepair,
    CaravanRequest,
    CrewLeave,
    CrewMember,
    DrivingSpell,
    OdometerReading,
)
from kexie.ledger.demo import DemoCity

ONE_DAY = dt.timedelta(days=1)
# Name, kind; the larger the vehicle, the more of them are on board.
_EXHIBITS = (
    ("磁悬浮陀螺", "壁挂展品"), ("静电发电球", "桌面展品"), ("光的三原色", "壁挂展品"), ("听诊传声", "壁挂展品"), ("锥体上滚", "桌面展品"),
    ("电磁炮", "桌面展品"), ("人体导电", "壁挂展品"), ("齿轮传动", "壁挂展品"), ("滑轮省力", "壁挂展品"), ("视错觉转盘", "壁挂展品"),
    ("手蓄电池", "桌面展品"), ("伯努利球", "桌面展品"), ("显微观察箱", "实验箱"), ("水质检测箱", "实验箱"), ("太阳能供电组", "供电"), ("音柱和无线话筒", "音响"),
    ("裸眼3D屏", "影像"), ("急救模拟人", "安全"), ("VR 行星漫步", "影像"), ("穹幕放映机", "影像"),
)  # fmt: skip
_ON_BOARD = {"I": 20, "II": 18, "III": 14, "IV": 12}


def load(city: DemoCity, caravans: Sequence[Caravan]) -> int:
    """Fill exhibits, papers, a repair, readings and crews; return how many rows."""
    written = 0
    for number, caravan in enumerate(caravans):
        for rows in (
            list(_exhibits(city, caravan)),
            list(_papers(city, caravan, number)),
            list(_crew(city, caravan, number)),
        ):
            city.reference(rows)
            written += len(rows)
    rest = [
        *_repairs(city, caravans), *_readings(city, caravans), *_leaves(city), *_spells(city), *_requests(city)
    ]  # fmt: skip
    for row in rest:
        city.reference([row])
    return written + len(rest)


def _exhibits(city: DemoCity, caravan: Caravan) -> Iterator[CaravanExhibit]:
    chance = city.rng(f"fleet:{caravan.plate}")
    for number, (name, kind) in enumerate(_EXHIBITS[: _ON_BOARD[caravan.vehicle_type]], start=1):
        is_broken = chance.random() < 0.06
        yield CaravanExhibit(
            unit=caravan.unit, caravan=caravan, number=number, name=name, kind=kind,
            condition="FAULTY" if is_broken else "GOOD", finding="开关接触不良" if is_broken else "",
            checked_on=city.today - chance.randint(3, 60) * ONE_DAY,
        )  # fmt: skip


def _papers(city: DemoCity, caravan: Caravan, number: int) -> Iterator[CaravanDocument]:
    """Yield the papers; one vehicle's insurance ends soon, another's inspection has ended."""
    ends = {"INSPECTION": -6 if number == 1 else 190, "COMPULSORY": 19 if number == 2 else 240}
    yield CaravanDocument(
        caravan=caravan,
        kind="REGISTRATION",
        number="演示证号",
        valid_from=caravan.bought_on,
        recorded_at=city.now,
    )
    for kind, days in ends.items():
        last = city.today + (days + 5 * number) * ONE_DAY if days > 30 else city.today + days * ONE_DAY
        yield CaravanDocument(
            caravan=caravan, kind=kind, number="演示单号", valid_from=last - 365 * ONE_DAY, valid_to=last,
            recorded_at=city.now,
        )  # fmt: skip


def _crew(city: DemoCity, caravan: Caravan, number: int) -> Iterator[CrewMember]:
    names = city.people("fleet:crew", 20)[number * 3 : number * 3 + 3]
    until = city.today + (20 if number == 3 else 900 + 100 * number) * ONE_DAY
    for name, job in zip(names, ("DRIVER", "BOTH", "EDUCATOR"), strict=True):
        drives = job != "EDUCATOR"
        yield CrewMember(
            unit=caravan.unit, name=name, job=job, caravan=caravan, licence_until=until if drives else None,
            licence_class=("A1" if caravan.licence_class == "B1" else "C1") if drives else "",
        )  # fmt: skip


def _repairs(city: DemoCity, caravans: Sequence[Caravan]) -> Iterator[CaravanRepair]:
    first = city.today - 140 * ONE_DAY
    yield CaravanRepair(
        caravan=caravans[0], first_on=first, last_on=first + 4 * ONE_DAY, fault="更换离合器片", result="已更换并试车",
        cost="3860.00",
    )  # fmt: skip


def _readings(city: DemoCity, caravans: Sequence[Caravan]) -> Iterator[OdometerReading]:
    yield OdometerReading(
        caravan=caravans[4], on=city.today - ONE_DAY, km=20, is_doubtful=True, note="仪表总成更换，从零重计",
        recorded_by=city.accounts["COORDINATOR"], recorded_at=city.now,
    )  # fmt: skip


def _leaves(city: DemoCity) -> Iterator[Model]:
    for number, one in enumerate(
        CrewMember.objects.filter(association=city.association).order_by("name")[:3]
    ):
        first = city.today + (4 * number - 1) * ONE_DAY
        yield CrewLeave(
            member=one, kind=CrewLeave.Kind.values[number], first_on=first, last_on=first + 2 * ONE_DAY,
            recorded_at=city.now,
        )  # fmt: skip


def _spells(city: DemoCity) -> Iterator[Model]:
    day = city.today - 2 * ONE_DAY
    drivers = CrewMember.objects.filter(association=city.association, job="DRIVER").select_related("caravan")
    for one in drivers:
        for start, end in ((7, 9), (15, 17)):
            yield DrivingSpell(
                member=one, caravan=one.caravan, started_at=_at(day, start, 40), ended_at=_at(day, end, 5),
                recorded_by=city.accounts["COORDINATOR"],
            )  # fmt: skip


def _requests(city: DemoCity) -> Iterator[Model]:
    """Yield what schools and villages ask for; two of them look the same."""
    chance, names = city.rng("fleet:requests"), city.people("fleet:contacts", 9)
    counties = sorted(city.counties)
    for number, name in enumerate(names):
        county = counties[number % len(counties)]
        town = chance.choice(city.townships(county))
        kind, spot = ("SCHOOL", "中心小学") if number % 3 else ("VILLAGE", "党群服务中心")
        first = city.today + chance.randint(8, 40) * ONE_DAY
        one = CaravanRequest(
            unit=city.counties[county], area=town, kind=kind, name=f"{town.name}{spot}", wished_from=first,
            wished_to=first + 21 * ONE_DAY, people=chance.randint(120, 1200), conditions=["LEVEL_GROUND", "POWER"],
            made_at=city.now - (number + 1) * ONE_DAY,
            state="REFUSED" if number == 7 else "ASKED" if number == 5 else "SUBMITTED",
            answer="本学期已排满，下学期优先安排。" if number == 7 else "操场能停下12米长的大车吗？" if number == 5 else "",
        )  # fmt: skip
        # Two of them give the same number.
        one.seal_contact(name=name, phone=f"1380000{min(number, 7):04}")
        yield one


def _at(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
