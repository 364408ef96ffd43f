"""Seasons are planned: in the background by the routing engine, and by hand on the board; then published and confirmed.

No way leads past the hard rules (`rules.season`): a plan that breaks one is neither kept nor published.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, PlannedStop, PlannedTrip, Season, SeasonVan
from kexie.contexts.touring.operations.plan_steps import undoable
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import placing
from kexie.contexts.touring.rules import season as rules
from kexie.contexts.touring.rules.placing import Effect
from kexie.contexts.touring.rules.season import Broken, Key, Routes, Timing, World
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Conflict, UserError
from kexie.kernel.ids import short_code
from kexie.platform.audit import operations as audit

Host = PlannedStop.Host
MOST_SECONDS = 600
# A season has hundreds of stops: a case for each of them in one statement takes seconds to write.
_WRITE_HOSTS = """
UPDATE touring_plannedstop SET host_state = said.state, host_code = said.code
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS said(id, state, code) WHERE touring_plannedstop.id = said.id
"""


class PlanRefused(UserError):
    """What was asked breaks hard rules; the message says which."""


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
    _write(plan, world, queries.routes(plan), routes)
    plan.source = world.roads.source[:300]
    plan.save(update_fields=["source"])


@transaction.atomic
def keep_changes(*, plan: Plan, world: World, before: Routes, routes: Routes) -> None:
    """Write down the days that a change by hand touches. Raises PlanRefused if one breaks a rule that it did not break before."""
    if broken := rules.check_changes(world, before, routes):
        raise PlanRefused(broken[0].text)
    _write(plan, world, before, routes)
    told = world.roads.source
    if not plan.source or not before:
        plan.source = told
    elif told not in plan.source:
        plan.source = _("%(before)s；后来改动的日子：%(now)s") % {"before": plan.source, "now": told}
    plan.source = plan.source[:300]
    plan.save(update_fields=["source"])


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
    routes = queries.routes(plan)
    world, effect = _tried(plan, routes, stop, (str(van), day), today)
    if effect.broken or effect.routes is None:
        raise PlanRefused("; ".join(effect.broken))
    with undoable(plan, routes, _("移动“%(site)s”") % {"site": stop.site.name}):
        keep_changes(plan=plan, world=world, before=routes, routes=effect.routes)
        # Another day has to be asked for anew.
        moved = PlannedStop.objects.filter(trip__plan=plan, site=stop.site_id, trip__day=day)
        if plan.published_at and day != stop.trip.day:
            # The host's link stays good: it shows the new day.
            code = stop.host_code or short_code(16)
            moved.update(host_state=Host.ASKED, host_code=code, host_note="", answered_at=None)
    detail = {"site": str(stop.site_id), "from": stop.trip.day, "to": day, "metres": effect.metres}
    log(plan.season, "touring.move_stop", actor, detail, now)
    return effect


def try_move(*, plan: Plan, stop: PlannedStop, van: UUID, day: dt.date, today: dt.date) -> Effect:
    """Return what moving a stop would break and cost, and change nothing."""
    return _tried(plan, queries.routes(plan), stop, (str(van), day), today)[1]


def without(routes: Routes, stop: PlannedStop) -> Routes:
    """Return a plan without a stop."""
    key, name = (str(stop.trip.van_id), stop.trip.day), str(stop.site_id)
    return {**routes, key: tuple(one for one in routes[key] if one != name)}


@transaction.atomic
def drop(*, plan: Plan, stop: PlannedStop, actor: Account, now: dt.datetime, today: dt.date) -> None:
    """Take a stop out of a plan (a school cancels); it stands among those not planned from then on."""
    require_still(plan)
    if stop.trip.day < today:
        raise PlanRefused(_("这一站的日期已过，不能取消；没有去成的，在出车记录里不登记即可。"))
    world = queries.world_of(plan, _held_but(plan, stop, today))
    routes = queries.routes(plan)
    with undoable(plan, routes, _("取消“%(site)s”") % {"site": stop.site.name}):
        keep_changes(plan=plan, world=world, before=routes, routes=without(routes, stop))
        plan.unserved = [*plan.unserved, {"site": str(stop.site_id), "missing": 1, "reason": "CANCELLED"}]
        plan.save(update_fields=["unserved"])
    detail = {"site": str(stop.site_id), "day": stop.trip.day}
    log(plan.season, "touring.drop_stop", actor, detail, now)


@transaction.atomic
def place(*, plan: Plan, site: str, actor: Account, now: dt.datetime, today: dt.date) -> Effect:
    """Put a site that is not planned on the van and day from today on where it costs least."""
    require_still(plan)
    world = queries.world_of(plan, queries.held(plan, today))
    if site not in world.sites:
        raise PlanRefused(_("没有这个点位，或已停用。"))
    routes = queries.routes(plan)
    best = placing.insert(world, routes, site, _open_days(world, site, today), before=routes)
    if best.routes is None:
        raise PlanRefused(best.broken[0] if best.broken else _("从今天起没有开放的日子。"))
    with undoable(plan, routes, _("安排“%(site)s”") % {"site": world.sites[site].name}):
        keep_changes(plan=plan, world=world, before=routes, routes=best.routes)
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
    if broken := rules.check_plan(queries.world_of(plan, found), queries.routes(plan)):
        raise PlanRefused(_("不能发布：%(why)s") % {"why": broken[0].text})
    if grounded := queries.grounded(plan, timezone.localdate(now)):
        trip, why = grounded[0]
        values = {"day": trip.day, "van": trip.van, "why": why}
        raise PlanRefused(
            _("不能发布：%(day)s %(van)s 不能出车（%(why)s），请把这天的站移到别的日子或车辆。") % values
        )
    asked = [one for one in found if one.host_state == Host.NONE]
    for one in asked:
        one.host_state, one.host_code = Host.ASKED, short_code(16)
    write_hosts(asked)
    plan.published_at, plan.undo = now, []
    plan.save(update_fields=["published_at", "undo"])
    plan.season.published = plan
    plan.season.save(update_fields=["published"])
    log(plan.season, "touring.publish_plan", actor, {"number": plan.number, "stops": len(found)}, now)
    return len(asked)


def write_hosts(stops: Collection[PlannedStop]) -> None:
    """Write down how stops stand with their hosts: one statement, whose text does not grow with them."""
    if stops:
        columns = zip(*((one.pk, one.host_state, one.host_code) for one in stops), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_HOSTS, [list(column) for column in columns])


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


def _tried(plan: Plan, routes: Routes, stop: PlannedStop, key: Key, today: dt.date) -> tuple[World, Effect]:
    world = queries.world_of(plan, _held_but(plan, stop, today))
    if refused := _may_not_move(stop, world, key, today):
        return world, Effect((refused,))
    return world, placing.insert(world, without(routes, stop), str(stop.site_id), [key], before=routes)


def _open_days(world: World, site: str, since: dt.date) -> list[Key]:
    """Return the vans' days from a day on at which a site is open, the earliest first."""
    facts = world.sites[site]
    days = [day for day in world.days() if day >= since and world.windows(facts, day)]
    return [(van, day) for day in days for van in world.vans]


