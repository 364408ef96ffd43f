"""Carriers as of a day: where each stands, what it has, which year was evaluated, and what a year looked like."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models import (
    CarrierCondition,
    CarrierEvaluation,
    CarrierExpert,
    CarrierNeed,
    CarrierOutput,
    CarrierStage,
    ExpertVisit,
    ServiceCarrier,
)
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import CarrierState as Stage
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

_IN_A_ROW = 2


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A condition, and what was shown for it (None: nothing yet)."""

    condition: rules.Condition
    row: CarrierCondition | None


def carriers(scope: Scope, today: dt.date) -> QuerySet[Any]:
    """Return the carriers with `opened` day, `current` stage, `since`, `experts_now`, last `graded` year and `grade`."""
    steps = CarrierStage.objects.filter(
        carrier=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=today
    ).order_by("-occurred_on", "-pk")
    graded = CarrierEvaluation.objects.filter(carrier=OuterRef("pk"), state=State.CONFIRMED).order_by("-year")
    present = CarrierExpert.objects.filter(
        carrier=OuterRef("pk"), left_on=None, since__lte=today, expert__merged_into=None
    )
    counted = present.order_by().values("carrier").annotate(n=Count("pk")).values("n")
    opened = CarrierStage.objects.filter(
        carrier=OuterRef("pk"), state=State.CONFIRMED, stage=Stage.ESTABLISHED, occurred_on__lte=today
    )
    return (
        ServiceCarrier.objects.filter(scope.q() | scope.q("host"))
        .annotate(
            opened=Subquery(opened.values("occurred_on")[:1]),
            current=Subquery(steps.values("stage")[:1]),
            since=Subquery(steps.values("occurred_on")[:1]),
            graded=Subquery(graded.values("year")[:1]),
            grade=Subquery(graded.values("grade")[:1]),
            experts_now=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        )
        .select_related("host", "society", "unit", "area", "agreement")
    )


def carrier(scope: Scope, pk: UUID, today: dt.date) -> Any:
    """Return one or raise NotFound."""
    found = carriers(scope, today).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个服务载体，或您无权查看。"))
    return found


def conditions(one: ServiceCarrier) -> list[Shown]:
    """Return every condition of the carrier's kind and level with what was shown."""
    rows = {row.key: row for row in one.conditions.select_related("file", "checked_by")}
    return [
        Shown(condition=condition, row=rows.get(condition.key))
        for condition in rules.conditions(one.kind, one.level)
    ]


def stages(one: ServiceCarrier) -> list[CarrierStage]:
    """Return its steps, also reversed ones, oldest first."""
    rows = CarrierStage.objects.filter(carrier=one).select_related("recorded_by")
    return list(rows.order_by("occurred_on", "pk"))


def experts(one: ServiceCarrier) -> list[CarrierExpert]:
    """Return its experts, those present first; of one entered twice and merged since only the one that stays."""
    rows = one.experts.exclude(left_on=None, expert__merged_into__isnull=False).select_related("expert")
    return sorted(rows, key=lambda row: (row.left_on is not None, row.until))


def needs(one: ServiceCarrier) -> list[CarrierNeed]:
    """Return what its host needs, newest first."""
    return list(one.needs.select_related("problem").order_by("-raised_on", "-pk"))


def outputs(one: ServiceCarrier) -> list[CarrierOutput]:
    """Return what came of it, newest first."""
    rows = one.outputs.exclude(state=State.REVERSED).select_related("expert")
    return list(rows.order_by("-occurred_on", "-pk"))


def evaluations(one: ServiceCarrier) -> list[CarrierEvaluation]:
    """Return its years, newest first."""
    return list(one.evaluations.exclude(state=State.REVERSED).order_by("-year"))


def should_close(one: ServiceCarrier) -> bool:
    """Whether the rule asks to withdraw it: two years in a row failed."""
    last = evaluations(one)[:2]
    years = [row.year for row in last if row.grade == evaluation.Grade.FAIL]
    return len(years) == _IN_A_ROW and years[0] - years[1] == 1


def year_facts(one: ServiceCarrier, year: int) -> dict[str, int]:
    """Return what the records say of a year, for whoever scores it."""
    within = Q(occurred_on__year=year, state=State.CONFIRMED)
    people = CarrierExpert.objects.filter(carrier=one, since__year__lte=year)
    people = people.filter(Q(left_on=None) | Q(left_on__year__gte=year))
    visits = ExpertVisit.objects.filter(
        within, firm=one.host, expert__identity__in=people.values("expert__identity")
    )
    return {
        "experts": people.order_by().values("expert__identity").distinct().count(),
        "visits": visits.count(),
        "raised": one.needs.filter(raised_on__year=year).count(),
        "met": one.needs.filter(met_on__year=year).count(),
        "outputs": one.outputs.filter(within).count(),
    }


def waiting(rows: QuerySet[Any], today: dt.date) -> int:
    """Return how many running carriers were not evaluated for last year although they were set up by then."""
    return rows.filter(unevaluated(today)).count()


def unevaluated(today: dt.date) -> Q:
    """Return the condition of `waiting`."""
    ran = Q(current__in=rules.RUNNING, opened__year__lt=today.year)
    return ran & (Q(graded=None) | Q(graded__lt=today.year - 1))


def condition_of(one: ServiceCarrier, key: str) -> Shown:
    """Return one condition or raise NotFound."""
    found = next((each for each in conditions(one) if each.condition.key == key), None)
    if found is None:
        raise NotFound(_("这类载体没有这一条件。"))
    return found


def row_of(model: type[Any], scope: Scope, carrier_id: UUID, pk: UUID) -> Any:
    """Return a row that belongs to a carrier in scope, or raise NotFound."""
    found = model.objects.filter(scope.q("carrier__unit"), carrier=carrier_id, pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权查看。"))
    return found


def last_step(one: ServiceCarrier) -> CarrierStage | None:
    """Return who recorded what last, for reminders."""
    rows = CarrierStage.objects.filter(carrier=one, state=State.CONFIRMED).select_related("recorded_by")
    return rows.order_by("-occurred_on", "-pk").first()
