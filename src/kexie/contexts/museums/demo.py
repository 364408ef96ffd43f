"""Five museums with their halls, exhibits, visits and shows from 2016 until today.

Amounts follow seasons, weekdays and holidays; there are epidemic closures, faults, missing counts, cancelled shows,
double entries taken back, and the last days' drafts.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from kexie.contexts.museums import demo_bookings, demo_opening, demo_repairs, demo_visitors
from kexie.contexts.museums.models import (
    ClosedDay,
    DailyVisits,
    Exhibit,
    ExhibitStage,
    Hall,
    Museum,
    MuseumStage,
    Show,
    ShowTime,
)
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.kernel.holidays import is_day_off, is_holiday
from kexie.ledger.demo import AS_OF, DemoCity, spread
from kexie.ledger.models import Method, Series

# What the city's own museum had reached by AS_OF.
CITY_VISITS = 1_318_462
CITY_SHOWS = 3_046
CITY_CANCELLED = 74
DRAFT_DAYS = 4  # what happened in the last days still waits for confirmation
GATES_SINCE = dt.date(2022, 1, 1)

_SEASON = (1.05, 1.25, 0.8, 1.0, 1.15, 0.9, 1.6, 1.65, 0.72, 1.15, 0.75, 0.68)
_WEEKDAY = (0.6, 0.6, 0.55, 0.55, 0.7, 1.5, 1.4)
_EPIDEMIC = (
    (dt.date(2021, 8, 3), dt.date(2021, 8, 22)),
    (dt.date(2022, 3, 14), dt.date(2022, 5, 6)),
    (dt.date(2022, 11, 25), dt.date(2022, 12, 12)),
)
_STAGES = {
    "city": ("PLANNED 2016-03-15", "BUILDING 2017-11-20", "TRIAL 2021-06-18", "OPEN 2021-06-30"),
    "linquan": ("PLANNED 2021-03-09", "BUILDING 2022-04-12", "TRIAL 2024-09-28", "OPEN 2024-12-28"),
    "taihe": ("BUILDING 2022-09-06", "TRIAL 2025-01-18", "OPEN 2025-05-01"),
    "jieshou": ("PLANNED 2023-02-21", "BUILDING 2024-03-28", "TRIAL 2025-12-27", "OPEN 2026-05-30"),
    "yingshang": ("PLANNED 2023-09-12", "BUILDING 2024-10-16"),
}
# Floor and exhibition area (m²), people at once, exhibits, visits on an average open day.
_SIZES = {
    "city": (13904, 7250, 1600, 268, 1400),
    "linquan": (5200, 3100, 650, 96, 225),
    "taihe": (6100, 3600, 750, 110, 235),
    "jieshou": (4800, 2900, 600, 88, 240),
    "yingshang": (5600, 3300, 700, 0, 0),
}
_ADDRESSES = {"city": "颍淮大道与润河路交叉口，市科技文化中心内"}
_CITY_HALLS = (
    ("序厅", "EXHIBITION", "1层", 600), ("科学乐园", "EXHIBITION", "1层", 1500),
    ("智慧创造", "EXHIBITION", "2层", 1600), ("我与我家", "EXHIBITION", "3层", 1450),
    ("天地之间", "EXHIBITION", "4层", 1300), ("虚拟现实体验区", "EXHIBITION", "负1层", 300),
    ("消防安全体验区", "EXHIBITION", "1层", 200), ("平博士剧场", "THEATRE", "1层", 180),
    ("创客工作室", "WORKSHOP", "4层", 120),
)  # fmt: skip
_COUNTY_HALLS = (
    ("儿童乐园", "EXHIBITION", "1层", 800), ("科学探索", "EXHIBITION", "2层", 1200),
    ("科技生活", "EXHIBITION", "3层", 700), ("科学剧场", "THEATRE", "1层", 120),
)  # fmt: skip
_EXHIBITS = (
    "傅科摆 法拉第笼 特斯拉线圈 锥体上滚 声聚焦 竖琴声波 气流投球 旋转舞台 无皮鼓 光路迷宫 万花筒长廊 双曲线槽 "
    "最速降线 椭圆台球 混沌摆 磁力过山车 水车世界 齿轮之家 拱桥挑战 心跳的节奏 人体骨架 消化之旅 视错觉小屋 静电发丝 "
    "潜望镜 月相仪 地震体验台 龙卷风 虚拟滑雪 机械臂画像 编程小车 绿色家居 垃圾分类 食品安全 桥梁承重 星空穹幕"
).split()
_SHOWS = (
    ("液氮奇境", "物理"), ("电磁秀场", "物理"), ("火焰的秘密", "化学"), ("泡泡总动员", "化学"),
    ("机器人剧场", "人工智能"), ("水滴旅行记", "地球科学"), ("空气大力士", "物理"), ("淮河鱼儿历险", "生态"),
)  # fmt: skip
_TIMES = (dt.time(9, 40), dt.time(10, 40), dt.time(13, 40), dt.time(14, 40), dt.time(15, 30))
_FAULTS = (
    "按钮失灵，更换开关",
    "投影黑屏，更换灯泡",
    "传动皮带断裂，更换",
    "触摸屏失灵，重新校准",
    "机械卡滞，返厂维修",
)
_GROUPS = ("小学研学团队", "中学研学团队", "幼儿园亲子团队", "社区老年团队", "企业工会团队")


@dataclass
class _House:
    """One museum while its history is being written."""

    key: str
    unit: Unit
    museum: Museum
    stages: list[tuple[str, dt.date]]
    halls: list[Hall] = field(default_factory=list)
    open_days: list[dt.date] = field(default_factory=list)

    @property
    def is_city(self) -> bool:
        return self.key == "city"

    @property
    def opened_on(self) -> dt.date | None:
        return next((day for stage, day in self.stages if stage in {"TRIAL", "OPEN"}), None)

    @property
    def theatre(self) -> Place | None:
        return next((hall.place for hall in self.halls if hall.use == Hall.Use.THEATRE), None)


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Fill the museums, one step after another."""
    houses = [_house(city, key) for key in _STAGES]
    yield "科技馆、展厅与阶段", _found(city, houses)
    yield "展品与故障", sum(_equip(city, house) for house in houses)
    yield "临时闭馆", sum(_close(city, house) for house in houses)
    yield "参观日记录", sum(_visit(city, house) for house in houses)
    yield "科普展演", _perform(city, houses)
    yield from demo_repairs.load(city)
    yield from demo_visitors.load(city)
    yield "时段安排与预约规则", demo_opening.load(city)
    yield from demo_bookings.load(city)  # last: it books in the slots made before


