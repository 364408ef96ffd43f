"""Rounds of titles as life left them: one that counties recommend in, one that is shown, one of the look-alike title."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from kexie.contexts.facilities.models import (
    Accreditation,
    Facility,
    FacilityKind,
    Title,
    TitleApplication,
    TitleRound,
)
from kexie.contexts.facilities.operations import applications, deciding, reports, rounds
from kexie.contexts.facilities.rules.questions import CRITERIA
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity

_BATCH_END = dt.date(2030, 12, 31)
_CALL = "（演示数据，非真实通知）请各县（市、区）科协组织符合条件的单位申报，按名额推荐并排序，宁缺毋滥。"
_CONDITIONS = "面向公众常年开放；有固定场地、专人和制度；有年度计划和活动记录。"
_ANSWERS = {
    "intro": "（演示）学校科技馆，周末向周边村民和学生开放，以动手实验为特色。",
    "in_charge": "副校长",
    "full_time": 2,
    "volunteers": 15,
    "area": 180,
    "methods": "互动展项36件，展板24块，影像设备1套。",
    "renewal": 10,
    "plan": "每月一次主题实验课，每学期一次开放周，三年更新三成展项。",
    "rules": "有开放、安全、设备维护三项制度，由科技教研组负责。",
    "funds": 6,
}
_REPORT = {
    "visits": 1800, "open_days": 96, "sessions": 40, "activities": 12, "full_time": 2, "volunteers": 20, "funds": 5,
    "done": "（演示）开放周接待周边三所村小。", "problems": "互动展项需要维修。",
}  # fmt: skip


def load(city: DemoCity) -> int:
    """Make three rounds with applications in every state; return how many applications."""
    sites = _sites(city)
    shown = _round(city, Title.CITY_SCHOOL, "2026—2030（一）", opened=80, closes=45)
    _fill(city, shown, sites[:6], _day(city, 60))
    _decide(city, shown, _day(city, 40))
    rounds.publicise(round_id=shown.pk, on=_day(city, 3).date(), **_by(city, _day(city, 4)))
    running = _round(city, Title.CITY_BASE, "2026—2030（二）", opened=20, closes=-25)
    made = _fill(city, running, sites[6:12], _day(city, 10))
    _half_way(city, made)
    _round(city, Title.PROVINCIAL_ST_BASE, "2026年", opened=5, closes=-30)
    _report(city)
    return len(TitleApplication.objects.filter(association=city.association))


def _report(city: DemoCity) -> None:
    """Write the reports of last year for some demonstration schools; the others have not reported."""
    year = city.today.year - 1
    by = _by(city, dt.datetime(year + 1, 1, 20, 2, tzinfo=dt.UTC), "FACILITY_KEEPER")
    held = Accreditation.objects.filter(
        association=city.association, title=Title.DEMO_SCHOOL, valid_to__gte=dt.date(year, 12, 31),
        occurred_on__lt=dt.date(year, 1, 1), state="CONFIRMED",
    ).order_by("holder__name")  # fmt: skip
    for number, one in enumerate(held[:5]):
        of: dict[str, Any] = {"accreditation_id": one.pk, "year": year}
        reports.save(**of, answers=_REPORT, version=0, **by)
        if number == 0:
            continue
        sent = reports.submit(**of, **by)
        if number == 1:
            reports.send_back(report_id=sent.pk, reason="请说明经费用途。", **_by(city, by["now"]))
        elif number > 2:
            reports.confirm(report_id=sent.pk, **_by(city, by["now"]))


def _sites(city: DemoCity) -> Sequence[Facility]:
    """Return campus museums of schools that bear no title of the city, by name."""
    rows = Facility.objects.filter(association=city.association, kind=FacilityKind.CAMPUS_MUSEUM)
    rows = rows.exclude(host=None).select_related("host__area").order_by("name")
    titled = {city.schools[number].pk for number in range(8, 64, 7)}
    found: dict[Unit, Facility] = {}
    for one in rows:
        if one.host is not None and one.host_id not in titled:
            found.setdefault(one.host, one)
    return list(found.values())


def _day(city: DemoCity, ago: int) -> dt.datetime:
    return city.now - dt.timedelta(days=ago)


def _by(city: DemoCity, now: dt.datetime, role: str = "COORDINATOR") -> dict[str, Any]:
    return {"actor": city.accounts[role], "now": now, "scope": city.scope}


def _round(city: DemoCity, title: Title, batch: str, *, opened: int, closes: int) -> TitleRound:
    by, last = _by(city, _day(city, opened)), _day(city, closes).date()
    made = rounds.create_round(
        association=city.association, title=title, batch=batch, call=_CALL, conditions=_CONDITIONS,
        closes_on=last, recommends_until=last + dt.timedelta(days=15), valid_to=_BATCH_END, most=20,
        public_days=7, contact="0558-0000000（演示）", **by,
    )  # fmt: skip
    quotas = dict.fromkeys(city.counties, 2)
    rounds.set_quotas(round_id=made.pk, quotas=quotas, **by)
    return rounds.open_round(round_id=made.pk, **by)


def _fill(
    city: DemoCity, found: TitleRound, sites: Sequence[Facility], now: dt.datetime
) -> list[TitleApplication]:
    by = _by(city, now)  # typed from paper: the keeper of one facility opens nobody else's
    made = [applications.begin(round_id=found.pk, facility_id=one.pk, **by) for one in sites]
    for one in made:
        applications.answer(application_id=one.pk, answers=_ANSWERS, version=0, **by)
    for one in made[:-1]:
        applications.submit(application_id=one.pk, **by)
    return made


def _decide(city: DemoCity, found: TitleRound, now: dt.datetime) -> None:
    """Bring everything that was sent to a decision."""
    by, points = _by(city, now), {one.key: one.most - 3 for one in CRITERIA}
    for number, one in enumerate(found.applications.filter(state="SUBMITTED").order_by("pk")):
        if number == 0:
            deciding.refuse(application_id=one.pk, reason="开放记录太少，请积累一年再报。", **by)
            continue
        try:
            deciding.recommend(application_id=one.pk, rank=None, **by)
        except applications.ApplicationRefused:
            deciding.refuse(application_id=one.pk, reason="县区名额已用完。", **by)
            continue
        deciding.review(
            application_id=one.pk, points=points, visit="TRUE", visited_on=timezone.localdate(now), text="开放正常。", **by,
        )  # fmt: skip
        deciding.approve(application_id=one.pk, reason="", **by)


def _half_way(city: DemoCity, made: Sequence[TitleApplication]) -> None:
    """Leave the second round in the counties' hands: one recommended, one sent back, others waiting."""
    by = _by(city, _day(city, 6))
    deciding.recommend(application_id=made[0].pk, rank=1, **by)
    deciding.send_back(application_id=made[1].pk, reason="请补开放制度和场地照片。", **by)
