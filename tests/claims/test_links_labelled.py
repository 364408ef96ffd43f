"""Numbers of labelled sentences of this field, linked to measures."""

import datetime as dt
import sys
from pathlib import Path

import pytest

from kexie.reporting.claims.checking import check
from tests.ledger import build

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from _labelled import links  # the benchmark's own reader


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "least"), [("links", 75), ("links-heldout", 90), ("links-unseen", 40)])
def test_links_of_this_field(name, least):
    world = build.world()
    hits = false = missed = 0
    for text, wanted in links(name):
        for one in check(text, scope=world.scope, as_of=dt.date(2025, 12, 31)):
            right = wanted.pop((one.quantity.start, one.quantity.end), "-")
            found = one.measure.key if one.measure else "-"
            hits += found == right != "-"
            false += found not in (right, "-")
            missed += right not in (found, "-")
        missed += sum(one != "-" for one in wanted.values())
    assert hits > least
    assert 2 * hits / (2 * hits + false + missed) >= 0.95
