"""Reads of the touring sets; every one takes a scope."""

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    GroupVisit,
    Handover,
    HandoverLine,
    PlannedTourStop,
    SetDays,
    SetExhibit,
    SetPlan,
    SetPlanItem,
    SetTicket,
    TourApplication,
    TourDailyLog,
    TouringSet,
    TourVenue,
)
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

SomeRow = TypeVar("SomeRow", bound=Model)


def hosted(scope: Scope) -> QuerySet[Any]:
    """Return the ids of sets that are, were or will be at a stop of the scope: its host sees them and reports their faults."""
    rows = PlannedTourStop.objects.filter(scope.q()).exclude(state=PlannedTourStop.State.CANCELLED)
    return rows.order_by().values("touring_set")


def seen(scope: Scope, touring_set: str = "pk") -> Q:
    """Return the condition that a row's set is of the scope, or has a stop there; `touring_set`: the way to the set."""
    unit = "unit" if touring_set == "pk" else f"{touring_set}__unit"
    return scope.q(unit) | Q(association=scope.association_id, **{f"{touring_set}__in": hosted(scope)})


def sets(scope: Scope, day: dt.date) -> QuerySet[TouringSet]:
    """Return the sets, with where each is on a day, where it goes next, and how many exhibits need repair."""
    days = SetDays.objects.filter(touring_set=OuterRef("pk")).order_by("first_on")
    here = days.filter(first_on__lte=day, last_on__gte=day)
    later = days.filter(first_on__gt=day)
    broken = SetExhibit.objects.filter(touring_set=OuterRef("pk"), condition__in=("FAULTY", "MISSING"))
    return TouringSet.objects.filter(seen(scope)).annotate(
        here=Subquery(here.values("place")[:1]),
        here_until=Subquery(here.values("last_on")[:1]),
        next_place=Subquery(later.values("place")[:1]),
        next_on=Subquery(later.values("first_on")[:1]),
        broken=Subquery(broken.order_by().values("touring_set").annotate(n=Count("pk")).values("n")),
    )


def touring_set(scope: Scope, pk: UUID) -> TouringSet:
    """Return a set."""
    return _one(TouringSet.objects.filter(seen(scope)).select_related("unit"), pk)


def exhibits(one: TouringSet) -> QuerySet[SetExhibit]:
    """Return a set's exhibits by number."""
    return SetExhibit.objects.filter(touring_set=one).order_by("number")


def taken(one: TouringSet) -> QuerySet[SetDays]:
    """Return where a set was, is and will be, latest first."""
    return SetDays.objects.filter(touring_set=one).order_by("-first_on")


def stops(scope: Scope) -> QuerySet[PlannedTourStop]:
    """Return the arranged stops, also those that opened."""
    rows = PlannedTourStop.objects.filter(scope.q())
    return rows.select_related("touring_set", "unit", "venue", "record")


def to_open(scope: Scope, day: dt.date) -> QuerySet[PlannedTourStop]:
    """Return the stops whose first day has come and that nobody opened."""
    return stops(scope).filter(state=PlannedTourStop.State.PLANNED, first_on__lte=day)


def unsigned(scope: Scope, day: dt.date) -> QuerySet[PlannedTourStop]:
    """Return the stops whose set was handed over without a signed list: opened without one, or ended without one."""
    lists = Handover.objects.filter(stop=OuterRef("pk"))
    opened = stops(scope).filter(state=PlannedTourStop.State.OPENED)
    taken, given = Exists(lists.filter(kind="IN")), Exists(lists.filter(kind="OUT"))
    return opened.filter(~taken | Q(last_on__lt=day) & ~given)


def stop(scope: Scope, pk: UUID) -> PlannedTourStop:
    """Return an arranged stop."""
    return _one(stops(scope).select_related("application", "plan"), pk)


def logs(one: PlannedTourStop) -> QuerySet[TourDailyLog]:
    """Return a stop's daily logs that stand, latest first."""
    rows = TourDailyLog.objects.filter(stop=one.record_id).exclude(state="REVERSED")
    return rows.order_by("-occurred_on", "method")


def visits(one: PlannedTourStop) -> dict[str, int]:
    """Return the visits of a stop: confirmed, and waiting for confirmation."""
    found = (
        logs(one)
        .order_by()
        .aggregate(
            confirmed=Sum("headcount", filter=Q(state="CONFIRMED")),
            waiting=Sum("headcount", filter=Q(state="DRAFT")),
        )
    )
    return {key: value or 0 for key, value in found.items()}


def groups(one: PlannedTourStop) -> QuerySet[GroupVisit]:
    """Return a stop's groups in the order of their days."""
    return GroupVisit.objects.filter(stop=one, is_cancelled=False).order_by("on", "school")


def handover(scope: Scope, pk: UUID) -> Handover:
    """Return a signed list."""
    rows = Handover.objects.filter(scope.q("stop__unit"))
    return _one(rows.select_related("stop__touring_set", "stop__venue", "stop__unit"), pk)


def lines(one: Handover) -> QuerySet[HandoverLine]:
    """Return a list's lines by the exhibits' numbers."""
    rows = HandoverLine.objects.filter(handover=one).select_related("exhibit", "photo")
    return rows.order_by("exhibit__number")


def venues(scope: Scope) -> QuerySet[TourVenue]:
    """Return the venues."""
    return TourVenue.objects.filter(scope.q()).select_related("unit", "area")


def venue(scope: Scope, pk: UUID) -> TourVenue:
    """Return a venue."""
    return _one(venues(scope), pk)


def applications(scope: Scope) -> QuerySet[TourApplication]:
    """Return the applications."""
    return TourApplication.objects.filter(scope.q()).select_related("unit", "venue")


def application(scope: Scope, pk: UUID) -> TourApplication:
    """Return an application."""
    return _one(applications(scope).select_related("made_by"), pk)


def tickets(scope: Scope) -> QuerySet[SetTicket]:
    """Return the tickets of exhibits."""
    rows = SetTicket.objects.filter(seen(scope, "exhibit__touring_set"))
    return rows.select_related("exhibit__touring_set__unit", "reported_by")


def ticket(scope: Scope, pk: UUID) -> SetTicket:
    """Return a ticket."""
    return _one(tickets(scope), pk)


def exhibit(scope: Scope, pk: UUID) -> SetExhibit:
    """Return an exhibit of a set."""
    return _one(SetExhibit.objects.filter(seen(scope, "touring_set")).select_related("touring_set__unit"), pk)


def plans(scope: Scope) -> QuerySet[SetPlan]:
    """Return the plans of the whole association; whoever sees a part of it sees none."""
    rows = SetPlan.objects.filter(scope.q("association"))
    return rows.annotate(stops=Count("items", distinct=True))


def plan(scope: Scope, pk: UUID) -> SetPlan:
    """Return a plan."""
    return _one(plans(scope), pk)


def items(one: SetPlan) -> QuerySet[SetPlanItem]:
    """Return a plan's places by day."""
    rows = SetPlanItem.objects.filter(plan=one)
    rows = rows.select_related("touring_set", "application__unit", "application__venue")
    return rows.order_by("setup_on", "application__unit__path")


def on_show(scope: Scope, day: dt.date) -> QuerySet[PlannedTourStop]:
    """Return the stops that are open to the public on a day or will be."""
    rows = stops(scope).exclude(state=PlannedTourStop.State.CANCELLED).filter(last_on__gte=day)
    return rows.select_related("unit__area").prefetch_related("days").order_by("first_on", "pk")


def _one(rows: QuerySet[SomeRow], pk: UUID) -> SomeRow:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权查看。"))
    return found
