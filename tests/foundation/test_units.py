"""Units: one tree per association, and what keeps it one."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kexie.foundation.units import operations, queries
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.codes import synthetic_credit_code
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW, build_city

pytestmark = pytest.mark.django_db


def whole(unit: Unit) -> Scope:
    return Scope(association_id=unit.association_id)


def below(unit: Unit) -> Scope:
    return Scope(association_id=unit.association_id, unit_paths=(unit.path,))


def names(found) -> list[str]:
    return sorted(unit.name for unit in found)


def test_paths_are_the_codes_of_all_ancestors(city):
    root, county, school = city.association, city.yingzhou, city.school
    assert school.path == f"{root.code}/{county.code}/{school.code}/"
    assert queries.ancestors(school) == [root, county]


def test_a_scope_shows_its_subtree_only(city):
    assert names(queries.units(below(city.yingzhou))) == ["清河路小学", "颍州区科协"]
    assert queries.get(below(city.yingzhou), city.school.code) == city.school
    with pytest.raises(NotFound):
        queries.get(below(city.yingdong), city.school.code)


def test_another_association_is_out_of_sight(city):
    other = build_city("亳州市科学技术协会")
    assert names(queries.units(whole(other.association), kind=Kind.MUSEUM)) == ["阜阳市科技馆"]
    with pytest.raises(NotFound):
        queries.get(whole(other.association), city.museum.code)


def test_moving_takes_everything_below_along(city):
    base = operations.create_unit(
        association=city.association,
        parent=city.school,
        kind=Kind.BASE,
        name="科学教育基地",
        area=city.school.area,
        actor=None,
        now=NOW,
    )
    operations.move(unit=city.school, parent=city.yingdong, actor=None, now=NOW, reason="区划调整")
    assert names(queries.units(below(city.yingzhou))) == ["颍州区科协"]
    assert names(queries.units(below(city.yingdong))) == ["清河路小学", "科学教育基地", "颍东区科协"]
    base.refresh_from_db()
    assert base.path == f"{city.yingdong.path}{city.school.code}/{base.code}/"


def test_no_unit_moves_below_itself(city):
    with pytest.raises(operations.UnitRefused, match="不能把单位移到它自己"):
        operations.move(unit=city.yingzhou, parent=city.school, actor=None, now=NOW)
    with pytest.raises(operations.UnitRefused, match="科协本身"):
        operations.move(unit=city.association, parent=city.yingzhou, actor=None, now=NOW)


def test_no_unit_moves_to_another_association(city):
    other = build_city("亳州市科学技术协会")
    with pytest.raises(operations.UnitRefused, match="另一个科协"):
        operations.move(unit=city.school, parent=other.yingzhou, actor=None, now=NOW)


@pytest.mark.parametrize(
    ("parent", "kind"),
    [("museum", Kind.COUNTY_ASSOCIATION), ("school", Kind.MUSEUM), ("yingzhou", Kind.ASSOCIATION)],
)
def test_kinds_stand_only_where_they_belong(city, parent, kind):
    with pytest.raises(operations.UnitRefused) as refused:
        operations.create_unit(
            association=city.association,
            parent=getattr(city, parent),
            kind=kind,
            name="某单位",
            area=city.school.area,
            actor=None,
            now=NOW,
        )
    assert list(refused.value.fields) == ["parent"]


def make_firm(city, code: str) -> Unit:
    return operations.create_unit(
        association=city.association,
        parent=city.yingzhou,
        kind=Kind.FIRM,
        name="颍淮面粉有限公司",
        area=city.school.area,
        credit_code=code,
        actor=None,
        now=NOW,
    )


def test_credit_codes_are_normalised_and_used_once(city):
    code = synthetic_credit_code(1, category="91")
    assert make_firm(city, f" {code[:8]}-{code[8:].lower()} ").credit_code == code
    with pytest.raises(operations.UnitRefused) as refused:
        make_firm(city, code)
    assert refused.value.fields == {"credit_code": "已有单位使用这个统一社会信用代码，请先查找该单位。"}


def test_a_wrong_credit_code_is_refused_beside_its_field(city):
    with pytest.raises(operations.UnitRefused) as refused:
        make_firm(city, "91341200Y00000000")
    assert list(refused.value.fields) == ["credit_code"]
    assert not Unit.objects.filter(kind=Kind.FIRM).exists()


def test_many_units_are_made_with_one_log_entry(city):
    made = operations.create_units(
        association=city.association,
        units=[
            Unit(parent=city.yingzhou, kind=Kind.SCHOOL, name=f"第{number}小学", area=city.school.area)
            for number in range(3)
        ],
        actor=None,
        now=NOW,
    )
    assert queries.children(whole(city.association), city.yingzhou).count() == 4
    assert made[0].path == f"{city.yingzhou.path}{made[0].code}/"
    entry = Entry.objects.get(action="units.create_many")
    assert entry.detail["count"] == 3


def test_a_parent_made_in_the_same_batch_serves_its_children(city):
    village = Unit(parent=city.yingzhou, kind=Kind.VILLAGE, name="某村", area=city.school.area)
    base = Unit(parent=village, kind=Kind.BASE, name="某村基地", area=city.school.area)
    operations.create_units(association=city.association, units=[village, base], actor=None, now=NOW)
    assert names(queries.units(below(village))) == ["某村", "某村基地"]


def test_closing_waits_for_the_units_below(city):
    day = dt.date(2026, 3, 1)
    with pytest.raises(operations.UnitRefused, match="还有1个未终止的单位"):
        operations.close(unit=city.yingzhou, on=day, reason="撤并", actor=None, now=NOW)
    operations.close(unit=city.school, on=day, reason="撤并", actor=None, now=NOW)
    closed = operations.close(unit=city.yingzhou, on=day, reason="撤并", actor=None, now=NOW)
    assert closed.valid_to == day
    there = queries.units(whole(city.association), at=dt.date(2026, 2, 28))
    assert names(there) == ["清河路小学", "阜阳市科学技术协会", "阜阳市科技馆", "颍东区科协", "颍州区科协"]
    assert names(queries.units(whole(city.association), at=day)) == [
        "阜阳市科学技术协会", "阜阳市科技馆", "颍东区科协",
    ]  # fmt: skip


def test_renaming_keeps_the_old_name_in_the_log(city):
    operations.rename(unit=city.school, name="清河路第一小学", actor=None, now=NOW, reason="更名")
    entry = Entry.objects.get(action="units.rename")
    assert (entry.detail["old"], entry.detail["new"], entry.reason) == (
        "清河路小学",
        "清河路第一小学",
        "更名",
    )


def test_search_finds_names_and_credit_codes(city):
    firm = make_firm(city, synthetic_credit_code(7, category="91"))
    assert queries.search(whole(firm), "颍淮") == [firm]
    assert queries.search(whole(firm), firm.credit_code[:12]) == [firm]
    assert queries.search(below(city.yingdong), "颍淮") == []


def test_the_database_refuses_a_second_root_in_a_tree(city):
    with pytest.raises(IntegrityError, match="unit_root_is_its_own_association"), transaction.atomic():
        Unit.objects.filter(pk=city.yingzhou.pk).update(parent=None)
    with pytest.raises(IntegrityError, match="unit_path_ends_with_own_code"), transaction.atomic():
        Unit.objects.filter(pk=city.yingzhou.pk).update(path="x/")
    with pytest.raises(IntegrityError, match="unit_only_root_is_demo"), transaction.atomic():
        Unit.objects.filter(pk=city.yingzhou.pk).update(is_demo=True)


class TreeProperties(TestCase):
    """Random trees of departments, randomly moved: what a scope shows is what the parents say."""

    @settings(max_examples=25, deadline=None)
    @given(
        parents=st.lists(st.integers(0, 30), min_size=1, max_size=12),
        moves=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 12)), max_size=6),
        chosen=st.lists(st.integers(0, 12), max_size=3),
    )
    def test_a_scope_never_leaks_a_unit(self, parents, moves, chosen):
        city = build_city()
        build_city("亳州市科学技术协会")
        nodes = self._grow(city, parents)
        for source, target in moves:
            pair = nodes[1 + source % len(parents)].pk, nodes[target % len(nodes)].pk
            self._try_move(*(Unit.objects.get(pk=pk) for pk in pair))
        roots = {nodes[index % len(nodes)].pk for index in chosen}
        paths = tuple(Unit.objects.filter(pk__in=roots).values_list("path", flat=True))
        scope = Scope(association_id=city.association.pk, unit_paths=paths)
        assert set(queries.units(scope).values_list("pk", flat=True)) == self._descendants(roots)

    def _grow(self, city, parents: list[int]) -> list[Unit]:
        nodes = [city.association]
        for number, parent in enumerate(parents):
            nodes.append(
                operations.create_unit(
                    association=city.association,
                    parent=Unit.objects.get(pk=nodes[parent % len(nodes)].pk),
                    kind=Kind.DEPARTMENT,
                    name=f"部室{number}",
                    area=city.association.area,
                    actor=None,
                    now=NOW,
                )
            )
        return nodes

    def _try_move(self, unit: Unit, parent: Unit) -> None:
        if parent.path.startswith(unit.path):
            with pytest.raises(operations.UnitRefused, match="它自己"):
                operations.move(unit=unit, parent=parent, actor=None, now=NOW)
        else:
            operations.move(unit=unit, parent=parent, actor=None, now=NOW)

    def _descendants(self, roots: set) -> set:
        """Follow the parents, not the paths."""
        found = set(roots)
        while more := set(Unit.objects.filter(parent__in=found).values_list("pk", flat=True)) - found:
            found |= more
        return found
