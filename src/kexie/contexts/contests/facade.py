"""What other parts of the platform may know of contests: frozen values, nothing of the tables."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from kexie.contexts.contests import queries
from kexie.contexts.contests.models import Contest, ContestHolding
from kexie.kernel.scope import Scope


@dataclass(frozen=True, kw_only=True)
class ContestNotice:
    """A contest that is announced; dates may be unknown (None)."""

    id: UUID
    name: str
    series: str
    level: str
    organiser: str
    audience: str
    opens_on: dt.date | None
    closes_on: dt.date | None
    final_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class PublishedResults:
    """A contest whose results are out; `entries` is None where it was not counted."""

    contest_id: UUID
    name: str
    organiser: str
    held_on: dt.date
    published_on: dt.date
    entries: int | None


@dataclass(frozen=True, kw_only=True)
class Prize:
    """One prize as the public may see it: no pupil's name, not even masked."""

    title: str
    category: str
    group: str
    grade: str
    school: str


def open_contests(scope: Scope, *, today: dt.date) -> list[ContestNotice]:
    """Return the contests one can enter today, soonest closing first."""
    return [_notice(contest) for contest in queries.open_for_registration(scope, at=today)]


def coming_contests(scope: Scope, *, today: dt.date, limit: int = 6) -> list[ContestNotice]:
    """Return the next finals, soonest first."""
    return [_notice(contest) for contest in islice(queries.coming(scope, at=today), limit)]


def latest_results(scope: Scope, *, today: dt.date, limit: int = 6) -> list[PublishedResults]:
    """Return the contests whose results came out last."""
    return [_published(holding) for holding in islice(queries.published(scope, until=today), limit)]


def contest(scope: Scope, contest_id: UUID) -> ContestNotice | None:
    """Return one contest in sight, or None."""
    found = Contest.objects.filter(scope.q(), pk=contest_id).select_related("series", "unit").first()
    return _notice(found) if found else None


def prizes(scope: Scope, contest_id: UUID) -> list[Prize]:
    """Return the prizes of a contest, best first; empty where none are published."""
    contest = Contest.objects.filter(scope.q(), pk=contest_id).first()
    if contest is None:
        return []
    return [
        Prize(
            title=row.title,
            category=row.get_category_display(),
            group=row.get_group_display(),
            grade=row.get_grade_display(),
            school=row.school.name if row.school else "",
        )
        for row in queries.results(scope, contest)
    ]


def _notice(contest: Contest) -> ContestNotice:
    return ContestNotice(
        id=contest.pk,
        name=contest.name,
        series=contest.series.name,
        level=contest.get_level_display(),
        organiser=contest.unit.public_name,
        audience=contest.audience,
        opens_on=contest.registration_opens_on,
        closes_on=contest.registration_closes_on,
        final_on=contest.final_on,
    )


def _published(holding: ContestHolding) -> PublishedResults:
    return PublishedResults(
        contest_id=holding.contest_id,
        name=holding.contest.name,
        organiser=holding.unit.public_name,
        held_on=holding.occurred_on,
        published_on=holding.published_on or holding.occurred_on,
        entries=holding.entries,
    )
