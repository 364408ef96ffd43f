"""Seasons are planned: in the background by the routing engine, and by hand on the board; then published and confirmed.

No way leads past the hard rules (`rules.season`): a plan that breaks one is neither kept nor published.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop, PlannedTrip, Season, SeasonVan
from kexie.contexts.touring.operations.plan_steps import undoable
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.season import Broken, Key, Routes, Timing, World
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Conflict, UserError
from kexie.kernel.ids import short_code
from kexie.platform.audit import operations as audit

Host = PlannedStop.Host
MOST_SECONDS = 600


class PlanRefused(UserError):
    """What was asked breaks hard rules; the message says which."""


@dataclass(frozen=True)
class Effect:
    """What a change by hand does: rules it breaks, metres and minutes of overtime it adds."""

    broken: tuple[str, ...]
    metres: int = 0
    overtime: int = 0
    routes: Routes | None = None


@transaction.atomic
def add_season(*, season: Season, actor: Account | None, now: dt.datetime) -> Season:
    """Keep a new season."""
    season.made_at = now
    season.full_clean(exclude=["association"])
    season.save(force_insert=True)
    log(season, "touring.add_season", actor, {"name": season.name}, now)
    return season


@transaction.atomic
def add_van(*, van: SeasonVan, actor: Account | None, now: dt.datetime) -> SeasonVan:
    """Let a caravan take part in a season."""
    van.full_clean()
    van.save(force_insert=True)
    log(van.season, "touring.add_season_van", actor, {"caravan": str(van.caravan_id)}, now)
    return van


@transaction.atomic
def add_plan(
    *,
    season: Season,
    actor: Account | None,
    now: dt.datetime,
    seconds: int = 60,
    seed: int = 1,
    start: Plan | None = None,
    by_hand: bool = False,
) -> Plan:
    """Make a plan to be filled; it begins as a copy of `start`, and nobody computes one made `by_hand`."""
    if not season.vans.exists():
        raise PlanRefused(_("还没有参加的大篷车，请先添加车辆。"))
    Season.objects.select_for_update().get(pk=season.pk)
    if season.plans.filter(state__in=Plan.BUSY).exists():
        raise Conflict(_("已有一个方案在计算，请等它完成或先停止它。"))
    number = (season.plans.aggregate(most=Max("number"))["most"] or 0) + 1
    plan = Plan.objects.create(
        association_id=season.association_id,
        season=season,
        number=number,
        state=Plan.State.DONE if by_hand else Plan.State.WAITING,
        seconds=max(1, min(seconds, MOST_SECONDS)),
        seed=seed,
        made_by=actor,
        made_at=now,
    )
    if start is not None:
        _copy(start, plan)
    log(season, "touring.add_plan", actor, {"number": number, "seconds": plan.seconds}, now)
    return plan


@transaction.atomic
def stop_planning(*, plan: Plan, actor: Account, now: dt.datetime) -> None:
    """Ask the planner to stop; what is best until then is kept. Asked twice, it is not waited for: its worker may have died."""
    waits = Q(state=Plan.State.WAITING) | Q(state=Plan.State.RUNNING, is_stopping=True)
    waiting = Plan.objects.filter(waits, pk=plan.pk)
    if not waiting.update(state=Plan.State.CANCELLED, finished_at=now):
        Plan.objects.filter(pk=plan.pk, state=Plan.State.RUNNING).update(is_stopping=True)
    log(plan.season, "touring.stop_planning", actor, {"number": plan.number}, now)


@transaction.atomic
def keep_routes(*, plan: Plan, world: World, routes: Routes) -> None:
    """Write a whole plan down; locks and hosts' answers stay with their visit. Raises PlanRefused if a rule breaks."""
    if broken := rules.check_plan(world, routes):
        raise PlanRefused(broken[0].text)
    before = {(one.site_id, one.trip.day): one for one in queries.stops(plan)}
    old = queries.routes(plan)
    changed = [key for key in {**old, **routes} if old.get(key, ()) != routes.get(key, ())]
    gone = [
        one.pk for one in PlannedTrip.objects.filter(plan=plan) if (str(one.van_id), one.day) in set(changed)
    ]
    PlannedTrip.objects.filter(pk__in=gone).delete()
    _write_trips(plan, world, {key: routes[key] for key in changed if routes.get(key)}, before)


