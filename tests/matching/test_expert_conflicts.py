"""Experts who are tied to a firm are left out of what is chosen for it, with the reason kept."""

import pytest

from kexie.contexts.matching.models import Agreement
from kexie.contexts.matching.operations import conflicts, experts
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.queries import expert_ties
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.ledger import operations as ledger
from kexie.platform.ties import queries as ties
from kexie.platform.ties.models import Declaration
from kexie.platform.ties.wording import explain_all
from tests.ledger import build
from tests.matching.conftest import TODAY


@pytest.fixture
def firm(world):
    return units.create_unit(
        association=world.association, parent=world.counties[0], kind="FIRM", name="阜阳澄宇新材料有限公司",
        area=Area.objects.get(code="341221"), actor=None, now=build.NOW,
    )  # fmt: skip


def screened(firm, everybody, by):
    found = conflicts.screen(firm=firm, experts=everybody, purpose="t:1", actor=by["actor"], now=by["now"])
    return {one.name: explain_all(found[one.pk]) for one in everybody if one.pk in found}


def declare(one, by, **given):
    told = {"kind": "KINSHIP", "other_name": "澄宇新材料", "words": "配偶任职", "until": None, **given}
    return conflicts.declare(expert_id=one.pk, **told, **by)


def test_who_works_there_or_is_declared_is_excluded_and_who_worked_for_it_is_shown(world, firm, by, enter):
    inside = enter("在岗的", employer="阜阳澄宇新材料股份有限公司")
    kin, before, free = enter("有亲属的"), enter("签过的"), enter("无关的")
    declare(kin, by, other_name="阜阳澄宇新材料有限公司")
    contract = ledger.draft(
        record=Agreement(
            association=world.association, unit=world.association, area=firm.area, occurred_on=TODAY,
            kind="TECHNOLOGY", title="技术服务合同", firm=firm, expert=before,
        ),
        **by,
    )  # fmt: skip
    everybody = [inside, kin, before, free]
    assert set(screened(firm, everybody, by)) == {"在岗的", "有亲属的"}
    ledger.confirm(records=[contract], **by)
    assert screened(firm, everybody, by) == {
        "在岗的": "同一单位：阜阳澄宇新材料有限公司", "有亲属的": "亲属：配偶任职",
        "签过的": "收取过报酬：技术服务合同（到 2028-07-01）",
    }  # fmt: skip
    kept = {one for one, _firm, _why in ties.exclusions(world.association.pk, "t:1")}
    assert kept == {expert_ties.expert_key(inside.pk), expert_ties.expert_key(kin.pk)}


@pytest.mark.parametrize("count", [1, 3])
def test_many_experts_take_as_many_queries_as_one(firm, by, enter, count, django_assert_num_queries):
    everybody = [enter(f"专家{number}") for number in range(count)]
    for one in everybody:
        facts.add_work(expert_id=one.pk, kind="PAPER", title=f"{one.name}的研究", authors="甲、乙", **by)
    conflicts.screen(firm=firm, experts=everybody, purpose="t:1", actor=by["actor"], now=by["now"])
    with django_assert_num_queries(6):
        conflicts.screen(firm=firm, experts=everybody, purpose="t:1", actor=by["actor"], now=by["now"])


def test_nobody_is_nobody(firm, by):
    assert screened(firm, [], by) == {}


def test_ties_are_declared_and_revoked_on_the_page(staff, by, enter):
    one = enter()
    url = f"/work/experts/{one.pk}/"
    sent = {"act": "declare", "kind": "KINSHIP", "other_name": "甲公司", "words": "兄弟"}
    assert staff.post(url, {**sent, "other_name": ""}).status_code == 422
    assert staff.post(url, {**sent, "until": "2020-01-01"}).status_code == 422
    assert staff.post(url, sent).status_code == 302
    made = Declaration.objects.get()
    assert "亲属 · 甲公司" in staff.get(url).content.decode()
    assert staff.post(url, {"act": "revoke", "row": made.pk, "reason": ""}).status_code == 422
    assert staff.post(url, {"act": "revoke", "row": made.pk, "reason": "已离任"}).status_code == 302
    made.refresh_from_db()
    assert made.revoked_why == "已离任"
    experts.withdraw(expert_id=one.pk, on=TODAY, reason="退休", **by)
    staff.post(url, sent)
    assert Declaration.objects.count() == 1
