"""Finding the quantities: a number, its measure word, and the words that widen or bound it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kexie.kernel.quantities import intervals, units, wording
from kexie.kernel.quantities.intervals import Interval
from kexie.kernel.quantities.masks import blocked
from kexie.kernel.quantities.numerals import ONE, Number, parse

_S = wording.SPACE
# Thousands stand apart by commas, or by spaces (GB/T 15835) where a word comes right before.
_THOUSANDS = r"\d{1,3}(?:,\d{3})+(?!\d)|(?<=[\u4e00-\u9fff])\d{1,3}(?: \d{3})+(?![\d,])"
_DIGITS = rf"(?:{_THOUSANDS}|\d+)(?:\.\d+)?"
_CHINESE = r"[零〇一二两三四五六七八九十百千万亿]+"
_SCALE = r"(?:[百千]?[万亿]|万亿|[百千](?!克|米|瓦|帕|分点))"
_NUMBER = rf"(?:{_DIGITS}(?:{_S}{_SCALE}(?:{_DIGITS}{_SCALE})?)?|{_CHINESE})"
_BODY = re.compile(
    rf"(?P<number>{_NUMBER})(?:{_S}(?P<more>[余多几来]){_S}(?P<scale>[万亿]{{1,2}})?)?(?P<plus>\+)?"
)
_START = re.compile(r"[\d零一二两三四五六七八九十百千万亿数几半]")
_TO = rf"{_S}(?P<to>至|到|——|[-—–~]){_S}"
_RANGE_END = re.compile(rf"{_TO}(?P<number>{_NUMBER})(?![\d.])")
_MEASURE = re.compile(rf"{_S}(?P<unit>{units.MEASURE})")
_NOUN = re.compile(rf"{_S}(?P<unit>{units.NOUN})")
_COUNTED = re.compile(rf"{_S}{units.COUNTED}")
_MORE_OF_UNIT = re.compile(r"个多(?P<unit>月|小时|星期|学期)")
_MORE_AFTER_UNIT = re.compile(r"[多余](?![次个家项种名位方地样元余多])")
_PERCENT = re.compile(
    rf"百分之(?P<number>{_NUMBER})(?:点(?P<tenths>[零一二三四五六七八九]+))?(?P<more>[余多几])?"
)
_FRACTION = re.compile(r"(?P<below>[二三四五六七八九十\d]+)分之(?P<above>[一二两三四五六七八九\d]+)")
# A date or a score is written likewise, so that only a word that states a share lets 1/4 be one.
_SLASHED = re.compile(r"(?<=[占过近约达为的])(?P<above>[1-9])/(?P<below>[2-9]|10)(?![\d/月年日.])")
_BELOW_ZERO = re.compile(r"(?<=[为是至到达:])[-−–]$")
_HALF = re.compile(r"半(?P<unit>个月|个小时|小时|年|天)")
_AND_A_HALF = re.compile(r"(?P<number>\d{1,3}|[一两三四五六七八九十]{1,3})个半(?P<unit>月|小时|星期)")
_VAGUE = re.compile(r"(?<![人户次场总件指系分倍参函个位岁基字半少无负])[数几](?P<scale>[十百千万亿]+)")
_TENS = re.compile(r"(?P<tens>[二三四五六七八九]?十)几(?P<scale>[万亿]?)")
_NEIGHBOURS = re.compile(
    r"(?P<head>十?)(?P<first>[一二两三四五六七八九])、?(?P<second>[二两三四五六七八九])(?P<scale>[十百千]?[万亿]?)(?![零一二三四五六七八九十百千万亿])"
)
_BARE = re.compile(r"[百千万亿]+")
_MALFORMED = re.compile(r"[一二两三四五六七八九]{2}|[十百千]{2}|[万亿]{3}|零$")
_BOUNDARY = re.compile(r"[ \t]*(?:[,、。;:!?)”\n]|$|以上|左右|大关|的)")
_PHRASE_END = re.compile(r"[ \t]*(?:[,、。;:!?)\n]|$|和|及|以及|与)")
_NOT_COUNTING_ONE = re.compile(
    r"(?:^|[第新又再唯这那某下上前同统进每任逐另单末头首月周天日度年到了,、。;:\s])$|每[^,。;\n]{1,6}$"
)
_COUNTING_ONE = re.compile(r"(?:各|仅|只有|仅有|共|共计|分别)$")
_LISTED = re.compile(
    rf"(?:{_S}(?:[、,和与及]|以及){_S}{_DIGITS}){{0,12}}{_S}(?:[、,和与及]|以及){_S}{_DIGITS}{_S}(?P<unit>[万亿]?{units.MEASURE})"
)
_EACH = re.compile(r"(?:分别|依次)[^。;\n]{0,40}$")
_FROM = re.compile(r"(?:从|由)[^,。;\n]{0,6}$")
# Longer than any number: no quantity, and it must not cost more than its length.
_ENDLESS = re.compile(r"[\d,.]{40,}|[零〇一二两三四五六七八九十百千万亿]{40,}|[A-Za-z\d_.-]{400,}")
_WAN, _YI = Decimal(10_000), Decimal(100_000_000)
_TIMES = frozenset({"年", "个月", "天", "周", "星期", "个星期", "小时", "个小时"})
_DECADE_OF_UNIT = {"月": "个月", "小时": "个小时", "星期": "个星期", "学期": "个学期"}


@dataclass(frozen=True)
class Found:
    """A quantity at the half-open span of a reading's text."""

    start: int
    end: int
    value: Decimal | None
    unit: str
    interval: Interval


