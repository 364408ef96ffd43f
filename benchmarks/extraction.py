"""Finding quantities in labelled sentences: precision and recall by kind, beside two published Chinese extractors.

`./kexie bench extraction` measures three sets with one and the same label measure. Exact: span, both ends of the interval and measure word.
By number: at the place of the label a number that lies in its interval; this is all that can be asked of an extractor that knows no
intervals. The sentences of "heldout" were labelled before anything was run on them, and the rules were corrected by them; the rules were not changed by those of
"unseen". The others run where they can be imported:

    pip install --target FOLDER recognizers-text-number recognizers-text-number-with-unit "emoji<2" jionlp
    PYTHONPATH=FOLDER ./kexie bench extraction

recognizers-text is asked for numbers, percentages, dimensions, ages, temperatures and currencies; JioNLP, whose extractor is for money,
only for the labels in a currency.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from _labelled import Label, Sentence, quantities
from rich.console import Console
from rich.table import Table

from kexie.kernel.quantities import quantities as found_in

_MEGABYTE = 1_000_000
SETS = ("quantities", "heldout", "unseen")
CURRENCIES = frozenset({"元", "美元"})
Counts = Counter[str]
Finder = Callable[[str], list[Label]]


@dataclass(frozen=True)
class Extractor:
    """An extractor by name, what it finds in a text, and whether all it knows is money."""

    name: str
    find: Finder
    only_money: bool = False


def run(*, sizes: Sequence[int] | None) -> None:
    """Measure every extractor on every set and print the tables."""
    console = Console(width=150)
    others = [made() for name, made in _OTHERS.items() if find_spec(name)]
    missing = [name for name in _OTHERS if not find_spec(name)]
    for name in SETS:
        sentences = list(quantities(name))
        console.print(_by_kind(name, sentences, others))
        console.print(_of_money(name, sentences, [OURS, *others]))
        total = total_of(sentences, OURS.find, exactly)
        console.print(f"Kexie, all exact: F1 {f1(total):.4f}")
    for one in (OURS, *others):
        console.print(f"{one.name}: {_seconds(one, sentences):.2f} CPU s for 1 MB")
    for name in missing:
        console.print(f"{name} is not installed: see the head of this program")


def _by_kind(name: str, sentences: Sequence[Sentence], others: Sequence[Extractor]) -> Table:
    """Kexie exactly and by number, and by number those others that find more than money."""
    wide = [one for one in others if not one.only_money]
    heads = [
        "Kexie exact P",
        "R",
        "by number P",
        "R",
        *(head for one in wide for head in (f"{one.name} by number P", "R")),
    ]
    table = Table("kind", "sentences", "labels", *heads, title=name)
    kinds = list(dict.fromkeys(one.kind for one in sentences))
    for kind in (*kinds, ""):
        chosen = [one for one in sentences if kind in ("", one.kind)]
        columns = [rates(total_of(chosen, OURS.find, exactly)), rates(total_of(chosen, OURS.find, by_number))]
        columns += [rates(total_of(chosen, one.find, by_number)) for one in wide]
        labels = sum(len(one.labels) for one in chosen)
        cells = [cell for column in columns for cell in column]
        table.add_row(kind or "all", str(len(chosen)), str(labels), *cells)
    return table


def _of_money(name: str, sentences: Sequence[Sentence], extractors: Sequence[Extractor]) -> Table:
    """Every extractor on the labels in a currency alone: exactly, and by number."""
    table = Table("amounts of money", "labels", "exact P", "R", "by number P", "R", title=name)
    chosen = [
        Sentence(one.kind, one.text, tuple(label for label in one.labels if label.unit in CURRENCIES))
        for one in sentences
    ]
    labels = sum(len(one.labels) for one in chosen)
    for one in extractors:
        counts = [total_of(chosen, _money(one), measure) for measure in (exactly, by_number)]
        table.add_row(one.name, str(labels), *rates(counts[0]), *rates(counts[1]))
    return table


def _money(extractor: Extractor) -> Finder:
    return lambda text: [one for one in extractor.find(text) if one.unit in CURRENCIES]


# --- measures ------------------------------------------------------------------------------------------------


def exactly(found: Sequence[Label], wanted: Sequence[Label]) -> Counts:
    """Count what was found right (hit), wrongly (false) and not at all (missed); all of a label must be right."""
    hits = len(set(found) & set(wanted))
    return Counter(hit=hits, false=len(set(found)) - hits, missed=len(set(wanted)) - hits)


def by_number(found: Sequence[Label], wanted: Sequence[Label]) -> Counts:
    """The same where a number within the label's interval at its place is enough; several in one label count once."""
    hits = {label for label in wanted if any(_fits(one, label) for one in found)}
    inside = sum(any(label.start <= one.start < label.end for label in wanted) for one in found)
    return Counter(
        hit=len(hits), missed=len(set(wanted)) - len(hits), false=len(found) - min(inside, len(hits))
    )


