"""Rotation plans are begun, computed in the background, adopted or dropped."""

import datetime as dt
import threading
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import SetPlan, SetPlanItem, TourApplication
from kexie.contexts.touring.operations import stops
from kexie.contexts.touring.operations.sets_common import locked, note, require_city
from kexie.contexts.touring.queries import set_plans as queries
from kexie.contexts.touring.rules import rotation
from kexie.contexts.touring.rules.rotation_engine import Search
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

State = SetPlan.State
LONGEST_DAYS = 731
_LOOK_EVERY = 0.5


class PlanRefused(UserError):
    """The plan cannot be begun or adopted like this."""


@transaction.atomic
def begin(
    *,
    name: str,
    first_on: dt.date,
    last_on: dt.date,
    setup_days: int,
    spacing_days: int,
    seconds: int,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> SetPlan:
    """Write down what is to be planned; whoever calls has it computed afterwards."""
    require_city(scope, actor.association)
    if not 0 < (last_on - first_on).days < LONGEST_DAYS:
        raise PlanRefused(fields={"last_on": _("结束日期要晚于开始日期，最长两年。")})
    found = queries.inputs(scope, first_on=first_on, last_on=last_on, setup=setup_days, spacing=spacing_days)
    if not found["asks"]:
        raise PlanRefused(fields={"first_on": _("这段时间没有已受理的申请：请先受理申请，或改起止日期。")})
    if not found["sets"]:
        raise PlanRefused(_("还没有可用的展品（套），请先登记。"))
    made = SetPlan.objects.create(
        association_id=scope.association_id, name=name, first_on=first_on, last_on=last_on,
        setup_days=setup_days, spacing_days=spacing_days, seconds=seconds, inputs=found, made_by=actor, made_at=now,
    )  # fmt: skip
    note(made, "begin_set_plan", actor=actor, now=now, asks=len(found["asks"]))
    return made


def compute(*, plan_id: UUID) -> None:
    """Search for the plan until it is proven, its time is up, or somebody cancelled it; keep what was found.

    Not one transaction: progress is seen meanwhile, and a cancellation is.
    """
    if not SetPlan.objects.filter(pk=plan_id, state=State.WAITING).update(state=State.RUNNING):
        return
    plan = SetPlan.objects.get(pk=plan_id)
    try:
        problem = rotation.from_json(plan.inputs)
        result = _search(plan, Search(problem))
    except Exception:
        SetPlan.objects.filter(pk=plan_id, state=State.RUNNING).update(state=State.FAILED)
        raise
    if result is not None:
        _keep(plan, problem, result)


def _search(plan: SetPlan, search: Search) -> rotation.Result | None:
    """Run a search beside a look at the plan's row; None if it was cancelled."""
    found: list[rotation.Result] = []
    best: dict[str, int] = {}
    thread = threading.Thread(
        target=lambda: found.append(
            search.run(seconds=plan.seconds, told=lambda score, bound: best.update(score=score, bound=bound))
        )
    )
    thread.start()
    looks = 0
    while thread.is_alive():
        thread.join(_LOOK_EVERY)
        looks += 1
        progress = min(99, round(100 * looks * _LOOK_EVERY / plan.seconds))
        if not SetPlan.objects.filter(pk=plan.pk, state=State.RUNNING).update(progress=progress, **best):
            search.stop()
    if not found:
        raise RuntimeError("the search ended without a result")
    return None if search.is_stopped else found[0]


@transaction.atomic
def _keep(plan: SetPlan, problem: rotation.Rotation, result: rotation.Result) -> None:
    found = SetPlan.objects.select_for_update().get(pk=plan.pk)
    if found.state != State.RUNNING:
        return
    SetPlanItem.objects.bulk_create(_item(plan, problem, place) for place in result.places)
    found.state, found.progress, found.done_at = State.READY, 100, timezone.now()
    found.score, found.bound, found.is_proven = result.score, result.bound, result.is_proven
    found.left = _left(problem, result)
    found.save()


def _item(plan: SetPlan, problem: rotation.Rotation, place: rotation.Place) -> SetPlanItem:
    ask = problem.asks[place.ask]
    first = plan.first_on + dt.timedelta(days=place.start)
    school_days = dict(ask.starts)[place.start]
    application = TourApplication.objects.get(pk=ask.key, association_id=plan.association_id)
    wish = queries.A_WISH if not application.months or first.month in application.months else 0
    return SetPlanItem(
        association_id=plan.association_id, plan=plan, touring_set_id=problem.sets[place.set].key,
        application=application, setup_on=first - dt.timedelta(days=problem.setup), first_on=first,
        last_on=first + dt.timedelta(days=ask.days - 1), km=place.km, school_days=school_days - wish,
    )  # fmt: skip


def _left(problem: rotation.Rotation, result: rotation.Result) -> list[dict[str, Any]]:
    placed = {place.ask for place in result.places}
    full = (
        _("展品（套）不够：已证明在这些条件下排不下更多县区。可增加展品（套）、缩短展期或延长方案期限。")
        if result.is_proven
        else _("限定时间内没有找到位置；可延长计算时间、缩短展期或延长方案期限。")
    )
    return [
        {"name": ask.name, "reason": ask.why_not or full}
        for index, ask in enumerate(problem.asks)
        if index not in placed
    ]


@transaction.atomic
def cancel(*, plan_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> SetPlan:
    """Stop a plan that is being computed."""
    plan = locked(SetPlan, plan_id, scope, unit="association")
    if plan.state not in {State.WAITING, State.RUNNING}:
        raise PlanRefused(_("这个方案已经算完或取消，请刷新后再看。"))
    plan.state, plan.done_at = State.CANCELLED, now
    plan.save(update_fields=["state", "done_at"])
    note(plan, "cancel_set_plan", actor=actor, now=now)
    return plan


@transaction.atomic
def adopt(*, plan_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> SetPlan:
    """Arrange the stops of a plan, all or none; an application that was withdrawn meanwhile refuses it."""
    plan = locked(SetPlan, plan_id, scope, unit="association")
    if plan.state != State.READY:
        raise PlanRefused(_("只有算好且未采用的方案可以采用。"))
    for item in plan.items.select_related("application__venue", "application__unit").order_by("setup_on"):
        _arrange(plan, item, actor, now, scope)
    plan.state = State.ADOPTED
    plan.save(update_fields=["state"])
    note(plan, "adopt_set_plan", actor=actor, now=now, stops=plan.items.count())
    return plan


def _arrange(plan: SetPlan, item: SetPlanItem, actor: Account, now: dt.datetime, scope: Scope) -> None:
    application = locked(TourApplication, item.application_id, scope)
    name = application.unit.name
    if application.state != TourApplication.State.ACCEPTED:
        raise PlanRefused(_("%(name)s的申请已不是“已受理”，请重新计算方案。") % {"name": name})
    try:
        stops.arrange(
            touring_set_id=item.touring_set_id, venue_id=application.venue_id, setup_on=item.setup_on,
            first_on=item.first_on, last_on=item.last_on, application=application, plan=plan, actor=actor,
            now=now, scope=scope,
        )  # fmt: skip
    except stops.StopRefused as refused:
        values = {"name": name, "why": "".join(map(str, refused.fields.values()))}
        raise PlanRefused(_("%(name)s排不进去：%(why)s请重新计算方案。") % values) from refused
    application.state = TourApplication.State.PLANNED
    application.save(update_fields=["state"])
