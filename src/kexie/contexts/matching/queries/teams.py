"""Service teams with how often they went, and one team with members and visits."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import ServiceTeam, TeamMember, TeamVisit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def teams(scope: Scope) -> QuerySet[Any]:
    """Return the teams with `members_now`, `visit_count`, `firm_count` and `last_on`."""
    present = TeamMember.objects.filter(team=OuterRef("pk"), left_on=None, expert__merged_into=None)
    members = present.order_by().values("team")
    visits = TeamVisit.objects.filter(team=OuterRef("pk"), state=State.CONFIRMED).order_by().values("team")
    return (
        ServiceTeam.objects.filter(scope.q())
        .annotate(
            members_now=_number(members.annotate(n=Count("pk"))),
            visit_count=_number(visits.annotate(n=Count("pk"))),
            firm_count=_number(visits.annotate(n=Count("firm", distinct=True))),
            last_on=Subquery(visits.annotate(n=Max("occurred_on")).values("n")),
        )
        .select_related("industry", "unit", "area")
    )


def team(scope: Scope, pk: UUID) -> Any:
    """Return one or raise NotFound."""
    found = teams(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个服务团，或您无权查看。"))
    return found


def members(one: ServiceTeam) -> list[TeamMember]:
    """Return who is in it and who was, the leader first; of one entered twice and merged since only the one that stays."""
    order = {role: number for number, role in enumerate(TeamMember.Role.values)}
    rows = one.members.exclude(left_on=None, expert__merged_into__isnull=False).select_related("expert")
    return sorted(rows, key=lambda row: (row.left_on is not None, order[row.role], row.since))


def member(scope: Scope, team_id: UUID, pk: UUID) -> TeamMember:
    """Return one member or raise NotFound."""
    rows = TeamMember.objects.filter(scope.q("team__unit"), team=team_id, pk=pk)
    found = rows.select_related("team", "expert").first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权查看。"))
    return found


def visits(one: ServiceTeam, limit: int = 100) -> list[TeamVisit]:
    """Return its last visits with who came."""
    rows = one.visits.exclude(state=State.REVERSED).select_related("firm", "problem")
    return list(rows.prefetch_related("experts__expert").order_by("-occurred_on", "-pk")[:limit])


def present(one: ServiceTeam, on: dt.date) -> list[Any]:
    """Return the experts who are in it."""
    return [row.expert for row in members(one) if row.left_on is None or row.left_on > on]


def _number(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)
