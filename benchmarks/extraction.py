"""Finding quantities in labelled sentences: precision and recall by kind, beside a published Chinese extractor.

`./kexie bench extraction` prints two tables. Kexie is asked for span, ends of the interval and measure word, all exact. The
published extractor (recognizers-text, if `pip install recognizers-text-number "emoji<2"` was run) knows no intervals: it is asked only for a number at
the place of each label, and in sentences without quantities for silence.
"""

import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from _labelled import Sentence, quantities
from rich.console import Console
from rich.table import Table

from kexie.kernel.quantities import quantities as found_in

_MEGABYTE = 1_000_000
Counts = Counter[str]


def run(*, sizes: Sequence[int] | None) -> None:
    """Measure both and print the tables."""
    sentences = list(quantities())
    table = Table(
        "kind", "sentences", "labels", "Kexie P", "Kexie R", "recognizers-text P", "recognizers-text R"
    )
    others = (
        [other(sentences, kind) for kind in _kinds(sentences)] if find_spec("recognizers_number") else None
    )
    ours = [_ours(sentences, kind) for kind in _kinds(sentences)]
    for number, kind in enumerate(_kinds(sentences)):
        of_kind = [one for one in sentences if one.kind == kind]
        labels = sum(len(one.labels) for one in of_kind)
        theirs = rates(others[number]) if others else ("not installed", "not installed")
        table.add_row(kind, str(len(of_kind)), str(labels), *rates(ours[number]), *theirs)
    total = sum(ours, Counter())
    theirs = rates(sum(others, Counter())) if others else ("not installed", "not installed")
    table.add_row(
        "all", str(len(sentences)), str(sum(len(one.labels) for one in sentences)), *rates(total), *theirs
    )
    Console(width=130).print(table)
    Console(width=130).print(f"F1 {f1(total):.4f}; {_seconds(sentences):.2f} CPU s for 1 MB")


def _kinds(sentences: Sequence[Sentence]) -> list[str]:
    return list(dict.fromkeys(one.kind for one in sentences))


def _ours(sentences: Sequence[Sentence], kind: str) -> Counts:
    counts: Counts = Counter()
    for one in sentences:
        if one.kind == kind:
            counts += matched(one)
    return counts


def matched(sentence: Sentence) -> Counts:
    """Return how many quantities were found right (hit), wrongly (false) and not at all (missed)."""
    found = {(one.start, one.end, one.low, one.high, one.unit) for one in found_in(sentence.text)}
    wanted = {(one.start, one.end, one.low, one.high, one.unit) for one in sentence.labels}
    hits = len(found & wanted)
    return Counter(hit=hits, false=len(found) - hits, missed=len(wanted) - hits)


def other(sentences: Sequence[Sentence], kind: str) -> Counts:
    """Return the same counts of the published extractor: a number counts as right where it lies in a label and in its interval."""
    from recognizers_number import Culture, recognize_number

    counts: Counts = Counter()
    for one in sentences:
        if one.kind == kind:
            numbers = recognize_number(one.text, Culture.Chinese)
            hits = {label for label in one.labels for number in numbers if _fits(number, label)}
            inside = sum(
                any(label.start <= number.start < label.end for label in one.labels) for number in numbers
            )
            counts += Counter(
                hit=len(hits), missed=len(one.labels) - len(hits), false=len(numbers) - min(inside, len(hits))
            )
    return counts


def _fits(number: Any, label: Any) -> bool:
    """Whether a number stands in a label, and is what is written there or lies in the interval."""
    value = (number.resolution or {}).get("value")
    if value is None or not label.start <= number.start < label.end:
        return False
    low, high = label.low, label.high
    written = Decimal(str(value))
    return (low is None or written >= low - 1) and (high is None or written <= high + 1)


def rates(counts: Counts) -> tuple[str, str]:
    """Return precision and recall, a dash where there is nothing."""
    return _share(counts["hit"], counts["hit"] + counts["false"]), _share(
        counts["hit"], counts["hit"] + counts["missed"]
    )


def f1(counts: Counts) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * counts["hit"] / (2 * counts["hit"] + counts["false"] + counts["missed"])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "—"


def _seconds(sentences: Sequence[Sentence]) -> float:
    text = "".join(one.text for one in sentences)
    text *= _MEGABYTE // len(text.encode()) + 1
    started = time.process_time()
    found_in(text)
    return time.process_time() - started
