"""How much a museum's size is used: visits of twelve months, exhibits that are there."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from kexie.contexts.museums.models import Exhibit, ExhibitStage, Museum
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures
from kexie.ledger.measures import Cell


@dataclass(frozen=True)
class SizeInUse:
    """Visits of the twelve months up to a day, and exhibits not taken away."""

    visits: int | None
    exhibits: int


def size_in_use(museum: Museum, day: dt.date, scope: Scope) -> SizeInUse:
    """Return what the museum's size is used for; visits are the ledger's figure."""
    since = day - dt.timedelta(days=364)
    cell = Cell("museums.visits", Period.until(day, since=since), unit=museum.unit_id)
    return SizeInUse(visits=_whole(figures.value(cell, scope)), exhibits=_exhibits(museum, scope))


def _exhibits(museum: Museum, scope: Scope) -> int:
    stages = ExhibitStage.objects.filter(exhibit=OuterRef("pk"), state="CONFIRMED")
    latest = stages.order_by("-occurred_on", "-id").values("stage")[:1]
    rows = Exhibit.objects.filter(scope.q(), unit=museum.unit_id).annotate(stage=Subquery(latest))
    return rows.exclude(stage=ExhibitStage.Stage.REMOVED).count()


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int) else None
