"""What can be asked about societies and associations. Every query takes a Scope."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from kexie.contexts.organisations.models import AcademicEvent, Inspection, SocietyTerm
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell
from kexie.ledger.models import State

# Preparing a congress takes at least six months (domain.md 4.3).
PREPARE_DAYS = 183
TERM_WORDS: dict[str, Text] = {
    "IN_TERM": _("任期内"),
    "PREPARE": _("半年内届满，应筹备换届"),
    "OVERDUE": _("任期已届满"),
    "UNKNOWN": _("未登记任期"),
}
COVERAGES = (
    "organisations.county_coverage",
    "organisations.little_giant_coverage",
    "organisations.high_tech_coverage",
    "organisations.high_tech_share",
)


@dataclass(frozen=True, kw_only=True)
class SocietyCard:
    """A municipal society as it stands on a day; `term` is a key of TERM_WORDS."""

    code: str
    name: str
    chair: str
    number: int | None
    term_ends_on: dt.date | None
    term: str
    term_word: Text
    inspected_year: int | None
    inspection: Text
    events_this_year: int


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A coverage on a day: covered of listed, in per cent; `percent` is None where nothing is listed."""

    measure: str
    label: Text
    covered: int
    listed: int
    percent: Decimal | None


def societies(scope: Scope, on: dt.date) -> tuple[SocietyCard, ...]:
    """Return the municipal societies by name, with term, inspection and academic events of the year."""
    found = units.units(scope, kind=Kind.SOCIETY, at=on).order_by("name")
    terms = _latest(SocietyTerm.objects.filter(scope.q(), state=State.CONFIRMED, occurred_on__lte=on))
    inspections = _latest(Inspection.objects.filter(scope.q(), state=State.CONFIRMED, occurred_on__lte=on))
    events = _events_by_society(scope, on)
    return tuple(
        _card(society, terms.get(society.pk), inspections.get(society.pk), events.get(society.pk, 0), on)
        for society in found
    )


def coverages(scope: Scope, on: dt.date) -> tuple[Coverage, ...]:
    """Return the coverages of associations on a day."""
    return tuple(_coverage(key, scope, on) for key in COVERAGES)


def overdue_societies(scope: Scope, on: dt.date) -> QuerySet[Unit]:
    """Return the societies whose last known term has ended by a day."""
    terms = SocietyTerm.objects.filter(scope.q(), state=State.CONFIRMED, occurred_on__lte=on)
    ended = terms.order_by().values("unit").annotate(ends_on=Max("valid_to")).filter(ends_on__lt=on)
    return units.units(scope, kind=Kind.SOCIETY, at=on).filter(pk__in=ended.values("unit"))


def _latest(rows: QuerySet[SocietyTerm] | QuerySet[Inspection]) -> dict[object, SocietyTerm | Inspection]:
    return {row.unit_id: row for row in rows.order_by("occurred_on", "id")}


def _events_by_society(scope: Scope, on: dt.date) -> dict[object, int]:
    rows = AcademicEvent.objects.filter(
        scope.q(), state=State.CONFIRMED, held=True, occurred_on__range=(on.replace(month=1, day=1), on)
    )
    return dict(rows.order_by().values_list("unit").annotate(number=Count("pk")))


def _card(society: Unit, term: object, inspection: object, events: int, on: dt.date) -> SocietyCard:
    known_term = term if isinstance(term, SocietyTerm) else None
    inspected = inspection if isinstance(inspection, Inspection) else None
    status = _term_status(known_term, on)
    return SocietyCard(
        code=society.code,
        name=society.name,
        chair=known_term.chair if known_term else "",
        number=known_term.number if known_term else None,
        term_ends_on=known_term.valid_to if known_term else None,
        term=status,
        term_word=TERM_WORDS[status],
        inspected_year=inspected.year if inspected else None,
        inspection=inspected.get_result_display() if inspected else "",
        events_this_year=events,
    )


def _term_status(term: SocietyTerm | None, on: dt.date) -> str:
    if term is None:
        return "UNKNOWN"
    if term.valid_to < on:
        return "OVERDUE"
    return "PREPARE" if term.valid_to - on <= dt.timedelta(days=PREPARE_DAYS) else "IN_TERM"


def _coverage(key: str, scope: Scope, on: dt.date) -> Coverage:
    measure = registry.measure(key)
    cell = Cell(key, Period.until(on))
    rows = figures.rows(cell, scope)
    listed, covered = rows.count(), rows.filter(contribution=1).count()
    return Coverage(
        measure=key,
        label=measure.label,
        covered=covered,
        listed=listed,
        percent=None if (value := figures.value(cell, scope)) is None else Decimal(value),
    )
