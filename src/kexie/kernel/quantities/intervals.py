"""What a quantity claims: an interval of numbers."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from kexie.kernel.quantities.numerals import ONE, Number

_TENTH = Decimal("0.9")


@dataclass(frozen=True)
class Interval:
    """An interval with exact ends; `None` is no end. `grain` is the distance of neighbouring values as written."""

    low: Decimal | None
    high: Decimal | None
    above: bool = False
    below: bool = False
    grain: Decimal = ONE
    counts: bool = True

    def __contains__(self, value: Decimal | int) -> bool:
        """Whether the exact value satisfies the claim (open ends exclude themselves)."""
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return False
        return self.high is None or not (value > self.high or (self.below and value == self.high))

    @property
    def first(self) -> Decimal | None:
        """The lowest value inside, at the written precision (x > 60 is 61, x > 4.7 is 4.8)."""
        if self.low is None:
            return None
        low = self.low + self.grain if self.above else self.low
        return low.quantize(ONE, ROUND_CEILING) if self.counts else low

    @property
    def last(self) -> Decimal | None:
        """The highest value inside, at the written precision (x < 70 is 69)."""
        if self.high is None:
            return None
        high = self.high - self.grain if self.below else self.high
        return high.quantize(ONE, ROUND_FLOOR) if self.counts else high


def exactly(number: Number) -> Interval:
    """61个 is 61; 2.8万 rounds at its last written digit: [27 500, 28 500)."""
    if not number.scaled or number.step <= ONE:
        return Interval(number.value, number.value)
    half = number.step / 2
    return Interval(number.value - half, number.value + half, below=True)


def more_than_written(number: Number) -> Interval:
    """60余 is 60 < x < 70; 135余, which has no round step, ends before the next ten."""
    step = number.round_step
    if step == ONE:
        return Interval(number.value, (number.value // 10 + 1) * 10, above=True, below=True)
    return Interval(number.value, number.value + step, above=True, below=True)


def more_than_units(number: Number) -> Interval:
    """3年多, 3个多月: more than three, less than four."""
    return Interval(number.value, number.value + number.step, above=True, below=True)


def over(number: Number) -> Interval:
    """超/逾/突破 N: x > N."""
    return Interval(number.value, None, above=True)


def under(number: Number) -> Interval:
    """不足/不到 N: x < N."""
    return Interval(None, number.value, below=True)


def nearly(number: Number) -> Interval:
    """近 N: 0.9 N ≤ x < N."""
    return Interval(number.value * _TENTH, number.value, below=True)


def about(number: Number) -> Interval:
    """约 N, N左右: N ± half a round step."""
    half = number.round_step / 2
    return Interval(number.value - half, number.value + half)


def at_least(number: Number) -> Interval:
    """不少于/至少/以上, 上百: x ≥ N."""
    return Interval(number.value, None)


def at_most(number: Number) -> Interval:
    """至多/不超过/以内: x ≤ N."""
    return Interval(None, number.value)


def several(number: Number) -> Interval:
    """数十, 几百: from two up to, not including, ten of them."""
    return Interval(number.value * 2, number.value * 10, below=True)