@dataclass(frozen=True)
class _Body:
    """A number with its 余 or 多, before its measure word is known."""

    written: str
    number: Number
    start: int
    end: int
    more: str = ""
    plus: bool = False

    @property
    def chinese(self) -> bool:
        return not any(character.isascii() and character.isdigit() for character in self.written)

    @property
    def bare(self) -> bool:
        return not self.more and bool(_BARE.fullmatch(self.written))


def find(text: str) -> Iterator[Found]:
    """Yield the quantities of a text as read, in order and without overlap."""
    text = _ENDLESS.sub(lambda run: "\0" * len(run[0]), text)
    flags = blocked(text)
    position = 0
    while match := _START.search(text, position):
        start = match.start()
        found = None if flags[start] else _at(text, flags, start)
        if found is not None:
            yield found
            position = found.end
        else:
            position = _skip(text, flags, start)


def _skip(text: str, flags: bytearray, start: int) -> int:
    """Return where to look next after nothing was found at `start`: behind the run of digits there."""
    body = _BODY.match(text, start)
    if body is None or flags[start] or text[start] in "数几半":
        return start + 1
    return max(body.end("number"), start + 1)


def _at(text: str, flags: bytearray, start: int) -> Found | None:
    for rule in (_percent, _fraction, _half, _and_a_half, _vague, _tens, _neighbours):
        if (found := rule(text, start)) is not None:
            return found
    body = _body(text, flags, start)
    return None if body is None else _range(text, body) or _plain(text, body)


def _body(text: str, flags: bytearray, start: int) -> _Body | None:
    match = _BODY.match(text, start)
    if match is None or any(flags[start : match.end("number")]):
        return None
    written = match["number"]
    if not written[0].isascii() and _MALFORMED.search(written):
        return None
    scale = match["scale"] or ""
    more = match["more"] or ""
    end = match.end() if more or match["plus"] else match.end("number")
    return _Body(written, parse(written.replace(" ", "") + scale), start, end, more, bool(match["plus"]))


def _grained(interval: Interval, number: Number, unit: str) -> Interval:
    """Return the interval with the distance of its values: whole things, or the digits as written."""
    grain = ONE if number.scaled else min(number.step, ONE)
    whole = grain == ONE and (number.scaled or not units.is_continuous(unit))
    claim = replace(interval, grain=grain, counts=whole)
    if claim.first is None or claim.last is None or claim.first <= claim.last:
        return claim
    if whole and claim.low is not None:
        return replace(claim, low=claim.low - ONE)  # 近5个 leaves no whole number from 4.5: take 4
    return replace(claim, grain=grain / 10)


# --- plain numbers ---------------------------------------------------------------------------------------


def _plain(text: str, body: _Body) -> Found | None:
    unit, end, units_more = _unit(text, body)
    if unit is None or not _counts(text, body, unit, end):
        return None
    claim, start, end = _claim(text, body, end)
    if units_more:
        claim, start = intervals.more_than_units(body.number), body.start
    if units.is_continuous(unit) and (sign := _BELOW_ZERO.search(text, max(0, body.start - 2), body.start)):
        return _below_zero(body, unit, sign.start(), end)
    value = body.number.value
    if unit in _TIMES and text.startswith("半", end) and not text.startswith("半年", end):
        return Found(
            start,
            end + 1,
            value + Decimal("0.5"),
            unit,
            Interval(value + Decimal("0.5"), value + Decimal("0.5"), counts=False),
        )
    return Found(start, end, value, unit, _grained(claim, body.number, unit))


def _below_zero(body: _Body, unit: str, start: int, end: int) -> Found:
    """Return a rate or a temperature below zero (增长率为-1.2‰)."""
    value = -body.number.value
    return Found(start, end, value, unit, _grained(Interval(value, value), body.number, unit))


