"""Changes of a plan by hand that are made of smaller ones: to put a stop off, and to undo."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.operations import plan_steps
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import placing
from kexie.foundation.access.models import Account


@transaction.atomic
def postpone(*, plan: Plan, stop: PlannedStop, actor: Account, now: dt.datetime, today: dt.date) -> dt.date:
    """Put a stop off to the next day on which it breaks nothing, with the van to which it costs least; return the day."""
    after = max(stop.trip.day, today - dt.timedelta(days=1))
    world = queries.world(plan.season, [one for one in queries.held(plan, today) if one.pk != stop.pk])
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
    world = queries.world(plan.season, queries.held(plan, today))
    routes = queries.routes(plan)
    before = plan_steps.routes_before(routes, step)
    operations.keep_changes(plan=plan, world=world, before=routes, routes=before)
    plan_steps.put_marks_back(plan, step)
    plan.undo, plan.unserved = rest, step["unserved"]
    plan.save(update_fields=["undo", "unserved"])
    operations.log(plan.season, "touring.undo_plan_step", actor, {"words": step["words"]}, now)
    return str(step["words"])
