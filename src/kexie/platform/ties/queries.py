"""Reading declarations and exclusions."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from kexie.platform.ties.facts import Declared, Kind, Level, Tie
from kexie.platform.ties.models import Declaration, Exclusion
from kexie.platform.ties.wording import explain_all


def declarations(association_id: UUID, subject: str) -> QuerySet[Declaration]:
    """Return what was declared of a party, also what was revoked, newest first."""
    return Declaration.objects.filter(association_id=association_id, subject=subject)


def declared(association_id: UUID, subjects: Iterable[str], *, on: dt.date) -> list[Declared]:
    """Return what stands on a day of what these parties declared."""
    standing = Q(until=None) | Q(until__gte=on)
    rows = Declaration.objects.filter(standing, association_id=association_id, revoked_at=None)
    return [
        Declared(
            kind=Kind(row.kind), subject=row.subject, other=row.other, other_name=row.other_name, until=row.until,
            words=row.words,
        )
        for row in rows.filter(subject__in=list(subjects))
    ]  # fmt: skip


def exclusions(association_id: UUID, purpose: str) -> list[tuple[str, str, str]]:
    """Return the pairs left out of a choice, each with the reasons in words."""
    rows = Exclusion.objects.filter(association_id=association_id, purpose=purpose)
    return [(row.one, row.other, explain_all(map(_tie, row.ties))) for row in rows]


def _tie(reason: list[str]) -> Tie:
    kind, what, until = reason
    return Tie(Kind(kind), Level.EXCLUDE, what, dt.date.fromisoformat(until) if until else None)
