"""The period that a claim speaks of: 自2021年6月以来, 2024年上半年, 近三年, 截至目前."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from kexie.kernel.periods import Period
from kexie.kernel.quantities.numerals import parse
from kexie.reporting.claims.context import BareText, Place

_N = r"[一二两三四五六七八九十\d]{1,3}"
_NOT_COMPARED = r"(?<!比)(?<!较)(?<!与)(?<!和)"
_DAY = r"(?P<year>(?:19|20)\d{2}) ?年 ?(?:(?P<month>\d{1,2}) ?月 ?)?(?:(?P<day>\d{1,2}) ?[日号])?"
_SINCE = re.compile(rf"(?:自|从)?{_DAY}[^,。;\n]{{0,16}}?(?:以来|至今|起(?!草|到))")
_UNTIL = re.compile(rf"(?:截至|截止|到|至){_DAY}(?P<end>底|末)?")
_YEARS = re.compile(r"(?P<first>(?:19|20)\d{2}) ?年? ?(?:[-—~至到]|——) ?(?P<last>(?:19|20)\d{2}) ?年")
_PART = (
    r"(?P<half>上半年|下半年)|(?:第?(?P<quarter>[一二三四1-4])|(?P<first3>前三)) ?季度"
    r"|(?P<from>\d{1,2}) ?(?:(?:[-—~至到]) ?(?P<to>\d{1,2}) ?)?月(?!\d)"
)
_YEAR = re.compile(
    rf"{_NOT_COMPARED}(?:(?P<year>(?:19|20)\d{{2}}) ?年度?|(?P<this>今年|本年度|当年)|(?P<past>去年|上年)) ?(?:{_PART})?"
)
_HALF = re.compile(rf"(?<!年)(?:{_PART})(?!(?:\d|份?[上中下]旬))")
_LAST_YEARS = re.compile(
    rf"(?:近|最近|过去|这)?(?P<n>{_N}) ?年(?:多|余)?(?:以?来|间)|(?:近|最近|过去)(?P<m>{_N}) ?年"
)
_PLAN = re.compile(r"十(?P<n>[二三四五])五(?:时期|期间|以来|规划期)")
_EVER = re.compile(r"累计|截至目前|至目前|迄今|历年来?|近年来|建馆以来|成立以来|多年来")
_TITLE = re.compile(
    r"(?P<year>(?:19|20)\d{2}) ?年?度?(?P<half>上半年|下半年)?[^。,;]{0,24}(?:总结|报告|情况|综述|回眸|述职|汇报|通报|亮点|盘点)"
)
_PLANS = {"二": 2011, "三": 2016, "四": 2021, "五": 2026}
_QUARTERS = {"一": 1, "二": 4, "三": 7, "四": 10, "1": 1, "2": 4, "3": 7, "4": 10}
_DECEMBER = 12


@dataclass(frozen=True)
class Stated:
    """A period with the words that state it; no words: nothing is stated, all records up to the day count."""

    period: Period
    words: str = ""


def default_of(bare: BareText, as_of: dt.date) -> Stated | None:
    """Return the period that the text's title names (2024年工作总结), if it does."""
    for line in bare.text[:400].split("\n")[:4]:
        if (match := _TITLE.search(line)) and "。" not in line:
            return _cut(_in_year(int(match["year"]), match), as_of, match[0])
    return None


def period_of(place: Place, default: Stated | None, as_of: dt.date) -> Stated:
    """Return the period of a claim: from its clause, its sentence, its paragraph's opening, or the title."""
    text = place.bare.text
    near = text[place.sentence.start : place.span.start]
    after = text[place.span.end : place.clause.end]
    for stretch in (near, after):
        if stated := _nearest(stretch, as_of):
            return stated
    opening = text[place.bare.paragraph_start(place.span.start) : place.sentence.start][:40]
    if (match := _YEAR.match(opening.strip())) and (stated := _nearest(match[0], as_of)):
        return stated
    return default or Stated(Period.until(as_of))


