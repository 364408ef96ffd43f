"""The things a relation of a record may point at, and how people name them."""

import uuid
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from kexie.foundation.areas.models import Area
from kexie.foundation.people.models import Person
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.models import Record, Reference, State
from kexie.workbench.desk.columns import AnyField

# The columns by which people name a thing, best first; the first is exact enough to sort by.
_NAMES: dict[type[models.Model], tuple[str, ...]] = {
    Unit: ("name", "short_name", "code", "credit_code"),
    Area: ("name", "code"),
    Place: ("name", "address"),
    Person: ("name",),
}
_TITLE_FIELDS = ("name", "title", "award", "code", "number")
CHUNK = 2_000
# The latest things without a name of their own that a text is compared with.
MOST_DESCRIBED = 20_000


def candidates(field: AnyField, scope: Scope) -> QuerySet[Any]:
    """Return what `field` may point at: the doer within the scope, everything else within the association."""
    model: Any = field.related_model
    rows: QuerySet[Any] = model._default_manager.complex_filter(field.get_limit_choices_to())  # type: ignore[attr-defined]  # relation fields alone come here
    if model is Unit:
        inside = scope.q(unit="") if field.name == "unit" else Q(association_id=scope.association_id)
        return rows.filter(inside).order_by("path")
    if model is Area:
        return rows.filter(code__startswith=_area_prefix(scope)).order_by("code")
    rows = rows.filter(association_id=scope.association_id)
    if issubclass(model, Record):
        return rows.exclude(state=State.REVERSED).order_by("-occurred_on", "-pk")
    return rows.order_by(names_of(model)[0], "pk")


def unreserved(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what is reserved for those who confirm records of its area."""
    for one in registry.reference_types().values():
        if one.model is rows.model and one.reserved is not None:
            rows = rows.exclude(one.reserved)
    return rows


def names_of(model: Any) -> tuple[str, ...]:
    """Return the columns by which the things of a model are named."""
    if model in _NAMES:
        return _NAMES[model]
    own = {field.name for field in model._meta.concrete_fields}
    return tuple(name for name in _TITLE_FIELDS if name in own) or ("pk",)


def search(rows: QuerySet[Any], words: str, *, limit: int) -> list[Any]:
    """Return the first things that every word is said of: in a name, or as the day of a record."""
    paths = _spoken(rows.model)
    for word in text.clean(words).split():
        said = reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths), _on_day(rows.model, word))
        rows = rows.filter(said)
    return list(described(rows)[:limit])


def hint(thing: Any) -> str:
    """Return a word or two that tells a thing from its namesakes."""
    if isinstance(thing, Unit):
        return f"{thing.area} · {thing.get_kind_display()}"
    if isinstance(thing, Area):
        return thing.code
    if isinstance(thing, Record):
        day = f"{thing.occurred_on:%Y-%m-%d}"
        return "" if day in str(thing) else day
    return ""


def by_name(rows: QuerySet[Any], wanted: Iterable[str]) -> dict[str, list[Any]]:
    """Return the things that each text names, by any of their names or their id; two or more are ambiguous.

    A handful of statements, however many texts: imports look up whole columns at once.
    """
    texts = sorted({one for one in wanted if one})
    found: dict[str, dict[Any, Any]] = {one: {} for one in texts}
    names = [name for name in names_of(rows.model) if name != "pk"]
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        condition = reduce(
            or_, (Q(**{f"{name}__in": chunk}) for name in names), Q(pk__in=_ids(rows.model, chunk))
        )
        for thing in rows.filter(condition):
            for spelling in {str(thing.pk), *(str(getattr(thing, name)) for name in names)}:
                if spelling in found:
                    found[spelling][thing.pk] = thing
    if not names:
        _match_descriptions(rows, found)
    if rows.model is Area:
        _match_ways(rows, found)
    return {one: list(things.values()) for one, things in found.items()}


def _ids(model: Any, texts: Iterable[str]) -> list[Any]:
    if not isinstance(model._meta.pk, models.UUIDField):
        return list(texts)
    return [one for one in map(_uuid, texts) if one]


def _uuid(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _match_descriptions(rows: QuerySet[Any], found: dict[str, dict[Any, Any]]) -> None:
    """Match what has no name of its own (a trip, a stop) by what it is shown as."""
    if all(_uuid(one) for one in found):
        return
    by_key = {text.key(one): one for one in found}
    for thing in described(rows)[:MOST_DESCRIBED]:
        spelling = by_key.get(text.key(str(thing)))
        if spelling is not None:
            found[spelling][thing.pk] = thing


def _match_ways(rows: QuerySet[Any], found: dict[str, dict[Any, Any]]) -> None:
    """Match what names an area with those above it, as offices write it: 临泉县城关镇, 阜阳市 临泉县 城关镇."""
    lost: dict[str, list[str]] = {}
    for one, things in found.items():
        if not things:
            lost.setdefault(text.key(one), []).append(one)
    if not lost:
        return
    above = {pk: (name, parent) for pk, name, parent in Area.objects.values_list("pk", "name", "parent")}
    for thing in rows:
        way, parent = thing.name, thing.parent_id
        while parent in above:
            name, parent = above[parent]
            way = name + way
            for spelling in lost.get(text.key(way), ()):
                found[spelling][thing.pk] = thing


def _spoken(model: Any) -> tuple[str, ...]:
    """Return the paths searched for a model's things: their names, or what the desk and their relations know."""
    names = names_of(model)
    if names != ("pk",):
        return names
    declared = next((one for one in registry.record_types().values() if one.model is model), None)
    related = tuple(f"{name}__name" for name in _own_relations(model))
    return (*(declared.search if declared else ()), *related)


def _on_day(model: Any, word: str) -> Q:
    nothing = Q(pk__in=[])
    if not issubclass(model, Record):
        return nothing
    try:
        return Q(occurred_on=text.date(word))
    except ValueError:
        return nothing


def described(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Fetch with the things what their descriptions and hints name."""
    if rows.model is Unit:
        return rows.select_related("area")
    relations = _own_relations(rows.model) if names_of(rows.model) == ("pk",) else ()
    return rows.select_related(*relations) if relations else rows


def _own_relations(model: Any) -> tuple[str, ...]:
    """Return the relations to reference data that a record type adds to what every record has."""
    fields = (field for field in model._meta.concrete_fields if field.is_relation)
    return tuple(field.name for field in fields if issubclass(field.related_model, Reference))


def _area_prefix(scope: Scope) -> str:
    root = Unit.objects.select_related("area").get(pk=scope.association_id)
    return str(root.area.prefix)
