"""Which measure, and which filters, a claim speaks of: by its words, its unit and the names around it."""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import product

from kexie.kernel.quantities import Quantity, units
from kexie.ledger.measures import Measure
from kexie.reporting.claims import vocabulary
from kexie.reporting.claims.context import FIRST_BACK, Place, Span
from kexie.reporting.claims.statements import Form
from kexie.reporting.claims.vocabulary import Alternative, Name, Names

LEAST_SCORE = 2.2
TIE = 0.02
_INSIDE_LONGER, _SWALLOWED = 0.7, 0.5
_OPTIONS = 3
_HAN, _SOME = re.compile(r"[\u4e00-\u9fff]"), 2
_SAME_UNIT, _LIKE_UNIT = 1.0, 0.6
_BRACKET = re.compile(r"\(.*\)|/.*")
_WHOLE = re.compile(r"全市|市科协|各县|各地|全系统|全区")
_PARTNER = re.compile(r"(?:与|和|同|跟|赴|到|向|对|往|邀请|联合|来自)\Z")
_LISTED_BEFORE = re.compile(r"[、和与及或/]\Z")
_LISTED_AFTER = re.compile(r"(?:[、和与及或/]|等)")


@dataclass(frozen=True)
class Found:
    """A word of the vocabulary where it stands nearest to a claim."""

    word: str
    position: int
    weight: float

    @property
    def is_carried(self) -> bool:
        """Whether it stands outside the claim's own clause."""
        return self.weight <= FIRST_BACK

    @property
    def end(self) -> int:
        """Where the word ends."""
        return self.position + len(self.word)


@dataclass(frozen=True)
class Candidate:
    """A measure that a claim may speak of, with the words found and how well they fit."""

    measure: Measure
    score: float
    words: tuple[Found, ...]

    @property
    def spans(self) -> list[Span]:
        """The stretches of text that the words cover, words side by side as one (乡村社区 + 科普活动室)."""
        spans: list[Span] = []
        for one in sorted(self.words, key=lambda found: found.position):
            if spans and one.position <= spans[-1].end:
                spans[-1] = Span(spans[-1].start, max(spans[-1].end, one.end))
            else:
                spans.append(Span(one.position, one.end))
        return spans

    def span_of(self, found: Found) -> Span:
        """The stretch that a word belongs to."""
        return next(span for span in self.spans if span.start <= found.position and found.end <= span.end)


@dataclass(frozen=True)
class Narrowing:
    """What narrows the figure: a place (unit or area) and values of dimensions, with their words."""

    place: Name | None = None
    filters: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = field(default=())


class Words:
    """The words around one claim, found once and asked by every measure."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._text = place.bare.text
        self._nearest: dict[str, Found | None] = {}

    @cached_property
    def _window(self) -> tuple[int, int]:
        return self.place.sentence.start, self.place.clause.end

    def nearest(self, word: str) -> Found | None:
        """Return the word where it counts most, None where it is not around; in a longer word it counts less."""
        if word not in self._nearest:
            self._nearest[word] = self._find(word)
        return self._nearest[word]

    def _find(self, word: str) -> Found | None:
        start, end = self._window
        best: Found | None = None
        position = self._text.find(word, start, end)
        while position >= 0:
            weight = self.place.weight(position)
            if weight and (best is None or weight >= best.weight):
                best = Found(word, position, weight)
            position = self._text.find(word, position + 1, end)
        return best

    @cached_property
    def says_something(self) -> bool:
        """Whether the claim has words of its own (it has none in 举办培训300场,1.2万人次)."""
        return len(_HAN.findall(self.place.own)) >= _SOME

    def stands_in(self, found: Found, longer: str) -> bool:
        """Whether the word found stands inside this longer word."""
        offset = longer.find(found.word)
        while offset >= 0:
            if found.position >= offset and self._text.startswith(longer, found.position - offset):
                return True
            offset = longer.find(found.word, offset + 1)
        return False


def candidates(place: Place, quantity: Quantity, form: Form) -> list[Candidate]:
    """Return the measures whose words stand around the claim and whose unit fits, best first."""
    words = Words(place)
    best: dict[str, Candidate] = {}
    for alternative, fit in _fitting(quantity.unit):
        if form == Form.COVERAGE and not _is_coverage(alternative.measure):
            continue
        candidate = _candidate(alternative, words, fit)
        if candidate and candidate.score > getattr(best.get(candidate.measure.key), "score", 0):
            best[candidate.measure.key] = candidate
    found = [_against(one, [other for other in best.values() if other is not one]) for one in best.values()]
    return sorted(found, key=lambda one: -one.score)


def _against(candidate: Candidate, others: list[Candidate]) -> Candidate:
    """Return the candidate with less for words that stand inside a longer name of another candidate."""
    wider = [span for other in others for span in other.spans]
    lost = sum(
        _tells(one) * _SWALLOWED
        for one in candidate.words
        for span in [candidate.span_of(one)]
        if any(other.start <= span.start and span.end <= other.end and other != span for other in wider)
    )
    return replace(candidate, score=candidate.score - lost) if lost else candidate


def other_units(place: Place) -> list[Measure]:
    """Return the measures whose words stand around the claim, whatever their unit; best first."""
    words = Words(place)
    found = [_candidate(one, words, 0.0) for one in vocabulary.alternatives()]
    return [one.measure for one in sorted((one for one in found if one), key=lambda one: -one.score)]


def _candidate(alternative: Alternative, words: Words, fit: float) -> Candidate | None:
    options = []
    for term in alternative.terms:
        nearest = [one for one in map(words.nearest, term) if one]
        if not nearest:
            return None
        options.append(sorted(nearest, key=_tells, reverse=True)[:_OPTIONS])
    score, found = max(
        ((_score(chosen, alternative.measure, words), chosen) for chosen in product(*options)),
        key=lambda one: one[0],
    )
    if score < LEAST_SCORE or (words.says_something and all(one.weight <= FIRST_BACK for one in found)):
        return None
    return Candidate(alternative.measure, score + fit, found)


def _score(found: tuple[Found, ...], measure: Measure, words: Words) -> float:
    told = (_tells(one) * _INSIDE_LONGER if _in_longer(one, measure, words) else _tells(one) for one in found)
    return sum(one for number, one in enumerate(told) if not _repeats(number, found))


def _in_longer(found: Found, measure: Measure, words: Words) -> bool:
    """Whether the word is only part of a longer word, one that is none of this measure's."""
    own = vocabulary.words_of(measure.key)
    longer = (one for one in vocabulary.longer_words()[found.word] if words.stands_in(found, one))
    return any(one not in own for one in longer)


