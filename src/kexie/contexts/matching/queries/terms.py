"""What problems are about."""

from collections.abc import Iterable

from kexie.contexts.matching.models import Problem, ProblemTerm

Decision = ProblemTerm.Decision


def terms(one: Problem) -> list[ProblemTerm]:
    """Return every term of a problem, also those that were dropped."""
    return list(ProblemTerm.objects.filter(problem=one).select_related("decided_by"))


def kept(one: Problem) -> list[ProblemTerm]:
    """Return the terms that somebody decided on."""
    return [row for row in terms(one) if row.decision == Decision.KEPT]


def current(rows: Iterable[ProblemTerm]) -> list[ProblemTerm]:
    """Return the terms that hold: what was kept, and what was proposed until somebody decides."""
    return [row for row in rows if row.decision != Decision.DROPPED]