def _house(city: DemoCity, key: str) -> _House:
    floor, exhibition, cap, *_rest = _SIZES[key]
    unit = city.museums[key]
    museum = Museum(
        unit=unit,
        area=unit.area,
        name=unit.name,
        level=Museum.Level.CITY if key == "city" else Museum.Level.COUNTY,
        address=_ADDRESSES.get(key, f"{unit.area.name}（演示地址）"),
        floor_area=floor,
        exhibition_area=exhibition,
        standard="中型" if key == "city" else "小型",
        opens_at=dt.time(9),
        closes_at=dt.time(16, 30),
        last_entry_at=dt.time(15, 30),
        instant_cap=cap,
        daily_cap=cap * 4,
        ticket="免费不免票",
    )
    stages = [(stage, dt.date.fromisoformat(day)) for stage, day in map(str.split, _STAGES[key])]
    return _House(key, unit, museum, stages)


def _found(city: DemoCity, houses: list[_House]) -> int:
    city.reference([house.museum for house in houses])
    for house in houses:
        wanted = _CITY_HALLS if house.is_city else _COUNTY_HALLS
        house.halls = [_hall(house, *hall) for hall in wanted] if house.opened_on else []
        city.reference([hall.place for hall in house.halls if hall.place])
        city.reference(house.halls)
    stages = [_stage(house, stage, day) for house in houses for stage, day in house.stages]
    return city.record(stages) + len(houses)