def _may_not_move(stop: PlannedStop, world: World, key: Key, today: dt.date) -> str:
    if queries.is_held(stop, today):
        return _("%(site)s 已锁定、已确认或已过日期，不能移动；要改期请先解锁或与接待方商定。") % {
            "site": stop.site.name
        }
    if key[0] not in world.vans:
        return _("这辆车不参加本季。")
    if key[1] < today:
        return _("不能移到过去的日子。")
    return ""


def _held_but(plan: Plan, stop: PlannedStop, today: dt.date) -> list[PlannedStop]:
    return [one for one in queries.held(plan, today) if one.pk != stop.pk]


def _write(plan: Plan, world: World, before: Routes, routes: Routes) -> None:
    """Replace the trips of the days that differ in their stops, or in where the van stays before or after."""
    changed = _changed(plan, world, before, routes)
    days = {day for _van, day in changed}
    old = {(str(one.van_id), one.day): one for one in plan.trips.filter(day__in=days)}
    tight = {key for key in changed if key in old and _stays_tight(world, key, before, routes)}
    for key in tight:
        old[key].stops.exclude(site__in=[UUID(name) for name in routes[key]]).delete()
    gone = [old[key].pk for key in changed if key in old and key not in tight]
    stops = PlannedStop.objects.filter(trip__in=gone).select_related("trip")
    marks = {(one.site_id, one.trip.day): one for one in stops}
    plan.trips.filter(pk__in=gone).delete()
    made = {
        key: routes.get(key, ())
        for key in changed
        if (routes.get(key) or world.is_tour(key)) and key not in tight
    }
    _write_trips(plan, world, made, marks)


def _changed(plan: Plan, world: World, before: Routes, routes: Routes) -> list[Key]:
    had = queries.nights(plan)
    moved = {key: "" for key in {**had, **world.nights} if had.get(key) != world.nights.get(key)}
    keys = {*rules.differing(before, routes), *rules.tour_days(moved)}
    return sorted(keys, key=lambda key: (key[1], key[0]))


def _stays_tight(world: World, key: Key, before: Routes, routes: Routes) -> bool:
    """Whether a day only loses stops and yet breaks a rule, as it did before: its times are left as they are."""
    stops = routes.get(key, ())
    if not stops or not set(stops) < set(before.get(key, ())):
        return False
    return isinstance(rules.drive_day(world, world.vans[key[0]], key[1], stops), Broken)


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
            night_id=UUID(world.nights[key]) if key in world.nights else None,
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
            night_id=one.night_id,
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
