"""Contradictions inside a text: parts that do not add up, a part larger than its whole, a percentage that does not follow, two values for one thing.

Only what cannot be true is told: claims are intervals, so 约, 余 and rounding leave room, and what may overlap
(其中女性40人、35岁以下70人) is not added up.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kexie.kernel.quantities import Quantity
from kexie.ledger.measures import Cell
from kexie.reporting.claims.context import BareText, Span
from kexie.reporting.claims.statements import Claim, Form

_OF_WHOLE = re.compile(r"^[^,。;:(]{0,14}[,:(]?(?:其中|包括|包含)")
_ALL_OF_WHOLE = re.compile(r"^[^,。;:(]{0,14}[,:(]?(?:分别为|分别是|分为)")
_LISTED = re.compile(r"^[^,。;]{0,16}(?:[、和与及]|以及)[^,。;]{0,16}$")
_TOTAL = re.compile(r"^[^、。;]{0,10}[,、](?:合计|共计|总计|总共|一共|共)[^,、。;]{0,4}$")
_MAY_OVERLAP = re.compile(
    r"女|男|岁|党员|博士|硕士|研究生|高级|中级|副|以上|以下|青年|少数民族|本科|大专|重点|优秀|新增|新建|省级|国家级|市级|累计|等"
)
_SHARE = re.compile(r"(?:占比|占[^,。;]{0,10}|比例|比重)[为达约近超到]{0,2}$")
_AMONG = re.compile(r"^[^。;]{0,24}?(?:其中|中,?有?)")
_GREW = re.compile(r"(?:增长|增加|提高|上升|增幅|提升|扩大)(?:了|达|为|约|近)?$")
_SANK = re.compile(r"(?:下降|减少|降低|降幅|缩减)(?:了|达|为|约|近)?$")
_FROM = re.compile(r"(?:由|从|上年的?|去年的?|上年同期的?|去年同期的?)[^,。;]{0,8}$")
_TO = re.compile(r"^[^。;]{0,14}(?:增加|增长|提高|上升|提升|扩大|发展|下降|减少|降低)?(?:到|至|今年|本年)")
_HUNDRED, _HALF = Decimal(100), Decimal("0.5")
_FEWEST, _LEAST_WORDS = 2, 6


@dataclass(frozen=True)
class _At:
    """A claim with its place: `before` is the text up to it from the claim before."""

    number: int
    quantity: Quantity
    before: str


def conflicts(bare: BareText, spans: Sequence[Span], claims: Sequence[Claim]) -> dict[int, list[str]]:
    """Return what contradicts within the text, by the number of the claim that is told of it."""
    found: dict[int, list[str]] = defaultdict(list)
    for group in _segments(bare, spans, claims):
        for rule in (_parts, _totals, _shares, _changes):
            for number, why in rule(group):
                found[number].append(why)
    for number, why in _repeated(bare, spans, claims):
        found[number].append(why)
    return dict(found)


def twice(cells: Sequence[Cell | None], claims: Sequence[Claim]) -> dict[int, str]:
    """Return the claims that give another value for a figure that an earlier one gave."""
    first: dict[Cell, int] = {}
    found = {}
    for number, cell in enumerate(cells):
        if cell is None:
            continue
        earlier = claims[first.setdefault(cell, number)].quantity
        if not _meet(earlier, claims[number].quantity):
            found[number] = _said_otherwise(earlier)
    return found


def _said_otherwise(earlier: Quantity) -> str:
    return _("前文说的是“%(earlier)s”，同一个数前后不一。") % {"earlier": _text(earlier)}


def _segments(bare: BareText, spans: Sequence[Span], claims: Sequence[Claim]) -> Iterator[list[_At]]:
    """Yield the quantities of each part of a sentence between semicolons."""
    group: list[_At] = []
    last: int | None = None
    for number, claim in enumerate(claims):
        start = spans[number].start
        since = bare.sentence_at(start).start if last is None else last
        words = bare.text[since:start]
        if last is not None and re.search(r"[。;!?\n]", words):
            yield group
            group, words = [], re.split(r"[。;!?\n]", words)[-1]
        if claim.form == Form.QUANTITY:
            group.append(_At(number, claim.quantity, words))
        last = spans[number].end
    yield group


# --- parts and wholes ------------------------------------------------------------------------------------


def _parts(group: Sequence[_At]) -> Iterator[tuple[int, str]]:
    for place, whole in enumerate(group[:-1]):
        first = group[place + 1]
        is_all = bool(_ALL_OF_WHOLE.search(first.before))
        if not (is_all or _OF_WHOLE.search(first.before)):
            continue
        parts = _same_unit(whole, group[place + 1 :])
        for part in parts:
            if _above(part.quantity, whole.quantity):
                yield part.number, _("部分“%(part)s”大于总数“%(whole)s”。") % _texts(part=part, whole=whole)
        listed = _run(parts)
        if len(listed) < _FEWEST or any(_above(one.quantity, whole.quantity) for one in listed):
            continue
        low, high = _sum(listed)
        too_much = _exceeds(low, whole.quantity) and (is_all or not _may_overlap(listed))
        too_little = is_all and _falls_short(high, whole.quantity) and len(listed) == len(parts)
        if too_much or too_little:
            yield whole.number, _sum_words(listed, low, high, whole)


def _totals(group: Sequence[_At]) -> Iterator[tuple[int, str]]:
    """A total after its parts: 一等奖2项、二等奖3项,共5项."""
    for place, whole in enumerate(group):
        if place < _FEWEST or not _TOTAL.search(whole.before):
            continue
        parts = list(reversed(_run_back(list(group[:place]), whole.quantity.unit)))
        if len(parts) < _FEWEST or any("其中" in one.before for one in parts):
            continue
        ends = [_sum(parts[skip:]) for skip in range(len(parts) - 1)]
        if not any(_overlaps(low, high, whole.quantity) for low, high in ends):
            yield whole.number, _sum_words(parts, *ends[0], whole)


def _same_unit(whole: _At, following: Sequence[_At]) -> list[_At]:
    found = []
    for one in following:
        if one.quantity.unit != whole.quantity.unit or _TOTAL.search(one.before):
            break
        found.append(one)
    return found


def _run(parts: Sequence[_At]) -> list[_At]:
    """Return the first of the parts that stand in one list, divided by 、 or 和."""
    listed = list(parts[:1])
    for one in parts[1:]:
        if not _LISTED.search(one.before):
            break
        listed.append(one)
    return listed


def _run_back(before: list[_At], unit: str) -> list[_At]:
    listed: list[_At] = []
    while before and before[-1].quantity.unit == unit:
        one = before.pop()
        listed.append(one)
        if not _LISTED.search(one.before):
            break
    return listed


def _may_overlap(parts: Sequence[_At]) -> bool:
    return any(_MAY_OVERLAP.search(one.before) for one in parts)


def _sum(parts: Sequence[_At]) -> tuple[Decimal | None, Decimal | None]:
    lows, highs = [one.quantity.low for one in parts], [one.quantity.high for one in parts]
    low = sum((one or Decimal(0) for one in lows), Decimal(0))
    return low, None if None in highs else sum((one or Decimal(0) for one in highs), Decimal(0))


def _sum_words(parts: Sequence[_At], low: Decimal | None, high: Decimal | None, whole: _At) -> str:
    total = f"{low}" if low == high else f"{low}–{high if high is not None else '…'}"
    listed = _("、").join(_text(one.quantity) for one in parts)
    return _("“%(parts)s”加起来是%(sum)s，不是“%(whole)s”。") % {
        "parts": listed, "sum": total, "whole": _text(whole.quantity),
    }  # fmt: skip


# --- percentages -----------------------------------------------------------------------------------------


def _shares(group: Sequence[_At]) -> Iterator[tuple[int, str]]:
    """共61个,其中33个…,占54%."""
    for whole, part, share in zip(group, group[1:], group[2:], strict=False):
        if (
            share.quantity.unit != "%"
            or part.quantity.unit != whole.quantity.unit
            or part.quantity.unit == "%"
        ):
            continue
        if not (_SHARE.search(share.before) and _AMONG.search(part.before)):
            continue
        low = _ratio(part.quantity.low, whole.quantity.high)
        high = _ratio(part.quantity.high, whole.quantity.low)
        if not _agrees(share.quantity, low, high):
            yield share.number, _follows(low, high, _texts(part=part, whole=whole))


def _follows(low: Decimal | None, high: Decimal | None, told: dict[str, str]) -> str:
    return _("按“%(part)s”和“%(whole)s”算是%(share)s%%，不是文中的百分比。") % {
        **told,
        "share": _rounded(low, high),
    }


def _changes(group: Sequence[_At]) -> Iterator[tuple[int, str]]:
    """由50个增加到61个,增长22%; 由54%提高到64%,提高10个百分点."""
    for old, new, by in zip(group, group[1:], group[2:], strict=False):
        if old.quantity.unit != new.quantity.unit or not (
            _FROM.search(old.before) and _TO.search(new.before)
        ):
            continue
        sign = 1 if _GREW.search(by.before) else -1 if _SANK.search(by.before) else 0
        if not sign or by.quantity.unit not in ("%", "个百分点", old.quantity.unit):
            continue
        low, high = _change(old.quantity, new.quantity, by.quantity.unit, sign)
        if not _agrees(by.quantity, low, high):
            yield by.number, _("从“%(part)s”到“%(whole)s”算是%(by)s，与文中的变化不符。") % {
                **_texts(part=old, whole=new), "by": f"{_rounded(low, high)}{by.quantity.unit}",
            }  # fmt: skip


def _change(old: Quantity, new: Quantity, unit: str, sign: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and most that the change may be, in its direction."""
    ends = [
        _one_change(first, second, unit, sign)
        for first in (old.low, old.high)
        for second in (new.low, new.high)
        if first is not None and second is not None
    ]
    sure = [one for one in ends if one is not None]
    is_open = None in (old.low, old.high, new.low, new.high) or len(sure) < len(ends)
    return (None, None) if is_open or not sure else (min(sure), max(sure))


