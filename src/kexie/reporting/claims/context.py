"""Where a claim stands: its clause, what stands before it in the sentence, and how near each word is.

Positions here are those of the *bare* text: the reading without quotation marks, so that “海智”专家 reads as
海智专家.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from kexie.kernel.quantities import Reading

_QUOTES = re.compile(r"[“”\"「」『』‘’]")
_SENTENCE_END = re.compile(r"[。!?\n]")
_SEGMENT_END = re.compile(r"[;]")
_CLAUSE_END = re.compile(r"[,、:()\t—]|(?<=[^\d ]) +(?=[^\d ])")
_ENUMERATES = "、"
# How much a word counts by where it stands, from the claim's own words outwards.
OWN, FORWARD, SAME_CLAUSE, FIRST_BACK, BACK_DECAY, LEAST_BACK, EARLIER = 1.0, 0.8, 0.55, 0.6, 0.85, 0.25, 0.15


@dataclass(frozen=True)
class Span:
    """A half-open stretch of the bare text."""

    start: int
    end: int

    def __contains__(self, position: int) -> bool:
        return self.start <= position < self.end


@dataclass(frozen=True)
class Region:
    """A stretch of the bare text whose words count with this weight."""

    start: int
    end: int
    weight: float


class BareText:
    """The reading without quotation marks, with the way from and to the reading's positions."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = _QUOTES.sub("", reading.text)
        self._removed = array("L", (match.start() for match in _QUOTES.finditer(reading.text)))
        self.sentences = _pieces(self.text, 0, len(self.text), _SENTENCE_END)
        self._starts = [sentence.start for sentence in self.sentences]

    def position(self, index: int) -> int:
        """Return the position in the bare text of a position of the reading."""
        return index - bisect_left(self._removed, index)

    def index(self, position: int) -> int:
        """Return the position in the reading of a position of the bare text."""
        index = position
        while (moved := position + bisect_right(self._removed, index)) != index:
            index = moved
        return index

    def sentence_at(self, position: int) -> Span:
        """Return the sentence around a position."""
        return self.sentences[bisect_right(self._starts, position) - 1]

    def paragraph_start(self, position: int) -> int:
        """Return where the paragraph around a position starts."""
        return self.text.rfind("\n", 0, position) + 1


class Place:
    """A claim's place: the regions around it by nearness. `claims` are the spans of all claims, in order.

    The claim's own text is words too: 全覆盖, and the measure words 人次 and 亩.
    """

    def __init__(self, bare: BareText, claims: list[Span], number: int) -> None:
        self.bare, self.span = bare, claims[number]
        self.sentence = bare.sentence_at(self.span.start)
        self._claims, self._number = claims, number

    @cached_property
    def regions(self) -> list[Region]:
        """The regions, nearest first; they do not overlap."""
        own = [
            Region(self._left, self.span.start, OWN),
            Region(self.span.start, self.span.end, OWN),
            Region(self.span.end, self._right, OWN),
            *self._forward(),
            Region(self.clause.start, self._left, SAME_CLAUSE),
            Region(self._right, self.clause.end, SAME_CLAUSE),
        ]
        return [region for region in (*own, *self._back()) if region.start < region.end]

    def weight(self, position: int) -> float:
        """Return how much a word that starts at this position counts, 0 outside all regions."""
        return next((one.weight for one in self.regions if one.start <= position < one.end), 0.0)

    @cached_property
    def segment(self) -> Span:
        """The part of the sentence between semicolons."""
        return _around(self.bare.text, self.sentence, self.span, _SEGMENT_END)

    @cached_property
    def clauses(self) -> list[Span]:
        """The clauses of the segment, in order; marks inside numbers (1,234) divide nothing."""
        pieces = _pieces(self.bare.text, self.segment.start, self.segment.end, _CLAUSE_END)
        return _joined(pieces, self._claims_in(self.segment), self.bare.text)

    @cached_property
    def clause(self) -> Span:
        """The clause around the claim."""
        return next(clause for clause in self.clauses if self.span.start in clause)

    @property
    def own(self) -> str:
        """The claim's own words: before it and after it up to the next claim or mark."""
        return (
            self.bare.text[self._left : self.span.start] + " " + self.bare.text[self.span.end : self._right]
        )

    @property
    def before(self) -> str:
        """The clause up to the claim."""
        return self.bare.text[self.clause.start : self.span.start]

    def has_claim_between(self, start: int, end: int) -> bool:
        """Whether another claim stands between two positions."""
        return any(start <= one.start < end for one in self._claims_in(self.sentence) if one != self.span)

    @property
    def _left(self) -> int:
        previous = self._claims[self._number - 1].end if self._number else 0
        return max(self.clause.start, previous)

    @property
    def _right(self) -> int:
        following = self._claims[self._number + 1 : self._number + 2]
        return max(self.span.end, min([self.clause.end, *(one.start for one in following)]))

    def _forward(self) -> list[Region]:
        """Return the words after the next claim, when that follows at once (1788户4539名贫困人口)."""
        following = self._claims[self._number + 1 : self._number + 3]
        if not following or following[0].start != self.span.end or following[0].start >= self.clause.end:
            return []
        end = min([self.clause.end, *(one.start for one in following[1:])])
        return [Region(following[0].end, end, FORWARD)]

    def _back(self) -> list[Region]:
        regions, weight = [], FIRST_BACK
        for clause in reversed(self.clauses):
            if clause.end <= self.clause.start:
                regions.append(Region(clause.start, clause.end, max(weight, LEAST_BACK)))
                weight *= BACK_DECAY
        return [*regions, Region(self.sentence.start, self.segment.start, EARLIER)]

    def _claims_in(self, span: Span) -> list[Span]:
        """Return the claims within a stretch around this one."""
        first = last = self._number
        while first and self._claims[first - 1].start >= span.start:
            first -= 1
        while last < len(self._claims) and self._claims[last].start < span.end:
            last += 1
        return self._claims[first:last]


def _pieces(text: str, start: int, end: int, mark: re.Pattern[str]) -> list[Span]:
    cuts = [start, *(match.end() for match in mark.finditer(text, start, end)), end]
    return [Span(first, second) for first, second in pairwise(cuts) if first < second] or [Span(start, end)]


def _around(text: str, whole: Span, inner: Span, mark: re.Pattern[str]) -> Span:
    pieces = _pieces(text, whole.start, whole.end, mark)
    return next(piece for piece in pieces if inner.start in piece)


def _joined(pieces: list[Span], claims: list[Span], text: str) -> list[Span]:
    """Join the pieces that a claim runs across, and those that 、 divides without a claim on both sides.

    61个、135个 are two clauses; 市、县级政协委员 is one.
    """
    joined: list[Span] = []
    for piece in pieces:
        if joined and (
            any(one.start < piece.start < one.end for one in claims)
            or (
                text[piece.start - 1] == _ENUMERATES
                and not (_claimed(joined[-1], claims) and _claimed(piece, claims))
            )
        ):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _claimed(span: Span, claims: list[Span]) -> bool:
    return any(one.start in span for one in claims)
