"""The demonstration's volunteers, shifts and visitors' feedback."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from kexie.contexts.museums.demo_repairs import code_of
from kexie.contexts.museums.models import (
    Feedback,
    Rating,
    Shift,
    SignUp,
    Tag,
    Volunteer,
    VolunteerDuty,
)
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import DemoCity
from kexie.platform import crypto

VOLUNTEERS, WEEKS_BACK, DAYS_AHEAD = 26, 60, 14
FEEDBACK_DAYS = 150
_POSTS = (("序厅引导", 2), ("科学乐园看护", 2), ("天地之间讲解", 1))
_MORNING, _AFTERNOON = (dt.time(9), dt.time(12)), (dt.time(13), dt.time(16, 30))
_GOOD = (
    "讲解员很耐心，孩子听得入迷。", "展品好玩，下次还来。", "志愿者帮我们找到了电梯，谢谢。", "免费还这么干净，点赞。", "特斯拉线圈太震撼了！",
    "", "", "",
)  # fmt: skip
_FAIR = (
    "周末人多，排队有点久。",
    "有两件展品在维修，希望快点修好。",
    "指示牌不太好找。",
    "母婴室再多一间就好了。",
    "",
)
_BAD = ("等了四十分钟才进馆。", "孩子想玩的展品坏了。", "餐饮太少。")
_ANSWERS = (
    "感谢您的反馈，我们已增加周末的疏导人员。", "谢谢支持，欢迎再来。", "您说的展品已修好，欢迎再来体验。", "指示牌本月内增设，谢谢提醒。",
)  # fmt: skip


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Write volunteers' service and shifts of the city's museum, and feedback on it."""
    unit = city.museums["city"]
    volunteers = _volunteers(city, unit)
    yield "志愿服务", _serve(city, unit, volunteers) + _plan(city, unit, volunteers)
    yield "观众评价", _hear(city, unit)


def _volunteers(city: DemoCity, unit: Unit) -> list[Volunteer]:
    chance, found = city.rng("volunteers"), []
    notes = ("阜阳师范大学，周末可来", "退休教师", "颍州区高中生，寒暑假可来", "企业职工，周六可来", "")
    for index, name in enumerate(city.people("volunteers", VOLUNTEERS)):
        # A number range that has not been given out.
        phone = f"1400000{index:04}"
        found.append(
            Volunteer(
                unit=unit, area=unit.area, name=name, note=chance.choice(notes), phone=crypto.encrypt(phone.encode()),
                phone_digest=crypto.keyed_digest(phone), is_active=index % 9 != 8,
            )
        )  # fmt: skip
    city.reference(found)
    return found


def _serve(city: DemoCity, unit: Unit, volunteers: list[Volunteer]) -> int:
    """Record the service of past weekends."""
    chance, first = city.rng("duties"), city.today - dt.timedelta(weeks=WEEKS_BACK)
    duties = []
    for day in city.open_days(first, city.today):
        if day.weekday() < 5:
            continue
        for volunteer in chance.sample(volunteers, chance.randint(3, 6)):
            post, _places = chance.choice(_POSTS)
            hours = Decimal(chance.choice(("3.0", "3.5", "6.5")))
            duties.append(
                VolunteerDuty(
                    unit=unit, area=unit.area, occurred_on=day, volunteer=volunteer, post=post, hours=hours
                )
            )
    return city.record(duties)


def _plan(city: DemoCity, unit: Unit, volunteers: list[Volunteer]) -> int:
    """Plan the coming two weeks: most places are taken, a few are still wanted."""
    chance, planned = city.rng("shifts"), 0
    for day in city.open_days(city.today, city.today + dt.timedelta(days=DAYS_AHEAD)):
        for hours in (_MORNING, _AFTERNOON) if day.weekday() >= 5 else (_MORNING,):
            free = chance.sample([one for one in volunteers if one.is_active], 12)
            for post, places in _POSTS if day.weekday() >= 5 else _POSTS[:1]:
                shift = Shift(
                    association=city.association, unit=unit, on=day, starts_at=hours[0], ends_at=hours[1], post=post,
                    places=places,
                )  # fmt: skip
                asked = [free.pop() for _ in range(chance.randint(0, places))]
                shift.taken = len(asked)
                shift.save(force_insert=True)
                for volunteer in asked:
                    _give(city, shift, volunteer, "CONFIRMED" if chance.random() < 0.7 else "INVITED")
                planned += 1
    return planned


def _give(city: DemoCity, shift: Shift, volunteer: Volunteer, state: str) -> None:
    asked = min(city.now, shift.begins - dt.timedelta(days=5))
    SignUp.objects.create(
        association=city.association, shift=shift, volunteer=volunteer, during=(shift.begins, shift.ends),
        state=state, invited_at=asked, invited_by=city.accounts["MUSEUM_DESK"],
        answered_at=asked + dt.timedelta(hours=3) if state == "CONFIRMED" else None,
    )  # fmt: skip


def _hear(city: DemoCity, unit: Unit) -> int:
    """Take in some words a day; all but the last days' are in the ledger, some are answered."""
    chance, first = city.rng("feedback"), city.today - dt.timedelta(days=FEEDBACK_DAYS)
    heard = []
    for day in city.open_days(first, city.today):
        for _number in range(chance.randint(1, 4)):
            score = chance.choices((5, 4, 3, 2, 1), (56, 30, 9, 3, 2))[0]
            text = chance.choice(_GOOD if score >= 4 else _FAIR if score == 3 else _BAD)
            moment = dt.datetime.combine(day, dt.time(chance.randint(10, 16), chance.randrange(60)))
            one = Feedback(
                association=city.association, unit=unit, code=code_of(chance, 8), said_at=timezone.make_aware(moment),
                visited_on=day, score=score, tags=sorted(chance.sample(Tag.values, chance.randint(0, 2))), text=text,
                is_visit=chance.random() < 0.4,
            )  # fmt: skip
            if text and (score <= 3 or chance.random() < 0.3) and day < city.today - dt.timedelta(days=3):
                _answer(city, one, chance.choice(_ANSWERS), is_public=chance.random() < 0.7)
            heard.append(one)
    _hide(city, heard)
    Feedback.objects.bulk_create(heard)
    old = [one for one in heard if one.visited_on < city.today - dt.timedelta(days=4)]
    city.record([
        Rating(unit=unit, area=unit.area, occurred_on=one.visited_on, score=one.score, is_visit=one.is_visit,
               feedback=one, note=one.code)
        for one in old
    ])  # fmt: skip
    return len(heard)


def _answer(city: DemoCity, one: Feedback, answer: str, *, is_public: bool) -> None:
    one.state, one.answer, one.is_public = Feedback.State.ANSWERED, answer, is_public
    one.handled_by, one.handled_at = city.accounts["MUSEUM_DESK"], one.said_at + dt.timedelta(days=1)


def _hide(city: DemoCity, heard: list[Feedback]) -> None:
    """One word held somebody's telephone number."""
    one = next(one for one in reversed(heard) if one.state == Feedback.State.NEW and one.text)
    one.state, one.hidden_reason = Feedback.State.HIDDEN, "含他人联系电话"
    one.handled_by, one.handled_at = city.accounts["MUSEUM_DESK"], city.now
