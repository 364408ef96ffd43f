"""Writing a number as texts write it: 60余, 130多万, 超3000, 达126.8万, 2.8万; and in the manner of another number.

A phrase is made only if it is true of the value: each is an interval, and the value must lie inside. Where the way
asked for cannot be true (60余 of 60), the number itself is written.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from kexie.kernel.quantities import intervals
from kexie.kernel.quantities.intervals import Interval
from kexie.kernel.quantities.numerals import Number, parse

_WAN, _YI = Decimal(10_000), Decimal(100_000_000)
_SCALES = {"万": _WAN, "亿": _YI}
_LARGE, _SHORTEST = 1_000, 100  # 130万 and 2.85万 are shorter than the number written out
_WHOLE = Decimal(1)


class Policy(StrEnum):
    """How a number is written."""

    EXACT = "exact"
    SCALED = "scaled"
    MORE = "more"
    OVER = "over"
    REACHED = "reached"
    NEARLY = "nearly"
    ABOUT = "about"
    AT_LEAST = "at_least"


# What a policy claims of the number that it writes, and the word it is said with.
_CLAIMS: dict[Policy, Callable[[Number], Interval]] = {
    Policy.EXACT: intervals.exactly,
    Policy.SCALED: intervals.exactly,
    Policy.MORE: intervals.more_than_written,
    Policy.OVER: intervals.over,
    Policy.REACHED: intervals.exactly,
    Policy.NEARLY: intervals.nearly,
    Policy.ABOUT: intervals.about,
    Policy.AT_LEAST: intervals.at_least,
}
_WORDS = {
    Policy.MORE: "余",
    Policy.OVER: "超",
    Policy.REACHED: "达",
    Policy.NEARLY: "近",
    Policy.ABOUT: "约",
    Policy.AT_LEAST: "不少于",
}
_ROUNDING = {Policy.NEARLY: ROUND_CEILING, Policy.ABOUT: ROUND_HALF_UP, Policy.SCALED: ROUND_HALF_UP}


@dataclass(frozen=True)
class Style:
    """How a number is written. `word` stands before it (超), within it (余, 多) or, as `after`, behind it (左右).

    `digits` are significant ones, `places` those after the point of 万 or of a fraction; None leaves the choice.
    """

    policy: Policy = Policy.EXACT
    word: str = ""
    after: str = ""
    scale: str = ""
    digits: int | None = None
    places: int | None = None
    chinese: bool = False
    grouped: bool = False


def phrase(
    value: Decimal | int,
    unit: str = "",
    *,
    policy: Policy = Policy.EXACT,
    word: str = "",
    places: int | None = None,
) -> str:
    """Return the number with its unit in the way asked for, as far as that is true."""
    return write(
        Decimal(value), unit, Style(policy=policy, word=word or _WORDS.get(policy, ""), places=places)
    )


def write(value: Decimal, unit: str, style: Style) -> str:
    """Return the number in a style, or as itself where the style cannot be true of it."""
    for base in _bases(value, style):
        written = _number(base, style, unit)
        if written and value in _CLAIMS[style.policy](parse(written)):
            return _joined(written, unit, style)
    return f"{_exact(value, style, unit)}{unit}"


def _bases(value: Decimal, style: Style) -> Iterator[Decimal]:
    """Yield the round numbers that may be written for a value, the roundest first."""
    if style.policy == Policy.EXACT:
        yield value
    elif style.policy in (Policy.SCALED, Policy.REACHED):
        yield from _scaled(value, style)
    else:
        rounding = _ROUNDING.get(style.policy, ROUND_FLOOR)
        for digits in range(max(style.digits or 1, _usual_digits(value)), 5):
            step = Decimal(10) ** max(value.adjusted() - digits + 1, 0)
            yield (value / step).to_integral_value(rounding) * step


def _scaled(value: Decimal, style: Style) -> Iterator[Decimal]:
    """Yield 126.8万, 126.83万, … ; what is reached is never rounded up."""
    scale = _scale_of(value, style)
    rounding = ROUND_FLOOR if style.policy == Policy.REACHED else ROUND_HALF_UP
    for places in range(1 if style.places is None else style.places, 4):
        yield (value / scale).quantize(Decimal(10) ** -places, rounding) * scale


def _usual_digits(value: Decimal) -> int:
    return 1 if abs(value) < _LARGE else 2


def _scale_of(value: Decimal, style: Style) -> Decimal:
    if style.scale:
        return _SCALES[style.scale]
    return _YI if value >= _YI else _WAN if value >= _WAN else _WHOLE


def _exact(value: Decimal, style: Style, unit: str) -> str:
    if style.chinese and value and value == value.to_integral_value():
        return chinese(int(value), before=unit)
    is_short = style.policy != Policy.EXACT and value >= _WAN and not value % _SHORTEST
    return (
        f"{_digits(value / _WAN, grouped=style.grouped)}万"
        if is_short
        else _digits(value, grouped=style.grouped)
    )


def _number(base: Decimal, style: Style, unit: str) -> str:
    """Return a round number as written, with 万 or 亿 where it is that large; "" if it cannot be written so."""
    if style.chinese:
        return chinese(int(base), before=unit) if base == base.to_integral_value() and base > 0 else ""
    scale = _WHOLE if style.policy == Policy.EXACT and not style.scale else _scale_of(base, style)
    mark = next((mark for mark, size in _SCALES.items() if size == scale), "")
    return f"{_digits(base / scale, grouped=style.grouped)}{mark}"


def _digits(value: Decimal, *, grouped: bool) -> str:
    plain = value.normalize()
    return f"{plain:,f}" if grouped else f"{plain:f}"


def _joined(written: str, unit: str, style: Style) -> str:
    if style.policy != Policy.MORE:
        return f"{style.word}{written}{unit}{style.after}"
    stem, mark = (written[:-1], written[-1]) if written[-1] in _SCALES else (written, "")
    if mark and ("." in stem or style.chinese):  # 2.8万余, but 130多万
        return f"{written}{style.word}{unit}"
    return f"{stem}{style.word}{mark}{unit}"


# --- in the manner of another ----------------------------------------------------------------------------

_MORE = re.compile(r"[余多]")
_NUMERAL = re.compile(r"[\d,.]+|[零〇一二两三四五六七八九十百千]+")
_BEFORE: tuple[tuple[re.Pattern[str], Policy], ...] = (
    (re.compile(r"^(?:不少于|不低于|至少)"), Policy.AT_LEAST),
    (re.compile(r"^(?:超过了?|超出|超|逾|突破了?|多于|高于)"), Policy.OVER),
    (re.compile(r"^(?:将近|接近|近)"), Policy.NEARLY),
    (re.compile(r"^(?:大约|约)"), Policy.ABOUT),
    (re.compile(r"^(?:达到|达)"), Policy.REACHED),
)
_AFTER = ((re.compile(r"以上$"), Policy.AT_LEAST), (re.compile(r"左右$"), Policy.ABOUT))


def like(text: str, unit: str, value: Decimal | int) -> str:
    """Return the value written as another number is: 六十余个 with 73 is 七十余个, 超120万人次 with 1 104 000 is 超110万人次."""
    style = _style_of(text, unit)
    return write(Decimal(value), unit, style) if style else phrase(value, unit)


def _style_of(text: str, unit: str) -> Style | None:
    """Return the style of a quantity's text, None where it names no single number (三五家, 数十名)."""
    plain = text.replace("\n", "").replace(" ", "")
    found = _NUMERAL.search(plain)
    if found is None or any(mark in plain for mark in "数几至到—~"):
        return None
    numeral = found[0].strip(",.")
    scale = next((mark for mark in "亿万" if mark in plain[found.start() :]), "")
    style = Style(
        scale=scale if numeral[0].isascii() else "",
        chinese=not numeral[0].isascii(),
        grouped="," in numeral,
        digits=_significant(numeral),
        places=len(numeral.partition(".")[2]),
    )
    return _with_words(plain, found, style, unit)


