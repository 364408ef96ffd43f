"""Who may come together, by a museum's booking rules (domain.md 2.3): how many, with which companions."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from kexie.contexts.museums.models import BookingRules
from kexie.foundation.visitors.details import Person
from kexie.kernel.errors import UserError

ADULT_AGE = 18


class PartyRefused(UserError):
    """The party may not come like this. `fields` names what is wrong: "party", or "party-2" for the third person."""


def check_size(size: int, rules: BookingRules) -> None:
    """Raise PartyRefused when an order has no places or more than the rules allow."""
    if size < 1:
        raise PartyRefused(fields={"party": _("请至少填写一位观众。")})
    if size > rules.max_party:
        message = _("每单最多%(most)d人，现为%(size)d人，请减少人数或按团队预约。")
        raise PartyRefused(fields={"party": message % {"most": rules.max_party, "size": size}})


def check_party(party: Sequence[Person], rules: BookingRules, day: dt.date) -> None:
    """Raise PartyRefused when these persons may not come together on that day."""
    counted = party if rules.counts_children else [p for p in party if not _is_child(p, rules, day)]
    check_size(max(len(counted), min(len(party), 1)), rules)
    problems = {**_twice(party), **_without_document(party, day), **_unaccompanied(party, rules, day)}
    if problems:
        raise PartyRefused(fields=problems)


def check_roster(party: Sequence[Person], *, leaders: int, rules: BookingRules, day: dt.date) -> None:
    """Raise PartyRefused when these persons may not come as one group with so many leaders among them."""
    problems = {**_twice(party), **_without_document(party, day)}
    adults = sum(_is_adult(person, day) for person in party)
    if not problems and adults < leaders:
        message = _("名单中只有%(adults)d名成人，少于带队人数%(leaders)d，请补充带队人员。")
        problems["party"] = message % {"adults": adults, "leaders": leaders}
    if problems:
        raise PartyRefused(fields=problems)


def _twice(party: Sequence[Person]) -> dict[str, str]:
    seen: set[str] = set()
    problems: dict[str, str] = {}
    if len(party) == 1:
        return problems  # without making a digest
    for position, person in enumerate(party):
        if person.digest in seen:
            problems[f"party-{position}"] = _("这位观众在本单中重复，请删去一位。")
        seen.add(person.digest)
    return problems


def _without_document(party: Sequence[Person], day: dt.date) -> dict[str, str]:
    lacking = [n for n, person in enumerate(party) if person.needs_document_on(day)]
    return {f"party-{n}": _("参观当日已满14周岁，须填写证件号码。") for n in lacking}


def _unaccompanied(party: Sequence[Person], rules: BookingRules, day: dt.date) -> dict[str, str]:
    children = [n for n, person in enumerate(party) if _is_child(person, rules, day)]
    adults = [person for person in party if _is_adult(person, day)]
    if children and not adults:
        message = _("未满%(age)d周岁的观众须由成人陪同，请添加一位成人。") % {"age": rules.child_age}
        return {f"party-{n}": message for n in children}
    most = rules.children_an_adult
    if most is not None and len(children) > most * len(adults):
        message = _("每名成人最多陪同%(most)d名儿童，请添加成人或减少儿童。") % {"most": most}
        return {"party": message}
    return _elders(party, rules, day)


def _elders(party: Sequence[Person], rules: BookingRules, day: dt.date) -> dict[str, str]:
    if rules.elder_age is None:
        return {}
    elders = [n for n, person in enumerate(party) if _age(person, day) >= rules.elder_age]
    if not elders or any(_is_adult(person, day) and _age(person, day) < rules.elder_age for person in party):
        return {}
    message = _("%(age)d周岁及以上的观众须由其他成人陪同，请添加一位。") % {"age": rules.elder_age}
    return {f"party-{n}": message for n in elders}


def _is_child(person: Person, rules: BookingRules, day: dt.date) -> bool:
    age = person.age_on(day)
    return age is not None and rules.child_age is not None and age < rules.child_age


def _is_adult(person: Person, day: dt.date) -> bool:
    age = person.age_on(day)
    return age is None or age >= ADULT_AGE


def _age(person: Person, day: dt.date) -> int:
    return person.age_on(day) or 0
