"""What other parts of the platform may know of matching: frozen values, nothing of the tables."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from kexie.contexts.matching import queries
from kexie.contexts.matching.queries import experts
from kexie.contexts.matching.states import ProblemState
from kexie.kernel.scope import Scope
from kexie.platform.matching.ranking import Text


@dataclass(frozen=True, kw_only=True)
class OpenProblem:
    """A technical problem that looks for an expert; the firm is not named in public."""

    id: UUID
    number: str
    title: str
    industry: str
    area: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class Station:
    """A service carrier that runs."""

    id: UUID
    name: str
    kind: str
    level: str
    host: str
    society: str
    field: str
    since: dt.date


@dataclass(frozen=True, kw_only=True)
class Event:
    """A match event that took place; `headcount` is None where nobody counted."""

    id: UUID
    title: str
    organiser: str
    held_on: dt.date
    headcount: int | None


def open_problems(scope: Scope, *, today: dt.date, limit: int = 8) -> list[OpenProblem]:
    """Return public problems that look for an expert, newest first."""
    rows = queries.open_problems(scope, at=today).select_related("area")
    return [
        OpenProblem(
            id=problem.pk,
            number=problem.number,
            title=problem.name,
            industry=problem.industry.name if problem.industry else "",
            area=problem.area.name if problem.area else "",
            stage=str(ProblemState(problem.current).label),
        )
        for problem in islice(rows, limit)
    ]


def stations(scope: Scope, *, today: dt.date) -> list[Station]:
    """Return the expert stations and other carriers that run today, by name."""
    return [
        Station(
            id=row.carrier.pk,
            name=row.carrier.name,
            kind=row.carrier.get_kind_display(),
            level=row.carrier.get_level_display(),
            host=row.carrier.host.name,
            society=row.carrier.society.name if row.carrier.society else "",
            field=row.carrier.field,
            since=row.occurred_on,
        )
        for row in queries.running_carriers(scope, at=today)
    ]


def recent_events(scope: Scope, *, today: dt.date, limit: int = 6) -> list[Event]:
    """Return the last match events."""
    return [
        Event(
            id=event.pk,
            title=event.title,
            organiser=event.unit.public_name,
            held_on=event.occurred_on,
            headcount=event.headcount,
        )
        for event in islice(queries.recent_events(scope, until=today), limit)
    ]


@dataclass(frozen=True, kw_only=True)
class AskableExpert:
    """An expert who may be proposed today, with the documents that rank them (`kexie.platform.matching`)."""

    id: UUID
    name: str
    title: str
    employer: str
    disciplines: Sequence[str]
    documents: Sequence[Text]


def askable_experts(scope: Scope, *, today: dt.date) -> list[AskableExpert]:
    """Return who agreed to be proposed, takes invitations and was checked where that is asked, by name."""
    rows = list(experts.askable(scope, today=today).order_by("name", "pk"))
    documents = experts.documents(rows)
    return [
        AskableExpert(
            id=row.pk,
            name=row.name,
            title=row.title,
            employer=row.employer,
            disciplines=row.disciplines,
            documents=documents[row.pk],
        )
        for row in rows
    ]
