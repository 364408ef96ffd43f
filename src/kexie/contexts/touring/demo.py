"""Touring stops since 2014 (six rotation sets since August 2024) and caravans on their rounds."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from kexie.contexts.touring import demo_field, demo_fleet, demo_season, demo_sets
from kexie.contexts.touring.models import (
    Caravan,
    CaravanStop,
    CaravanTrip,
    TourDailyLog,
    TouringSet,
    TourStop,
)
from kexie.foundation.areas.models import Area
from kexie.kernel.holidays import is_day_off
from kexie.ledger.demo import AS_OF, DemoCity, spread
from kexie.ledger.models import Method

# What had been reached by AS_OF.
TOUR_VISITS = 1_202_380
CARAVAN_TRIPS, CARAVAN_STOPS, CARAVAN_VISITS = 330, 655, 1_199_870
LATER_VISITS_A_STOP = 42_000
LATER_TRIPS, LATER_VISITS_A_CARAVAN_STOP = 78, 1_150
DRAFT_DAYS = 4
ONE_DAY = dt.timedelta(days=1)

# Set, county, first day, days on show. Months by the rule: ten stops of 3 and five of 2.
_STOPS = (
    ("PA", "341225", "2014-10-15", 85), ("PA", "341226", "2015-04-22", 88), ("PB", "341221", "2016-03-18", 80),
    ("PB", "341222", "2017-04-08", 90), ("PB", "341282", "2018-09-12", 62), ("PC", "341225", "2019-05-15", 92),
    ("PC", "341226", "2020-10-14", 85), ("PC", "341203", "2023-03-15", 84), ("R1", "341225", "2024-09-11", 88),
    ("R2", "341282", "2024-09-18", 64), ("R3", "341203", "2024-10-16", 84), ("R4", "341226", "2024-11-06", 86),
    ("R5", "341204", "2024-12-11", 62), ("R6", "341221", "2025-03-12", 66), ("R1", "341202", "2025-05-14", 80),
)  # fmt: skip
_SETS = {
    "PA": ("皖流动-A", "声光电与力学", "第一代", "2014-09-20", "2015-09-30"),
    "PB": ("皖流动-B", "走近科学", "第二代", "2016-02-25", "2018-12-28"),
    "PC": ("皖流动-C", "体验科学", "第三代", "2019-04-20", "2023-07-31"),
    "R1": ("阜阳区域-1", "声光体验", "区域换展", "2024-08-16", ""),
    "R2": ("阜阳区域-2", "电磁探秘", "区域换展", "2024-08-16", ""),
    "R3": ("阜阳区域-3", "运动规律", "区域换展", "2024-08-16", ""),
    "R4": ("阜阳区域-4", "数学魅力", "区域换展", "2024-08-16", ""),
    "R5": ("阜阳区域-5", "健康生活", "区域换展", "2024-08-16", ""),
    "R6": ("阜阳区域-6", "数字生活", "区域换展", "2024-08-16", ""),
}
_VENUES = (
    "文化馆一楼展厅",
    "青少年活动中心",
    "图书馆综合厅",
    "体育馆副馆",
    "实验小学报告厅",
    "规划展示馆临展厅",
)
# Name, type, plate, county or "" for the city, bought, odometer then.
_CARAVANS = (
    ("市科协大篷车", "I", "皖K演01号", "", "2013-11-08", 120), ("临泉大篷车", "IV", "皖K演02号", "341221", "2013-12-20", 60),
    ("阜南大篷车", "II", "皖K演03号", "341225", "2015-06-12", 85), ("太和大篷车", "IV", "皖K演04号", "341222", "2018-09-03", 40),
    ("颍上大篷车", "IV", "皖K演05号", "341226", "2019-12-16", 55),
)  # fmt: skip
_THEMES = (
    "科普进校园",
    "科技活动周",
    "全国科普日",
    "防灾减灾",
    "食品安全与健康",
    "乡村振兴科技行",
    "航天科普",
    "防溺水与安全",
)
_SPOTS = (
    ("中心小学", "PUPILS"),
    ("初级中学", "PUPILS"),
    ("第二小学", "PUPILS"),
    ("文化广场", "MIXED"),
    ("便民服务中心", "VILLAGERS"),
)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Fill touring sets, stops and logs, then caravans, trips and stops."""
    sets = _sets(city)
    stops = [*_early_stops(city, sets), *_later_stops(city, sets)]
    yield "流动科技馆巡展站", len(sets) + _record_stops(city, stops)
    yield "巡展日志", _log(city, stops)
    yield "流动科技馆场馆、申请和换展", demo_sets.load(city, list(sets.values()), stops)
    yield "大篷车出车与活动", _drive(city)
    yield "大篷车巡展季", demo_season.load(city)
    yield "大篷车现场记录", demo_field.load(city)


