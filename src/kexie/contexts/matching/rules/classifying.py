"""What a problem is about, read from its words: industries, disciplines and keywords, each with the phrases that speak for it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log1p
from pathlib import Path

from kexie.kernel import text as texts
from kexie.platform.matching.tokens import stem

INDUSTRY, DISCIPLINE, KEYWORD = "INDUSTRY", "DISCIPLINE", "KEYWORD"
MOST = {INDUSTRY: 2, DISCIPLINE: 3, KEYWORD: 8}
_KINDS = {"I": INDUSTRY, "D": DISCIPLINE}
# A code is proposed if it scores this much by itself, and this share of the best one of its kind.
_ENOUGH, _SHARE = 1.0, 0.4
_TITLE, _SHOWN = 2.0, 5
# What stands in a technical text for a part, a material or a standard: 45CrMo, ADC12, PLC, QT450-10.
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#-]*")
_CODE = re.compile(r"[A-Za-z]+[0-9][A-Za-z0-9-]*|[A-Z]{3,}")


@dataclass(frozen=True)
class Proposed:
    """A term with the phrases of the text that speak for it."""

    kind: str
    value: str
    phrases: Sequence[str]


def propose(title: str, body: str, *, known: Iterable[str] = ()) -> list[Proposed]:
    """Return what a problem may be about, the surest first of each kind; `known`: phrases that experts' works share with it."""
    found = _found(title), _found(body)
    said = {cue for part in found for cue in part}
    codes, whole = _scored(*found), f"{title}\n{body}"
    best = [*_best(codes, INDUSTRY), *_best(codes, DISCIPLINE)]
    return [*_as_written(best, whole), *_keywords(whole, said, known)]


def _as_written(found: Iterable[Proposed], text: str) -> list[Proposed]:
    """Return the proposals with Latin words as the text has them, instead of their stems."""
    written = {_key(word): word for word in reversed(_LATIN.findall(texts.half_width(text)))}
    return [Proposed(one.kind, one.value, [written.get(cue, cue) for cue in one.phrases]) for one in found]


@cache
def _cues() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return for each word the kinds and codes that it speaks for."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in (Path(__file__).parents[1] / "data" / "cues.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            code, *words = line.split()
            for word in words:
                found[_key(word)].append((_KINDS[code[0]], code[1:]))
    return found


def _key(word: str) -> str:
    return stem(word.lower()) if word.isascii() else word


def _found(text: str) -> Counter[str]:
    """Return the cues a text holds, how often each; of cues within each other the longest only."""
    plain = texts.half_width(texts.clean_lines(text))
    counted = Counter(_key(word) for word in _LATIN.findall(plain) if _key(word) in _cues())
    for cue in sorted((one for one in _cues() if not one.isascii()), key=len, reverse=True):
        if times := plain.count(cue):
            counted[cue] = times
            plain = plain.replace(cue, "\n")
    return counted


def _scored(title: Counter[str], body: Counter[str]) -> dict[tuple[str, str], dict[str, float]]:
    """Return for each code the cues that speak for it, and how much."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for cue in title | body:
        meant = _cues()[cue]
        times = log1p(body[cue]) + _TITLE * (cue in title)
        for target in meant:
            rivals = sum(kind == target[0] for kind, _code in meant)
            found[target][cue] = times * _length(cue) / rivals
    return found


def _length(cue: str) -> float:
    return 1.5 if cue.isascii() else len(cue) / 2


def _best(codes: Mapping[tuple[str, str], Mapping[str, float]], kind: str) -> list[Proposed]:
    totals = {code: sum(cues.values()) for (of, code), cues in codes.items() if of == kind}
    enough = max(_ENOUGH, _SHARE * max(totals.values(), default=0.0))
    order = sorted(
        (code for code in totals if totals[code] >= enough), key=lambda code: (-totals[code], code)
    )
    return [Proposed(kind, code, _heaviest(codes[kind, code])) for code in order[: MOST[kind]]]


def _heaviest(cues: Mapping[str, float]) -> list[str]:
    return sorted(cues, key=lambda cue: (-cues[cue], cue))[:_SHOWN]


def _keywords(text: str, cues: Iterable[str], known: Iterable[str]) -> list[Proposed]:
    """Return names of parts and materials, phrases that experts' works share, and cues; none within another."""
    plain = texts.half_width(texts.clean_lines(text))
    wanted = [
        *_CODE.findall(plain),
        *known,
        *sorted((one for one in cues if not one.isascii()), key=len, reverse=True),
    ]
    chosen: list[str] = []
    for word in dict.fromkeys(word.strip().removesuffix("问题") for word in wanted):
        if 1 < len(word) <= (_LONGEST_LATIN if word.isascii() else _LONGEST) and not any(
            word in other or other in word for other in chosen
        ):
            chosen.append(word)
    return [Proposed(KEYWORD, word, [word]) for word in chosen[: MOST[KEYWORD]]]


_LONGEST, _LONGEST_LATIN = 8, 20
