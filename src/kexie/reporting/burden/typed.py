"""What was typed: the fields that people filled in of a year's records, and of reference data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Expression, F, Field, Q, QuerySet, Sum, Value, When
from django.db.models.fields import NOT_PROVIDED
from django.db.models.functions import Coalesce

from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import origins, registry
from kexie.ledger.origins import Origin, Way
from kexie.ledger.record_types import DeskType, RecordType


@dataclass(frozen=True)
class Tally:
    """How many records of a type an account recorded by one way, and how many fields were typed for them."""

    key: str
    account: UUID
    way: str
    records: int
    fields: int


def tallies(scope: Scope, year: int) -> list[Tally]:
    """Return what was typed of the year's records, drafts and reversed ones too: one statement for each type."""
    return [one for each in registry.record_types().values() for one in _of_type(each, scope, year)]


def _of_type(each: RecordType, scope: Scope, year: int) -> Iterator[Tally]:
    if not scope.allows(each.context):
        return
    found = rows(each, scope, year).order_by().values("recorded_by_id", "way")
    for row in found.annotate(records=Count("pk"), fields=Sum("typed")):
        yield Tally(each.key, row["recorded_by_id"], row["way"], row["records"], row["fields"])


def rows(each: RecordType, scope: Scope, year: int) -> QuerySet[Any]:
    """Return the year's records of a type with `way`, by which each came in, and `typed`, how many fields were typed."""
    span = Period.year(year)
    found = each.model._default_manager.filter(
        scope.q(), occurred_on__gte=span.start, occurred_on__lt=span.end
    )
    return found.annotate(way=_way(each), typed=_typed(each))


def kept(scope: Scope) -> int:
    """Return how many fields of reference data are filled in, whenever that was."""
    every = registry.reference_types().values()
    return sum(_kept(each, scope) for each in every if scope.allows(each.context))


def _kept(each: DeskType, scope: Scope) -> int:
    found = each.model._default_manager.filter(scope.q())
    counted: int = found.aggregate(n=Coalesce(Sum(_filled(each, each.fields)), 0))["n"]
    return counted


def _way(each: RecordType) -> Expression:
    known = [When(one.where(), then=Value(str(one.way))) for one in _origins(each)]
    return Case(*known, default=Value(str(Way.FORM)))


def _typed(each: RecordType) -> Expression:
    """Return the count of typed fields: of what came by itself, those that a person fills in all the same."""
    derived = [
        When(one.where(), then=_filled(each, one.typed)) for one in each.origins if one.way == Way.DERIVED
    ]
    return Case(*derived, default=_filled(each, each.fields))


def _origins(each: RecordType) -> Iterable[Origin]:
    return (*each.origins, origins.SHEET)


def _filled(each: DeskType, names: Iterable[str]) -> Any:
    """Return the count of those fields that hold what the system did not put there by itself."""
    parts = [_is_filled(each.model._meta.get_field(name)) for name in names]
    return reduce(add, parts, Value(0))


def _is_filled(field: Any) -> Expression:
    blank = _blank(field)
    return Case(When(blank, then=Value(0)), default=Value(1)) if blank else Value(1)


def _blank(field: "Field[Any, Any]") -> Q | None:
    """Return when a field counts as not typed: empty, its default, or the area of the record's own unit."""
    told = []
    if field.null:
        told.append(Q(**{f"{field.name}__isnull": True}))
    elif field.empty_strings_allowed and not field.is_relation:
        told.append(Q(**{field.name: ""}))
    if field.default is not NOT_PROVIDED and not callable(field.default):
        told.append(Q(**{field.name: field.default}))
    if field.name == "area":
        told.append(Q(area=F("unit__area")))
    return reduce(lambda one, other: one | other, told) if told else None
