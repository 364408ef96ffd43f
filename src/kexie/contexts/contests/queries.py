"""Reading contests. Each query takes a Scope."""

import datetime as dt

from django.db.models import QuerySet

from kexie.contexts.contests.models import Contest, ContestHolding, ContestResult
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def open_for_registration(scope: Scope, *, at: dt.date) -> QuerySet[Contest]:
    """Return the contests that take entries on a day, soonest closing first."""
    window = Contest.objects.filter(scope.q(), registration_opens_on__lte=at, registration_closes_on__gte=at)
    return window.select_related("series", "unit__parent").order_by("registration_closes_on", "name")


def coming(scope: Scope, *, at: dt.date) -> QuerySet[Contest]:
    """Return the contests whose final or registration still lies ahead, soonest first."""
    ahead = Contest.objects.filter(scope.q(), final_on__gt=at)
    return ahead.select_related("series", "unit__parent").order_by("final_on", "name")


def published(scope: Scope, *, until: dt.date) -> QuerySet[ContestHolding]:
    """Return confirmed holdings whose results are out, latest first."""
    rows = ContestHolding.objects.filter(scope.q(), state=State.CONFIRMED, published_on__lte=until)
    return rows.select_related("contest", "contest__series", "unit__parent").order_by("-published_on", "-pk")


def results(scope: Scope, contest: Contest) -> QuerySet[ContestResult]:
    """Return the confirmed results of a contest, by category, group and grade."""
    rows = ContestResult.objects.filter(scope.q(), state=State.CONFIRMED, contest=contest)
    return rows.select_related("school").order_by("category", "group", "grade", "title")
