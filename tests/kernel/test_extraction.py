"""Quantities found in several hundred labelled sentences: span, interval and measure word, all exact."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from _labelled import quantities  # the benchmark's own reader
from extraction import f1, matched

SENTENCES = list(quantities())


def test_the_labels_are_what_stands_there():
    assert len(SENTENCES) >= 270
    assert sum(len(one.labels) for one in SENTENCES) >= 300
    for one in SENTENCES:
        for label in one.labels:
            assert any(
                mark in "0123456789一二两三四五六七八九十百千万数几"
                for mark in one.text[label.start : label.end]
            )


@pytest.mark.parametrize("kind", sorted({one.kind for one in SENTENCES}))
def test_every_kind_is_found(kind):
    counts = sum((matched(one) for one in SENTENCES if one.kind == kind), Counter())
    if kind == "none":
        assert counts["false"] <= 1
    else:
        assert f1(counts) >= 0.98


def test_all_together():
    assert f1(sum((matched(one) for one in SENTENCES), Counter())) >= 0.98
