"""Hours at the wheel that the law allows, and who may drive what.

Regulation on the Implementation of the Road Traffic Safety Law (道路交通安全法实施条例), article 62 (7): not more than
four hours without a rest of at least twenty minutes. Eight hours in any twenty-four: what passenger transport
is held to (道路旅客运输企业安全管理规范); the season's limit keeps it too.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from kexie.contexts.touring.models.crews import CrewLeave, CrewMember
from kexie.contexts.touring.models.licences import DRIVES

LONGEST_RUN = dt.timedelta(hours=4)
LEAST_REST = dt.timedelta(minutes=20)
LONGEST_DAY = dt.timedelta(hours=8)
WINDOW = dt.timedelta(hours=24)

Spell = tuple[dt.datetime, dt.datetime]


def broken(spells: Iterable[Spell]) -> str:
    """Return which limit these stretches of one driver break, in words; "" if none."""
    known = sorted(spells)
    run = max((end - start for start, end in _runs(known)), default=dt.timedelta())
    if run > LONGEST_RUN:
        return _("中间停车休息不足20分钟的算连续驾驶：这样连续驾驶%(hours)s小时，超过4小时上限") % {
            "hours": _hours(run)
        }
    most = max((_driven(known, end) for _start, end in known), default=dt.timedelta())
    if most > LONGEST_DAY:
        return _("24小时内累计驾驶%(hours)s小时，超过8小时上限") % {"hours": _hours(most)}
    return ""


def may_drive(member: CrewMember, needed: str, day: dt.date) -> str:
    """Return why a member may not drive a vehicle that needs a class on a day; "" if they may."""
    if member.job not in CrewMember.DRIVES:
        return _("%(name)s不是驾驶员") % {"name": member.name}
    if member.licence_until is None or member.licence_until < day:
        return _("%(name)s的驾驶证到%(day)s已过期") % {
            "name": member.name,
            "day": member.licence_until or "—",
        }
    if needed not in DRIVES.get(member.licence_class, ()):
        values = {"name": member.name, "has": member.licence_class, "needed": needed}
        return _("%(name)s的准驾车型是%(has)s，这辆车需要%(needed)s") % values
    return ""


def is_here(member: CrewMember, leaves: Iterable[CrewLeave], day: dt.date) -> bool:
    """Whether a member works on a day."""
    if member.left_on is not None and member.left_on <= day:
        return False
    return not any(one.first_on <= day <= one.last_on for one in leaves if not one.is_cancelled)


def _runs(spells: list[Spell]) -> list[Spell]:
    """Join stretches with less than a rest between them."""
    found: list[Spell] = []
    for start, end in spells:
        if found and start - found[-1][1] < LEAST_REST:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _driven(spells: list[Spell], until: dt.datetime) -> dt.timedelta:
    """Return the time driven in the twenty-four hours up to a moment."""
    since = until - WINDOW
    parts = (min(end, until) - max(start, since) for start, end in spells if end > since and start < until)
    return sum(parts, dt.timedelta())


def _hours(span: dt.timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f}"