# --- touring sets ---------------------------------------------------------------------------------------------


def _sets(city: DemoCity) -> dict[str, TouringSet]:
    sets = {
        key: TouringSet(
            unit=city.association, area=city.association.area, serial=serial, name=f"中国流动科技馆（{serial}）",
            theme=theme, edition=edition, exhibits=50, owner="安徽省科技馆" if key[0] == "P" else "阜阳市科协",
            received_on=received, returned_on=returned or None,
        )
        for key, (serial, theme, edition, received, returned) in _SETS.items()
    }  # fmt: skip
    city.reference(list(sets.values()))
    return sets


def _early_stops(city: DemoCity, sets: dict[str, TouringSet]) -> Iterator[TourStop]:
    for number, (key, county, first, length) in enumerate(_STOPS):
        yield _stop(city, sets[key], county, dt.date.fromisoformat(first), length, number=number)


def _later_stops(city: DemoCity, sets: dict[str, TouringSet]) -> Iterator[TourStop]:
    """Yield the rotation since AS_OF: each set moves to the next county after some rest."""
    chance, counties = city.rng("tour:later"), list(city.counties)
    free_on = {
        key: AS_OF + dt.timedelta(days=10 + 18 * n) for n, key in enumerate(k for k in sets if k[0] == "R")
    }
    free_on["R1"] = dt.date(2025, 9, 10)
    for number, key in enumerate(free_on):
        first, place = free_on[key], number
        while first < city.today - 5 * ONE_DAY:
            length = chance.randint(58, 94)
            yield _stop(city, sets[key], counties[place % len(counties)], first, length, number=place)
            place += 3
            first += dt.timedelta(days=length + chance.randint(40, 110))


def _stop(
    city: DemoCity, touring_set: TouringSet, county: str, first: dt.date, length: int, *, number: int
) -> TourStop:
    host = city.counties[county]
    return TourStop(
        unit=host, area=host.area, touring_set=touring_set, occurred_on=first,
        ended_on=first + dt.timedelta(days=length - 1),
        venue=f"{host.area.name}{_VENUES[number % len(_VENUES)]}", venue_m2=600 + number % 5 * 60,
    )  # fmt: skip


def _record_stops(city: DemoCity, stops: list[TourStop]) -> int:
    """Confirm the stops; one was first written with the wrong venue, and one is planned."""
    right = stops[10]
    wrong = TourStop(
        unit=right.unit, area=right.area, touring_set=right.touring_set, occurred_on=right.occurred_on,
        ended_on=right.ended_on, venue=f"{right.area.name}老展览馆",
    )  # fmt: skip
    city.record([wrong])
    city.reverse(wrong, "场馆登记有误，已改到新场馆，另行登记。", after_days=6)
    right.corrects = wrong.pk
    written = city.record(stops)
    return written + 1 + city.draft([_planned(city, stops)], by="TOURING_STAFF")


def _planned(city: DemoCity, stops: list[TourStop]) -> TourStop:
    last = max((s for s in stops if s.touring_set.serial == "阜阳区域-2"), key=lambda one: one.ended_on)
    first = max(last.ended_on, city.today) + 20 * ONE_DAY
    return _stop(city, last.touring_set, "341222", first, 80, number=1)


def _log(city: DemoCity, stops: list[TourStop]) -> int:
    chance = city.rng("tour:logs")
    days = [(stop, day) for stop in stops for day in _open_days(city, stop)]
    early = [pair for pair in days if pair[1] <= AS_OF]
    later = [pair for pair in days if pair[1] > AS_OF]
    later_total = round(LATER_VISITS_A_STOP / 54 * len(later))
    rows = [
        row
        for pairs, total in ((early, TOUR_VISITS), (later, later_total))
        for (stop, day), count in zip(pairs, spread(chance, total, _weights(pairs)), strict=True)
        for row in _logs_of_day(stop, day, count, chance)
    ]
    written = _confirm_or_draft(city, rows, by="TOURING_STAFF")
    for row in chance.sample([r for r in rows if r.occurred_on > AS_OF and r.headcount], 5):
        double = _daily_log(row.stop, row.occurred_on, row.headcount, row.method)
        written += city.record([double])
        city.reverse(double, "当日人次重复上报。", after_days=chance.randint(1, 12))
    return written


