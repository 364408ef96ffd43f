"""The words that texts use for measures, and the names that the association's own data knows."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.measures import Dim, Measure

SHORTEST_NAME = 2
SHORTEST_UNIT_NAME = 4
_AREA_ENDINGS = ("县", "区", "市")
_BOOLEANS = {"True", "False"}


@dataclass(frozen=True)
class Alternative:
    """One way in which texts name a measure: every term must occur, each as one of its words."""

    measure: Measure
    terms: tuple[tuple[str, ...], ...]


@cache
def alternatives() -> tuple[Alternative, ...]:
    """Return every alternative of every declared measure."""
    return tuple(
        Alternative(measure, tuple(tuple(term.split("|")) for term in words.split()))
        for measure in registry.measures().values()
        for words in measure.words
    )


@cache
def weights() -> dict[str, float]:
    """Return what each word tells: longer ones more, ones that many measures share less."""
    used = Counter(word for key in registry.measures() for word in words_of(key))
    return {word: math.sqrt(len(word)) * (1 + 1 / count) for word, count in used.items()}


@cache
def longer_words() -> dict[str, tuple[str, ...]]:
    """Return for each word the words of the vocabulary that contain it (科技馆: 流动科技馆, 校园科技馆)."""
    words = weights()
    return {word: tuple(other for other in words if word in other and word != other) for word in words}


@cache
def words_of(measure: str) -> frozenset[str]:
    """Return every word of one measure."""
    return frozenset(
        word for one in alternatives() if one.measure.key == measure for term in one.terms for word in term
    )


@dataclass(frozen=True)
class Name:
    """A name in a text that narrows a figure: an area (code prefix), a unit, or the association itself (neither)."""

    text: str
    area: str | None = None
    unit: UUID | None = None
    code: str = ""


class Names:
    """The names within one association's sight that occur in one text."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._text, self._scope = text, scope
        self._values: dict[tuple[str, str], dict[str, str]] = {}

    @cached_property
    def places(self) -> list[Name]:
        """Units and areas named in the text, longest first."""
        return sorted((*self._units(), *self._areas()), key=lambda name: -len(name.text))

    def _units(self) -> list[Name]:
        root, short = self._root.name, _short(self._root.name)
        units = Unit.objects.filter(association_id=self._scope.association_id)
        rows = units.values_list("pk", "code", "parent", "name", "short_name", "area__name")
        return [
            Name(text, unit=pk, code=code) if parent else Name(text)
            for pk, code, parent, name, given, area in rows
            for text in {
                given,
                *_said(name, area),
                *(_said(name.replace(root, root[-1], 1), area) if parent else ()),
            }
            if len(text) >= (SHORTEST_UNIT_NAME if parent else SHORTEST_NAME)
            and text != short
            and text in self._text
        ]

    @cached_property
    def _root(self) -> Area:
        return Unit.objects.select_related("area").get(pk=self._scope.association_id).area

    def _areas(self) -> list[Name]:
        root = self._root
        inside = (
            Area.objects.filter(code__startswith=root.prefix).exclude(pk=root.pk).exclude(level="VILLAGE")
        )
        named = [
            Name(text, area=area.prefix, code=area.code)
            for area in inside
            for text in {area.name, _short(area.name)}
        ]
        found = [Name(root.name), Name(_short(root.name)), *named]
        return [name for name in found if len(name.text) >= SHORTEST_NAME and name.text in self._text]

    def values(self, measure: Measure, dim: Dim) -> dict[str, str]:
        """Return the values of a dimension that the text names: the words in the text, and the value stored."""
        key = (measure.of._meta.label, dim.lookup)
        if key not in self._values:
            self._values[key] = {
                text: value for text, value in stored(measure, dim, self._scope).items() if text in self._text
            }
        return self._values[key]


def _said(name: str, area: str) -> set[str]:
    """Return how texts say a unit's name: 临泉县科学技术协会 as 临泉县科协 and 临泉科协, 市科技馆."""
    shorter = name.replace("科学技术协会", "科协").replace("科学技术馆", "科技馆")
    return {name, shorter, shorter.replace(area, _short(area), 1)}


def _short(name: str) -> str:
    return name[:-1] if name.endswith(_AREA_ENDINGS) and len(name) > SHORTEST_NAME else name


def stored(measure: Measure, dim: Dim, scope: Scope) -> dict[str, str]:
    """Return label and stored value of everything a dimension holds in these records."""
    labels = _choices(measure.of, dim.lookup)
    rows = measure.of._default_manager.filter(association_id=scope.association_id).order_by()
    stored = {
        str(value) for value in rows.values_list(dim.lookup, flat=True).distinct() if value not in (None, "")
    }
    named = {_plain(str(labels.get(value, value))): value for value in stored - _BOOLEANS}
    return {text: value for text, value in named.items() if len(text) >= SHORTEST_NAME and not text.isascii()}


def _plain(label: str) -> str:
    return label.translate({ord(mark): None for mark in '“”"「」『』‘’'})


def _choices(model: type[models.Model], lookup: str) -> dict[str, str]:
    """Return the labels of a field's choices, by following a field path."""
    current: type[models.Model] = model
    choices: dict[str, str] = {}
    for part in lookup.split("__"):
        try:
            field = current._meta.get_field(part)
        except FieldDoesNotExist:
            return {}
        if field.related_model and isinstance(field.related_model, type):
            current = field.related_model
        choices = dict(getattr(field, "flatchoices", ()))
    return choices