@transaction.atomic
def move(
    *,
    plan: Plan,
    stop: PlannedStop,
    van: UUID,
    day: dt.date,
    actor: Account,
    now: dt.datetime,
    today: dt.date,
) -> Effect:
    """Move a stop to another day or van, where it costs least there. Raises PlanRefused with every rule it breaks."""
    require_still(plan)
    world, effect = try_move(plan=plan, stop=stop, van=van, day=day, today=today)
    if effect.broken or effect.routes is None:
        raise PlanRefused("; ".join(effect.broken))
    with undoable(plan, _("移动“%(site)s”") % {"site": stop.site.name}):
        keep_routes(plan=plan, world=world, routes=effect.routes)
        # Another day has to be asked for anew.
        moved = PlannedStop.objects.filter(trip__plan=plan, site=stop.site_id, trip__day=day)
        if plan.published_at and day != stop.trip.day:
            # The host's link stays good: it shows the new day.
            code = stop.host_code or short_code(16)
            moved.update(host_state=Host.ASKED, host_code=code, host_note="", answered_at=None)
    detail = {"site": str(stop.site_id), "from": stop.trip.day, "to": day, "metres": effect.metres}
    log(plan.season, "touring.move_stop", actor, detail, now)
    return effect


def try_move(
    *, plan: Plan, stop: PlannedStop, van: UUID, day: dt.date, today: dt.date
) -> tuple[World, Effect]:
    """Return what moving a stop would break and cost, and change nothing."""
    world = queries.world(plan.season, _held_but(plan, stop, today))
    routes = queries.routes(plan)
    refused = _may_not_move(stop, world, van, day, today)
    if refused:
        return world, Effect((refused,))
    source, name = (str(stop.trip.van_id), stop.trip.day), str(stop.site_id)
    without = {**routes, source: tuple(one for one in routes[source] if one != name)}
    return world, insert(world, without, name, (str(van), day), before=routes)


def insert(world: World, routes: Routes, name: str, key: Key, *, before: Routes) -> Effect:
    """Return what it does to visit a site on a van's day, at the position that costs least."""
    van, stops = world.vans[key[0]], routes.get(key, ())
    found: list[tuple[int, Routes]] = []
    broken: list[Broken] = []
    for position in range(len(stops) + 1):
        order = (*stops[:position], name, *stops[position:])
        changed = {**routes, key: order}
        problems = rules.check_day(world, van, key[1], order, rules.visits_of(changed))
        if problems:
            broken = broken or problems
        else:
            found.append((_total(world, changed, before)[0], changed))
    if not found:
        return Effect(tuple(dict.fromkeys(one.text for one in broken)))
    _metres, best = min(found, key=lambda one: one[0])
    metres, overtime = _total(world, best, before)
    return Effect((), metres, overtime, best)


@transaction.atomic
def drop(*, plan: Plan, stop: PlannedStop, actor: Account, now: dt.datetime, today: dt.date) -> None:
    """Take a stop out of a plan (a school cancels); it stands among those not planned from then on."""
    require_still(plan)
    if stop.trip.day < today:
        raise PlanRefused(_("这一站的日期已过，不能取消；没有去成的，在出车记录里不登记即可。"))
    world = queries.world(plan.season, _held_but(plan, stop, today))
    routes, key = queries.routes(plan), (str(stop.trip.van_id), stop.trip.day)
    routes[key] = tuple(one for one in routes[key] if one != str(stop.site_id))
    with undoable(plan, _("取消“%(site)s”") % {"site": stop.site.name}):
        keep_routes(plan=plan, world=world, routes=routes)
        plan.unserved = [*plan.unserved, {"site": str(stop.site_id), "missing": 1, "reason": "CANCELLED"}]
        plan.save(update_fields=["unserved"])
    detail = {"site": str(stop.site_id), "day": stop.trip.day}
    log(plan.season, "touring.drop_stop", actor, detail, now)


