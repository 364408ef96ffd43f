"""The tables of slots, patterns and changes, as plain values."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Allotment, ShowTime, Slot, SlotChange, SlotPattern
from kexie.contexts.museums.operations.slot_changes import Asked, Effect
from kexie.contexts.museums.queries.slots import SlotRow
from kexie.contexts.museums.rules.planning import CHANNELS
from kexie.contexts.museums.web.opening.inputs import WEEKDAYS
from kexie.platform.capacity.models import Channel, Offer
from kexie.ui.tables import Cell, Column, Row, Table

Url = Callable[..., str]
_EVERY_DAY = "1234567"


def slots(rows: Iterable[SlotRow], url: Url, *, with_day: bool = True) -> Table:
    """Slots with their places; `with_day` where they are of several days."""
    columns = (
        Column(_("时段") if with_day else _("时间"), nowrap=True),
        Column(_("名称")),
        Column(_("已约"), numeric=True),
        Column(_("名额"), numeric=True),
        Column(_("各渠道（已约/名额）")),
        Column(_("状态"), nowrap=True),
    )
    return Table(columns, [_slot(row, url, with_day=with_day) for row in rows])


def _slot(row: SlotRow, url: Url, *, with_day: bool) -> Row:
    hall = f" · {row.slot.hall}" if row.slot.hall else ""
    day = f"{row.offer.day:%Y-%m-%d} {weekday(row.offer.day.isoweekday())}"
    when = Cell(f"{day} {row.span}", href=url("day", day=row.offer.day.isoformat()))
    cells = (
        when if with_day else Cell(row.span),
        Cell(
            f"{row.slot.title}{hall}{drawn(row.slot)}",
            href=url("session", pk=row.slot.pk) if row.slot.hall_id else "",
        ),
        Cell(row.taken),
        Cell(places_in_words(row)),
        Cell(channels(row)),
        Cell(state_in_words(row)),
    )
    return Row(cells, key=str(row.slot.pk), name=f"{day} {row.span}")


def drawn(slot: Slot) -> str:
    """Return that a slot is given out by lot, where it or its pattern says so."""
    own = slot.allotment or (slot.pattern.allotment if slot.pattern else "")
    return f" · {Allotment(own).label}" if own == Allotment.DRAW else ""


def places_in_words(row: SlotRow) -> object:
    """Return the places, and what they are to sink to."""
    if row.is_sinking:
        return _("%(capacity)d（将减至%(wanted)d）") % {
            "capacity": row.total.capacity,
            "wanted": row.total.wanted,
        }
    return row.total.capacity


def channels(row: SlotRow) -> str:
    """Return the quotas with what is taken of each."""
    labels = dict(Channel.choices)
    quotas = [(key, row.pools[key]) for key in CHANNELS if key in row.pools]
    return _("，").join(f"{labels[Channel(key)]} {pool.taken}/{pool.wanted}" for key, pool in quotas)


def state_in_words(row: SlotRow) -> str:
    """Return a slot's state, with the reason where it is not open."""
    label = _("闭馆") if row.slot.by_calendar else str(Offer.State(row.offer.state).label)
    return (
        _("%(state)s：%(reason)s") % {"state": label, "reason": row.slot.reason}
        if row.slot.reason
        else str(label)
    )


def weekday(number: int) -> str:
    """Return the name of a day of the week (1 to 7)."""
    return str(WEEKDAYS[number - 1][1])


def weekdays_in_words(digits: str) -> str:
    """Return days of the week as people say them."""
    if digits == _EVERY_DAY:
        return _("每天")
    return _("、").join(weekday(int(one)) for one in digits)


def patterns(rows: Iterable[SlotPattern], url: Url) -> Table:
    """Slot patterns."""
    columns = (
        Column(_("名称")),
        Column(_("时间"), nowrap=True),
        Column(_("停止入场"), nowrap=True),
        Column(_("星期")),
        Column(_("适用日期"), nowrap=True),
        Column(_("分配"), nowrap=True),
        Column(_("总名额"), numeric=True),
        Column(_("各渠道名额")),
        Column(_("有效期"), nowrap=True),
    )
    return Table(columns, [_pattern(row, url) for row in rows])


def _pattern(row: SlotPattern, url: Url) -> Row:
    cells = (
        Cell(row.name, href=url("pattern", pk=row.pk)),
        Cell(f"{row.starts_at:%H:%M}–{row.ends_at:%H:%M}"),
        Cell(f"{row.last_entry_at:%H:%M}"),
        Cell(weekdays_in_words(row.weekdays)),
        Cell(row.get_day_kind_display()),
        Cell(row.get_allotment_display()),
        Cell(row.capacity),
        Cell(_quotas(row)),
        Cell(validity(row)),
    )
    return Row(cells, name=row.name)