def _open_days(city: DemoCity, stop: TourStop) -> list[dt.date]:
    return list(city.open_days(stop.occurred_on, min(stop.ended_on + ONE_DAY, city.today)))


def _weights(pairs: Iterable[tuple[TourStop, dt.date]]) -> list[float]:
    return [
        (1.35 if is_day_off(day) else 1.0) * (1.4 if (day - stop.occurred_on).days < 10 else 1.0)
        for stop, day in pairs
    ]  # fmt: skip


def _logs_of_day(stop: TourStop, day: dt.date, count: int, chance: Random) -> Iterator[TourDailyLog]:
    counted = Method.COUNTER if day.year >= 2019 else chance.choice((Method.SAMPLE, Method.HOST))
    rest = count
    if day.weekday() < 5 and chance.random() < 0.4:
        pupils = min(count // 2, chance.randint(120, 600))
        yield _daily_log(stop, day, pupils, Method.ROSTER, groups=chance.randint(1, 4))
        rest -= pupils
    yield _daily_log(stop, day, rest, counted)
    if chance.random() < 0.02:
        yield _daily_log(stop, day, None, "", note="晚间延时开放，未计数")


def _daily_log(
    stop: TourStop, day: dt.date, count: int | None, method: str, *, groups: int | None = None, note: str = ""
) -> TourDailyLog:
    return TourDailyLog(
        unit=stop.unit, area=stop.area, stop=stop, occurred_on=day, headcount=count, method=method, groups=groups,
        count_basis="按场次抽样推算" if method == Method.SAMPLE else "", note=note,
    )  # fmt: skip


def _confirm_or_draft(
    city: DemoCity, rows: Sequence[TourDailyLog | CaravanTrip | CaravanStop], *, by: str
) -> int:
    recent = city.today - dt.timedelta(days=DRAFT_DAYS)
    done = [row for row in rows if row.occurred_on < recent]
    return city.record(done) + city.draft([row for row in rows if row.occurred_on >= recent], by=by)


# --- caravans -------------------------------------------------------------------------------------------------


def _drive(city: DemoCity) -> int:
    chance = city.rng("caravans")
    caravans = [_caravan(city, facts) for facts in _CARAVANS]
    city.reference(caravans)
    trips = list(_trips(city, caravans, chance))
    stops = list(_caravan_stops(city, trips, chance))
    written = _confirm_or_draft(city, trips, by="CARAVAN_CREW") + _confirm_or_draft(
        city, stops, by="CARAVAN_CREW"
    )
    for stop in chance.sample([s for s in stops if s.headcount and s.occurred_on < AS_OF], 4):
        written += _count_ten_times(city, stop)
    return len(caravans) + written + demo_fleet.load(city, caravans)


def _caravan(city: DemoCity, facts: tuple[str, str, str, str, str, int]) -> Caravan:
    name, kind, plate, county, bought, km = facts
    unit = city.counties[county] if county else city.association
    return Caravan(
        unit=unit, area=unit.area, name=name, vehicle_type=kind, plate=plate, initial_km=km,
        bought_on=dt.date.fromisoformat(bought), licence_class="B1" if kind == "I" else "C1", funding="中国科协配发，地方财政保障运行",
    )  # fmt: skip


def _trips(city: DemoCity, caravans: list[Caravan], chance: Random) -> Iterator[CaravanTrip]:
    """Yield trips on different days; neighbouring days go to different caravans, so no two overlap."""
    crew, odometer = city.people("caravans", 14), {one.pk: one.initial_km for one in caravans}
    first = dt.date(2014, 3, 3)
    before = [day for day in city.workdays(first, AS_OF + ONE_DAY) if _is_season(day)]
    after = [day for day in city.workdays(AS_OF + ONE_DAY, city.today) if _is_season(day)]
    days = [*sorted(chance.sample(before, CARAVAN_TRIPS)), *sorted(chance.sample(after, LATER_TRIPS))]
    for number, day in enumerate(days):
        bought = [one for one in caravans if one.bought_on < day]
        caravan = bought[number % len(bought)]
        trip = _trip(caravan, day, odometer[caravan.pk], crew, chance)
        odometer[caravan.pk] = (trip.odometer_in or odometer[caravan.pk] + 90) + chance.randint(0, 45)
        yield trip


def _is_season(day: dt.date) -> bool:
    """Whether schools are there, and no epidemic keeps the caravans at home."""
    closed = dt.date(2020, 1, 22) <= day <= dt.date(2020, 5, 20) or dt.date(2022, 3, 10) <= day <= dt.date(
        2022, 5, 10
    )
    return day.month not in {1, 2, 7, 8} and not closed


def _trip(caravan: Caravan, day: dt.date, odometer: int, crew: list[str], chance: Random) -> CaravanTrip:
    km, is_long = chance.randint(28, 190), chance.random() < 0.05
    is_read = chance.random() > 0.02
    return CaravanTrip(
        unit=caravan.unit, area=caravan.unit.area, caravan=caravan, occurred_on=day,
        departs_at=dt.time(chance.choice((7, 8)), 30), returned_on=day + ONE_DAY if is_long else day,
        returns_at=dt.time(chance.choice((16, 17)), 40), odometer_out=odometer if is_read else None,
        odometer_in=odometer + km if is_read else None, km=km if is_read else None, driver=chance.choice(crew[:5]),
        crew="、".join(chance.sample(crew[5:], 2)), theme=chance.choice(_THEMES),
        note="" if is_read else "里程表故障，未记读数",
    )  # fmt: skip


def _caravan_stops(city: DemoCity, trips: list[CaravanTrip], chance: Random) -> Iterator[CaravanStop]:
    before = [trip for trip in trips if trip.occurred_on <= AS_OF]
    after = [trip for trip in trips if trip.occurred_on > AS_OF]
    for part, number, total in (
        (before, CARAVAN_STOPS, CARAVAN_VISITS),
        (after, 2 * len(after), 2 * len(after) * LATER_VISITS_A_CARAVAN_STOP),
    ):
        places = [
            trip
            for trip, n in zip(part, _stops_each(len(part), number, chance), strict=True)
            for _ in range(n)
        ]
        counted = [chance.random() > 0.03 for _ in places]
        counts = iter(
            spread(chance, total, [chance.uniform(0.5, 1.9) for is_counted in counted if is_counted])
        )
        for trip, is_counted in zip(places, counted, strict=True):
            yield _caravan_stop(city, trip, next(counts) if is_counted else None, chance)


def _stops_each(trips: int, stops: int, chance: Random) -> list[int]:
    """Return how many stops each trip makes: mostly two, some one or three, `stops` altogether."""
    each = [2] * trips
    for index in chance.sample(range(trips), 2 * trips - stops):
        each[index] = 1
    for _ in range(trips // 4):
        one, other = chance.sample(range(trips), 2)
        if each[one] == each[other] == 2:
            each[one], each[other] = 1, 3
    return each


def _caravan_stop(city: DemoCity, trip: CaravanTrip, count: int | None, chance: Random) -> CaravanStop:
    town = _town(city, trip, chance)
    spot, audience = chance.choice(_SPOTS)
    method = (
        chance.choice((Method.ROSTER, Method.ROSTER, Method.HOST)) if audience == "PUPILS" else Method.HOST
    )
    if audience != "PUPILS" and chance.random() < 0.4:
        method = Method.SAMPLE
    return CaravanStop(
        unit=trip.unit, area=town, trip=trip, occurred_on=trip.occurred_on, spot=f"{town.name}{spot}",
        audience=audience, headcount=count, method=method if count is not None else "",
        minutes=chance.choice((60, 90, 120, 150)), materials=chance.choice((None, 150, 200, 300, 500)),
        note="" if count is not None else "现场未计数",
    )  # fmt: skip


def _town(city: DemoCity, trip: CaravanTrip, chance: Random) -> Area:
    home = trip.unit.area_id
    return chance.choice(
        city.townships(home if home in city.counties else chance.choice(list(city.counties)))
    )


def _count_ten_times(city: DemoCity, stop: CaravanStop) -> int:
    """Write a stop again with a digit too many, and take that back."""
    wrong = CaravanStop(
        unit=stop.unit, area=stop.area, trip=stop.trip, occurred_on=stop.occurred_on, spot=stop.spot,
        audience=stop.audience, headcount=(stop.headcount or 0) * 10, method=stop.method, minutes=stop.minutes,
    )  # fmt: skip
    written = city.record([wrong])
    city.reverse(wrong, "人次多录一位数，已有正确记录。", after_days=15)
    return written
