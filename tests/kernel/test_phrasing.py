"""Numbers written as texts write them, and the law that no phrase is untrue."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kexie.kernel.quantities import quantities
from kexie.kernel.quantities.numerals import parse
from kexie.kernel.quantities.phrasing import Policy, chinese, like, phrase


@pytest.mark.parametrize(
    ("value", "policy", "said"),
    [
        (61, Policy.MORE, "60余个"),
        (60, Policy.MORE, "60个"),
        (7, Policy.MORE, "7个"),
        (634, Policy.MORE, "600余个"),
        (3127, Policy.MORE, "3100余个"),
        (28_123, Policy.MORE, "2.8万余个"),
        (1_302_345, Policy.MORE, "130余万个"),
        (1_300_000, Policy.MORE, "130万个"),
        (1_302_345, Policy.OVER, "超130万个"),
        (120, Policy.OVER, "超100个"),
        (100, Policy.OVER, "100个"),
        (1_268_700, Policy.REACHED, "达126.87万个"),
        (1_268_790, Policy.REACHED, "达126.879万个"),
        (1_200_000, Policy.REACHED, "达120万个"),
        (1_287_000, Policy.NEARLY, "近130万个"),
        (58, Policy.NEARLY, "近60个"),
        (61, Policy.NEARLY, "61个"),
        (58, Policy.ABOUT, "约60个"),
        (28_461, Policy.SCALED, "2.8万个"),
        (9_999, Policy.SCALED, "9999个"),
        (123_456_789, Policy.SCALED, "1.2亿个"),
        (0, Policy.MORE, "0个"),
    ],
)
def test_phrases(value, policy, said):
    assert phrase(value, "个", policy=policy) == said


def test_places_of_wan_are_chosen():
    assert phrase(28_461, "人次", policy=Policy.SCALED, places=2) == "2.85万人次"
    assert phrase(1_302_345, "人次", policy=Policy.MORE, word="多") == "130多万人次"


@given(st.integers(0, 10**10), st.sampled_from(Policy))
def test_a_phrase_is_true_as_a_reader_reads_it(value, policy):
    (read,) = quantities(f"累计{phrase(value, '人次', policy=policy)}。")
    assert value in read.interval
    assert read.unit == "人次"


@pytest.mark.parametrize(
    ("text", "unit", "value", "said"),
    [
        ("六十余个", "个", 73, "七十余个"),
        ("六十余个", "个", 70, "七十个"),
        ("60多个", "个", 73, "70多个"),
        ("130多万人次", "人次", 1_523_000, "150多万人次"),
        ("超120万人次", "人次", 1_104_000, "超110万人次"),
        ("突破3000场", "场", 2_981, "突破2900场"),
        ("近20场", "场", 28, "近30场"),
        ("2.8万人次", "人次", 31_204, "3.1万人次"),
        ("1,234名", "名", 5_678, "5,678名"),
        ("一百二十四处", "处", 135, "一百三十五处"),
        ("两家", "家", 3, "三家"),
        ("三家", "家", 2, "两家"),
        ("约50场", "场", 63, "约60场"),
        ("100个以上", "个", 61, "60个以上"),
        ("数十名", "名", 120, "120名"),
        ("66%", "%", Decimal("64.8"), "64.8%"),
    ],
)
def test_in_the_manner_of_another(text, unit, value, said):
    assert like(text, unit, value) == said


_STYLES = (
    "六十余个",
    "60多个",
    "130多万个",
    "超120万个",
    "近20个",
    "约50个",
    "100个以上",
    "2.8万个",
    "1,234个",
    "达35万个",
)


@given(st.sampled_from(_STYLES), st.integers(0, 10**9))
def test_what_is_proposed_is_true(text, value):
    (read,) = quantities(f"共有{like(text, '个', value)}。")
    assert value in read.interval


@given(st.integers(1, 10**11))
def test_chinese_numerals_are_read_back(value):
    assert parse(chinese(value)).value == value


def test_zeros_in_chinese_numerals():
    assert [chinese(one) for one in (0, 10, 12, 105, 1_050, 10_005, 100_600)] == [
        "零", "十", "十二", "一百零五", "一千零五十", "一万零五", "十万零六百",
    ]  # fmt: skip