def _one_change(old: Decimal, new: Decimal, unit: str, sign: int) -> Decimal | None:
    if unit != "%":
        return (new - old) * sign
    return (new - old) * sign / old * _HUNDRED if old else None


def _ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return part / whole * _HUNDRED if part is not None and whole else None


def _agrees(said: Quantity, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether what was computed can be what the text says, rounded at its last digit."""
    room = said.interval.grain * _HALF
    first, last = said.interval.low, said.interval.high
    return not (
        (low is not None and last is not None and low > last + room)
        or (high is not None and first is not None and high < first - room)
    )


def _rounded(low: Decimal | None, high: Decimal | None) -> str:
    ends = [f"{one.quantize(Decimal('0.1')).normalize():f}" for one in (low, high) if one is not None]
    return "–".join(dict.fromkeys(ends))


# --- two values for one thing ----------------------------------------------------------------------------


def _repeated(bare: BareText, spans: Sequence[Span], claims: Sequence[Claim]) -> Iterator[tuple[int, str]]:
    """The same words of a sentence up to the number, twice, with numbers that exclude each other."""
    seen: dict[tuple[str, str], int] = {}
    for number, (span, claim) in enumerate(zip(spans, claims, strict=True)):
        if claim.form != Form.QUANTITY or not claim.quantity.unit:
            continue
        sentence = bare.sentence_at(span.start)
        words = re.sub(r"\s", "", bare.text[sentence.start : span.start])
        if len(words) < _LEAST_WORDS:
            continue
        earlier = claims[seen.setdefault((words, claim.quantity.unit), number)].quantity
        if not _meet(earlier, claim.quantity):
            yield number, _said_otherwise(earlier)


def _meet(one: Quantity, other: Quantity) -> bool:
    """Whether two claims can both be true."""
    return not (_above(one, other) or _above(other, one))


def _above(one: Quantity, other: Quantity) -> bool:
    return one.low is not None and other.high is not None and one.low > other.high


def _exceeds(low: Decimal | None, whole: Quantity) -> bool:
    return low is not None and whole.high is not None and low > whole.high


def _falls_short(high: Decimal | None, whole: Quantity) -> bool:
    return high is not None and whole.low is not None and high < whole.low


def _overlaps(low: Decimal | None, high: Decimal | None, whole: Quantity) -> bool:
    return not (_exceeds(low, whole) or _falls_short(high, whole))


def _texts(**places: _At) -> dict[str, str]:
    return {name: _text(one.quantity) for name, one in places.items()}


def _text(quantity: Quantity) -> str:
    return quantity.text.replace("\n", "")