@transaction.atomic
def place(*, plan: Plan, site: str, actor: Account, now: dt.datetime, today: dt.date) -> Effect:
    """Put a site that is not planned on the van and day from today on where it costs least."""
    require_still(plan)
    world = queries.world(plan.season, queries.held(plan, today))
    if site not in world.sites:
        raise PlanRefused(_("没有这个点位，或已停用。"))
    routes = queries.routes(plan)
    days = [day for day in world.days() if day >= today and world.windows(world.sites[site], day)]
    tried = [insert(world, routes, site, (van, day), before=routes) for van in world.vans for day in days]
    good = [effect for effect in tried if effect.routes is not None]
    if not good:
        raise PlanRefused(tried[-1].broken[0] if tried else _("从今天起没有开放的日子。"))
    best = min(good, key=lambda effect: effect.metres)
    with undoable(plan, _("安排“%(site)s”") % {"site": world.sites[site].name}):
        keep_routes(plan=plan, world=world, routes=best.routes or {})
        plan.unserved = [one for one in plan.unserved if one["site"] != site]
        plan.save(update_fields=["unserved"])
    log(plan.season, "touring.place_stop", actor, {"site": site, "metres": best.metres}, now)
    return best


@transaction.atomic
def lock(*, plan: Plan, stop: PlannedStop, locked: bool, actor: Account, now: dt.datetime) -> None:
    """Hold a stop fast, or let it go."""
    require_still(plan)
    PlannedStop.objects.filter(pk=stop.pk).update(is_locked=locked)
    log(plan.season, "touring.lock_stop", actor, {"site": str(stop.site_id), "locked": locked}, now)


@transaction.atomic
def publish(*, plan: Plan, actor: Account | None, now: dt.datetime) -> int:
    """Make a plan the season's; every stop that is not confirmed yet is put to its host. Return how many."""
    if plan.state in Plan.BUSY:
        raise PlanRefused(_("方案还在计算，完成后再发布。"))
    found = list(queries.stops(plan))
    if not found:
        raise PlanRefused(_("方案里还没有站次，不能发布。"))
    if broken := rules.check_plan(queries.world(plan.season, found), queries.routes(plan)):
        raise PlanRefused(_("不能发布：%(why)s") % {"why": broken[0].text})
    if grounded := queries.grounded(plan, now.date()):
        trip, why = grounded[0]
        values = {"day": trip.day, "van": trip.van, "why": why}
        raise PlanRefused(
            _("不能发布：%(day)s %(van)s 不能出车（%(why)s），请把这天的站移到别的日子或车辆。") % values
        )
    asked = [one for one in found if one.host_state == Host.NONE]
    for one in asked:
        one.host_state, one.host_code = Host.ASKED, short_code(16)
    PlannedStop.objects.bulk_update(asked, ["host_state", "host_code"], batch_size=500)
    plan.published_at, plan.undo = now, []
    plan.save(update_fields=["published_at", "undo"])
    plan.season.published = plan
    plan.season.save(update_fields=["published"])
    log(plan.season, "touring.publish_plan", actor, {"number": plan.number, "stops": len(found)}, now)
    return len(asked)


@transaction.atomic
def answer(
    *, stop: PlannedStop, confirms: bool, note: str, now: dt.datetime, actor: Account | None = None
) -> None:
    """Take the host's answer until the day is over; the last one counts, and a confirmed stop is not moved."""
    if stop.trip.day < timezone.localdate(now):
        raise PlanRefused(_("这次活动的日期已过，不用再答复。有问题请联系科协。"))
    state = Host.CONFIRMED if confirms else Host.DECLINED
    if not confirms and not note.strip():
        raise PlanRefused(fields={"note": _("请写明原因和方便的日期。")})
    PlannedStop.objects.filter(pk=stop.pk).update(host_state=state, host_note=note[:200], answered_at=now)
    detail = {"site": str(stop.site_id), "state": str(state)}
    log(stop.trip.plan.season, "touring.host_answers", actor, detail, now)


def require_still(plan: Plan) -> None:
    """Refuse changes by hand while the planner works, and let one change at a time be written."""
    found = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    plan.undo, plan.unserved = found.undo, found.unserved
    if found.state in Plan.BUSY:
        raise PlanRefused(_("方案还在计算，完成或停止后再改。"))


