"""Problems at the desk and before the firm that posted them: where each stands, since when, and by when the next step is promised."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import (
    Agreement,
    ExpertVisit,
    FollowUp,
    Problem,
    ProblemQuestion,
    ProblemStage,
    ProblemTerm,
)
from kexie.contexts.matching.rules.problems import ENDED, PROMISED
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def problems(scope: Scope, today: dt.date) -> QuerySet[Any]:
    """Return the scope's problems, and those its firms posted, as they stand on a day.

    Annotated: `current` stage (None until somebody checked), `since` its day, `waits` for the firm's answer, and the `promised`
    day of the next step, counted from the stage or from the firm's last answer, whichever is later.
    """
    steps = ProblemStage.objects.filter(problem=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=today)
    latest = steps.order_by("-occurred_on", "-pk")
    posted = ProblemStage.objects.filter(problem=OuterRef("pk"), state=State.DRAFT, stage=Stage.COLLECTED)
    asked = ProblemQuestion.objects.filter(problem=OuterRef("pk"))
    answered = asked.filter(answered_at__isnull=False).order_by("-answered_at")
    rows = Problem.objects.filter(scope.q() | scope.q("firm")).annotate(
        current=Subquery(latest.values("stage")[:1]),
        since=Coalesce(
            Subquery(latest.values("occurred_on")[:1]), Subquery(posted.values("occurred_on")[:1])
        ),
        answered=TruncDate(Subquery(answered.values("answered_at")[:1])),
        waits=Exists(asked.filter(answered_at=None)),
    )
    begun = Greatest(F("since"), F("answered"))  # without an answer, or a stage, the other one
    promised = Cast(ExpressionWrapper(begun + _days(), output_field=DateTimeField()), DateField())
    return rows.annotate(promised=promised).select_related("firm", "industry", "unit", "area")


def _days() -> Case:
    return Case(
        *(
            When(
                **({"current": stage} if stage else {"current__isnull": True}),
                then=Value(dt.timedelta(days=days)),
            )
            for stage, days in PROMISED.items()
        ),
        output_field=DurationField(),
    )


def late(rows: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Leave those whose promised day has passed while nobody waits for the firm."""
    return open_ones(rows).filter(promised__lt=today, waits=False)


def reached(rows: QuerySet[Any], stage: str, *, since: dt.date, until: dt.date) -> QuerySet[Any]:
    """Leave those that came to a stage within a period, both days included."""
    steps = ProblemStage.objects.filter(
        problem=OuterRef("pk"), state=State.CONFIRMED, stage=stage, occurred_on__range=(since, until)
    )
    return rows.filter(Exists(steps))


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


def questions(one: Problem) -> list[ProblemQuestion]:
    """Return what the firm was asked, and its answers."""
    return list(ProblemQuestion.objects.filter(problem=one).select_related("asked_by", "answered_by"))


def follow_ups(scope: Scope, today: dt.date) -> QuerySet[FollowUp]:
    """Return the follow-ups of problems that are solved on a day; a confirmation that was reversed asks for none."""
    solved = ProblemStage.objects.filter(
        problem=OuterRef("problem"), state=State.CONFIRMED, stage=Stage.SOLVED, occurred_on__lte=today
    )
    rows = FollowUp.objects.filter(scope.q("problem__unit") | scope.q("problem__firm")).filter(Exists(solved))
    return rows.select_related("problem__firm", "problem__unit", "problem__area", "done_by")


def tally(rows: QuerySet[Any], today: dt.date) -> dict[str, int]:
    """Return how many of the rows are open, late, waiting for the form check, and waiting for the firm."""
    found = list(open_ones(rows).values_list("current", "promised", "waits"))
    return {
        "open": len(found),
        "late": sum(day is not None and day < today and not waits for _stage, day, waits in found),
        "fresh": sum(stage in (None, "COLLECTED") for stage, _day, _waits in found),
        "waits": sum(waits for _stage, _day, waits in found),
    }


def year_of(year: int | None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, or of all years."""
    return dt.date(year or dt.MINYEAR, 1, 1), dt.date(year or dt.MAXYEAR, 12, 31)


def divisions(scope: Scope) -> list[str]:
    """Return the divisions of GB/T 4754 that problems in sight belong to."""
    rows = _holding(ProblemTerm.objects.filter(scope.q("problem__unit") | scope.q("problem__firm")))
    return list(rows.order_by("value").values_list("value", flat=True).distinct())


def of_division(rows: QuerySet[Any], division: str) -> QuerySet[Any]:
    """Leave those of a division."""
    return rows.filter(Exists(_holding(ProblemTerm.objects.filter(problem=OuterRef("pk"), value=division))))


def _holding(rows: QuerySet[ProblemTerm]) -> QuerySet[ProblemTerm]:
    return rows.filter(kind=ProblemTerm.Kind.INDUSTRY).exclude(decision=ProblemTerm.Decision.DROPPED)


def keepers(scope: Scope) -> list[tuple[UUID, str]]:
    """Return the units that look after problems in sight."""
    rows = Problem.objects.filter(scope.q() | scope.q("firm"))
    return list(rows.order_by("unit__name").values_list("unit", "unit__name").distinct())
