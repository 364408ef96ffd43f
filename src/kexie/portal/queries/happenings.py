"""What one can go to: regular shows, touring exhibitions, contest days and activities, and what was held lately."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.contests import facade as contests
from kexie.contexts.museums import facade as museums
from kexie.contexts.museums.facade import UpcomingShow
from kexie.contexts.touring import facade as touring
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.ledger.models import Activity, State
from kexie.portal.contracts import Detail, Happening
from kexie.portal.queries.museums import hours_of
from kexie.ui.templatetags.ui import cn_date, month_day, weekday

PUBLIC_KINDS: Final = (
    Activity.Kind.SHOW,
    Activity.Kind.LECTURE,
    Activity.Kind.EXHIBITION,
    Activity.Kind.CONSULTING,
    Activity.Kind.POPULAR,
    Activity.Kind.COMPETITION,
    Activity.Kind.TRAINING,
)
SHOWS_READ: Final = 48


def activities(
    scope: Scope,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    kind: str = "",
    area: str = "",
    text: str = "",
) -> QuerySet[Activity]:
    """The confirmed public activities from `since` to before `until`, newest first."""
    found = Activity.objects.filter(scope.q(), state=State.CONFIRMED, kind__in=PUBLIC_KINDS)
    found = found.select_related("area", "place", "host", "unit")
    if since:
        found = found.filter(occurred_on__gte=since)
    if until:
        found = found.filter(occurred_on__lt=until)
    if kind:
        found = found.filter(kind=kind)
    if area:
        found = found.filter(area__code__startswith=area)
    if text:
        words = Q(title__icontains=text) | Q(subject__icontains=text) | Q(place__name__icontains=text)
        found = found.filter(words)
    return found.order_by("-occurred_on", "-starts_at", "-pk")


def from_activity(activity: Activity) -> Happening:
    """The public face of an activity."""
    return Happening(
        title=activity.title,
        kind=activity.get_kind_display(),
        day=activity.occurred_on,
        href=reverse("portal:activity", args=[activity.pk]),
        hours=hours_of(activity.starts_at, activity.ends_at),
        where=_where(activity),
        cancelled=not activity.held,
    )


def _where(activity: Activity) -> str:
    if activity.mode == Activity.Mode.ONLINE:
        return _("线上")
    return activity.place.name if activity.place else activity.area.name


def detail(activity: Activity, today: dt.date) -> Detail:
    """The page of one activity."""
    day = activity.occurred_on
    known: list[tuple[Text, object]] = [
        (gettext_lazy("日期"), f"{cn_date(day)} {weekday(day)}"),
        (gettext_lazy("时间"), hours_of(activity.starts_at, activity.ends_at)),
        (gettext_lazy("地点"), _where(activity)),
        (gettext_lazy("类型"), activity.get_kind_display()),
        (gettext_lazy("主题"), activity.subject),
        (gettext_lazy("对象"), activity.audience),
        (gettext_lazy("主办"), str(activity.host or activity.unit)),
        (gettext_lazy("联合单位"), activity.partner),
    ]
    tag = _("已取消") if not activity.held else _("已举办") if day < today else ""
    return Detail(title=activity.title, tag=tag, facts=[(label, value) for label, value in known if value])


def coming(scope: Scope, today: dt.date, *, limit: int) -> list[Happening]:
    """What lies ahead, nearest first: touring exhibitions, contest days, announced activities, and some shows.

    Shows are on every open day of every museum: they fill half the places at most, so that the rest is seen.
    """
    ahead = [from_activity(one) for one in activities(scope, since=today).filter(held=True).reverse()[:limit]]
    rest = sorted([*_touring(scope, today), *_contests(scope, today, limit), *ahead], key=_when)
    some = _shows(scope, today)[: max(limit // 2, limit - len(rest))]
    return sorted([*some, *rest[: limit - len(some)]], key=_when)


def _when(one: Happening) -> tuple[dt.date, str]:
    return one.day, one.hours


def _shows(scope: Scope, today: dt.date) -> list[Happening]:
    """The regular shows of the next days: each show once, on its nearest day, wherever it is on."""
    grouped: dict[str, list[UpcomingShow]] = defaultdict(list)
    for one in museums.upcoming_shows(today, scope, limit=SHOWS_READ):
        found = grouped[one.title]
        if not found or found[0].on == one.on:
            found.append(one)
    return [_show(found) for found in grouped.values()]


def _show(same: Sequence[UpcomingShow]) -> Happening:
    """One line for the same show on the same day, at one museum or several."""
    houses = list(dict.fromkeys(one.museum for one in same))
    one = same[0]
    single = len(houses) == 1
    where = (
        f"{one.museum} {one.hall}"
        if single
        else _("%(first)s等 %(n)d 馆") % {"first": houses[0], "n": len(houses)}
    )
    times = sorted({show.starts_at for show in same})
    return Happening(
        title=one.title,
        kind=str(Activity.Kind.SHOW.label),
        day=one.on,
        hours=_("、").join(f"{start.hour}:{start:%M}" for start in times),
        where=where,
        href=reverse("museum:museum", args=[one.museum_code]) if single else reverse("portal:museums"),
    )


def _touring(scope: Scope, today: dt.date) -> list[Happening]:
    return [
        Happening(
            title=_("流动科技馆：%(theme)s") % {"theme": stop.theme} if stop.theme else _("流动科技馆"),
            kind=_("巡展"),
            day=today,
            until=stop.until,
            hours=_("展至%(day)s") % {"day": month_day(stop.until)},
            where=stop.venue if stop.venue.startswith(stop.county) else f"{stop.county} {stop.venue}",
        )
        for stop in touring.running_stops(today, scope)
    ]


def _contests(scope: Scope, today: dt.date, limit: int) -> list[Happening]:
    return [
        Happening(
            title=one.name,
            kind=_("竞赛"),
            day=one.final_on,
            where=one.organiser,
            href=reverse("portal:contest", args=[one.id]),
        )
        for one in contests.coming_contests(scope, today=today, limit=limit)
        if one.final_on
    ]


def past(scope: Scope, today: dt.date, *, limit: int) -> list[Happening]:
    """What was held lately, newest first; regular shows are left out, they would crowd out the rest."""
    held = activities(scope, until=today).filter(held=True).exclude(kind=Activity.Kind.SHOW)
    return [from_activity(one) for one in held[:limit]]