def _claim(text: str, body: _Body, end: int) -> tuple[Interval, int, int]:
    """Return what the number claims with the words around it, and the span with those words."""
    if body.more:
        rule = intervals.about if body.more == "来" else intervals.more_than_written
        return rule(body.number), body.start, end
    if found := wording.before(text, body.start, bare=body.bare):
        return found[0](body.number), found[1], end
    if found := wording.after(text, end):
        return found[0](body.number), body.start, found[1]
    return (intervals.at_least if body.plus else intervals.exactly)(body.number), body.start, end


def _unit(text: str, body: _Body) -> tuple[str | None, int, bool]:
    """Return the measure word (None: this is no quantity), where it ends, and whether 多 follows it (3年多)."""
    if not body.more and (match := _MORE_OF_UNIT.match(text, body.end)):
        return _DECADE_OF_UNIT[match["unit"]], match.end(), True
    unit, end = _measure(text, body)
    if unit is None:
        return _without_measure(text, body), body.end, False
    if not body.more and unit in _TIMES | {"岁", "亩"} and (match := _MORE_AFTER_UNIT.match(text, end)):
        return unit, match.end(), True
    return unit, end, False


def _measure(text: str, body: _Body) -> tuple[str | None, int]:
    match = _MEASURE.match(text, body.end)
    if (
        not body.chinese
        and (noun := _NOUN.match(text, body.end))
        and (match is None or noun.end() > match.end())
    ):
        match = noun
    if match is None:
        return None, body.end
    unit, following = match["unit"], text[match.end() : match.end() + 4]
    if units.is_other_word(unit, following, chinese=body.chinese):
        return None, body.end
    lone = body.chinese and len(body.written) == 1 and not body.more
    if lone and units.is_doubtful(unit, following):
        return None, body.end
    return unit, match.end()


def _counts(text: str, body: _Body, unit: str, end: int) -> bool:
    """Whether number and measure word together are an amount rather than a turn of phrase."""
    if body.bare and not wording.before(text, body.start, bare=True):
        return False
    if body.written == "一" and not body.more:
        return _counts_one(text, body, unit, end)
    if unit in ("年", "日") and body.chinese and not body.more:
        return wording.lasts(text, body.start)
    return True


def _counts_one(text: str, body: _Body, unit: str, end: int) -> bool:
    """Whether 一 counts (获奖一个) rather than being an article (建成一个中心)."""
    before = text[max(0, body.start - wording.WINDOW) : body.start]
    if unit in _TIMES:
        return wording.lasts(text, body.start)
    if wording.before(text, body.start, bare=False) or _COUNTING_ONE.search(before):
        return True
    return bool(_PHRASE_END.match(text, end)) and not _NOT_COUNTING_ONE.search(before)


def _without_measure(text: str, body: _Body) -> str | None:
    """Return the unit of a number that no measure word follows, None when it is no quantity."""
    named = _named_before(text, body.start)
    if named is not None and _BOUNDARY.match(text, body.end):
        return named
    if _COUNTED.match(text, body.end) and (not body.chinese or body.more or body.number.scaled):
        return ""
    if body.chinese:
        is_plain = not body.bare or wording.before(text, body.start, bare=True) is not None
        return "" if body.number.scaled and is_plain and _BOUNDARY.match(text, body.end) else None
    if body.number.scaled or (body.more and body.more != "来"):
        return ""
    if (match := _LISTED.match(text, body.end)) and _EACH.search(text[max(0, body.start - 60) : body.start]):
        return match["unit"]
    stated = wording.states_number(text, body.start) or wording.before(text, body.start, bare=False)
    return "" if stated and _BOUNDARY.match(text, body.end) else None


def _named_before(text: str, start: int) -> str | None:
    """Return the unit named before the number (参观人次超120万), None when there is none."""
    modifier = wording.before(text, start, bare=False)
    window = text[max(0, start - 20) : modifier[1] if modifier else start].rstrip()
    window = re.sub(r"(?:达到?|高达|多达|突破|增至|增长到|共计?|累计|合计|总计|:|已)*$", "", window)
    match = units.NAMED_BEFORE.search(window)
    return units.UNIT_OF_NAME.get(match[1], match[1]) if match else None


# --- two numbers, and numbers that name none -------------------------------------------------------------


def _range(text: str, body: _Body) -> Found | None:
    """Match 2至3个月, 2万到3万元, 5%—8%."""
    if body.more or body.plus or body.bare:
        return None
    unit, end = _measure(text, body)
    match = _RANGE_END.match(text, body.end) or (_RANGE_END.match(text, end) if unit else None)
    if match is None or (match["to"] in "到至" and _FROM.search(text[max(0, body.start - 8) : body.start])):
        return None
    second = _Body(
        match["number"], parse(match["number"].replace(" ", "")), match.start("number"), match.end("number")
    )
    second_unit, second_end = _measure(text, second)
    if unit is not None and unit != second_unit and match.start() >= end:
        return None
    low = _scaled_like(body.number, second.number)
    if second_unit is None and not second.number.scaled:
        return None
    if low >= second.number.value:
        return None
    end = second_end if second_unit else second.end
    claim = _grained(Interval(low, second.number.value), second.number, second_unit or "")
    return Found(body.start, end, None, second_unit or "", claim)