def _nearest(text: str, as_of: dt.date) -> Stated | None:
    """Return the last period stated in a stretch of text.

    累计 after 自2021年6月以来 keeps that beginning; after 2024年 it means everything up to the end of that year.
    """
    found = sorted(_all(text, as_of), key=lambda one: one.at)
    if not found:
        return None
    last, before = found[-1], next((one for one in reversed(found) if one.rule is not _ever), None)
    if last.rule is not _ever or before is None:
        return last.stated
    if before.rule in (_since, _plan, _last_years):
        return before.stated
    return Stated(Period(None, before.stated.period.end), f"{before.stated.words}{last.stated.words}")


@dataclass(frozen=True)
class _Match:
    at: int
    end: int
    rule: "_Rule"
    stated: Stated


def _all(text: str, as_of: dt.date) -> list[_Match]:
    """Return every period stated, each stretch of text read by the first rule that fits it."""
    taken: list[_Match] = []
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            if not any(match.start() < other.end and other.at < match.end() for other in taken):
                stated = _cut(rule(match, as_of), as_of, match[0])
                taken.append(_Match(match.start(), match.end(), rule, stated))
    return taken


def _cut(period: Period, as_of: dt.date, words: str) -> Stated:
    """Return the period up to the day of the check; one that begins later is empty."""
    end = min(period.end, as_of + dt.timedelta(days=1))
    start = min(period.start, end) if period.start else None
    return Stated(Period(start, end), words)


def _since(match: re.Match[str], as_of: dt.date) -> Period:
    return Period(min(_day(match), as_of), as_of + dt.timedelta(days=1))


def _until(match: re.Match[str], as_of: dt.date) -> Period:
    year, month = int(match["year"]), int(match["month"] or _DECEMBER)
    if match["day"]:
        return Period.until(_day(match))
    return Period(None, Period.month(year, month).end)


def _years(match: re.Match[str], as_of: dt.date) -> Period:
    first, last = sorted((int(match["first"]), int(match["last"])))
    return Period(dt.date(first, 1, 1), dt.date(last + 1, 1, 1))


def _year(match: re.Match[str], as_of: dt.date) -> Period:
    year = int(match["year"]) if match["year"] else as_of.year - bool(match["past"])
    return _in_year(year, match)


def _half(match: re.Match[str], as_of: dt.date) -> Period:
    return _in_year(as_of.year, match)


def _last_years(match: re.Match[str], as_of: dt.date) -> Period:
    years = int(parse(match["n"] or match["m"]).value)
    return Period(_years_before(as_of, years), as_of + dt.timedelta(days=1))


def _plan(match: re.Match[str], as_of: dt.date) -> Period:
    start = _PLANS[match["n"]]
    return Period(dt.date(start, 1, 1), dt.date(start + 5, 1, 1))


def _ever(match: re.Match[str], as_of: dt.date) -> Period:
    return Period.until(as_of)


_Rule = Callable[[re.Match[str], dt.date], Period]
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = (
    (_SINCE, _since),
    (_YEARS, _years),
    (_UNTIL, _until),
    (_YEAR, _year),
    (_LAST_YEARS, _last_years),
    (_PLAN, _plan),
    (_HALF, _half),
    (_EVER, _ever),
)


def _in_year(year: int, match: re.Match[str]) -> Period:
    """Return the year, or the part of it that the match names."""
    parts = match.groupdict()
    if half := parts.get("half"):
        middle = dt.date(year, 7, 1)
        return (
            Period(dt.date(year, 1, 1), middle)
            if half == "上半年"
            else Period(middle, dt.date(year + 1, 1, 1))
        )
    if quarter := parts.get("quarter"):
        first = _QUARTERS[quarter]
        return Period(dt.date(year, first, 1), Period.month(year, first + 2).end)
    if parts.get("first3"):
        return Period(dt.date(year, 1, 1), dt.date(year, 10, 1))
    if (first_month := parts.get("from")) and 1 <= int(first_month) <= int(
        parts.get("to") or first_month
    ) <= _DECEMBER:
        last = int(parts.get("to") or first_month)
        return Period(dt.date(year, int(first_month), 1), Period.month(year, last).end)
    return Period.year(year)


def _day(match: re.Match[str]) -> dt.date:
    """Return the first day that the match names; what is no date counts as the month's or year's first."""
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return dt.date(year, 1, 1)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years) + dt.timedelta(days=1)
    except ValueError:
        return dt.date(day.year - years, 3, 1)
