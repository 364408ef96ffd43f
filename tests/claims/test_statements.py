"""Claims made without a number: 全覆盖 and ranks."""

import itertools

import pytest

from kexie.kernel.quantities import read
from kexie.reporting.claims.statements import Form, claims_of


def claims(text):
    return [(one.form, one.quantity.text) for one in claims_of(read(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("科技馆总量居全省前列。", "居全省前列"),
        ("优秀组织单位数量稳居全省第一。", "稳居全省第一"),
        ("综合考核位列全市第3位。", "位列全市第3位"),
        ("素质比例位居全省前五名。", "位居全省前五名"),
        ("考核名列第一。", "名列第一"),
        ("增幅全国领先。", "全国领先"),
        ("进入全省第一方阵。", "全省第一方阵"),
        ("排名全省第二。", "全省第二"),
    ],
)
def test_ranks(text, expected):
    (claim,) = claims_of(read(text))
    assert claim.form == Form.RANK
    assert expected in claim.quantity.text


@pytest.mark.parametrize(
    "text",
    [
        "第一准则。",
        "是第一位的。",
        "全省第一届科普大会召开。",
        "走在前列、勇当先锋。",
        "全国第三批名单公布。",
        "第一时间响应。",
    ],
)
def test_no_ranks(text):
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "is_claim"),
    [
        ("实现科协组织建设全覆盖。", True),
        ("县级科协全覆盖。", True),
        ("推进科协组织建设全覆盖。", False),
        ("力争三年内实现企业科协全覆盖。", False),
        ("确保重点企业科协全覆盖。", False),
    ],
)
def test_coverage(text, is_claim):
    assert claims(text) == ([(Form.COVERAGE, "全覆盖")] if is_claim else [])


def test_coverage_claims_a_hundred_per_cent():
    (claim,) = claims_of(read("县级科协全覆盖。"))
    assert claim.quantity.as_dict() == {
        "text": "全覆盖", "value": 100, "low": 100, "high": 100, "unit": "%", "start": 4, "end": 7,
    }  # fmt: skip


def test_claims_stand_in_order_and_do_not_overlap():
    found = claims_of(read("建成61个,全市全覆盖,居全省第3位,培训2.8万人次。"))
    assert [one.form.value for one in found] == ["quantity", "coverage", "rank", "quantity"]
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))
