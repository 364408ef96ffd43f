"""Academic events in the making: lists, the programme with its clashes, papers, people, costs."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kexie.contexts.organisations.models import Conference, ConferenceCost, Guest, Paper, Session
from kexie.contexts.organisations.states import ConferenceState
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

_BETWEEN_NAMES = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two items of programmes that want the same room or the same person at the same time."""

    first: Session
    second: Session
    what: str


def conferences(scope: Scope) -> QuerySet[Any]:
    """Return the events with `guest_count`, `came_count`, `paper_count` and `accepted_count`."""
    guests = Guest.objects.filter(conference=OuterRef("pk")).order_by().values("conference")
    papers = Paper.objects.filter(conference=OuterRef("pk")).order_by().values("conference")
    found: QuerySet[Any] = (
        Conference.objects.filter(scope.q())
        .annotate(
            guest_count=_number(guests.annotate(n=Count("pk"))),
            came_count=_number(guests.annotate(n=Count("pk", filter=Q(came=True)))),
            paper_count=_number(papers.annotate(n=Count("pk"))),
            accepted_count=_number(papers.annotate(n=Count("pk", filter=Q(decision="ACCEPTED")))),
        )
        .select_related("unit", "host", "area")
    )
    return found


def _number(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)


def conference(scope: Scope, pk: UUID) -> Any:
    """Return one or raise NotFound."""
    found = conferences(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这次学术活动，或您无权查看。"))
    return found


def sessions(one: Conference) -> list[Session]:
    """Return the programme with its papers."""
    return list(one.sessions.prefetch_related("papers").order_by("on", "starts_at", "room", "pk"))


def session(scope: Scope, conference_id: UUID, pk: UUID) -> Session:
    """Return one item of the programme or raise NotFound."""
    found = Session.objects.filter(scope.q("conference__unit"), conference=conference_id, pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权查看。"))
    return found


def clashes(one: Conference) -> list[Clash]:
    """Return what of the programme clashes, within it and with other events of the association."""
    own = sessions(one)
    days = {each.on for each in own}
    others = Session.objects.filter(association=one.association_id, on__in=days).exclude(conference=one)
    others = others.exclude(conference__state=ConferenceState.CANCELLED).select_related("conference")
    pairs = [(first, second) for n, first in enumerate(own) for second in (*own[n + 1 :], *others)]
    return [
        Clash(first=first, second=second, what=what)
        for first, second in pairs
        if (what := _clash(first, second))
    ]


def _clash(first: Session, second: Session) -> str:
    """Return the room or the people that both want, or ""."""
    if first.on != second.on or first.starts_at >= second.ends_at or second.starts_at >= first.ends_at:
        return ""
    same_place = first.conference_id == second.conference_id or _is_same_venue(first, second)
    if first.room and first.room == second.room and same_place:
        return _("会议室“%(room)s”") % {"room": first.room}
    both = sorted(_people(first) & _people(second))
    return _("、").join(both)


def _is_same_venue(first: Session, second: Session) -> bool:
    return bool(first.conference.venue) and first.conference.venue == second.conference.venue


def _people(one: Session) -> set[str]:
    return {name for name in _BETWEEN_NAMES.split(f"{one.speaker} {one.chair}") if name}


def papers(one: Conference) -> list[Paper]:
    """Return the papers with their reviews."""
    return list(
        one.papers.select_related("session").prefetch_related("reviews").order_by("submitted_on", "pk")
    )


def paper(scope: Scope, conference_id: UUID, pk: UUID) -> Paper:
    """Return one paper or raise NotFound."""
    rows = Paper.objects.filter(scope.q("conference__unit"), conference=conference_id, pk=pk)
    found = rows.select_related("conference", "session", "file").first()
    if found is None:
        raise NotFound(_("没有找到这篇论文，或您无权查看。"))
    return found


def paper_counts(one: Conference) -> dict[str, int]:
    """Return how many papers were handed in, accepted and awarded."""
    counts: dict[str, int] = one.papers.aggregate(
        submitted=Count("pk"), accepted=Count("pk", filter=Q(decision="ACCEPTED")),
        awarded=Count("pk", filter=~Q(award="")),
    )  # fmt: skip
    return counts


def guests(one: Conference) -> list[Guest]:
    """Return who registered, in that order."""
    return list(one.guests.order_by("pk"))


def costs(one: Conference) -> list[ConferenceCost]:
    """Return what was spent."""
    return list(one.conferencecosts.order_by("spent_on", "pk"))


def cost(one: Conference) -> Decimal | None:
    """Return what was spent in all, or None where nothing was noted."""
    total: Decimal | None = one.conferencecosts.aggregate(total=Sum("amount"))["total"]
    return total


def upcoming(rows: QuerySet[Any], today: dt.date) -> int:
    """Return how many of the rows lie ahead and were not cancelled."""
    ahead = rows.filter(ends_on__gte=today)
    return ahead.exclude(state__in=[ConferenceState.CANCELLED, ConferenceState.HELD]).count()