def _fits(one: Label, label: Label) -> bool:
    """Whether something found stands in a label and touches its interval (超10万 as 100 000 does)."""
    if not (label.start <= one.start < label.end or one.start <= label.start < one.end):
        return False
    low, high = one.low, one.high
    above = label.low is None or high is None or high >= label.low - 1
    return above and (label.high is None or low is None or low <= label.high + 1)


def total_of(
    sentences: Iterable[Sentence], find: Finder, measure: Callable[[Sequence[Label], Sequence[Label]], Counts]
) -> Counts:
    """Return the counts over sentences."""
    total: Counts = Counter()
    for one in sentences:
        total.update(measure(find(one.text), one.labels))
    return total


def rates(counts: Counts) -> tuple[str, str]:
    """Return precision and recall, a dash where there is nothing."""
    hits = counts["hit"]
    return _share(hits, hits + counts["false"]), _share(hits, hits + counts["missed"])


def f1(counts: Counts) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * counts["hit"] / (2 * counts["hit"] + counts["false"] + counts["missed"])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "—"


def _seconds(extractor: Extractor, sentences: Sequence[Sentence]) -> float:
    """Return seconds of CPU for a megabyte: of the whole text for Kexie, of a tenth, line by line, for the others."""
    texts = [one.text for one in sentences]
    size = len("".join(texts).encode())
    started = time.process_time()
    if extractor is OURS:
        extractor.find("".join(texts) * (_MEGABYTE // size + 1))
        return time.process_time() - started
    for text in texts:
        extractor.find(text)
    return (time.process_time() - started) * _MEGABYTE / size


# --- extractors ----------------------------------------------------------------------------------------------


def _ours(text: str) -> list[Label]:
    return [Label(one.start, one.end, one.low, one.high, one.unit) for one in found_in(text)]


OURS = Extractor("Kexie", _ours)


def _recognizers() -> Extractor:
    """Numbers, and quantities with a unit; of two at one place the longer."""
    plain, united = import_module("recognizers_number"), import_module("recognizers_number_with_unit")
    recognizers = (
        plain.recognize_number, plain.recognize_percentage, united.recognize_dimension, united.recognize_currency,
        united.recognize_age, united.recognize_temperature,
    )  # fmt: skip

    def find(text: str) -> list[Label]:
        models = [one for recognize in recognizers for one in recognize(text, plain.Culture.Chinese)]
        labels = [label for one in models if (label := _recognized(text, one))]
        kept: list[Label] = []
        for label in sorted(labels, key=lambda one: one.start - one.end):
            if all(label.end <= one.start or one.end <= label.start for one in kept):
                kept.append(label)
        return kept

    return Extractor("recognizers-text", find)


def _recognized(text: str, found: Any) -> Label | None:
    written = str((found.resolution or {}).get("value") or "").rstrip("%").replace(",", "")
    try:
        value = Decimal(written)
    except ArithmeticError:
        return None
    end = found.end + 1  # it names the last character
    known = {"Chinese yuan": "元", "United States dollar": "美元"}
    named = found.resolution.get("unit")
    digits = "0123456789.,零一二两三四五六七八九十百千万亿"
    unit = known.get(named) or text[found.start : end].lstrip(digits)
    return Label(found.start, end, value, value, unit)


def _jionlp() -> Extractor:
    """Amounts of money with what JioNLP says of them: accurate, more (blur+), less (blur-), or between two."""
    extract = import_module("jionlp").ner.extract_money

    def find(text: str) -> list[Label]:
        return [_amount(one) for one in extract(text, with_parsing=True)]

    return Extractor("JioNLP", find, only_money=True)


def _amount(found: dict[str, Any]) -> Label:
    detail = found["detail"] or {}
    number, how = detail.get("num"), detail.get("definition")
    low, high = number if isinstance(number, list) else (number, number)
    ends = Decimal(low or 0), Decimal(high or 0)
    least = None if how == "blur-" else ends[0]
    most = None if how == "blur+" else ends[1]
    start, end = found["offset"]
    return Label(start, end, least, most, detail.get("case", ""))


_OTHERS: dict[str, Callable[[], Extractor]] = {
    "recognizers_number_with_unit": _recognizers,
    "jionlp": _jionlp,
}
