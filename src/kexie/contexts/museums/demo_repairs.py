"""The demonstration's labels, repairs and spare parts, told from the faults that are in the ledger already."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.utils import timezone

from kexie.contexts.museums.models import (
    Exhibit,
    ExhibitStage,
    FaultKind,
    FaultReport,
    Repair,
    Severity,
    Source,
    Spare,
    SpareMovement,
    WorkNote,
    WorkOrder,
)
from kexie.contexts.museums.models.workorders import DUE_DAYS
from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity

State = WorkOrder.State
# Work orders came with the platform; before, a repair was recorded alone.
ORDERS_SINCE_DAYS = 400
INTROS = {
    "傅科摆": "摆动的方向在慢慢转动，转动的其实是脚下的地球。请轻轻扶住栏杆观察，不要触碰摆球。",
    "法拉第笼": "站进金属笼，外面打雷也不怕：电荷只待在笼子外面。听从辅导员指挥入内。",
    "特斯拉线圈": "看人造闪电随音乐跳动。每整点演示一次，请站在黄线以外。",
    "锥体上滚": "锥体会自己往高处滚？量一量它的重心，其实越来越低。",
    "声聚焦": "两个人各对一面抛物面小声说话，隔着大厅也听得清。",
    "气流投球": "调整吹气的角度，让球悬在空中，再投进篮筐。",
    "最速降线": "三条轨道同时放球，最先到的不是直线那条。",
    "混沌摆": "每一次转动都不一样：开头差一点点，后来差很多。",
    "地震体验台": "选一个震级，感受房间的晃动，学会躲避。心脏不适者请勿参加。",
    "机械臂画像": "坐好十秒，机械臂为你画一张像。照片画完即删。",
    "星空穹幕": "躺下来看今晚阜阳的星空，每半小时一场。",
    "编程小车": "用积木写一段程序，让小车走出迷宫。",
}
_KINDS = {
    "按钮": FaultKind.NO_RESPONSE,
    "投影": FaultKind.DISPLAY,
    "触摸屏": FaultKind.DISPLAY,
    "传动皮带": FaultKind.STUCK,
    "机械": FaultKind.STUCK,
}
_SAID = (
    "按了没有反应", "转到一半就停了", "屏幕是黑的", "声音断断续续", "手柄松了，孩子差点夹到手", "按键掉了一个",
    "动起来有很大的响声", "",
)  # fmt: skip
_PARTS = (
    ("启动按钮", "22mm 带灯", "个", "一号柜", 6), ("微动开关", "V-156", "个", "一号柜", 10), ("投影机灯泡", "ELP-88", "只", "二号柜", 2),
    ("传动皮带", "B-1200", "条", "二号柜", 3), ("触摸屏", "21.5寸 电容", "块", "库房", 1), ("电源适配器", "12V 5A", "个", "一号柜", 4),
    ("减速电机", "60W 1:30", "台", "库房", 1), ("亚克力面板", "600×400×8", "张", "库房", 2), ("音箱", "10W", "对", "二号柜", 1),
    ("LED 灯带", "24V 暖白", "米", "一号柜", 20), ("钢丝绳", "φ3", "米", "二号柜", 15), ("万向轮", "3寸 带刹", "个", "一号柜", 8),
)  # fmt: skip


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write introductions, orders and parts for every museum with exhibits."""
    _introduce(city)
    museums = [city.museums[key] for key in ("city", "linquan", "taihe", "jieshou")]
    spares = {unit.pk: _stock(city, unit) for unit in museums}
    yield "展品维修", sum(_Workshop(city, unit, spares[unit.pk]).open() for unit in museums)
    yield "备件", sum(len(parts) for parts in spares.values())


def _introduce(city: DemoCity) -> None:
    exhibits = list(Exhibit.objects.filter(association=city.association))
    for one in exhibits:
        one.intro = INTROS.get(one.name.partition("（")[0], "")
        one.theme = one.theme or _theme(one.number)
    Exhibit.objects.bulk_update(exhibits, ["intro", "theme"], batch_size=500)


def _theme(number: str) -> str:
    return ("力与运动", "电与磁", "声与光", "生命健康", "信息技术", "地球与宇宙")[int(number) % 6]


