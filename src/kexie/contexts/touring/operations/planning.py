"""A term is planned in the background: a plan that grows while one looks at it, stops when asked, and can go on later.

The search works in legs. What each leg found is kept, so that a first whole plan stands early on the board, and a worker
that dies loses the last leg only.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Plan, Season
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.operations.seasons import PlanRefused
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules import proof, solving
from kexie.contexts.touring.rules import tours as tours_of
from kexie.contexts.touring.rules.season import Key, Routes, World
from kexie.contexts.touring.rules.solving import Held
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit
from kexie.platform.routing import engine
from kexie.platform.routing.problem import Progress, Solution

State = Plan.State
FIRST_LEG, LEG, TOUR_LEG = 4.0, 60.0, 8.0  # seconds
_LOOK_EVERY = 0.5


@transaction.atomic
def begin(
    *,
    season: Season,
    seconds: int,
    actor: Account,
    now: dt.datetime,
    start: Plan | None = None,
    seed: int = 1,
) -> Plan:
    """Make a plan that is to be computed, from nothing or from another; whoever calls has it computed afterwards."""
    if not queries.sites(season).exclude(longitude=None).exists():
        raise PlanRefused(_("还没有带坐标的巡展点位，请先登记或导入点位。"))
    return operations.add_plan(season=season, actor=actor, now=now, seconds=seconds, seed=seed, start=start)


@transaction.atomic
def resume(*, plan: Plan, seconds: int, actor: Account, now: dt.datetime) -> Plan:
    """Let a plan that was stopped, failed or finished be computed further from where it stands."""
    season = Season.objects.select_for_update().get(pk=plan.season_id)
    if season.published_id == plan.pk:
        raise PlanRefused(_("已发布的方案不再改算；请“从今天起重排”，另做一个方案。"))
    if season.plans.filter(state__in=Plan.BUSY).exists():
        raise PlanRefused(_("已有一个方案在计算，请等它完成或先停止它。"))
    plan.state, plan.is_stopping, plan.message, plan.finished_at = State.WAITING, False, "", None
    plan.seconds = max(1, min(seconds, operations.MOST_SECONDS))
    plan.save(update_fields=["state", "is_stopping", "message", "finished_at", "seconds"])
    audit.append(
        association_id=plan.association_id,
        actor=actor,
        action="touring.resume_plan",
        subject=season,
        detail={"number": plan.number, "seconds": plan.seconds},
        now=now,
    )
    return plan


def compute(*, plan_id: UUID, today: dt.date) -> None:
    """Search until the time is up or somebody stops it. Not one transaction: what is found meanwhile is seen."""
    if not Plan.objects.filter(pk=plan_id, state=State.WAITING).update(state=State.RUNNING):
        return
    plan = Plan.objects.select_related("season__unit").get(pk=plan_id)
    try:
        _Search(plan, today).run()
    except UserError as refused:
        _end(plan, State.FAILED, str(refused))
    except Exception:
        _end(plan, State.FAILED, _("计算意外中断，已找到的部分保留着；可以接着算。"))
        raise
    else:
        _end(plan, State.CANCELLED if _is_stopping(plan) else State.DONE)


@dataclass
class _Search:
    """A plan under way."""

    plan: Plan
    today: dt.date

    def run(self) -> None:
        """Go leg by leg; wishes of days that left a site out are waived for the next. Every other leg tries nights away."""
        fixed = queries.held(self.plan, self.today)
        held = [(str(one.trip.van_id), one.trip.day, str(one.site_id)) for one in fixed]
        world = queries.world_of(self.plan, fixed)
        waived: set[str] = set()
        best: tuple[float, float] | None = None
        chance = Random(self.plan.seed)  # noqa: S311 -- the same plan for the same seed, nothing secret
        tours = any(van.nights for van in world.vans.values())
        for number, (begun, seconds) in enumerate(_legs(self.plan.seconds, tours=tours)):
            tried = self._with_nights(world, held, chance) if tours and number % 2 else world
            solution = self._leg(tried, held, waived, begun, seconds)
            tried = tours_of.tidy(tried, solving.routes_of(tried, solution), _days(held))
            worth = solution.cost.missing, solution.cost.cost + tours_of.price(tried.nights)
            if best is None or worth < best or tried.nights == world.nights:
                world, best = tried, worth
                self._keep(world, held, solution)
            waived |= {str(one["site"]) for one in self.plan.unserved}
            if _is_stopping(self.plan):
                break

    def _with_nights(self, world: World, held: list[Held], chance: Random) -> World:
        missing = [str(one["site"]) for one in self.plan.unserved]
        routes = queries.routes(self.plan)
        return tours_of.proposed(world, routes, missing, since=self.today, held=_days(held), chance=chance)

    def _leg(
        self, world: World, held: list[Held], waived: set[str], begun: float, seconds: float
    ) -> Solution:
        problem = solving.problem_of(world, held=held, first=self.today, waived=waived)
        return engine.solve(
            problem,
            seconds=seconds,
            seed=self.plan.seed,
            begin_with=solving.begin_with(world, queries.routes(self.plan)),
            watch=_watch(self.plan, begun),
        )

    @transaction.atomic
    def _keep(self, world: World, held: list[Held], solution: Solution) -> None:
        routes = solving.routes_of(world, solution)
        for van, day, name in held:
            if name not in routes.get((van, day), ()):
                site = world.sites[name].name
                raise PlanRefused(
                    _(
                        "%(site)s 在 %(day)s 已锁定或已确认，但这辆车当天不能出车；请先改期或解锁，再重新计算。"
                    )
                    % {"site": site, "day": day.isoformat()}
                )
        operations.keep_routes(plan=self.plan, world=world, routes=routes)
        self._prove(world, held, routes)
        self.plan.unserved = solving.unserved_of(world, solution)
        self.plan.undo = []
        self.plan.save(update_fields=["unserved", "undo"])

    def _prove(self, world: World, held: list[Held], routes: Routes) -> None:
        """Have the plan judged by code that shares no rule with the search; it is not kept if that finds anything."""
        fixed = {(van, day, name): world.fixed.get((name, day)) for van, day, name in held}
        if broken := proof.breaches(world, tours_of.sheets(world, routes), fixed):
            one = broken[0]
            values = {"rule": one.rule, "van": world.vans[one.van].name, "day": one.day.isoformat()}
            raise PlanRefused(
                _("方案没有通过独立检查（%(van)s，%(day)s，规则 %(rule)s），没有保存；之前的方案还在。")
                % values
            )


def _legs(seconds: float, *, tours: bool = False) -> Iterator[tuple[float, float]]:
    """Yield when each leg begins and how long it takes; with nights away to be tried, legs are short."""
    begun, usual = 0.0, TOUR_LEG if tours else LEG
    while begun < seconds:
        length = min(usual if begun else min(FIRST_LEG, seconds / 2 if tours else seconds), seconds - begun)
        yield begun, length
        begun += length


def _days(held: list[Held]) -> set[Key]:
    """Return the vans' days that hold stops which stay."""
    return {(van, day) for van, day, _name in held}


