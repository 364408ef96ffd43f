"""People whom the association works with find their own pages; the record desk shows them their own types only."""

import pytest

from kexie.foundation.access.roles import ROLES, Action
from kexie.ledger import registry
from kexie.workbench.desk.rights import Rights
from tests.workbench.conftest import Desk

OUTSIDE = sorted(code for code, role in ROLES.items() if role.outside)


def _rail(desk: Desk, role: str) -> list[str]:
    groups = desk.client(role).get("/work/").context["rail"]
    return [str(link.label) for group in groups for link in group.links]


@pytest.mark.parametrize("role", OUTSIDE)
def test_the_first_page_leads_to_what_is_theirs(desk: Desk, role: str):
    page = desk.client(role).get("/work/")
    assert page.status_code == 200
    assert page.context["own"] or page.context["quick"]
    assert page.context["figures"] == []  # those are of the association's work
    assert "没有业务记录的权限" not in page.content.decode()


def test_a_firm_posts_its_problem_and_sees_no_desk_of_the_association(desk: Desk):
    shown = _rail(desk, "FIRM_CONTACT")
    assert shown[:3] == ["我的工作", "提出难题", "我的难题"]
    assert {"专家库", "难题对接", "工作总览", "专家与企业"}.isdisjoint(shown)
    assert {"专家库", "难题对接", "工作总览", "专家与企业"} <= set(_rail(desk, "COORDINATOR"))


@pytest.mark.parametrize("path", ["", "new", "export.xlsx", "choices/unit"])
def test_types_that_are_not_theirs_are_refused(desk: Desk, path: str):
    assert desk.client("FIRM_CONTACT").get(f"/work/records/matching.visits/{path}").status_code == 403
    assert desk.client("EXPERT").get(f"/work/records/matching.agreements/{path}").status_code == 403


def test_an_expert_writes_down_a_visit(desk: Desk):
    assert desk.client("EXPERT").get("/work/records/matching.visits/new").status_code == 200


def test_with_a_second_role_its_types_are_there_too(desk: Desk):
    city = desk.city
    account = desk.account("FIRM_CONTACT", city.school)
    visits = registry.desk_type("matching.visits")
    assert Rights(account).find_of(Action.READ, visits) is None
    account.grants.create(
        association=city.association, holder_id=account.pk, role="COUNTY_OFFICER", unit=city.museum,
        valid_from="2020-01-01", granted_at=account.created_at,
    )  # fmt: skip
    scope = Rights(account).scope_of(Action.READ, visits)
    assert scope.covers(city.museum.path)
    assert not scope.covers(city.school.path)


def test_an_empty_list_says_how_to_begin_and_a_narrowed_one_how_to_see_more(desk: Desk):
    client = desk.client("FIRM_CONTACT")
    fresh = client.get("/work/problems/").content.decode()
    narrowed = client.get("/work/problems/?q=伺服").content.decode()
    assert "还没有内容" in fresh
    assert "看全部" not in fresh
    assert "没有符合条件的难题" in narrowed
    assert "看全部" in narrowed


def test_every_type_named_by_a_role_is_declared():
    for role in ROLES.values():
        for key in role.types or ():
            assert registry.desk_type(key).key == key
