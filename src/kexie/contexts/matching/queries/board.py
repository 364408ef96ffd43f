"""How problems stand, for the broker by stage, for the counties, and for the leaders in figures that open to their problems."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from kexie.contexts.matching.models import Expert, ExpertVisit, ProblemStage
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.rules.problems import ENDED
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

COUNTED = (Stage.COLLECTED, Stage.MATCHED, Stage.SIGNED, Stage.SOLVED)


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """A stage of the queue: how many stand there, how many are late or wait for the firm, and for how long the oldest."""

    stage: str | None
    count: int
    late: int
    waits: int
    oldest: int


@dataclass(frozen=True, kw_only=True)
class KeeperRow:
    """Who looks after problems: how many are open and late, and how many came to each counted stage in the period."""

    unit: UUID
    name: str
    open: int
    late: int
    reached: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything the board shows."""

    stages: Sequence[StageRow]
    keepers: Sequence[KeeperRow]
    reached: Mapping[str, int]
    days_to_match: float | None
    experts: int


def board(scope: Scope, *, today: dt.date, year: int | None) -> Board:
    """Return the board of a scope; `year`: in which the figures count, None for all years. Six queries, however many problems."""
    since, until = queries.year_of(year)
    rows = list(
        queries.problems(scope, today).values(
            "pk", "unit", "unit__name", "current", "since", "promised", "waits"
        )
    )
    by_problem = {row["pk"]: row for row in rows}
    steps = _steps(by_problem, until=min(until, today))
    reached: dict[str, set[UUID]] = {
        stage: {
            row["problem"] for row in steps if row["stage"] == stage and since <= row["occurred_on"] <= until
        }
        for stage in COUNTED
    }
    return Board(
        stages=_by_stage(rows, today),
        keepers=_by_keeper(rows, reached, today),
        reached={stage: len(found) for stage, found in reached.items()},
        days_to_match=_days_to_match(steps, since),
        experts=engaged(scope, today=today, year=year).count(),
    )


def _steps(problems: Iterable[UUID], *, until: dt.date) -> list[dict[str, Any]]:
    rows = ProblemStage.objects.filter(
        problem__in=list(problems), state=State.CONFIRMED, stage__in=COUNTED, occurred_on__lte=until
    )
    return [dict(row) for row in rows.order_by("occurred_on", "pk").values("problem", "stage", "occurred_on")]


def _is_late(row: Mapping[str, Any], today: dt.date) -> bool:
    return row["promised"] is not None and row["promised"] < today and not row["waits"]


def _by_stage(rows: Iterable[Mapping[str, Any]], today: dt.date) -> list[StageRow]:
    found: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["current"]].append(row)
    open_stages: list[str | None] = [None, *(stage for stage in Stage.values if stage not in ENDED)]
    return [
        StageRow(
            stage=stage, count=len(found[stage]), late=sum(_is_late(row, today) for row in found[stage]),
            waits=sum(row["waits"] for row in found[stage]),
            oldest=max(((today - row["since"]).days for row in found[stage] if row["since"]), default=0),
        )
        for stage in open_stages
    ]  # fmt: skip


def _by_keeper(
    rows: Sequence[Mapping[str, Any]], reached: Mapping[str, set[UUID]], today: dt.date
) -> list[KeeperRow]:
    names = {row["unit"]: row["unit__name"] for row in rows}
    is_open = [row for row in rows if row["current"] not in ENDED]
    open_ones = Counter(row["unit"] for row in is_open)
    late = Counter(row["unit"] for row in is_open if _is_late(row, today))
    counts = {
        stage: Counter(row["unit"] for row in rows if row["pk"] in found) for stage, found in reached.items()
    }
    return [
        KeeperRow(
            unit=unit, name=name, open=open_ones[unit], late=late[unit],
            reached={stage: counts[stage][unit] for stage in COUNTED},
        )
        for unit, name in sorted(names.items(), key=lambda pair: str(pair[1]))
    ]  # fmt: skip


def _days_to_match(steps: Iterable[Mapping[str, Any]], since: dt.date) -> float | None:
    """Return the median of the days from collecting to the first match, of problems first matched in the period."""
    first: dict[tuple[UUID, str], dt.date] = {}
    for row in steps:
        first.setdefault((row["problem"], row["stage"]), row["occurred_on"])
    days = [
        (matched - first[problem, Stage.COLLECTED]).days
        for (problem, stage), matched in first.items()
        if stage == Stage.MATCHED and matched >= since and (problem, Stage.COLLECTED) in first
    ]
    return float(median(days)) if days else None


def engaged(scope: Scope, *, today: dt.date, year: int | None) -> QuerySet[Expert]:
    """Return the experts who were matched to, visited or signed about a problem in a year, each once."""
    since, until = queries.year_of(year)
    seen = queries.problems(scope, today).values("pk")
    period = {"occurred_on__range": (since, min(until, today)), "state": State.CONFIRMED, "problem__in": seen}
    named = ProblemStage.objects.filter(expert__isnull=False, **period).values("expert")
    came = ExpertVisit.objects.filter(**period).values("expert")
    entries = Expert.objects.filter(Q(pk__in=named) | Q(pk__in=came))
    people = entries.annotate(person=Coalesce("merged_into", "pk")).order_by().values("person")
    return Expert.objects.filter(pk__in=people).order_by("name", "pk")