def _watch(plan: Plan, begun: float) -> Callable[[Progress], bool]:
    """Return what is told the progress: it writes the growing best down and says whether to go on."""
    kept = [point for point in plan.history if point[0] <= begun] if begun else []
    looked = [0.0]

    def watch(progress: Progress) -> bool:
        if progress.seconds - looked[0] < _LOOK_EVERY:
            return True
        looked[0] = progress.seconds
        best = [
            round(begun + progress.seconds, 1),
            round(progress.best.missing, 3),
            round(progress.best.cost, 1),
        ]
        if kept and best[1:] > kept[-1][1:]:
            best[1:] = kept[-1][1:]  # a trial that is worse so far is none of the plan's
        # The last point says how far the search is; it stays only where something became better.
        if len(kept) > 1 and kept[-1][1:] == kept[-2][1:]:
            kept.pop()
        kept.append(best)
        plan.history = list(kept)
        Plan.objects.filter(pk=plan.pk, state=State.RUNNING).update(history=plan.history)
        return not _is_stopping(plan)

    return watch


def _is_stopping(plan: Plan) -> bool:
    return not Plan.objects.filter(pk=plan.pk, state=State.RUNNING, is_stopping=False).exists()


def _end(plan: Plan, state: str, message: str = "") -> None:
    Plan.objects.filter(pk=plan.pk, state=State.RUNNING).update(
        state=state, message=message[:300], finished_at=timezone.now()
    )