def _with_words(plain: str, found: re.Match[str], style: Style, unit: str) -> Style:
    if more := _MORE.search(plain, found.end()):
        return replace(style, policy=Policy.MORE, word=more[0])
    for pattern, policy in _BEFORE:
        if match := pattern.search(plain[: found.start()]):
            return replace(style, policy=policy, word=match[0])
    for pattern, policy in _AFTER:
        if match := pattern.search(plain):
            return replace(style, policy=policy, after=match[0])
    return replace(style, policy=Policy.SCALED if style.scale else Policy.EXACT)


def _significant(numeral: str) -> int:
    """Return how many digits are not trailing zeros (130: 2, 六十: 1)."""
    value = parse(numeral).value.normalize()
    return max(len(value.as_tuple().digits), 1)


# --- Chinese numerals ------------------------------------------------------------------------------------

_NUMERALS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")


def chinese(number: int, *, before: str = "") -> str:
    """Return a number in Chinese numerals (一百三十五, 二十万, 十二); alone `before` a measure word, two is 两."""
    if number == 2 and before and before != "%":  # noqa: PLR2004 - the one numeral with two words
        return "两"
    head, rest = "", number
    for mark, size in (("亿", int(_YI)), ("万", int(_WAN))):
        if rest >= size:
            head += _below_wan(rest // size) + mark
            rest %= size
            if rest and rest < size // 10:
                head += "零"
    said = head + (_below_wan(rest) if rest or not head else "")
    return said.removeprefix("一") if said.startswith("一十") else said


def _below_wan(number: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + _NUMERALS[digit] + _PLACES[place]
        gap = not digit
    return said or "零"