def _hall(house: _House, name: str, use: str, floor: str, area: int) -> Hall:
    hall = Hall(unit=house.unit, area=house.unit.area, name=name, use=use, floor=floor, area_m2=area)
    if use == Hall.Use.THEATRE:
        hall.seats = area
        hall.place = Place(
            association_id=house.unit.association_id, unit=house.unit, area=house.unit.area,
            name=f"{house.unit.name}{name}",
        )  # fmt: skip
    return hall


def _stage(house: _House, stage: str, day: dt.date) -> MuseumStage:
    return MuseumStage(
        unit=house.unit, area=house.unit.area, museum=house.museum, stage=stage, occurred_on=day
    )


# --- exhibits -------------------------------------------------------------------------------------------------


def _equip(city: DemoCity, house: _House) -> int:
    if house.opened_on is None:
        return 0
    chance = city.rng(f"exhibits:{house.key}")
    halls = [hall for hall in house.halls if hall.use == Hall.Use.EXHIBITION]
    exhibits = [_exhibit(house, halls, index) for index in range(_SIZES[house.key][3])]
    codes = city.rng(f"labels:{house.key}")
    for exhibit in exhibits:
        exhibit.token = demo_repairs.code_of(codes, 10)
    city.reference(exhibits)
    working = [_condition(house, one, house.opened_on, "WORKING") for one in exhibits]
    faults = list(_faults(city, house, exhibits, chance))
    return len(exhibits) + city.record([*working, *faults])


def _exhibit(house: _House, halls: list[Hall], index: int) -> Exhibit:
    name, series = _EXHIBITS[index % len(_EXHIBITS)], index // len(_EXHIBITS)
    return Exhibit(
        unit=house.unit, area=house.unit.area, number=f"{index + 1:03}", hall=halls[index % len(halls)],
        name=f"{name}（{series + 1}）" if series else name, installed_on=house.opened_on,
    )  # fmt: skip


def _condition(house: _House, exhibit: Exhibit, day: dt.date, stage: str, cause: str = "") -> ExhibitStage:
    return ExhibitStage(
        unit=house.unit, area=house.unit.area, exhibit=exhibit, occurred_on=day, stage=stage, cause=cause
    )


def _faults(city: DemoCity, house: _House, exhibits: list[Exhibit], chance: Random) -> Iterator[ExhibitStage]:
    """Yield a fault every dozen days or so, and mostly its repair; an exhibit fails once in this history."""
    day, whole = house.opened_on or city.today, list(exhibits)
    chance.shuffle(whole)
    pause = 7 if house.is_city else 30
    while whole and (day := day + dt.timedelta(days=chance.randint(2, 2 * pause))) < city.today:
        exhibit, cause = whole.pop(), chance.choice(_FAULTS)
        yield _condition(house, exhibit, day, "FAULTY", cause)
        repaired = day + dt.timedelta(days=chance.randint(1, 45))
        if repaired < city.today:
            yield _condition(house, exhibit, repaired, "WORKING", cause)


# --- closed days ----------------------------------------------------------------------------------------------


def _close(city: DemoCity, house: _House) -> int:
    if house.opened_on is None:
        return 0
    chance, closed = city.rng(f"closed:{house.key}"), {}
    pattern = list(city.open_days(house.opened_on, city.today + dt.timedelta(days=1)))
    for day in pattern:
        if reason := _why_closed(day, chance):
            closed[day] = reason
    house.open_days = [day for day in pattern if day not in closed and day < city.today]
    return city.record([
        ClosedDay(unit=house.unit, area=house.unit.area, occurred_on=day, reason=reason, notice=notice)
        for day, (reason, notice) in closed.items()
    ])  # fmt: skip


def _why_closed(day: dt.date, chance: Random) -> tuple[str, str] | None:
    if any(first <= day <= last for first, last in _EPIDEMIC):
        return "EPIDEMIC", "按疫情防控要求暂停开放"
    if is_holiday(day) and _is_new_year_eve(day):
        return "HOLIDAY", "除夕至初一闭馆"
    roll = chance.random()
    if day.month in {3, 9} and 8 <= day.day <= 10 and not is_holiday(day):
        return "MAINTENANCE", "设备集中检修，暂停开放"
    if roll < 0.004:
        return "POWER", "供电线路检修，暂停开放"
    if roll < 0.008 and day.month in {1, 2, 7, 12}:
        return "WEATHER", "极端天气，暂停开放"
    return None