def _scaled_like(first: Number, second: Number) -> Decimal:
    """Return the first number of 2至3万 as 20 000."""
    if first.scaled or not second.scaled:
        return first.value
    return first.value * (_YI if second.value >= _YI else _WAN)


def _measured(text: str, end: int, number: Number, *, chinese: bool = True) -> tuple[str, int] | None:
    """Return the measure word that must follow here (万 and 亿 may stand without one)."""
    body = _Body("数数" if chinese else "1", number, end, end)
    unit, unit_end = _measure(text, body)
    if unit is not None:
        return unit, unit_end
    return ("", end) if number.scaled else None


def _percent(text: str, start: int) -> Found | None:
    """Match 百分之五十四, with the words around it."""
    match = _PERCENT.match(text, start)
    if match is None:
        return None
    body = _Body(match["number"], _with_tenths(match), start, match.end(), match["more"] or "")
    claim, first, end = _claim(text, replace(body, written="1"), match.end())
    return Found(first, end, body.number.value, "%", _grained(claim, body.number, "%"))


def _with_tenths(match: re.Match[str]) -> Number:
    """Return the number of 百分之八十六点五."""
    number = parse(match["number"])
    if match["tenths"] is None:
        return number
    digits = "".join(str(int(parse(digit).value)) for digit in match["tenths"])
    return Number(number.value + Decimal(f"0.{digits}"), Decimal(10) ** -len(digits), scaled=False)


def _fraction(text: str, start: int) -> Found | None:
    """Match 三分之二 and 占2/3; the value is rounded to four digits, the interval holds the true one."""
    match = _FRACTION.match(text, start) or _SLASHED.match(text, start)
    if match is None:
        return None
    value = (parse(match["above"]).value / parse(match["below"]).value).quantize(Decimal("0.0001"))
    number = Number(value, Decimal("0.0001"), scaled=False)
    half = (
        Decimal(0) if value * parse(match["below"]).value == parse(match["above"]).value else number.step / 2
    )
    modifier = wording.before(text, start, bare=False)
    claim = modifier[0](number) if modifier else Interval(value - half, value + half)
    return Found(modifier[1] if modifier else start, match.end(), value, "", _grained(claim, number, "%"))


def _half(text: str, start: int) -> Found | None:
    """Match 为期半个月."""
    match = _HALF.match(text, start)
    if match is None or not wording.lasts(text, start):
        return None
    half = Decimal("0.5")
    return Found(start, match.end(), half, match["unit"], Interval(half, half, counts=False))


def _and_a_half(text: str, start: int) -> Found | None:
    """Match 两个半小时."""
    match = _AND_A_HALF.match(text, start)
    if match is None:
        return None
    value = parse(match["number"]).value + Decimal("0.5")
    unit = f"个{match['unit']}"
    return Found(start, match.end(), value, unit, Interval(value, value, counts=False))


def _vague(text: str, start: int) -> Found | None:
    """Match 数十, 几百万: from two to less than ten of them."""
    match = _VAGUE.match(text, start)
    if match is None:
        return None
    number = parse(match["scale"])
    measured = _measured(text, match.end(), number)
    if measured is None:
        return None
    return Found(
        start, measured[1], None, measured[0], _grained(intervals.several(number), number, measured[0])
    )


def _tens(text: str, start: int) -> Found | None:
    """Match 十几个, 二十几万."""
    match = _TENS.match(text, start)
    if match is None:
        return None
    number = parse(match["tens"] + match["scale"])
    measured = _measured(text, match.end(), number)
    if measured is None:
        return None
    claim = _grained(intervals.more_than_written(number), number, measured[0])
    return Found(start, measured[1], number.value, measured[0], claim)


def _neighbours(text: str, start: int) -> Found | None:
    """Match 三四个, 三五家, 七八十人, 十七八个: both numbers are the ends."""
    match = _NEIGHBOURS.match(text, start)
    if match is None or (start and text[start - 1] in "零一二三四五六七八九十百千万亿"):
        return None
    first, second = parse(match["first"]).value, parse(match["second"]).value
    if second - first != 1 and match["first"] + match["second"] != "三五":
        return None
    low, high = (
        parse(match["head"] + match["first"] + match["scale"]),
        parse(match["head"] + match["second"] + match["scale"]),
    )
    measured = _measured(text, match.end(), high)
    if measured is None or (measured[0] == "年" and not wording.lasts(text, start)):
        return None
    return Found(
        start, measured[1], None, measured[0], _grained(Interval(low.value, high.value), high, measured[0])
    )
