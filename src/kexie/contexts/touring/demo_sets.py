"""The touring sets' desk of the demonstration: venues, exhibits, applications, a stop on show with its papers, a plan of rotation."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from kexie.contexts.touring import demo_pictures
from kexie.contexts.touring.demo_season import CENTRES
from kexie.contexts.touring.models import (
    Condition,
    PlannedTourStop,
    SetExhibit,
    SetPlan,
    SetTicket,
    TouringSet,
    TourStop,
    TourVenue,
)
from kexie.contexts.touring.operations import applications, handovers, maintenance, set_plans, stops, venues
from kexie.contexts.touring.operations.handovers import Line
from kexie.contexts.touring.rules.calendar import is_open
from kexie.contexts.touring.rules.venues import lacking
from kexie.ledger.demo import DemoCity

ONE_DAY = dt.timedelta(days=1)
# Stops that ended so long ago still have their papers at the desk.
RECENT = 60 * ONE_DAY
PLAN_SECONDS = 3
_ZONES = (
    ("声光体验", ("声聚焦", "看得见的声波", "光的三原色", "光纤传像", "偏振光", "万花筒", "旋转的影子")),
    ("电磁探秘", ("静电球", "磁力转盘", "电磁秋千", "手摇发电", "磁悬浮地球仪", "法拉第笼", "跳环实验")),
    ("运动规律", ("锥体上滚", "离心现象", "混沌摆", "陀螺车", "最速降线", "伯努利球", "牛顿摆")),
    ("数学魅力", ("勾股定理", "莫比乌斯带", "双曲狭缝", "梵天之塔", "概率曲线", "方轮车", "滚出直线")),
    ("健康生活", ("心脏跳动", "视觉暂留", "反应时测试", "握力测试", "身高体重指数", "听力范围", "平衡感测试")),
    ("安全生活", ("灭火体验", "隐患排查", "地震小屋", "触电急救", "交通标志", "溺水自救", "烟雾逃生")),
    ("数字生活", ("虚拟主播", "体感足球", "机器人下棋", "指纹识别", "人脸融合", "二维码原理", "网络迷宫", "语音识别")),
)  # fmt: skip
# Area, floor, lift, power, fire check, by county in turn: two lack something.
_BUILT = (
    (860, 1, False, "V380", True), (720, 1, False, "V380", True), (520, 1, False, "V380", True), (900, 2, True, "V380", True),
    (680, 1, False, "V380", True), (760, 1, False, "V220", True), (640, 1, True, "V380", True), (800, 1, False, "V380", True),
)  # fmt: skip
_SCHOOLS = ("实验小学（演示）", "第三中学（演示）", "城关中心校（演示）", "特殊教育学校（演示）")


def load(city: DemoCity, sets: Sequence[TouringSet], records: Sequence[TourStop]) -> int:
    """Fill it; return how many rows."""
    here = [one for one in sets if one.returned_on is None]
    exhibits = [row for one in here for row in _exhibits(one)]
    places = list(_venues(city))
    city.reference([*exhibits, *places])
    for venue in places:
        venues.check(
            venue_id=venue.pk, on=city.today - 30 * ONE_DAY, by="演示查看人", exception="", **_by(city)
        )
    by_unit = {one.unit_id: one for one in places}
    asked = [_ask(city, venue, number) for number, venue in enumerate(places)]
    shown = [_on_show(city, record, by_unit) for record in _recent(city, records)]
    return len(exhibits) + 2 * len(places) + len(asked) + len(shown) + len(_plan(city).left)


def _by(city: DemoCity, account: str = "COORDINATOR") -> dict[str, Any]:
    return {"actor": city.accounts[account], "now": city.now, "scope": city.scope}


def _exhibits(one: TouringSet) -> Iterator[SetExhibit]:
    names = [(zone, name) for zone, names in _ZONES for name in names]
    for number, (zone, name) in enumerate(names, start=1):
        yield SetExhibit(unit=one.unit, touring_set=one, number=number, zone=zone, name=name)


def _venues(city: DemoCity) -> Iterator[TourVenue]:
    for (county, unit), (area, floor, lift, power, fire) in zip(city.counties.items(), _BUILT, strict=False):
        x, y = CENTRES[county]
        yield TourVenue(
            unit=unit, area=unit.area, name=f"{unit.area.name}文化馆展厅（演示）", address="演示路1号", area_m2=area, floor=floor,
            has_lift=lift, power=power, is_fire_safe=fire, contact="演示联系人", longitude=x, latitude=y,
        )  # fmt: skip


def _ask(city: DemoCity, venue: TourVenue, number: int) -> Any:
    """Let a county apply for next year; most are accepted, what lacks something is declined, two wait."""
    made = applications.apply(
        venue_id=venue.pk, year=city.today.year + 1, months=[3 + number % 4, 4 + number % 4], days=60,
        reason="面向全县中小学生，馆方安排专人讲解（演示）。", **_by(city, "COUNTY_OFFICER"),
    )  # fmt: skip
    if missing := lacking(venue):
        applications.decline(application_id=made.pk, answer="".join(missing)[:300], **_by(city))
    elif number % 4 != 3:
        applications.accept(application_id=made.pk, answer="", **_by(city))
    return made


def _recent(city: DemoCity, records: Sequence[TourStop]) -> list[TourStop]:
    return [one for one in records if one.occurred_on <= city.today and one.ended_on > city.today - RECENT]


def _on_show(city: DemoCity, record: TourStop, by_unit: dict[Any, TourVenue]) -> PlannedTourStop:
    """Give a recorded stop its desk: lists signed, days that differ, groups, repairs."""
    stop = PlannedTourStop(
        touring_set=record.touring_set, unit=record.unit, venue=by_unit[record.unit_id], setup_on=record.occurred_on - 3 * ONE_DAY,
        first_on=record.occurred_on, last_on=record.ended_on, state=PlannedTourStop.State.OPENED, record=record,
        carrier="演示物流", insurance="演示保单",
    )  # fmt: skip
    city.reference([stop])
    _sign(city, stop, "IN", record.occurred_on - ONE_DAY)
    _groups(city, stop)
    if record.ended_on < city.today:
        _sign(city, stop, "OUT", record.ended_on + ONE_DAY)
    return stop


def _sign(city: DemoCity, stop: PlannedTourStop, kind: str, on: dt.date) -> None:
    chance = city.rng(f"sets:handover:{kind}:{stop.first_on}")
    lines = {}
    for one in SetExhibit.objects.filter(touring_set=stop.touring_set):
        drawn = chance.random()
        if drawn < 0.03:
            photo = demo_pictures.exhibit(one.number, is_faulty=True)
            lines[one.pk] = Line(condition=Condition.FAULTY, note="按钮失灵（演示）", photo=photo)
        elif one.number == 1:
            photo = demo_pictures.exhibit(one.number, is_faulty=False)
            lines[one.pk] = Line(condition=Condition.GOOD, note="开箱时拍照（演示图）", photo=photo)
        else:
            lines[one.pk] = Line(condition=Condition.WORN if drawn < 0.15 else Condition.GOOD)
    handovers.sign(
        stop_id=stop.pk, kind=kind, on=min(on, city.today), given_by="演示移交人", taken_by="演示接收人", lines=lines, **_by(city)
    )  # fmt: skip
    fixed = SetTicket.objects.filter(exhibit__touring_set=stop.touring_set, state="OPEN").order_by("pk")[:1]
    for ticket in fixed:
        maintenance.close(
            ticket_id=ticket.pk, state="DONE", result="更换按钮，试用正常（演示）", cost=None, on=max(ticket.reported_on, min(on + 2 * ONE_DAY, city.today)), **_by(city),
        )  # fmt: skip


def _groups(city: DemoCity, stop: PlannedTourStop) -> None:
    chance = city.rng(f"sets:groups:{stop.first_on}")
    span = (stop.last_on - stop.first_on).days
    every = [stop.first_on + n * ONE_DAY for n in range(span + 1)]
    days = [day for day in every if is_open(stop, day, {}) and day.weekday() < 5]
    for day, school in zip(sorted(chance.sample(days, min(4, len(days)))), _SCHOOLS, strict=False):
        booked = chance.randint(80, 260)
        group = stops.book_group(stop_id=stop.pk, on=day, school=school, booked=booked, **_by(city))
        if day < city.today:
            stops.close_group(group_id=group.pk, came=booked - chance.randint(0, 15), **_by(city))
    closed = next((day for day in every if day > city.today and is_open(stop, day, {})), None)
    if closed is not None:
        stops.set_day(stop_id=stop.pk, on=closed, is_open=False, reason="场馆消防检查（演示）", **_by(city))


def _plan(city: DemoCity) -> SetPlan:
    """Compute next year's rotation; it is ready to be adopted."""
    year = city.today.year + 1
    plan = set_plans.begin(
        name=f"{year}年区域换展方案（演示）", first_on=dt.date(year, 3, 1), last_on=dt.date(year, 12, 31), setup_days=7,
        spacing_days=180, seconds=PLAN_SECONDS, **_by(city),
    )  # fmt: skip
    set_plans.compute(plan_id=plan.pk)
    plan.refresh_from_db()
    return plan
