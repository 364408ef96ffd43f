"""The demonstration's arrangements: patterns, rules, days closed and opened ahead, and the slots made from them.

Called by `demo`; everything follows from the city's day and touches none of its figures.
"""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from kexie.contexts.museums.models import (
    BookingRules,
    ClosedDay,
    DayKind,
    Museum,
    MuseumStage,
    Show,
    Slot,
    SlotPattern,
    SpecialDay,
)
from kexie.contexts.museums.operations import generation
from kexie.contexts.museums.queries import stages_on
from kexie.contexts.museums.rules.opening import OPENED
from kexie.contexts.museums.rules.planning import at
from kexie.ledger.demo import DemoCity

# Slots of so many past days too, so that what was booked has something to be booked in.
PAST_DAYS = 14
_SINCE = dt.date(2024, 1, 1)
_HALVES = (
    ("上午", dt.time(9), dt.time(12), dt.time(12, 30)),
    ("下午", dt.time(12, 30), dt.time(15, 30), dt.time(16, 30)),
)
# Places of a half day by kind of day: all, then public, groups, walk-in, priority.
_CITY = {DayKind.WORKDAY: (1600, 900, 600, 60, 40), DayKind.REST: (2400, 2100, 150, 100, 50)}
_COUNTY = {DayKind.ANY: (300, 220, 60, 15, 5)}


def load(city: DemoCity) -> int:
    """Arrange the museums that are open and make their slots; return how many rows that is."""
    stages = stages_on(city.today, city.scope)
    museums = Museum.objects.filter(association=city.association).select_related("unit__area", "area")
    opened = [one for one in museums if _is_open(stages.get(one.pk))]
    return sum(_arrange(city, museum) for museum in sorted(opened, key=lambda one: one.unit.code))


def _is_open(stage: MuseumStage | None) -> bool:
    return stage is not None and stage.stage in OPENED


def _arrange(city: DemoCity, museum: Museum) -> int:
    is_city = museum.level == Museum.Level.CITY
    patterns = _patterns(museum, _CITY if is_city else _COUNTY)
    city.reference([*patterns, *_rules(city, museum)])
    written = len(patterns) + 2 + _days(city, museum)
    begin = at(city.today - dt.timedelta(days=PAST_DAYS), dt.time())
    until = generation.horizon(museum, city.now)
    made = generation.generate(museum=museum, until=until, actor=None, now=begin)
    return written + made.made + _recorded(museum, city)


def _patterns(museum: Museum, places: Mapping[DayKind, tuple[int, ...]]) -> list[SlotPattern]:
    return [
        SlotPattern(
            unit=museum.unit, area=museum.area, museum=museum, name=name, day_kind=kind, starts_at=starts,
            last_entry_at=last, ends_at=ends, capacity=total, public=public, group=group, walk_in=walk_in,
            priority=priority, valid_from=_SINCE,
        )
        for kind, (total, public, group, walk_in, priority) in places.items()
        for name, starts, last, ends in _HALVES
    ]  # fmt: skip


def _rules(city: DemoCity, museum: Museum) -> list[BookingRules]:
    """What holds, and what will from the first of the month after next: one person fewer an order, more groups."""
    first = (city.today.replace(day=1) + dt.timedelta(days=63)).replace(day=1)
    shared = {
        "museum": museum,
        "made_by": city.accounts["MUSEUM_DESK"],
        "children_an_adult": 3,
        "closes_minutes": 0,
        "visitor_note": "馆内禁止吸烟，请勿携带宠物和滑板入馆。",
    }
    now = BookingRules(valid_from=_SINCE, made_at=at(_SINCE, dt.time(9)), **shared)
    coming = BookingRules(
        valid_from=first, made_at=city.now, group_a_day=600, group_people_a_leader=20, cancels_a_month=6, **shared
    )  # fmt: skip
    return [now, coming]


def _days(city: DemoCity, museum: Museum) -> int:
    """One Wednesday some weeks ahead is closed for maintenance, the Tuesday before it is opened instead."""
    ahead = city.today + dt.timedelta(days=18)
    wednesday = ahead + dt.timedelta(days=(2 - ahead.weekday()) % 7)
    closed = ClosedDay(
        unit=museum.unit, area=museum.unit.area, occurred_on=wednesday, reason=ClosedDay.Reason.MAINTENANCE,
        notice="展品集中检修，暂停开放一天，前一天（周二）照常开放",
    )  # fmt: skip
    special = SpecialDay(
        museum=museum, day=wednesday - dt.timedelta(days=1), note="调换开放日",
        made_by=city.accounts["MUSEUM_DESK"], made_at=city.now,
    )  # fmt: skip
    city.reference([special])
    return city.draft([closed], by="MUSEUM_DESK") + 1


def _recorded(museum: Museum, city: DemoCity) -> int:
    """Tie the sessions of past days to the shows that the ledger has of them."""
    since = city.today - dt.timedelta(days=PAST_DAYS)
    rows = Show.objects.filter(unit=museum.unit, occurred_on__gte=since, occurred_on__lt=city.today)
    held = {(show.occurred_on, show.starts_at): show for show in rows.exclude(state="REVERSED")}
    slots = Slot.objects.filter(museum=museum, kind=Slot.Kind.SHOW, offer__day__lt=city.today)
    tied = []
    for slot in slots.select_related("offer"):
        show = held.get((slot.offer.day, timezone.localtime(slot.offer.starts_at).time()))
        if show:
            slot.record_id, slot.presenter, slot.audience = show.pk, show.speaker, show.audience
            tied.append(slot)
    Slot.objects.bulk_update(tied, ["record_id", "presenter", "audience"], batch_size=500)
    return len(tied)
