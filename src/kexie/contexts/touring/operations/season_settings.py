"""What a season rests on, changed after it was made: its days and limits, its vans, its sites' hours, the schools' terms.

Plans stay as they are: what no longer fits is named on the board, and not published.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import PlannedTrip, SchoolTerm, Season, SeasonVan, Site
from kexie.contexts.touring.operations.seasons import log
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit


@transaction.atomic
def change_season(*, season: Season, data: Mapping[str, Any], actor: Account, now: dt.datetime) -> Season:
    """Change a season's days and limits."""
    _require_idle(season)
    _apply(season, data)
    season.full_clean(exclude=["association"])
    _require_order(season)
    season.save()
    log(season, "touring.change_season", actor, {"fields": sorted(data)}, now)
    return season


@transaction.atomic
def change_van(*, van: SeasonVan, data: Mapping[str, Any], actor: Account, now: dt.datetime) -> SeasonVan:
    """Change where a van stands, what its crew may do, and when it cannot go."""
    _require_idle(van.season)
    _apply(van, data)
    van.full_clean(exclude=["association"])
    van.save()
    log(van.season, "touring.change_season_van", actor, {"caravan": str(van.caravan_id)}, now)
    return van


@transaction.atomic
def remove_van(*, van: SeasonVan, actor: Account, now: dt.datetime) -> None:
    """Let a caravan that no plan sends anywhere take part no longer."""
    _require_idle(van.season)
    if plans := list(van.season.plans.filter(trips__van=van).distinct()):
        names = _("、").join(map(str, plans))
        raise UserError(
            _("%(plans)s里还有这辆车的行程，请先把它的站移到别的车，或把以后的日子都写成停驶日。")
            % {"plans": names}
        )
    log(van.season, "touring.remove_season_van", actor, {"caravan": str(van.caravan_id)}, now)
    van.delete()


@transaction.atomic
def keep_hours(*, site: Site, data: Mapping[str, Any], actor: Account, now: dt.datetime) -> Site:
    """Change when and how often a site may be visited."""
    _apply(site, data)
    site.full_clean(exclude=["association"])
    site.save(update_fields=list(data))
    _log(site, "touring.change_site_hours", actor, now)
    return site


@transaction.atomic
def keep_term(*, term: SchoolTerm, data: Mapping[str, Any], actor: Account, now: dt.datetime) -> SchoolTerm:
    """Keep a school term, new or changed."""
    _apply(term, data)
    term.full_clean(exclude=["association"])
    term.save()
    _log(term, "touring.keep_school_term", actor, now)
    return term


@transaction.atomic
def remove_term(*, term: SchoolTerm, actor: Account, now: dt.datetime) -> None:
    """Throw a school term away."""
    _log(term, "touring.remove_school_term", actor, now)
    term.delete()


def _apply(one: Season | SeasonVan | Site | SchoolTerm, data: Mapping[str, Any]) -> None:
    for name, value in data.items():
        setattr(one, name, value)


def _require_idle(season: Season) -> None:
    if season.plans.filter(state__in=("WAITING", "RUNNING")).exists():
        raise UserError(_("有一个方案正在计算，请等它完成或先停止它，再改设置。"))


def _require_order(season: Season) -> None:
    """Refuse days that would leave trips outside, and hours that leave too little rest."""
    if season.shift_minutes + season.overtime_minutes + season.rest_minutes > 24 * 60:
        most = 24 * 60 - season.rest_minutes - season.shift_minutes
        raise UserError(
            fields={
                "overtime_minutes": _("班时、加班和休息合计超过24小时，加班最多 %(n)s 分钟。")
                % {"n": max(most, 0)}
            }
        )
    outside = PlannedTrip.objects.filter(plan__season=season, plan=season.published)
    if early := outside.filter(day__lt=season.starts_on).order_by("day").first():
        raise UserError(
            fields={
                "starts_on": _("已发布的方案 %(day)s 有行程，第一天不能晚于这一天。") % {"day": early.day}
            }
        )
    if late := outside.filter(day__gt=season.ends_on).order_by("-day").first():
        raise UserError(
            fields={"ends_on": _("已发布的方案 %(day)s 有行程，最后一天不能早于这一天。") % {"day": late.day}}
        )


def _log(one: Site | SchoolTerm, action: str, actor: Account, now: dt.datetime) -> None:
    audit.append(
        association_id=one.association_id,
        actor=actor,
        action=action,
        subject=one,
        detail={"name": one.name},
        now=now,
    )
