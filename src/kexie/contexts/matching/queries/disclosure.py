"""Who may read how much of a problem, who undertook to keep it, and who opened it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kexie.contexts.matching.models import (
    Expert,
    Invitation,
    Problem,
    ProblemFile,
    ProblemText,
    TextOpening,
    Undertaking,
)
from kexie.contexts.matching.queries.problems import is_its_firm
from kexie.contexts.matching.rules import disclosure as rules
from kexie.contexts.matching.rules.disclosure import Disclosed
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope

_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Whoever looks at a problem: an account with its scope, or an expert by the link of an invitation."""

    account: Account | None = None
    scope: Scope | None = None
    invitation: Invitation | None = None

    @property
    def expert(self) -> Expert | None:
        """The expert, if the viewer came by a link."""
        return self.invitation.expert if self.invitation is not None else None


def disclosed(one: Problem, viewer: Viewer) -> Disclosed:
    """Return how much of a problem the viewer may read: the one place where that is decided."""
    if viewer.invitation is not None:
        return _by_link(one, viewer.invitation)
    account, scope = viewer.account, viewer.scope
    if account is None or scope is None or not (scope.covers(one.unit.path) or scope.covers(one.firm.path)):
        return Disclosed.TITLE
    undertook = standing(one).filter(account=account).exists()
    if access.roles_of(account) == ["EXPERT"]:
        expert = Expert.objects.filter(
            association=one.association_id, account=account, merged_into=None
        ).first()
        return _of_expert(one, expert)
    is_firm = (
        is_its_firm(scope, one) and account.unit is not None and account.unit.path.startswith(one.firm.path)
    )
    return rules.for_staff(is_firm=is_firm, undertook=undertook)


def _by_link(one: Problem, invitation: Invitation) -> Disclosed:
    if invitation.problem_id != one.pk or invitation.state not in (
        Invitation.State.SENT,
        Invitation.State.ACCEPTED,
    ):
        return Disclosed.TITLE
    found = _of_expert(one, invitation.expert)
    accepted = invitation.state == Invitation.State.ACCEPTED
    return found if accepted else min(found, Disclosed.SUMMARY)


def _of_expert(one: Problem, expert: Expert | None) -> Disclosed:
    if expert is None or expert.withdrawn_on is not None:
        return Disclosed.TITLE
    undertook = standing_of(one, expert).exists()
    return rules.for_expert(
        one.confidentiality, is_verified=expert.verified_on is not None, undertook=undertook
    )


def standing(one: Problem) -> QuerySet[Undertaking]:
    """Return the undertakings about a problem that nobody ended."""
    return Undertaking.objects.filter(problem=one, withdrawn_at=None)


def standing_of(one: Problem, expert: Expert) -> QuerySet[Undertaking]:
    """Return those of them that a person gave, also under another entry of theirs in the register."""
    entries = [pk for pk in (expert.pk, expert.merged_into_id) if pk is not None]
    return standing(one).filter(Q(expert__in=entries) | Q(expert__merged_into__in=entries))


def undertakings(one: Problem) -> list[Undertaking]:
    """Return every undertaking about a problem, also those that ended."""
    return list(Undertaking.objects.filter(problem=one).select_related("expert", "account", "withdrawn_by"))


def openings(one: Problem) -> list[TextOpening]:
    """Return who opened the full text or the papers, the last first."""
    rows = TextOpening.objects.filter(problem=one).select_related("expert", "account", "paper__file")
    return list(rows[:_SHOWN])


def papers(one: Problem) -> list[ProblemFile]:
    """Return the papers of a problem: their names are shown to whoever may open them only."""
    return list(ProblemFile.objects.filter(problem=one, removed_at=None).select_related("file"))


def text_of(one: Problem) -> ProblemText | None:
    """Return the sealed text of a problem, if there is one."""
    return ProblemText.objects.filter(problem=one).first()


def has_more(one: Problem) -> bool:
    """Whether there is something that not everybody may read."""
    return (
        ProblemText.objects.filter(problem=one).exists()
        or ProblemFile.objects.filter(problem=one, removed_at=None).exists()
    )
