"""Problems at the desk and before the firm that posted them: where each stands, since when, and by when the next step is promised."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Agreement, ExpertVisit, Problem, ProblemStage
from kexie.contexts.matching.rules.problems import ENDED, PROMISED
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def problems(scope: Scope, today: dt.date) -> QuerySet[Any]:
    """Return the scope's problems, and those its firms posted, with `current` stage, `since`, and `promised` day of the next step."""
    steps = ProblemStage.objects.filter(problem=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=today)
    latest = steps.order_by("-occurred_on", "-pk")
    rows = Problem.objects.filter(scope.q() | scope.q("firm")).annotate(
        current=Subquery(latest.values("stage")[:1]), since=Subquery(latest.values("occurred_on")[:1])
    )
    promised = Cast(ExpressionWrapper(F("since") + _days(), output_field=DateTimeField()), DateField())
    return rows.annotate(promised=promised).select_related("firm", "industry", "unit", "area")


def _days() -> Case:
    return Case(
        *(When(current=stage, then=Value(dt.timedelta(days=days))) for stage, days in PROMISED.items()),
        output_field=DurationField(),
    )


def open_ones(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leave those that are neither solved nor closed."""
    return rows.filter(Q(current=None) | ~Q(current__in=ENDED))


def problem(scope: Scope, pk: UUID, today: dt.date) -> Any:
    """Return one or raise NotFound."""
    found = problems(scope, today).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个难题，或您无权查看。"))
    return found


def is_its_firm(scope: Scope, one: Problem) -> bool:
    """Whether the scope sees the problem as the firm that posted it and not as whoever looks after it."""
    return scope.covers(one.firm.path) and not scope.covers(one.unit.path)


def stages(one: Problem) -> list[ProblemStage]:
    """Return every step, first first, also drafts and what was reversed."""
    rows = ProblemStage.objects.filter(problem=one).select_related("expert", "recorded_by")
    return list(rows.order_by("occurred_on", "pk"))


def visits(one: Problem) -> list[ExpertVisit]:
    """Return the experts' visits about a problem."""
    rows = ExpertVisit.objects.filter(problem=one).exclude(state=State.REVERSED).select_related("expert")
    return list(rows.order_by("occurred_on", "pk"))


def agreements(one: Problem) -> list[Agreement]:
    """Return what was signed about a problem."""
    rows = Agreement.objects.filter(problem=one).exclude(state=State.REVERSED)
    return list(rows.order_by("occurred_on", "pk"))


def tally(rows: QuerySet[Any], today: dt.date) -> dict[str, int]:
    """Return how many of the rows are open, late, and waiting for the form check."""
    found = list(open_ones(rows).values_list("current", "promised"))
    return {
        "open": len(found),
        "late": sum(promised is not None and promised < today for _stage, promised in found),
        "fresh": sum(stage in (None, "COLLECTED") for stage, _promised in found),
    }
