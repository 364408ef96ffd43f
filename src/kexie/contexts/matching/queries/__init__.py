"""Reading matching. Each query takes a Scope."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from kexie.contexts.matching.models import CarrierStage, MatchEvent, Problem, ProblemStage
from kexie.contexts.matching.states import CarrierState, ProblemState
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock
from kexie.ledger.models import State

# A published problem stays visible to experts until somebody is at work on it.
LOOKING_FOR_EXPERTS = (ProblemState.PUBLISHED, ProblemState.MATCHED, ProblemState.VISITED)
RUNNING = (CarrierState.ESTABLISHED, CarrierState.RENEWED)


def problems_with_state(scope: Scope, *, at: dt.date) -> QuerySet[Any]:
    """Return problems annotated with `current` (a ProblemState, or None before the first confirmed record)."""
    steps = ProblemStage.objects.filter(problem=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=at)
    latest = steps.order_by("-occurred_on", "-pk").values("stage")[:1]
    rows = Problem.objects.filter(scope.q()).annotate(current=Subquery(latest))
    return rows.select_related("firm", "industry").order_by("-number")


def open_problems(scope: Scope, *, at: dt.date) -> QuerySet[Any]:
    """Return the problems that are public and still look for an expert."""
    rows = problems_with_state(scope, at=at)
    return rows.filter(confidentiality=Problem.Confidentiality.PUBLIC, current__in=LOOKING_FOR_EXPERTS)


def running_carriers(scope: Scope, *, at: dt.date) -> QuerySet[CarrierStage]:
    """Return the stage record in force of each carrier that runs on a day."""
    rows = CarrierStage.objects.filter(scope.q(), state=State.CONFIRMED)
    running = LatestStock("carrier", RUNNING).narrow(rows, Period.until(at))
    return running.select_related("carrier", "carrier__host", "carrier__society").order_by("carrier__name")


def recent_events(scope: Scope, *, until: dt.date) -> QuerySet[MatchEvent]:
    """Return the confirmed match events that took place, latest first."""
    rows = MatchEvent.objects.filter(scope.q(), state=State.CONFIRMED, held=True, occurred_on__lte=until)
    return rows.select_related("unit__parent").order_by("-occurred_on", "-pk")
