"""Slots, calendar, booking rules and shows of a museum: read by its staff, changed by whoever confirms there."""

import datetime as dt

from django.utils import timezone

from kexie.contexts.museums.models import BookingRules, Hall, ShowTime, SlotChange, SlotPattern
from kexie.contexts.museums.operations import shows
from kexie.foundation.access.models import Account
from kexie.ledger.models import Series
from tests.architecture.access_rows import FORBIDDEN, INVALID, MOVED, OK, Row, World
from tests.architecture.access_rows.museum_desk import DESK, desk, here, museum

READER = {"role": "MUSEUM_GATE"}


def own(world: World, **values):
    one = museum(world)
    return {"association": one.association, "unit": one.unit, "area": one.area, **values}


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def pattern(world: World):
    made = SlotPattern.objects.create(
        **own(world, museum=museum(world), name="上午"), starts_at=dt.time(9), ends_at=dt.time(12),
        last_entry_at=dt.time(11), capacity=100, valid_from=tomorrow(),
    )  # fmt: skip
    return {**here(world), "pk": made.pk}


def show(world: World) -> tuple[Series, Hall]:
    series = Series.objects.create(**own(world, name="液氮奇境"), kind="SHOW")
    return series, Hall.objects.create(**own(world, name="科学剧场"), use="THEATRE", seats=60)


def show_time(world: World):
    series, hall = show(world)
    made = ShowTime.objects.create(
        **own(world, name=series.name), series=series, hall=hall, weekdays="34567", starts_at=dt.time(10),
        valid_from=tomorrow(),
    )  # fmt: skip
    return {**here(world), "pk": made.pk}


def session(world: World):
    series, hall = show(world)
    wanted = shows.Session(
        series=series, hall=hall, day=tomorrow(), starts_at=dt.time(10), minutes=30, capacity=60
    )
    slot = shows.add(museum=museum(world), session=wanted, actor=account(world), now=timezone.now())
    return {**here(world), "pk": slot.pk}


def account(world: World) -> Account:
    return world.account("MUSEUM_DESK", world.museum)


def change(world: World):
    made = SlotChange.objects.create(
        association=world.association, museum=museum(world), kind="CLOSE", policy="KEEP", slots=[],
        state="DONE", made_by=account(world), made_at=world.now,
    )  # fmt: skip
    return {**here(world), "pk": made.pk}


def rules(world: World):
    made = BookingRules.objects.create(
        association=world.association, museum=museum(world), valid_from=tomorrow(), made_at=world.now
    )
    return {**here(world), "pk": made.pk}


def day(world: World):
    return {**here(world), "day": tomorrow().isoformat()}


def post(name: str, **options) -> Row:
    """A form sent to such a page."""
    return desk(name, method="post", **{"right": INVALID, **options})


def not_for_readers(name: str, **options) -> Row:
    """The same page asked by somebody who only reads at the museum."""
    return desk(name, right=FORBIDDEN, wrong_unit=FORBIDDEN, **{**DESK, **READER}, **options)


ROWS = (
    desk("slots"),
    desk("patterns"),
    post("patterns_propose", right=MOVED),
    desk("pattern_add"),
    post("pattern_add"),
    not_for_readers("pattern_add"),
    desk("pattern", kwargs=pattern),
    desk("pattern_end", kwargs=pattern),
    desk("slots_change"),
    post("slots_change"),
    not_for_readers("slots_change"),
    desk("changes"),
    desk("change", kwargs=change),
    post("change_undo", kwargs=change, right=MOVED),
    desk("calendar"),
    desk("calendar", **{**DESK, **READER}),
    desk("stages"),
    post("stages"),
    desk("day", kwargs=day),
    desk("day_close", kwargs=day, right=INVALID, note="without a reason"),
    not_for_readers("day_close", kwargs=day),
    post("day_reopen", kwargs=day, right=MOVED),
    post("day_open", kwargs=day, right=MOVED),
    desk("rules"),
    desk("rules_add"),
    post("rules_add"),
    not_for_readers("rules_add"),
    post("rules_words", right=OK),
    desk("rules_one", kwargs=rules),
    desk("rules_edit", kwargs=rules),
    post("rules_drop", kwargs=rules, right=MOVED),
    desk("shows"),
    desk("session_add"),
    desk("series_add"),
    desk("show_time_add"),
    desk("show_time", kwargs=show_time),
    desk("show_time_end", kwargs=show_time),
    desk("session", kwargs=session),
    desk("session_edit", kwargs=session),
    desk("session_cancel", kwargs=session),
)
