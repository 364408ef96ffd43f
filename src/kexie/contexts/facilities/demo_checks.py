"""Where facilities stand and when they are open, a sample half checked, and reminders of titles that end."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kexie.contexts.facilities.models import CheckSample, Facility, OpenHours, SampleCheck
from kexie.contexts.facilities.operations import checking, checks, reminders
from kexie.contexts.facilities.rules import checks as rules
from kexie.foundation.areas.models import Area
from kexie.ledger.demo import DemoCity

_CENTRES = {
    "341202": (115.80, 32.90), "341203": (115.87, 32.86), "341204": (115.77, 32.96), "341221": (115.26, 33.06),
    "341222": (115.62, 33.16), "341225": (115.59, 32.64), "341226": (116.26, 32.64), "341282": (115.37, 33.26),
}  # fmt: skip
_SPREAD, _NEAR = 0.16, 0.01  # degrees
_WEEKS = ((2, 4), (0, 1, 2, 3, 4), (5, 6), (1, 2, 3, 4, 5, 6))
_NO_POINT = 0.08
_DRAWN_AGO = 12
_BAD = {"safety": "通道堆放杂物", "content": "展板数据是2018年的"}


def place(city: DemoCity, area: Area) -> tuple[str, str] | None:
    """Return about where something in an area stands; None for some, as in life."""
    around, chance = city.rng(f"season:{area.code}"), city.rng(f"facility:{area.code}")
    centre = _CENTRES.get(area.code[:6])
    if centre is None or chance.random() < _NO_POINT:
        return None
    x, y = (one + around.uniform(-_SPREAD, _SPREAD) for one in centre)
    return f"{x + chance.uniform(-_NEAR, _NEAR):.5f}", f"{y + chance.uniform(-_NEAR, _NEAR):.5f}"


def load(city: DemoCity) -> int:
    """Set hours, draw a sample and check some of it, remind of titles; return how many checks there are."""
    _hours(city)
    drawn = _sample(city)
    reminders.remind_due(now=city.now)
    return drawn


def _hours(city: DemoCity) -> None:
    chance = city.rng("facility hours")
    rows = Facility.objects.filter(association=city.association).exclude(kind="GALLERY").order_by("name")
    OpenHours.objects.bulk_create(
        OpenHours(
            association=city.association, facility=one, weekday=weekday, opens=dt.time(9), closes=dt.time(17),
            pause_from=dt.time(11, 30), pause_to=dt.time(14),
        )
        for one in rows
        for weekday in chance.choice(_WEEKS)
    )  # fmt: skip


def _sample(city: DemoCity) -> int:
    at = city.now - dt.timedelta(days=_DRAWN_AGO)
    by: dict[str, Any] = {"actor": city.accounts["POPULARISATION_DEPARTMENT"], "now": at, "scope": city.scope}
    sample = checks.draw(
        association=city.association, name=f"{city.today.year}年科普设施随机抽查（演示）", by=CheckSample.By.COUNTY,
        kinds=[], per_stratum=3, until=city.today + dt.timedelta(days=20), seed="", **by,
    )  # fmt: skip
    checks.assign(sample_id=sample.pk, stratum="", checker_id=city.accounts["COUNTY_OFFICER"].pk, **by)
    waiting = sample.checks.order_by("stratum", "place")
    for number, one in enumerate(waiting[:14]):
        _check(city, one, number)
    return sample.checks.count()


def _check(city: DemoCity, one: SampleCheck, number: int) -> None:
    now = city.now - dt.timedelta(days=1 + number % 9)
    answers = {item.key: rules.GOOD for item in rules.ITEMS}
    words: dict[str, str] = {}
    if number % 4 == 1:
        answers |= dict.fromkeys(_BAD, rules.FAULT)
        words = dict(_BAD)
    outcome = rules.CLOSED if number == 6 else rules.LATER if number == 9 else rules.CHECKED
    checking.report(
        check_id=one.pk, outcome=outcome, on=timezone.localdate(now), answers=answers, words=words,
        fix_by=timezone.localdate(now) + rules.USUAL_DEADLINE, text="", actor=city.accounts["COUNTY_OFFICER"], now=now,
        scope=city.scope,
    )  # fmt: skip
