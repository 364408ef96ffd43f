"""Reading rural work. Each query takes a Scope."""

import datetime as dt

from django.db.models import QuerySet

from kexie.contexts.rural.models import BackyardStage, Training
from kexie.contexts.rural.states import BackyardState
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger.measures import LatestStock
from kexie.ledger.models import State

WORKING = (BackyardState.APPROVED, BackyardState.OPERATING)


def working_backyards(scope: Scope, *, at: dt.date) -> QuerySet[BackyardStage]:
    """Return the stage record in force of each backyard that is approved or operating on a day."""
    rows = BackyardStage.objects.filter(scope.q(), state=State.CONFIRMED)
    working = LatestStock("backyard", WORKING).narrow(rows, Period.until(at))
    return working.select_related("backyard", "backyard__university", "area").order_by("backyard__name")


def recent_trainings(scope: Scope, *, until: dt.date) -> QuerySet[Training]:
    """Return the confirmed training sessions that took place, latest first."""
    rows = Training.objects.filter(scope.q(), state=State.CONFIRMED, held=True, occurred_on__lte=until)
    return rows.select_related("unit__parent", "area").order_by("-occurred_on", "-pk")
