"""Offsets, line breaks, the work report, speed, and properties that hold for every text."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.kernel.quantities import quantities, read
from tests.kernel.test_quantities_intervals import CASES, read_out
from tests.kernel.test_quantities_none import ALL as NOTHING

ARTICLE = Path(__file__).parents[3] / "shared" / "article.txt"
# The quantities of the work report, listed by hand from the text, in its order.
IN_ARTICLE = [
    (6, "项"), (5, "个"), (60, "位"), (30, "项"), (10, "位"), (8, "家"), (100, "场次"), (1_300_000, "人次"), (3000, "场次"),
    (15, "次"), (40, "个月"), (1_200_000, "人次"), (600, "场次"), (1_200_000, "人次"), (61, "个"), (135, "个"), (127, "个"),
    (8, "个"), (73, "个"), (33, "名"), (12, "个"), (1788, "户"), (4539, "名"), (300, "场次"), (28_000, "人次"), (100, "个"),
    (90, "项"), (46, "名"), (2, "个"), (6, "个"), (2, "个"), (7, "个"), (3, "年"), (96, "家"),
]  # fmt: skip
FULL_WIDTH = {ord(half): chr(ord(half) + 0xFEE0) for half in "0123456789.,%()+"}

sentences = st.sampled_from([case[0] for case in CASES] + NOTHING)


@pytest.mark.skipif(not ARTICLE.exists(), reason="the work report is not on this machine")
def test_work_report():
    found = quantities(ARTICLE.read_text(encoding="utf-8"))
    assert [(quantity.value, quantity.unit) for quantity in found] == IN_ARTICLE


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("共邀请6\n0余位学会专家。", ["6\n0余位"]),
        ("共邀请60\n余位学会专家。", ["60\n余位"]),
        ("共邀请60余\n\n位学会专家。", ["60余\n\n位"]),
        ("累计接待130\r\n多万人次。", ["130\r\n多万人次"]),
        ("累计接待130多万\n  人次。", ["130多万\n  人次"]),
        ("培训农民2.\n8万人次。", ["2.\n8万人次"]),
        ("举办\n\n特色展演3000余场次,接待超\n120万人次。", ["3000余场次", "超\n120万人次"]),
        ("活动室一百三\n十五个。", ["一百三\n十五个"]),
        ("比例为54\n%,上升。", ["54\n%"]),
        ("近\n20场讲座。", ["近\n20场"]),
    ],
)
def test_reads_on_across_breaks_inside_a_sentence(text, slices):
    assert [quantity.text for quantity in quantities(text)] == slices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("接待观众120万\n6场讲座", [(1_200_000, ""), (6, "场")]),
        ("61\n135\n127", []),
        ("总数达61\n\n2. 下一步工作", [(61, "")]),
        ("专家60余位\n企业8家\n签约6项", [(60, "位"), (8, "家"), (6, "项")]),
        ("一、总体情况\n3个县建成科技馆。", [(3, "个")]),
    ],
)
def test_lines_that_end_something_stay_apart(text, expected):
    assert [(quantity.value, quantity.unit) for quantity in quantities(text)] == expected


def test_offsets_count_characters_of_the_text_as_given():
    text = "😀 全年\r\n培训１，２３４人次,覆盖\u300061所学校。"
    assert [(q.start, q.end, q.text) for q in quantities(text)] == [
        (8, 15, "１，２３４人次"),
        (19, 22, "61所"),
    ]


def test_reading_maps_every_character_back():
    source = "甲\n\n乙丙,\n丁60\n余位。\n戊"
    reading = read(source)
    assert reading.text == "甲\n乙丙,丁60余位。\n戊"
    assert [
        source[reading.origin(index)] for index, character in enumerate(reading.text) if character != "\n"
    ] == list("甲乙丙,丁60余位。戊")


def test_as_dict_has_exactly_the_published_fields():
    (quantity,) = quantities("接待130多万人次")
    assert quantity.as_dict() == {
        "text": "130多万人次", "value": 1_300_000, "low": 1_300_001, "high": 1_399_999, "unit": "人次", "start": 2, "end": 9,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "inside", "outside"),
    [
        ("培训2.8万人次", ["27500", "28499.9"], ["27499.9", "28500"]),
        ("占比超过54%", ["54.01"], ["54"]),
        ("60余公里", ["60.5", "69.9"], ["60", "70"]),
        ("近20场", ["18", "19"], ["17.9", "20"]),
        ("三分之二", ["0.66666667"], ["0.67"]),
    ],
)
def test_the_interval_has_exact_ends(sentence, inside, outside):
    (quantity,) = quantities(sentence)
    assert all(Decimal(value) in quantity.interval for value in inside)
    assert not any(Decimal(value) in quantity.interval for value in outside)


def test_a_megabyte_of_text_gives_each_sentence_its_quantities():
    text = "".join(case[0] for case in CASES)
    times = 1_000_000 // len(text.encode()) + 1
    assert len(quantities(text * times)) == len(quantities(text)) * times


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "一" * 100_000, "“" * 50_000, "1," * 50_000, "\n" * 100_000, "第" * 50_000 + "1"]
)
def test_hostile_texts_are_read_to_their_end(text):
    # What looks twice at what it has seen would not come back from these in an hour.
    assert all(found.end <= len(text) for found in quantities(text))


@given(st.lists(sentences, max_size=8))
def test_texts_side_by_side_say_what_each_says(parts):
    together = read_out("\n\n".join(parts))
    assert together == [row for part in parts for row in read_out(part)]


@given(st.lists(sentences, max_size=8), st.text(alphabet="甲乙。, \n“”1二万余年%", max_size=30))
def test_offsets_slice_the_text(parts, noise):
    text = noise.join(parts)
    end = 0
    for quantity in quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text
        assert end <= quantity.start < quantity.end
        end = quantity.end


@given(sentences)
def test_full_width_says_the_same(sentence):
    assert read_out(sentence.translate(FULL_WIDTH)) == read_out(sentence)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    for quantity in quantities(text):
        assert quantity.low is None or quantity.high is None or quantity.low <= quantity.high


@given(st.integers(1, 10**9), st.sampled_from("个名项场次"))
def test_a_plain_number_claims_itself(number, unit):
    (quantity,) = quantities(f"完成{number}{unit}。")
    assert (quantity.value, quantity.low, quantity.high) == (number, number, number)
    assert (quantities(f"完成{number:,}{unit}。"))[0].value == number


@given(st.integers(1, 9_999), st.integers(0, 9), st.sampled_from("万亿"))
def test_a_rounded_number_holds_itself_and_nothing_of_its_neighbours(whole, tenth, scale):
    (quantity,) = quantities(f"共{whole}.{tenth}{scale}元。")
    (following,) = quantities(f"共{(whole * 10 + tenth + 1) / 10:.1f}{scale}元。")
    assert quantity.value in quantity.interval
    assert quantity.high + 1 == following.low


@given(st.integers(1, 9).map(lambda digit: digit * 10), st.integers(0, 4))
def test_more_than_written_excludes_both_ends(tens, zeros):
    number = tens * 10**zeros
    (quantity,) = quantities(f"邀请{number}余位专家。")
    assert (quantity.low, quantity.high) == (number + 1, number + 10 ** (zeros + 1) - 1)


@given(st.integers(2, 10**6))
def test_bounds(number):
    assert quantities(f"共超{number}人。")[0].low == number + 1
    assert quantities(f"至少{number}人。")[0].low == number
    assert quantities(f"不超过{number}人。")[0].high == number
    assert quantities(f"不足{number}人。")[0].high == number - 1
    assert quantities(f"近{number}人。")[0].high == number - 1
