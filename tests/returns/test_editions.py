"""Editions: what the files may say, and that what they bind is there."""

import re
from decimal import Decimal

import pytest

from kexie.ledger import registry
from kexie.reporting.returns import editions, expressions

EVERY = list(editions.editions().values())
ITEMS = [(one, item) for one in EVERY for item in one.items()]


def test_both_schemes_are_there_with_their_sheets():
    kx, kp = editions.edition("kx-2025"), editions.edition("kp-2025")
    assert [one.code for one in kx.sheets] == ["AK", "CKX", "EKX", "FKX", "GKX", "IKX", "JKX", "KKX"]
    assert [one.code for one in kp.sheets] == [f"KP-00{n}" for n in range(1, 7)]
    assert (
        str(editions.edition("kx-2013").span.last_day),
        editions.edition("kx-2013").is_partly_planned,
    ) == (
        "2013-10-31",
        True,
    )


def test_every_bound_measure_exists_with_its_unit_its_time_and_its_filters():
    wrong = []
    for one, item in ITEMS:
        if not item.measure:
            continue
        measure = registry.measure(item.measure)
        if item.unit not in {measure.unit, *measure.also_units}:
            wrong.append((one.key, item.key, item.unit, measure.unit))
        if (item.kind == "stock") != measure.is_stock:
            wrong.append((one.key, item.key, item.kind))
        for name in item.filters:
            measure.dim(name)
    assert wrong == []


def test_no_code_is_invented():
    coded = {one.key for one, item in ITEMS if item.code}
    assert coded == {"kp-2004"}
    assert all("编码" in one.doubt for one in EVERY)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "次"', "unit = 3", "unit is not of type"),
        ('source = "yearbook"', 'source = "rumour"', "item ak_bodies: unknown source rumour"),
        ('key = "ak_staff"', 'key = "ak_bodies"', "twice"),
        ('kind = "stock"', 'kind = "some"', "item ak_bodies: kind is one of"),
        ("gkx_halls <= gkx_floor", "gkx_halls <= __import__('os')", "not a comparison"),
        ("gkx_halls <= gkx_floor", "gkx_halls <= nothing", "unknown"),
        ('blank = "zero"', 'blank = "zero"\ncolour = "red"', "unknown"),
        ('label = "机关人数", ', "", "item ak_staff: label is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_item(tmp_path, old, new, told):
    text = (editions.FOLDER / "kx-2024.toml").read_text()
    path = tmp_path / "kx-2024.toml"
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(editions.EditionError, match=r"^kx-2024\.toml") as refused:
        editions.load(path)
    assert told in str(refused.value)


def test_checks_compare_sums_and_nothing_else():
    rule = expressions.parse("a + 2 * b <= c")
    assert rule.keys == {"a", "b", "c"}
    assert rule.sides({"a": Decimal(1), "b": Decimal(2), "c": Decimal(4)}) == (5, 4)
    for wrong in ("a", "a < b < c", "a.b < c", "f(a) < b", "a < 'x'", "a ** 9 < b", "a <"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            expressions.parse(wrong)


def test_two_editions_are_compared():
    found = editions.differences(editions.edition("kx-2024"), editions.edition("kx-2025"))
    assert [(key, new.label) for key, _old, new in found] == [("ekx_campaign", "属于全国科普月、科普周活动")]
