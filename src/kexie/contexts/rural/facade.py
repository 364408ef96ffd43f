"""What other parts of the platform may know of rural work: frozen values, nothing of the tables.

Nobody posted to a village and nobody helped there is given out.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from kexie.contexts.rural import queries
from kexie.kernel.scope import Scope


@dataclass(frozen=True, kw_only=True)
class WorkingBackyard:
    """A science and technology backyard that is approved or operating."""

    id: UUID
    name: str
    crop: str
    area: str
    university: str
    stage: str
    since: dt.date


@dataclass(frozen=True, kw_only=True)
class TrainingHeld:
    """A training session that took place; `headcount` is None where nobody counted."""

    id: UUID
    title: str
    subject: str
    area: str
    organiser: str
    held_on: dt.date
    headcount: int | None


def backyards(scope: Scope, *, today: dt.date) -> list[WorkingBackyard]:
    """Return the backyards at work today, by name."""
    return [
        WorkingBackyard(
            id=row.backyard.pk,
            name=row.backyard.name,
            crop=row.backyard.crop,
            area=row.area.name,
            university=row.backyard.university.name if row.backyard.university else "",
            stage=row.get_stage_display(),
            since=row.occurred_on,
        )
        for row in queries.working_backyards(scope, at=today)
    ]


def recent_trainings(scope: Scope, *, today: dt.date, limit: int = 6) -> list[TrainingHeld]:
    """Return the last training sessions."""
    return [
        TrainingHeld(
            id=row.pk,
            title=row.title,
            subject=row.subject,
            area=row.area.name,
            organiser=row.unit.public_name,
            held_on=row.occurred_on,
            headcount=row.headcount,
        )
        for row in islice(queries.recent_trainings(scope, until=today), limit)
    ]