class _Workshop:
    """The repairs of one museum, in the order in which they happened."""

    def __init__(self, city: DemoCity, unit: Unit, spares: list[Spare]) -> None:
        self.city, self.unit, self.spares = city, unit, spares
        self.chance = city.rng(f"repairs:{unit.code}")
        self.numbers: dict[int, int] = {}
        self.staff = self._staff()

    def open(self) -> int:
        """Write orders, reports, notes and the records of finished repairs; return how many orders."""
        since = self.city.today - dt.timedelta(days=ORDERS_SINCE_DAYS)
        repairs = []
        for fault, mended in self._faults():
            order = self._order(fault, mended) if fault.occurred_on >= since else None
            if mended is not None:
                repairs.append(self._repair(fault, mended, order))
        small = sum(1 for _ in self._small_things())
        self.city.record(repairs)
        return small + sum(self.numbers.values())

    def _staff(self) -> Account | None:
        desk = self.city.accounts["MUSEUM_DESK"]
        return desk if desk.unit_id == self.unit.pk else None

    def _faults(self) -> list[tuple[ExhibitStage, ExhibitStage | None]]:
        """Return each fault with the repair that followed, oldest first."""
        rows = ExhibitStage.objects.filter(association=self.city.association, unit=self.unit)
        found: list[tuple[ExhibitStage, ExhibitStage | None]] = []
        last: dict[object, ExhibitStage] = {}
        for one in rows.select_related("exhibit").order_by("occurred_on", "id"):
            if one.stage == "FAULTY":
                last[one.exhibit_id] = one
            elif one.exhibit_id in last:
                found.append((last.pop(one.exhibit_id), one))
        found += [(one, None) for one in last.values()]
        return sorted(found, key=lambda pair: (pair[0].occurred_on, pair[0].exhibit.number))

    def _order(self, fault: ExhibitStage, mended: ExhibitStage | None) -> WorkOrder:
        chance, reported = self.chance, self._moment(fault.occurred_on)
        severity = chance.choice(Severity.values)
        accepted = reported + dt.timedelta(hours=chance.randint(1, 20))
        order = self._new(
            fault.exhibit, reported, kind=_kind(fault.cause), source=chance.choice(Source.values),
            description=chance.choice(_SAID),
        )  # fmt: skip
        order.severity, order.accepted_at, order.assignee = severity, accepted, self.staff
        order.due_on = timezone.localdate(accepted) + dt.timedelta(days=DUE_DAYS[Severity(severity)])
        if mended and mended.occurred_on > order.due_on and chance.random() < 0.75:
            order.due_on = mended.occurred_on + dt.timedelta(days=chance.randint(0, 3))  # put off for parts
        order.state = (
            State.VERIFIED
            if mended
            else chance.choice((State.ACCEPTED, State.AT_WORK, State.WAITING_PARTS, State.DONE))
        )
        if mended or order.state == State.DONE:
            done = self._moment(
                mended.occurred_on if mended else self.city.today - dt.timedelta(days=1), hour=15
            )
            order.done_at, order.result = done, fault.cause.partition("，")[2] or fault.cause
            order.cost = Decimal(chance.choice((0, 35, 80, 120, 260, 1480)))
            order.verified_at = done + dt.timedelta(hours=1) if mended else None
        self._keep(order)
        self._tell(order)
        return order

    def _new(
        self, exhibit: Exhibit, reported: dt.datetime, *, kind: str, source: str, description: str
    ) -> WorkOrder:
        year = timezone.localdate(reported).year
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return WorkOrder(
            association=self.city.association, unit=self.unit, exhibit=exhibit, year=year, number=self.numbers[year],
            reported_at=reported, kind=kind, source=source, description=description,
            is_unsafe="夹到手" in description, reported_by=self.staff if source != Source.VISITOR else None,
        )  # fmt: skip

    def _keep(self, order: WorkOrder) -> None:
        order.save(force_insert=True)
        FaultReport.objects.create(
            association=self.city.association, unit=self.unit, order=order, source=order.source, kind=order.kind,
            text=order.description, said_at=order.reported_at, reported_by=order.reported_by,
            code=code_of(self.chance, 8),
        )  # fmt: skip

    def _tell(self, order: WorkOrder) -> None:
        """Write the order's history, and the part it took."""
        notes = [(order.reported_at, State.REPORTED, order.description)]
        if order.accepted_at:
            notes.append((order.accepted_at, State.ACCEPTED, ""))
        if order.state not in {State.ACCEPTED, State.REPORTED, State.REJECTED} and order.accepted_at:
            notes.append((order.accepted_at + dt.timedelta(hours=2), State.AT_WORK, ""))
        if order.state == State.WAITING_PARTS and order.accepted_at:
            notes.append((order.accepted_at + dt.timedelta(hours=3), State.WAITING_PARTS, "等厂家寄件"))
        if order.done_at:
            notes.append((order.done_at, State.DONE, order.result))
        if order.verified_at:
            notes.append((order.verified_at, State.VERIFIED, ""))
        if order.state == State.REJECTED:
            notes.append((order.reported_at + dt.timedelta(hours=2), State.REJECTED, order.closed_reason))
        WorkNote.objects.bulk_create(
            WorkNote(
                association=self.city.association, order=order, at=at, by=self.staff, state=state, text=text
            )
            for at, state, text in notes
        )
        if order.done_at and self.chance.random() < 0.5:
            self._take_part(order)

    def _take_part(self, order: WorkOrder) -> None:
        spare = self.chance.choice(self.spares)
        if not spare.stock or order.done_at is None:
            return
        spare.stock -= 1
        spare.save(update_fields=["stock"])
        SpareMovement.objects.create(
            association=self.city.association, spare=spare, kind="OUT", change=-1, after=spare.stock, order=order,
            at=order.done_at, by=self.staff,
        )  # fmt: skip

    def _repair(self, fault: ExhibitStage, mended: ExhibitStage, order: WorkOrder | None) -> Repair:
        return Repair(
            unit=self.unit, area=self.unit.area, exhibit=fault.exhibit, occurred_on=mended.occurred_on,
            reported_on=fault.occurred_on, kind=_kind(fault.cause), order=order, cost=order.cost if order else None,
            in_time=self._in_time(fault, mended, order),
            note=f"{order.label} {order.result}" if order else fault.cause,
        )  # fmt: skip

    def _in_time(self, fault: ExhibitStage, mended: ExhibitStage, order: WorkOrder | None) -> bool:
        if order is not None and order.due_on is not None:
            return mended.occurred_on <= order.due_on
        days = (mended.occurred_on - fault.occurred_on).days
        return days <= DUE_DAYS[Severity.LOW] or self.chance.random() < 0.6

    def _small_things(self) -> Iterator[WorkOrder]:
        """Yield the last days' reports: some wait, one is dangerous, some needed no repair."""
        if self.unit != self.city.museums["city"]:
            return
        exhibits = list(
            Exhibit.objects.filter(association=self.city.association, unit=self.unit).order_by("number")
        )
        for days, hour, said, kind in (
            (0, 10, "手柄松了，孩子差点夹到手", FaultKind.UNSAFE), (0, 9, "按了没有反应", FaultKind.NO_RESPONSE),
            (1, 14, "声音断断续续", FaultKind.SOUND), (1, 11, "屏幕是黑的", FaultKind.DISPLAY),
        ):  # fmt: skip
            day = self.city.today - dt.timedelta(days=days + 1)
            exhibit = exhibits.pop(self.chance.randrange(len(exhibits)))
            order = self._new(
                exhibit, self._moment(day, hour=hour), kind=kind, source=Source.VISITOR, description=said
            )
            order.is_unsafe = kind == FaultKind.UNSAFE
            self._keep(order)
            self._tell(order)
            yield order
        rejected = self._new(
            exhibits[3], self._moment(self.city.today - dt.timedelta(days=6)), kind=FaultKind.OTHER,
            source=Source.VISITOR, description="不知道怎么玩",
        )  # fmt: skip
        rejected.state, rejected.closed_reason = State.REJECTED, "现场试用正常，属操作方法问题，已补贴说明。"
        self._keep(rejected)
        self._tell(rejected)
        yield rejected

    def _moment(self, day: dt.date, *, hour: int = 10) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, self.chance.randrange(60))))


def _stock(city: DemoCity, unit: Unit) -> list[Spare]:
    """Give a museum its parts, bought a good year ago; a few have run low."""
    chance = city.rng(f"spares:{unit.code}")
    bought = timezone.make_aware(
        dt.datetime.combine(city.today - dt.timedelta(days=ORDERS_SINCE_DAYS + 20), dt.time(9))
    )
    parts = [
        Spare(
            unit=unit, area=unit.area, name=name, spec=spec, measure=measure, location=location,
            reorder_level=level, stock=level * 2 + chance.randint(0, 6),
        )
        for name, spec, measure, location, level in _PARTS
    ]  # fmt: skip
    city.reference(parts)
    SpareMovement.objects.bulk_create(
        SpareMovement(
            association=city.association, spare=one, kind="IN", change=one.stock, after=one.stock, note="年度采购",
            at=bought,
        )
        for one in parts
    )  # fmt: skip
    return parts


def code_of(chance: Random, length: int) -> str:
    """Return a code without look-alikes that is the same in every demonstration."""
    return "".join(chance.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(length))


def _kind(cause: str) -> str:
    return next((kind for word, kind in _KINDS.items() if cause.startswith(word)), FaultKind.BROKEN)