def _quotas(row: SlotPattern) -> str:
    labels = dict(Channel.choices)
    numbers = {key: getattr(row, name) for key, name in CHANNELS.items()}
    return _("，").join(
        f"{labels[Channel(key)]} {number}" for key, number in numbers.items() if number is not None
    )


def validity(row: SlotPattern | ShowTime) -> str:
    """Return since when and until when an arrangement holds."""
    if row.valid_to is None:
        return _("%(since)s 起") % {"since": row.valid_from.isoformat()}
    return _("%(since)s 至 %(until)s") % {
        "since": row.valid_from.isoformat(),
        "until": row.valid_to.isoformat(),
    }


def show_times(rows: Iterable[ShowTime], url: Url) -> Table:
    """Regular shows."""
    columns = (
        Column(_("展演")),
        Column(_("时间"), nowrap=True),
        Column(_("星期")),
        Column(_("场地")),
        Column(_("有效期"), nowrap=True),
    )
    return Table(
        columns,
        [
            Row(
                (
                    Cell(row.series.name, href=url("show_time", pk=row.pk)),
                    Cell(
                        _("%(at)s，%(minutes)d分钟")
                        % {"at": f"{row.starts_at:%H:%M}", "minutes": row.minutes}
                    ),
                    Cell(weekdays_in_words(row.weekdays)),
                    Cell(row.hall.name),
                    Cell(validity(row)),
                ),
                name=row.series.name,
            )
            for row in rows
        ],
    )


def effects(found: Iterable[Effect]) -> Table:
    """What a change would mean, slot by slot."""
    columns = (
        Column(_("时段"), nowrap=True),
        Column(_("名称")),
        Column(_("已约"), numeric=True),
        Column(_("名额"), numeric=True),
        Column(_("受影响预约"), numeric=True),
        Column(_("受影响人数"), numeric=True),
        Column(_("怎样处理")),
    )
    rows = [
        Row(
            (
                Cell(f"{one.row.offer.day:%Y-%m-%d} {one.row.span}"),
                Cell(one.row.slot.title),
                Cell(one.row.taken),
                Cell(places_in_words(one.row)),
                Cell(one.reservations),
                Cell(one.people),
                Cell(one.fate or _("无人受影响")),
            )
        )
        for one in found
    ]
    return Table(columns, rows)


def change_in_words(asked: Asked) -> str:
    """Return what a change does, in one line."""
    kind = SlotChange.Kind(asked.kind).label
    labels = {"": _("总名额"), **{str(key): str(label) for key, label in Channel.choices}}
    if asked.places:
        set_to = _("，").join(f"{labels[key]} {number}" for key, number in asked.places.items())
        return _("%(kind)s：%(what)s") % {"kind": kind, "what": set_to}
    if asked.kind == SlotChange.Kind.ALLOT:
        return _("%(kind)s：%(what)s") % {"kind": kind, "what": Allotment(asked.allotment).label}
    if asked.times:
        names = ("starts_at", "last_entry_at", "ends_at")
        start, last, end = (f"{asked.times[name]:%H:%M}" for name in names)
        what = _("%(start)s–%(end)s，%(last)s停止入场") % {"start": start, "end": end, "last": last}
        return _("%(kind)s：%(what)s") % {"kind": kind, "what": what}
    return str(kind)


def outcome(change: SlotChange) -> list[tuple[str, int]]:
    """Return what became of those booked, as label and number."""
    labels = (
        ("kept", _("保留的预约")),
        ("moved", _("改到其他时段的预约")),
        ("cancelled", _("取消的预约")),
        ("told", _("已发通知")),
        ("to_call", _("没有账号，须打电话")),
        ("waited", _("已结束并通知的候补")),
        ("skipped", _("已取消而跳过的时段")),
        ("too_late", _("已经放票，没有改分配的时段")),
    )
    return [(label, change.outcome[key]) for key, label in labels if change.outcome.get(key)]


def changes(rows: Iterable[SlotChange], url: Url) -> Table:
    """Changes made."""
    columns = (
        Column(_("时间"), nowrap=True),
        Column(_("操作")),
        Column(_("时段数"), numeric=True),
        Column(_("对已预约的")),
        Column(_("操作人")),
        Column(_("状态"), nowrap=True),
    )
    return Table(
        columns,
        [
            Row(
                (
                    Cell(row.made_at, href=url("change", pk=row.pk)),
                    Cell(row.get_kind_display()),
                    Cell(row.total),
                    Cell(row.get_policy_display()),
                    Cell(str(row.made_by)),
                    Cell(row.get_state_display()),
                )
            )
            for row in rows
        ],
    )
