"""The youth contests: those one can enter, those to come, and results."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.contests import facade
from kexie.contexts.contests.facade import ContestNotice
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.portal.contracts import Detail
from kexie.ui.templatetags.ui import cn_date, month_day


@dataclass(frozen=True)
class ContestLine:
    """A contest in a list: its name, a line of facts, and whether one can enter it now."""

    key: UUID
    name: str
    line: str
    is_open: bool = False


@dataclass(frozen=True)
class ContestLists:
    """The three lists of the contest page."""

    entering: list[ContestLine]
    coming: list[ContestLine]
    results: list[ContestLine]


def lists(scope: Scope, today: dt.date, *, limit: int = 30) -> ContestLists:
    """What can be entered, what comes, what is out."""
    entering = facade.open_contests(scope, today=today)
    shown = {one.id for one in entering}
    coming = [one for one in facade.coming_contests(scope, today=today, limit=limit) if one.id not in shown]
    results = facade.latest_results(scope, today=today, limit=limit)
    return ContestLists(
        [ContestLine(one.id, one.name, _enter_by(one, today), is_open=True) for one in entering],
        [ContestLine(one.id, one.name, _final(one, today)) for one in coming],
        [
            ContestLine(one.contest_id, one.name, _published(one.published_on, one.entries, today))
            for one in results
        ],
    )


def headlines(scope: Scope, today: dt.date, *, limit: int) -> list[ContestLine]:
    """The contests for the home page: those that can be entered first, then to come, then results."""
    found = lists(scope, today, limit=limit)
    return [*found.entering, *found.coming, *found.results][:limit]


def _enter_by(one: ContestNotice, today: dt.date) -> str:
    return _("%(level)s · 报名至%(day)s") % {"level": one.level, "day": _day(one.closes_on, today)}


def _final(one: ContestNotice, today: dt.date) -> str:
    return _("%(level)s · %(day)s终评") % {"level": one.level, "day": _day(one.final_on, today)}


def _published(day: dt.date, entries: int | None, today: dt.date) -> str:
    if entries is None:
        return _("%(day)s公布结果") % {"day": _day(day, today)}
    return _("%(day)s公布结果 · 作品 %(n)s 件") % {"day": _day(day, today), "n": entries}


def _day(day: dt.date | None, today: dt.date) -> str:
    return month_day(day) if day and day.year == today.year else cn_date(day)


def detail(scope: Scope, contest_id: UUID, today: dt.date) -> Detail | None:
    """The page of one contest with its prizes; None where there is none in sight."""
    one = facade.contest(scope, contest_id)
    if one is None:
        return None
    window = "–".join(cn_date(day) for day in (one.opens_on, one.closes_on) if day)
    known: list[tuple[Text, object]] = [
        (gettext_lazy("级别"), one.level),
        (gettext_lazy("主办"), one.organiser),
        (gettext_lazy("参赛对象"), one.audience),
        (gettext_lazy("报名"), window),
        (gettext_lazy("终评"), cn_date(one.final_on)),
    ]
    is_open = bool(one.opens_on and one.closes_on and one.opens_on <= today <= one.closes_on)
    prizes = facade.prizes(scope, contest_id)
    return Detail(
        title=one.name,
        sub=one.series,
        tag=_("正在报名") if is_open else "",
        facts=[(label, value) for label, value in known if value],
        list_title=gettext_lazy("获奖作品"),
        list=[
            (prize.title, " · ".join(filter(None, (prize.grade, prize.category, prize.group, prize.school))))
            for prize in prizes
        ],
    )