def _repeats(number: int, found: tuple[Found, ...]) -> bool:
    """Whether the word found for one term lies inside the word found for another."""
    one = found[number]
    return any(
        other.position <= one.position
        and one.end <= other.end
        and (len(other.word) > len(one.word) or before < number)
        for before, other in enumerate(found)
        if before != number
    )


def _tells(found: Found) -> float:
    return found.weight * vocabulary.weights()[found.word]


@lru_cache(maxsize=512)
def _fitting(unit: str) -> tuple[tuple[Alternative, float], ...]:
    """Return the alternatives of the measures that a unit fits, with how well it does."""
    fits = ((one, _unit_fit(one.measure, unit)) for one in vocabulary.alternatives())
    return tuple((one, fit) for one, fit in fits if fit is not None)


def _is_coverage(measure: Measure) -> bool:
    return measure.unit == "%"


def _unit_fit(measure: Measure, unit: str) -> float | None:
    """Return how well the unit fits, None when it does not; a number without a unit fits any that counts."""
    if not unit:
        return None if units.is_continuous(measure.unit) else 0.0
    plain = _BRACKET.sub("", unit)
    if unit == measure.unit or plain == _BRACKET.sub("", measure.unit):
        return _SAME_UNIT
    return _LIKE_UNIT if unit in measure.also_units or plain in measure.also_units else None


# --- what narrows the figure -----------------------------------------------------------------------------


def narrowing(place: Place, candidate: Candidate, names: Names) -> Narrowing:
    """Return the place and the values of dimensions that the text names for this measure."""
    where = nearest_place(place, names)
    covered = [Span(one.position, one.end) for one in candidate.words]
    filters, words = [], [where.text] if where else []
    for dim in candidate.measure.dims:
        values = names.values(candidate.measure, dim)
        if found := _nearest_value(place, values, covered):
            filters.append((dim.name, values[found.word]))
            words.append(found.word)
    return Narrowing(where, tuple(sorted(filters)), tuple(words))


def nearest_place(place: Place, names: Names) -> Name | None:
    """Return the unit or area that the claim's sentence names last before it; 全市 or the association is none."""
    text, start, end = place.bare.text, place.sentence.start, place.clause.end
    found: list[tuple[int, int, Name | None]] = [
        (match.start(), match.end(), None) for match in _WHOLE.finditer(text, start, end)
    ]
    for name in names.places:
        position = text.find(name.text, start, end)
        while position >= 0:
            stop = position + len(name.text)
            if not any(first < stop and position < last for first, last, _n in found):
                found.append((position, stop, name if name.area or name.unit else None))
            position = text.find(name.text, stop, end)
    usable = [one for one in found if one[2] is None or _narrows(text, one[0], one[1])]
    before = [one for one in usable if one[1] <= place.span.start]
    return max(before, key=lambda one: one[0])[2] if before else None


def _narrows(text: str, start: int, end: int) -> bool:
    """Whether a name at this span is the one spoken of: no partner (与…签约), no member of a list (阜南、颍东等地)."""
    before, after = text[max(0, start - 3) : start], text[end : end + 2]
    return not (_PARTNER.search(before) or _LISTED_BEFORE.search(before) or _LISTED_AFTER.match(after))


def _nearest_value(place: Place, values: dict[str, str], covered: list[Span]) -> Found | None:
    """Return the value named nearest to the claim that narrows it."""
    text = place.bare.text
    best: Found | None = None
    for value in values:
        position = text.find(value, place.segment.start, place.clause.end)
        while position >= 0:
            found = Found(value, position, place.weight(position))
            nearer = best is None or (found.weight, len(value)) > (best.weight, len(best.word))
            if found.weight and nearer and _singles_out(place, found, values, covered):
                best = found
            position = text.find(value, position + 1, place.clause.end)
    return best


def _singles_out(place: Place, found: Found, values: dict[str, str], covered: list[Span]) -> bool:
    text = place.bare.text
    if any(all(position in span for position in (found.position, found.end - 1)) for span in covered):
        return False
    if _covers_all(found, covered):
        return False
    before, after = text[: found.position][-1:], text[found.end : found.end + 1]
    listed = _LISTED_BEFORE.search(before) and not place.has_claim_between(found.position - 3, found.position)
    if listed or _LISTED_AFTER.match(after) or any(text.startswith(other, found.end) for other in values):
        return False
    in_own_clause = found.position >= place.clause.start
    return in_own_clause or not place.has_claim_between(found.position, _clause_end(place, found.position))


def _covers_all(found: Found, covered: list[Span]) -> bool:
    return all(any(position in span for span in covered) for position in range(found.position, found.end))


def _clause_end(place: Place, position: int) -> int:
    return next((clause.end for clause in place.clauses if position in clause), position)
