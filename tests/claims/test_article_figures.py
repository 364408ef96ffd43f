"""Every row of the work report's list of figures has a measure whose value agrees, or is named as outside."""

import csv
from dataclasses import replace

import pytest

from kexie.foundation.units.models import Unit
from kexie.kernel.periods import Period
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell
from tests.claims.article_figures import ANSWERS
from tests.claims.conftest import AS_OF, FIGURES

pytestmark = pytest.mark.django_db


def cell_of(answer):
    unit = Unit.objects.get(name=answer.unit).pk if answer.unit else None
    period = Period.until(answer.until or AS_OF, since=answer.since)
    return Cell(answer.measure, period, unit=unit, filters=tuple(sorted(answer.filters.items())))


@pytest.mark.parametrize(
    "answer", [one for one in ANSWERS if one.expected is not None], ids=lambda one: one.id
)
def test_figure(scope, answer):
    value = figures.value(cell_of(answer), scope)
    low, high = answer.expected if isinstance(answer.expected, tuple) else (answer.expected, answer.expected)
    assert low is None or value >= low
    assert high is None or value <= high


@pytest.mark.parametrize("answer", [one for one in ANSWERS if one.rising_since], ids=lambda one: one.id)
def test_rising(scope, answer):
    cell = cell_of(answer)
    before = figures.value(replace(cell, period=Period.until(answer.rising_since)), scope)
    assert before < figures.value(cell, scope)


def test_the_others_say_why_no_record_can_answer():
    without = [one for one in ANSWERS if one.expected is None and not one.rising_since]
    assert [one.id for one in without if one.outside] == [one.id for one in without]
    assert all(one.measure in registry.measures() for one in ANSWERS if one.measure)


@pytest.mark.skipif(not FIGURES.exists(), reason="the list of figures is not on this machine")
def test_no_row_of_the_list_is_left_out():
    with FIGURES.open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [one.id for one in ANSWERS]