def _may_not_move(stop: PlannedStop, world: World, van: UUID, day: dt.date, today: dt.date) -> str:
    if queries.is_held(stop, today):
        return _("%(site)s 已锁定、已确认或已过日期，不能移动；要改期请先解锁或与接待方商定。") % {
            "site": stop.site.name
        }
    if str(van) not in world.vans:
        return _("这辆车不参加本季。")
    if day < today:
        return _("不能移到过去的日子。")
    return ""


def _held_but(plan: Plan, stop: PlannedStop, today: dt.date) -> list[PlannedStop]:
    return [one for one in queries.held(plan, today) if one.pk != stop.pk]


def _total(world: World, routes: Routes, before: Routes) -> tuple[int, int]:
    """Return metres and overtime that the days that differ cost more than before."""
    metres = overtime = 0
    for key in {key for key in (*routes, *before) if routes.get(key) != before.get(key)}:
        for sign, stops in ((1, routes.get(key)), (-1, before.get(key))):
            timing = rules.drive_day(world, world.vans[key[0]], key[1], stops) if stops else None
            if isinstance(timing, Timing):
                metres += sign * timing.metres
                overtime += sign * timing.overtime
    return metres, overtime


def _write_trips(
    plan: Plan, world: World, routes: Routes, before: Mapping[tuple[UUID, dt.date], PlannedStop]
) -> None:
    trips: list[PlannedTrip] = []
    stops: list[PlannedStop] = []
    for key, names in routes.items():
        timing = rules.drive_day(world, world.vans[key[0]], key[1], names)
        if isinstance(timing, Broken):
            raise PlanRefused(timing.text)
        trip = PlannedTrip(
            association_id=plan.association_id, plan=plan, van_id=UUID(key[0]), day=key[1], leaves=timing.leaves,
            returns=timing.returns, metres=timing.metres, driving=timing.driving, overtime=timing.overtime,
        )  # fmt: skip
        trips.append(trip)
        stops += _stops_of(trip, names, timing, before)
    PlannedTrip.objects.bulk_create(trips)
    PlannedStop.objects.bulk_create(stops)


def _stops_of(
    trip: PlannedTrip,
    names: tuple[str, ...],
    timing: Timing,
    before: Mapping[tuple[UUID, dt.date], PlannedStop],
) -> Iterator[PlannedStop]:
    for position, (name, (begins, ends)) in enumerate(zip(names, timing.stops, strict=True)):
        one = PlannedStop(
            association_id=trip.association_id,
            trip=trip,
            site_id=UUID(name),
            position=position,
            begins=begins,
            ends=ends,
        )
        if old := before.get((one.site_id, trip.day)):
            for field in ("is_locked", "host_state", "host_code", "host_note", "answered_at"):
                setattr(one, field, getattr(old, field))
        yield one


def _copy(start: Plan, plan: Plan) -> None:
    fixed = list(queries.stops(start))
    PlannedTrip.objects.bulk_create(
        PlannedTrip(
            association_id=plan.association_id, plan=plan, van_id=one.van_id, day=one.day, leaves=one.leaves,
            returns=one.returns, metres=one.metres, driving=one.driving, overtime=one.overtime,
        )
        for one in queries.trips(start)
    )  # fmt: skip
    trips = {(one.van_id, one.day): one for one in queries.trips(plan)}
    for one in fixed:
        one.trip = trips[one.trip.van_id, one.trip.day]
        one.pk = None
        one.id = PlannedStop._meta.pk.get_default()
        one._state.adding = True
    PlannedStop.objects.bulk_create(fixed)
    Plan.objects.filter(pk=plan.pk).update(unserved=start.unserved, source=start.source)


def log(
    season: Season, action: str, actor: Account | None, detail: Mapping[str, object], now: dt.datetime
) -> None:
    """Write what was done to a season or its plans into the audit log."""
    audit.append(
        association_id=season.association_id,
        actor=actor,
        action=action,
        subject=season,
        detail=detail,
        now=now,
    )
