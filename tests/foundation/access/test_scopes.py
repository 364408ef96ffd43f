"""What grants let an account do, and that a scope never says more."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kexie.foundation.access import operations, queries
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ADMINISTRATOR_CODES, ROLES, Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Forbidden
from tests.foundation.conftest import NOW, build_city, make_account

pytestmark = pytest.mark.django_db

CONTEXTS = ("museums", "touring", "contests", "matching", "governance")
BUSINESS = (
    Action.READ,
    Action.DRAFT,
    Action.CONFIRM,
    Action.REVERSE,
    Action.IMPORT,
    Action.EXPORT,
    Action.CHECK_TEXT,
)


def test_a_county_officer_sees_the_county_alone(city):
    officer = make_account(city, "COUNTY_OFFICER", unit=city.yingzhou)
    scope = queries.scope_for(officer, Action.CONFIRM, "museums")
    assert scope.unit_paths == (city.yingzhou.path,)
    assert (scope.association_id, scope.account_id) == (city.association.pk, officer.pk)
    assert queries.may_at(officer, Action.CONFIRM, "museums", city.school)
    assert not queries.may_at(officer, Action.CONFIRM, "museums", city.museum)


def test_a_department_keeps_its_own_records_and_reads_all(city):
    clerk = make_account(city, "POPULARISATION_DEPARTMENT")
    assert queries.scope_for(clerk, Action.CONFIRM, "museums").is_whole
    assert queries.scope_for(clerk, Action.READ, "governance").is_whole
    assert not queries.may(clerk, Action.CONFIRM, "governance")


def test_two_roles_are_not_multiplied(city):
    """A desk at the museum and a tutor at a school: no contests of the museum, no visits of the school."""
    account = make_account(city, "MUSEUM_DESK", unit=city.museum)
    operations.grant(account=account, role="TUTOR", unit=city.school, actor=None, now=NOW)
    assert queries.scope_for(account, Action.DRAFT, "museums").unit_paths == (city.museum.path,)
    assert queries.scope_for(account, Action.DRAFT, "contests").unit_paths == (city.school.path,)
    parts = {(part.unit_paths, part.contexts) for part in queries.scopes_for(account, Action.DRAFT)}
    assert parts == {((city.museum.path,), ("museums",)), ((city.school.path,), ("contests",))}


def test_grants_hold_from_their_first_day_to_before_their_last(city):
    account = make_account(city, "")
    operations.grant(
        account=account,
        role="LEADER",
        unit=city.association,
        valid_from=dt.date(2026, 1, 1),
        valid_to=dt.date(2026, 2, 1),
        actor=None,
        now=NOW,
    )
    days = {day: len(queries.grants_of(account, on=dt.date.fromisoformat(day))) for day in (
        "2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01",
    )}  # fmt: skip
    assert days == {"2025-12-31": 0, "2026-01-01": 1, "2026-01-31": 1, "2026-02-01": 0}


def test_a_revoked_grant_and_a_stopped_account_may_nothing(city):
    officer = make_account(city, "COUNTY_OFFICER", unit=city.yingzhou)
    operations.revoke(grant=Grant.objects.get(account=officer), reason="调离", actor=None, now=NOW)
    with pytest.raises(Forbidden):
        queries.scope_for(officer, Action.READ)
    leader = make_account(city, "LEADER")
    operations.set_active(account=leader, active=False, reason="退休", actor=None, now=NOW)
    assert not queries.may(Account.objects.get(pk=leader.pk), Action.READ)


@pytest.mark.parametrize("role", ADMINISTRATOR_CODES)
def test_administrators_see_no_records(city, role):
    account = make_account(city, role)
    assert [action for action in BUSINESS if queries.may(account, action)] == []
    assert not queries.may(account, Action.REVEAL_PERSON)


def test_each_administrator_does_one_thing():
    own = {code: set(ROLES[code].actions) for code in ADMINISTRATOR_CODES}
    assert own == {
        "SYSTEM_ADMINISTRATOR": {Action.MANAGE_ACCOUNTS},
        "SECURITY_ADMINISTRATOR": {Action.MANAGE_GRANTS},
        "AUDIT_ADMINISTRATOR": {Action.READ_AUDIT},
    }
    others = {action for role in ROLES.values() if not role.administrator for action in role.actions}
    assert others.isdisjoint({Action.MANAGE_ACCOUNTS, Action.MANAGE_GRANTS, Action.READ_AUDIT})


def test_nobody_signed_in_may_nothing(city):
    from django.contrib.auth.models import AnonymousUser

    assert not queries.may(AnonymousUser(), Action.READ)
    assert queries.public_scope(city.association).is_whole


class GrantProperties(TestCase):
    """Random grants in two associations: a scope covers exactly what some single grant allows."""

    @settings(max_examples=30, deadline=None)
    @given(
        held=st.lists(
            st.tuples(
                st.sampled_from([code for code, role in ROLES.items() if not role.administrator]),
                st.integers(0, 4),
            ),
            max_size=5,
            unique=True,
        ),
        action=st.sampled_from(BUSINESS),
        context=st.sampled_from(CONTEXTS),
    )
    def test_a_scope_is_what_single_grants_allow(self, held, action, context):
        city, other = build_city(), build_city("亳州市科学技术协会")
        units = [city.association, city.yingzhou, city.yingdong, city.museum, city.school]
        account = make_account(city, "", username="somebody")
        for role, index in held:
            operations.grant(account=account, role=role, unit=units[index], actor=None, now=NOW)
        everywhere = [*units, other.association, other.school]
        assert {unit.pk for unit in everywhere if queries.may_at(account, action, context, unit)} == {
            unit.pk for unit in everywhere if self._allowed(unit, held, units, action, context)
        }
        for part in queries.scopes_for(account, action):
            inside = [unit for unit in units if part.covers(unit.path)]
            for unit in inside:
                for name in CONTEXTS if part.contexts is None else part.contexts:
                    assert self._allowed(unit, held, units, action, name)

    def _allowed(self, unit: Unit, held, units, action, context) -> bool:
        for role, index in held:
            contexts = ROLES[role].contexts_for(action)
            if (contexts is None or context in contexts) and unit.path.startswith(units[index].path):
                return True
        return False
