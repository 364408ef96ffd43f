"""Changes of a plan by hand that are made of smaller ones: to put a stop off, and to undo."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.operations import plan_steps
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import placing
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.season import Broken, Key, Routes, World
from kexie.foundation.access.models import Account


@transaction.atomic
def postpone(*, plan: Plan, stop: PlannedStop, actor: Account, now: dt.datetime, today: dt.date) -> dt.date:
    """Put a stop off to the next day on which it breaks nothing, with the van to which it costs least; return the day."""
    after = max(stop.trip.day, today - dt.timedelta(days=1))
    world = queries.world_of(plan, [one for one in queries.held(plan, today) if one.pk != stop.pk])
    site, before = world.sites[str(stop.site_id)], queries.routes(plan)
    routes = operations.without(before, stop)
    for day in (day for day in world.days() if day > after and world.windows(site, day)):
        effect = placing.insert(world, routes, site.id, [(van, day) for van in world.vans], before=before)
        if effect.key is not None:
            van = UUID(effect.key[0])
            operations.move(plan=plan, stop=stop, van=van, day=day, actor=actor, now=now, today=today)
            return day
    raise PlanRefused(_("%(site)s 本季以后没有合适的日子；可以先取消这一站。") % {"site": stop.site.name})


@transaction.atomic
def undo(*, plan: Plan, actor: Account, now: dt.datetime, today: dt.date) -> str:
    """Take the last change by hand back and return what it was. Raises PlanRefused where that would break a rule now."""
    operations.require_still(plan)
    plan.refresh_from_db(fields=["undo", "unserved"])
    if not plan.undo:
        raise PlanRefused(_("没有可以撤销的改动。"))
    *rest, step = plan.undo
    if any(day < today for day in plan_steps.days_of(step)):
        raise PlanRefused(_("涉及已过的日子，不能撤销。"))
    world, routes = queries.world_of(plan, queries.held(plan, today)), queries.routes(plan)
    old = replace(world, nights=plan_steps.nights_before(world.nights, step))
    before = plan_steps.routes_before(routes, step)
    operations.keep_changes(plan=plan, world=old, before=routes, routes=before)
    plan_steps.put_marks_back(plan, step)
    plan.undo, plan.unserved = rest, step["unserved"]
    plan.save(update_fields=["undo", "unserved"])
    operations.log(plan.season, "touring.undo_plan_step", actor, {"words": step["words"]}, now)
    return str(step["words"])


@transaction.atomic
def stay(
    *,
    plan: Plan,
    van: UUID,
    day: dt.date,
    site: UUID | None,
    actor: Account,
    now: dt.datetime,
    today: dt.date,
) -> None:
    """Let a van stay near a site after a day instead of going home, or (None) go home. Raises PlanRefused with every rule it breaks."""
    operations.require_still(plan)
    world, routes, key = (
        queries.world_of(plan, queries.held(plan, today)),
        queries.routes(plan),
        (str(van), day),
    )
    if key[0] not in world.vans or day < today:
        raise PlanRefused(_("只能给今天以后、参加本季的车安排外宿。"))
    nights = {**world.nights, key: str(site)} if site else {k: v for k, v in world.nights.items() if k != key}
    changed = replace(world, nights=nights)
    known = rules.check_nights(world)
    newly = [one for one in rules.check_nights(changed) if one not in known]
    if broken := [*newly, *_days_around(changed, routes, key)]:
        raise PlanRefused("; ".join(dict.fromkeys(one.text for one in broken)))
    with plan_steps.undoable(plan, routes, _("外宿 %(day)s") % {"day": day.isoformat()}):
        operations.keep_changes(plan=plan, world=changed, before=routes, routes=routes)
    detail = {"van": key[0], "day": day, "site": str(site or "")}
    operations.log(plan.season, "touring.stay_away", actor, detail, now)


def _days_around(world: World, routes: Routes, key: Key) -> Iterator[Broken]:
    """Yield what the days before and after a night break."""
    visits = rules.visits_of(routes)
    for one in (key, (key[0], key[1] + rules.NEXT)):
        yield from rules.check_day(world, world.vans[one[0]], one[1], routes.get(one, ()), visits)
