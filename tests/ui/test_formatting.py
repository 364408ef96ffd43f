"""Numbers and dates as pages show them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.html import strip_tags

from kexie.ui.templatetags import ui


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        (0, ["0"]),
        (999, ["999"]),
        (1330245, ["1", "330", "245"]),
        (12345, ["12", "345"]),
        (Decimal(100000), ["100", "000"]),
    ],
)
def test_a_number_is_parted_into_groups_of_three_that_copy_as_one(value, groups):
    shown = str(ui.num(value))
    assert (
        shown
        == '<span class="num">' + "".join(f'<span class="num__g">{g}</span>' for g in groups) + "</span>"
    )
    assert strip_tags(shown) == "".join(groups)


@pytest.mark.parametrize(
    ("value", "text"), [(-42, "−42"), (Decimal("21.40"), "21.4"), (None, ""), ("无", "无")]
)
def test_signs_fractions_and_what_is_no_number(value, text):
    assert strip_tags(str(ui.num(value))) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9999, "9999"),
        (10000, "1万"),
        (1330245, "133.02万"),
        (27500, "2.75万"),
        (99995, "10万"),
        (123_456_789, "1.23亿"),
        (-20000, "-2万"),
    ],
)
def test_the_short_form_counts_in_wan_and_yi(value, text):
    assert strip_tags(str(ui.wan(value))) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (800, "800"), (25000, "2.5万"), (120000, "12万"), (3 * 10**8, "3亿")]
)
def test_axis_numbers_are_short(value, text):
    assert ui.axis(value) == text


def test_machines_get_plain_numbers_in_every_language():
    with translation.override("de"):
        assert ui.plain(Decimal("1234.50")) == "1234.5"
    assert ui.plain(None) == ""


def test_dates_are_shown_in_local_time():
    late = dt.datetime(2026, 6, 30, 17, 5, tzinfo=dt.UTC)  # 01:05 on 1 July in Shanghai
    with timezone.override("Asia/Shanghai"):
        assert ui.cn_date(late) == "2026年7月1日"
        assert ui.iso_date(late) == "2026-07-01"
        assert ui.iso_time(late) == "2026-07-01 01:05"
        assert ui.month_weekday(late) == "7月 周三"
    assert ui.cn_date(dt.date(2026, 6, 30)) == "2026年6月30日"
    assert ui.iso_time(dt.date(2026, 6, 30)) == "2026-06-30"
    assert ui.cn_date(None) == ui.iso_date("2026") == ""


def test_english_counts_in_thousands_and_writes_its_own_dates():
    day = dt.date(2026, 6, 30)
    with translation.override("en"):
        assert strip_tags(str(ui.wan(1330245))) == "1330245"
        assert [ui.axis(number) for number in (800, 25000, 3_000_000)] == ["800", "25k", "3M"]
        assert [ui.cn_date(day), ui.year_month(day), ui.month_day(day)] == [
            "30 June 2026",
            "June 2026",
            "30 Jun",
        ]


@pytest.mark.parametrize(
    ("unit", "chinese", "english"),
    [
        ("人次", ("人次", "（人次）"), ("", "")),
        ("个", ("个", "（个）"), ("", "")),
        ("个月", ("个月", "（个月）"), (" months", " (months)")),
        ("%", ("%", "（%）"), ("%", " (%)")),
        ("吨", ("吨", "（吨）"), (" 吨", " (吨)")),
    ],
)
def test_english_leaves_out_the_words_that_chinese_counts_with(unit, chinese, english):
    assert (ui.after_number(unit), ui.bracketed_unit(unit)) == chinese
    with translation.override("en"):
        assert (ui.after_number(unit), ui.bracketed_unit(unit)) == english
