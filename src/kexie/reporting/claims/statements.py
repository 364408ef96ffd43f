"""What a text claims: its quantities, and the two claims made without a number: 全覆盖 and ranks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kexie.kernel.quantities import Interval, Quantity, Reading, quantities_at
from kexie.kernel.quantities.numerals import parse

HUNDRED = Decimal(100)
_NUMERAL = r"[一二三四五六七八九十\d]{1,3}"
_COVERED = re.compile(r"全覆盖")
_INTENDED = re.compile(
    r"(?:推进|推动|力争|争取|努力|确保|逐步|力求|计划|拟|将|要|加快|目标|促进|探索|基本)[^,。;\n]{0,16}$"
)
_RANK = re.compile(
    rf"(?:(?:位居|位列|稳居|跃居|跃升|名列|排名|排在|位于|居|列|排)(?:在|到|至|于)?)?"
    rf"(?:全国|全省|全市|全区|省内|国内|世界|全球|同类(?:城市|地区)|各市|各地市|长三角|中部(?:六省)?|皖北|地级市)(?:同行|系统|地级市)?"
    rf"(?:排名|排位)?(?:第一方阵|第 ?(?P<nth>{_NUMERAL})(?:[位名]|(?![届批次期]))|前(?:{_NUMERAL}(?:[名位强])?|列|茅)|首位|榜首|上游|领先|先进行列)"
    rf"|(?:位居|位列|稳居|跃居|名列|排名)(?:第 ?(?P<place>{_NUMERAL})[位名]?|前{_NUMERAL}[名位]?|前[列茅]|首位|榜首)"
)


class Form(StrEnum):
    """In what form a text makes a claim."""

    QUANTITY = "quantity"
    COVERAGE = "coverage"
    RANK = "rank"


@dataclass(frozen=True)
class Claim:
    """A claim with its half-open span in the reading; `quantity` counts offsets in the text as given."""

    form: Form
    quantity: Quantity
    start: int
    end: int


def claims_of(reading: Reading) -> list[Claim]:
    """Return the claims of a text in order, without overlap."""
    found = [
        *(Claim(Form.QUANTITY, quantity, start, end) for quantity, start, end in quantities_at(reading)),
        *_coverages(reading),
        *_ranks(reading),
    ]
    ordered: list[Claim] = []
    for claim in sorted(found, key=lambda one: (one.start, one.form != Form.QUANTITY)):
        if not ordered or claim.start >= ordered[-1].end:
            ordered.append(claim)
    return ordered


def _coverages(reading: Reading) -> Iterator[Claim]:
    for match in _COVERED.finditer(reading.text):
        if not _INTENDED.search(reading.text[max(0, match.start() - 24) : match.start()]):
            yield _claim(reading, Form.COVERAGE, match, HUNDRED, "%")


def _ranks(reading: Reading) -> Iterator[Claim]:
    for match in _RANK.finditer(reading.text):
        nth = match["nth"] or match["place"]
        yield _claim(reading, Form.RANK, match, parse(nth).value if nth else None, "位次")


def _claim(reading: Reading, form: Form, match: re.Match[str], value: Decimal | None, unit: str) -> Claim:
    start, end = reading.span(match.start(), match.end())
    quantity = Quantity(
        reading.source[start:end], value, unit, start, end, Interval(value, value, counts=False)
    )
    return Claim(form, quantity, match.start(), match.end())
