"""How suggestions are put in order and in words, free of the database."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What brokers thought before moves an expert by at most this share of the spread of all scores: neighbours change
# places, nobody is lifted over a clear lead or drops out.
PRIOR = 0.3
_AROUND = 40


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is what the problem says too."""

    text: str
    is_marked: bool = False


def nudged(scores: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """Return scores moved by what brokers thought before (from -1 to 1 for each), everybody kept."""
    if not scores:
        return {}
    mean = sum(scores.values()) / len(scores)
    spread = (sum((score - mean) ** 2 for score in scores.values()) / len(scores)) ** 0.5
    step = PRIOR * spread
    return {one: score + step * max(-1.0, min(1.0, before.get(one, 0.0))) for one, score in scores.items()}


def in_order(scores: Mapping[str, float]) -> list[str]:
    """Return who is scored, best first; equals stay as they came."""
    return sorted(scores, key=lambda one: -scores[one])


def marked(text: str, phrases: Sequence[str]) -> list[Piece]:
    """Return a text in pieces, with the phrases marked; they may be written in another case or with other gaps."""
    wanted = [_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True) if phrase.strip()]
    if not wanted:
        return [Piece(text)] if text else []
    pieces, at = [], 0
    for found in re.finditer("|".join(wanted), text, re.IGNORECASE):
        pieces += [Piece(text[at : found.start()]), Piece(found[0], is_marked=True)]
        at = found.end()
    return [one for one in (*pieces, Piece(text[at:])) if one.text]


def excerpt(text: str, phrases: Sequence[str]) -> list[Piece]:
    """Return what stands around the first phrase that the text has, marked; nothing where there is none."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    pieces = marked(plain, phrases)
    at = next((number for number, one in enumerate(pieces) if one.is_marked), None)
    if at is None:
        return []
    start = sum(len(one.text) for one in pieces[:at])
    first = max(0, start - _AROUND)
    last = start + len(pieces[at].text) + _AROUND
    cut = plain[first:last]
    return marked(f"{'…' if first else ''}{cut}{'…' if last < len(plain) else ''}", phrases)


def _pattern(phrase: str) -> str:
    return r"[\W_]*".join(re.escape(word) for word in phrase.split())
