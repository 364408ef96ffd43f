"""Text as people type and paste it."""

import datetime as dt

import pytest

from kexie.kernel import text


@pytest.mark.parametrize(
    "written",
    [
        "2025-3-1",
        "2025/3/1",
        "2025.03.01",
        "2025年3月1日",
        "２０２５年３月１日",
        "20250301",
        "2025-03-01 00:00:00",
    ],
)
def test_days_are_read_as_people_write_them(written):
    assert text.date(written) == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    "written",
    ["", "三月一日", "2025/13/40", "2025-02-29", "0225-03-01", "1899-12-31", "2200-01-01", "9999-12-31"],
)
def test_what_is_no_day_of_ours_is_refused(written):
    with pytest.raises(ValueError):  # noqa: PT011  the caller says what is wrong
        text.date(written)


def test_marks_that_nobody_sees_are_dropped_and_everything_else_is_kept():
    assert text.clean("\x00临泉\u200b县\x7f　科协\ufeff ") == "临泉县 科协"
    assert text.clean("🐝𠮷（表情与扩展汉字）") == "🐝𠮷（表情与扩展汉字）"
    assert text.clean_lines(" 第一行\x00 \r\n\r\n 第二行　") == "第一行\n\n第二行"


def test_numbers_lose_their_separators():
    assert text.number("１，２３４ ５６７．５") == "1234567.5"
