"""Quantities found in several hundred labelled sentences of three sets: span, interval and measure word, all exact."""

import sys
import unicodedata
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from _labelled import Label, quantities  # the benchmark's own reader
from extraction import OURS, SETS, by_number, exactly, f1, total_of

SENTENCES = {name: list(quantities(name)) for name in SETS}
# By kind only where a kind has enough sentences for a share; the third set is small.
KINDS = sorted({(name, one.kind) for name in SETS[:2] for one in SENTENCES[name]})
LEAST = {"quantities": (260, 300), "heldout": (260, 300), "unseen": (66, 90)}


@pytest.mark.parametrize("name", SETS)
def test_the_labels_are_what_stands_there(name):
    sentences = SENTENCES[name]
    assert len(sentences) >= LEAST[name][0]
    assert sum(len(one.labels) for one in sentences) >= LEAST[name][1]
    for one in sentences:
        for label in one.labels:
            said = unicodedata.normalize("NFKC", one.text[label.start : label.end])
            assert any(mark in "0123456789一二两三四五六七八九十百千万数几" for mark in said)


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_every_kind_is_found(name, kind):
    counts = total_of((one for one in SENTENCES[name] if one.kind == kind), OURS.find, exactly)
    if kind == "none":
        assert counts["false"] <= 1
    else:
        assert f1(counts) >= 0.96


@pytest.mark.parametrize("name", SETS)
def test_all_together(name):
    assert f1(total_of(SENTENCES[name], OURS.find, exactly)) >= 0.98


def test_a_number_in_the_interval_is_enough_for_an_extractor_without_intervals():
    label, text = Label(2, 6, 101, None, "人"), "共有超百人"
    assert by_number([Label(3, 4, 100, 100, "")], [label]) == {"hit": 1, "missed": 0, "false": 0}
    assert by_number([Label(3, 4, 1000, 1000, ""), Label(0, 1, 5, 5, "")], [label]) == {
        "hit": 1,
        "missed": 0,
        "false": 1,
    }
    assert by_number([Label(3, 4, 50, 50, "")], [label]) == {"hit": 0, "missed": 1, "false": 1}
    assert OURS.find(text)[0].low == 101
