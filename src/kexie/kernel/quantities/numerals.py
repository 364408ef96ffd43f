"""Numbers as Chinese texts write them: 1,788 · 2.8万 · 一百三十五 · 3万5千 · 二〇二四."""

import re
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
_LARGE = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九]+|[十百千]|[万亿]")
ONE = Decimal(1)


@dataclass(frozen=True)
class Number:
    """A number as written.

    `step` is the place value of its last written digit (2.8万: 1000; 3000: 1; 4.71: 0.01); `scaled` says
    whether it carries 万 or 亿, the only numbers that are taken to be rounded.
    """

    value: Decimal
    step: Decimal
    scaled: bool

    @property
    def round_step(self) -> Decimal:
        """The place value of its last digit that is not zero (3000: 1000; 1 300 000: 100 000; 61: 1; 4.7: 0.1)."""
        if self.value == 0 or self.step < ONE:
            return self.step
        zeros = len(str(int(self.value))) - len(str(int(self.value)).rstrip("0"))
        power = Decimal(10) ** zeros
        return min(power, self.step) if self.scaled and self._has_written_fraction else power

    @property
    def _has_written_fraction(self) -> bool:
        """Whether a zero was written on purpose after the point, as in 1.0万."""
        return (
            self.step not in (Decimal(10) ** power for power in (4, 7, 8))
            and self.value % (self.step * 10) == 0
        )


def parse(token: str) -> Number:
    """Return the number that `token` writes; the token holds only digits, separators and numerals.

    A bare 百, 千, 万 or 亿 counts as one of it. Raises ValueError when there is no number in it.
    """
    total, section, step = Decimal(0), Decimal(0), ONE
    current: Decimal | None = None
    scaled = False
    tokens = _TOKEN.findall(token)
    if not tokens:
        message = f"no number in {token!r}"
        raise ValueError(message)
    written_in_digits = any(character.isdigit() and character.isascii() for character in token)
    for part in tokens:
        if part in _SMALL:
            section += (ONE if current is None else current) * _SMALL[part]
            step = (step if current is not None else ONE) * _SMALL[part]
            current = None
        elif part in _LARGE:
            section += current or 0
            if current is not None or not written_in_digits:
                step = step if current is not None else ONE
            total, section = _carry(total, section, _LARGE[part]), Decimal(0)
            step, current, scaled = step * _LARGE[part], None, True
        else:
            current, step = _plain(part)
    return Number(total + section + (current or 0), step, scaled)


def _carry(total: Decimal, section: Decimal, scale: Decimal) -> Decimal:
    """Return the total after 万 or 亿 closes a section (一万亿 multiplies, 一亿二千万 adds)."""
    if total and total < scale:
        return (total + section) * scale
    return total + (section or ONE) * scale


def _plain(part: str) -> tuple[Decimal, Decimal]:
    """Return value and place value of the last digit of a run of digits."""
    if part[0] in _DIGITS:
        return Decimal("".join(str(_DIGITS[character]) for character in part)), ONE
    value = Decimal(part.replace(",", ""))
    exponent = value.as_tuple().exponent
    return value, Decimal(10) ** min(int(exponent), 0)
