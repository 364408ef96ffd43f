"""The periods that texts state."""

import datetime as dt

import pytest

from kexie.kernel.quantities import read
from kexie.reporting.claims import times
from kexie.reporting.claims.context import BareText, Place, Span
from kexie.reporting.claims.statements import claims_of

AS_OF = dt.date(2025, 6, 30)


def period(text, number=-1):
    reading = read(text)
    bare = BareText(reading)
    spans = [Span(bare.position(one.start), bare.position(one.end)) for one in claims_of(reading)]
    place = Place(bare, spans, range(len(spans))[number])
    stated = times.period_of(place, times.default_of(bare, AS_OF), AS_OF)
    return str(stated.period.start or ""), str(stated.period.last_day)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("培训46场。", "", "2025-06-30"),
        ("累计培训46场。", "", "2025-06-30"),
        ("近年来,培训46场。", "", "2025-06-30"),
        ("自2021年6月正式开放以来,接待46人次。", "2021-06-01", "2025-06-30"),
        ("2021年6月18日以来,接待46人次。", "2021-06-18", "2025-06-30"),
        ("自2021年6月以来,累计接待46人次。", "2021-06-01", "2025-06-30"),
        ("2024年,培训46场。", "2024-01-01", "2024-12-31"),
        ("2024年度培训46场。", "2024-01-01", "2024-12-31"),
        ("2024年上半年培训46场。", "2024-01-01", "2024-06-30"),
        ("2024年下半年培训46场。", "2024-07-01", "2024-12-31"),
        ("2024年第三季度培训46场。", "2024-07-01", "2024-09-30"),
        ("2024年前三季度培训46场。", "2024-01-01", "2024-09-30"),
        ("2024年1-5月培训46场。", "2024-01-01", "2024-05-31"),
        ("2024年9月培训46场。", "2024-09-01", "2024-09-30"),
        ("2021年至2023年培训46场。", "2021-01-01", "2023-12-31"),
        ("2021—2023年培训46场。", "2021-01-01", "2023-12-31"),
        ("今年以来培训46场。", "2025-01-01", "2025-06-30"),
        ("去年培训46场。", "2024-01-01", "2024-12-31"),
        ("上半年,培训46场。", "2025-01-01", "2025-06-30"),
        ("截至2024年底,建成46个。", "", "2024-12-31"),
        ("截至2024年3月,建成46个。", "", "2024-03-31"),
        ("截至2024年3月15日,建成46个。", "", "2024-03-15"),
        ("截至目前,建成46个。", "", "2025-06-30"),
        ("2024年,累计建成46个。", "", "2024-12-31"),
        ("近三年培训46场。", "2022-07-01", "2025-06-30"),
        ("五年来,培训46场。", "2020-07-01", "2025-06-30"),
        ("“十四五”以来,培训46场。", "2021-01-01", "2025-06-30"),
        ("比2020年提高,培训46场。", "", "2025-06-30"),
        ("2026年,培训46场。", "2025-07-01", "2025-06-30"),
    ],
)
def test_period(text, since, until):
    assert period(text) == (since, until)


def test_the_title_gives_the_period_of_the_whole_text():
    assert period("某市科协2024年工作总结\n\n全年培训46场。") == ("2024-01-01", "2024-12-31")
    assert period("某市科协2024年工作总结\n\n累计建成46个。") == ("", "2025-06-30")
    assert period("某市科协2024年工作总结\n\n2023年培训46场。") == ("2023-01-01", "2023-12-31")


def test_the_opening_of_a_paragraph_gives_its_period():
    text = "2024年,工作有序开展。培训46场。\n\n建成12个。"
    assert period(text, 0) == ("2024-01-01", "2024-12-31")
    assert period(text, 1) == ("", "2025-06-30")