def _is_new_year_eve(day: dt.date) -> bool:
    """Whether the day opens the Spring Festival: the two days before it were ordinary ones."""
    before = [day - dt.timedelta(days=n) for n in (1, 2)]
    return day.month in {1, 2} and day.day > 5 and not all(is_holiday(one) for one in before)


# --- visits ---------------------------------------------------------------------------------------------------


def _visit(city: DemoCity, house: _House) -> int:
    chance = city.rng(f"visits:{house.key}")
    rows = [
        row
        for day, total in zip(house.open_days, _day_totals(house, chance), strict=True)
        for row in _rows_of_day(house, day, total, chance)
    ]
    recent = city.today - dt.timedelta(days=DRAFT_DAYS)
    done, waiting = [r for r in rows if r.occurred_on < recent], [r for r in rows if r.occurred_on >= recent]
    doubled = [_copy(row) for row in chance.sample(done, len(done) // 400)]
    written = city.record([*done, *doubled]) + city.draft(waiting, by="MUSEUM_DESK")
    for row in doubled:
        city.reverse(row, "同一时段重复录入，冲销其中一条。", after_days=chance.randint(1, 20))
    return written


def _day_totals(house: _House, chance: Random) -> list[int]:
    """Return visits for each open day; the city's add up to CITY_VISITS by AS_OF."""
    before = [_weight(day, house) for day in house.open_days if day <= AS_OF]
    after = [_weight(day, house) for day in house.open_days if day > AS_OF]
    mean = _SIZES[house.key][4]
    until = CITY_VISITS if house.is_city else mean * len(before)
    return [
        *(spread(chance, until, before) if before else ()),
        *(spread(chance, round(mean * len(after)), after) if after else ()),
    ]


def _weight(day: dt.date, house: _House) -> float:
    season, weekday = _SEASON[day.month - 1], _WEEKDAY[day.weekday()]
    if day.month in {7, 8} and day.weekday() < 5:
        weekday = 0.95
    if is_holiday(day):
        weekday = 2.0
    elif is_day_off(day) is False and day.weekday() >= 5:
        weekday = 0.7  # a make-up workday
    opened = house.opened_on or day
    fresh = 1.35 if (day - opened).days < 120 else 1.0
    return season * weekday * fresh


def _rows_of_day(house: _House, day: dt.date, total: int, chance: Random) -> Iterator[DailyVisits]:
    slots = [("MORNING", round(total * chance.uniform(0.42, 0.58)))]
    slots.append(("AFTERNOON", total - slots[0][1]))
    gate = Method.GATE if day >= GATES_SINCE and house.key != "taihe" else Method.BOOKING
    if house.key == "taihe":
        gate = Method.COUNTER
    for slot, count in slots:
        rest = count
        if (
            house.is_city
            and slot == "MORNING"
            and day.weekday() < 5
            and chance.random() < 0.5
            and count > 120
        ):
            group = min(count // 2, chance.randint(40, 320))
            yield _visits(house, day, slot, group, Method.ROSTER, note=chance.choice(_GROUPS))
            rest -= group
        if house.is_city and chance.random() < 0.3:
            walk_in = max(1, round(count * chance.uniform(0.01, 0.04)))
            yield _visits(house, day, slot, walk_in, Method.COUNTER, note="老年观众等人工通道")
            rest -= walk_in
        yield _visits(house, day, slot, rest, gate)
    if chance.random() < 0.012:
        yield _visits(house, day, "EVENING", None, "", note="夜场未计数：计数设备断电")


def _visits(
    house: _House, day: dt.date, slot: str, count: int | None, method: str, *, note: str = ""
) -> DailyVisits:
    return DailyVisits(
        unit=house.unit, area=house.unit.area, place=house.unit.place, occurred_on=day, slot=slot, headcount=count,
        method=method, note=note,
    )  # fmt: skip


def _copy(row: DailyVisits) -> DailyVisits:
    return DailyVisits(
        unit=row.unit, area=row.area, place=row.place, occurred_on=row.occurred_on, slot=row.slot,
        headcount=row.headcount, method=row.method, note=row.note,
    )  # fmt: skip


# --- shows ----------------------------------------------------------------------------------------------------


def _perform(city: DemoCity, houses: list[_House]) -> int:
    names = [name for name, _subject in _SHOWS]
    series = [Series(unit=city.museums["city"], name=name, kind=Series.Kind.SHOW) for name in names]
    city.reference(series)
    speakers = city.people("shows", 12)
    return sum(_perform_at(city, house, series, speakers) for house in houses if house.opened_on)


def _perform_at(city: DemoCity, house: _House, series: list[Series], speakers: list[str]) -> int:
    chance = city.rng(f"shows:{house.key}")
    city.reference(list(_show_times(house, series)))
    slots = [(day, time) for day in house.open_days for time in _times(house, day)]
    before = [slot for slot in slots if slot[0] <= AS_OF]
    after = [slot for slot in slots if slot[0] > AS_OF]
    share = CITY_SHOWS / len(before) if house.is_city else 0.8
    held = chance.sample(before, CITY_SHOWS if house.is_city else round(len(before) * share))
    held += chance.sample(after, round(len(after) * share))
    others = sorted(set(slots) - set(held))
    cancelled = chance.sample(others, min(len(others), CITY_CANCELLED if house.is_city else 12))
    shows = [_show(house, slot, series, speakers, chance, is_held=True) for slot in sorted(held)]
    shows += [_show(house, slot, series, speakers, chance, is_held=False) for slot in cancelled]
    recent = city.today - dt.timedelta(days=DRAFT_DAYS)
    waiting = [show for show in shows if show.occurred_on >= recent]
    return city.record([s for s in shows if s.occurred_on < recent]) + city.draft(waiting, by="MUSEUM_DESK")


def _times(house: _House, day: dt.date) -> tuple[dt.time, ...]:
    is_busy = is_holiday(day) or day.weekday() >= 5 or day.month in {7, 8}
    if house.is_city:
        return _TIMES if is_busy else _TIMES[:4]
    return (_TIMES[1], _TIMES[3]) if is_busy else (_TIMES[1],)


def _show_times(house: _House, series: list[Series]) -> Iterator[ShowTime]:
    hall = next(hall for hall in house.halls if hall.use == Hall.Use.THEATRE)
    for index, time in enumerate(_TIMES if house.is_city else (_TIMES[1], _TIMES[3])):
        for weekdays, shift in (("345", 0), ("67", 3)):
            if house.is_city and index == 4 and weekdays == "345":
                continue
            show = series[(index + shift) % len(series)]
            yield ShowTime(
                unit=house.unit, area=house.unit.area, name=show.name, series=show, hall=hall, weekdays=weekdays,
                starts_at=time, minutes=30, valid_from=house.stages[-1][1],
            )  # fmt: skip


def _show(
    house: _House,
    slot: tuple[dt.date, dt.time],
    series: list[Series],
    speakers: list[str],
    chance: Random,
    *,
    is_held: bool,
) -> Show:
    day, time = slot
    index = (_TIMES.index(time) + (3 if day.weekday() >= 5 else 0)) % len(series)
    counted = is_held and chance.random() > 0.03
    return Show(
        unit=house.unit, area=house.unit.area, place=house.theatre, occurred_on=day, title=series[index].name,
        series=series[index], subject=_SHOWS[index][1], speaker=chance.choice(speakers), starts_at=time,
        ends_at=time.replace(minute=(time.minute + 30) % 60, hour=time.hour + (time.minute + 30) // 60),
        audience="亲子家庭" if day.weekday() >= 5 else "学生团队", held=is_held,
        headcount=chance.randint(35, 180) if counted else None,
        method=chance.choice((Method.COUNTER, Method.HOST)) if counted else "",
        note="" if is_held else chance.choice(("演示设备故障，取消", "主讲人请假，取消", "观众不足，取消")),
    )  # fmt: skip
