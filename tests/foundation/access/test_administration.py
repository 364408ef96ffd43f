"""Three administrators: who makes accounts, who grants roles, who reads the log."""

import pytest
from django.db import IntegrityError, transaction

from kexie.foundation.access import operations, queries
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ADMINISTRATOR_CODES
from kexie.foundation.people import operations as people
from kexie.kernel.errors import Forbidden
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW, build_city, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(city) -> Account:
    return make_account(city, "SYSTEM_ADMINISTRATOR")


@pytest.fixture
def security(city) -> Account:
    return make_account(city, "SECURITY_ADMINISTRATOR")


def new_account(city, actor, username="li.hua"):
    return operations.create_account(
        association=city.association,
        username=username,
        display_name="李华",
        unit=city.school,
        actor=actor,
        now=NOW,
    )


def test_the_system_administrator_makes_accounts_without_roles(city, system):
    account, first_password = new_account(city, system, " Li.Hua ")
    assert account.username == "li.hua"
    assert account.must_change_password
    assert account.check_password(first_password)
    assert queries.grants_of(account) == []
    entry = Entry.objects.get(action="access.create_account", subject_id=str(account.pk))
    assert (entry.actor_id, entry.association_id) == (system.pk, city.association.pk)


def test_the_system_administrator_cannot_grant(city, system):
    account, _password = new_account(city, system)
    with pytest.raises(Forbidden):
        operations.grant(account=account, role="LEADER", unit=city.association, actor=system, now=NOW)
    assert not Grant.objects.filter(account=account).exists()


def test_the_security_administrator_grants_but_makes_no_accounts(city, security):
    account, _password = new_account(city, None)
    made = operations.grant(
        account=account, role="TUTOR", unit=city.school, actor=security, now=NOW, reason="任教"
    )
    assert (made.granted_by, made.unit) == (security, city.school)
    with pytest.raises(Forbidden):
        new_account(city, security, "zhao.liu")


def test_nobody_grants_to_themselves(city, security):
    with pytest.raises(Forbidden, match="不能给自己授权"):
        operations.grant(account=security, role="LEADER", unit=city.association, actor=security, now=NOW)


def test_administrators_stay_within_their_association(city, security, system):
    other = build_city("亳州市科学技术协会")
    stranger, _password = operations.create_account(
        association=other.association, username="bozhou", display_name="外人", unit=None, actor=None, now=NOW
    )
    with pytest.raises(Forbidden):
        operations.grant(account=stranger, role="LEADER", unit=other.association, actor=security, now=NOW)
    with pytest.raises(Forbidden):
        operations.unlock(account=stranger, reason="试", actor=system, now=NOW)


@pytest.mark.parametrize("first", ADMINISTRATOR_CODES)
@pytest.mark.parametrize("second", [*ADMINISTRATOR_CODES, "LEADER"])
def test_nobody_adds_a_second_role_to_an_administrators(city, first, second):
    account = make_account(city, first)
    with pytest.raises(operations.GrantRefused) as refused:
        operations.grant(account=account, role=second, unit=city.association, actor=None, now=NOW)
    assert "三员" in refused.value.fields["role"]
    assert [grant.role for grant in queries.grants_of(account)] == [first]


def test_a_person_with_business_becomes_no_administrator(city):
    account = make_account(city, "LEADER")
    with pytest.raises(operations.GrantRefused) as refused:
        operations.grant(
            account=account, role="AUDIT_ADMINISTRATOR", unit=city.association, actor=None, now=NOW
        )
    assert "请先撤销" in refused.value.fields["role"]


def test_two_accounts_of_one_person_are_one_holder(city, system):
    person = people.create_person(association=city.association, name="赵六", actor=None, now=NOW)
    operations.link_person(account=system, person=person, actor=None, now=NOW)
    second, _password = operations.create_account(
        association=city.association,
        username="zhao.liu",
        display_name="赵六",
        unit=None,
        person=person,
        actor=None,
        now=NOW,
    )
    with pytest.raises(operations.GrantRefused) as refused:
        operations.grant(
            account=second, role="AUDIT_ADMINISTRATOR", unit=city.association, actor=None, now=NOW
        )
    assert "三员" in refused.value.fields["role"]


def test_linking_a_person_does_not_join_two_administrators(city, system, security):
    person = people.create_person(association=city.association, name="赵六", actor=None, now=NOW)
    operations.link_person(account=system, person=person, actor=None, now=NOW)
    with pytest.raises(operations.AccountRefused, match="三员之一"):
        operations.link_person(account=security, person=person, actor=None, now=NOW)
    assert Account.objects.get(pk=security.pk).person_id is None


def test_the_database_itself_refuses_two_administrators_in_one(city, system):
    grant = Grant.objects.get(account=system)
    values = {
        "association": city.association,
        "account": system,
        "holder_id": grant.holder_id,
        "unit": city.association,
        "valid_from": grant.valid_from,
        "granted_at": NOW,
    }
    with pytest.raises(IntegrityError, match="grant_one_administrator_role"), transaction.atomic():
        Grant.objects.create(role="AUDIT_ADMINISTRATOR", **values)


def test_administrators_roles_cover_the_whole_association_only(city):
    account = make_account(city, "")
    with pytest.raises(operations.GrantRefused) as refused:
        operations.grant(account=account, role="AUDIT_ADMINISTRATOR", unit=city.yingzhou, actor=None, now=NOW)
    assert list(refused.value.fields) == ["unit"]


def test_an_account_name_is_used_once_and_well_formed(city, system):
    new_account(city, system)
    with pytest.raises(operations.AccountRefused) as taken:
        new_account(city, system)
    assert list(taken.value.fields) == ["username"]
    for name in ("", "ab", "李华", "a b c", "-abc"):
        with pytest.raises(operations.AccountRefused) as refused:
            new_account(city, system, name)
        assert list(refused.value.fields) == ["username"]


def test_rules_cannot_be_laxer_than_the_standard(city, security):
    operations.set_rules(
        association=city.association, actor=security, now=NOW, password_days=90, idle_minutes=20
    )
    assert queries.rules_of(city.association.pk).password_days == 90
    for lax in ({"password_length": 6}, {"lock_after": 50}, {"lock_minutes": 1}, {"idle_minutes": 600}):
        with pytest.raises(operations.RulesRefused):
            operations.set_rules(association=city.association, actor=security, now=NOW, **lax)
    assert queries.rules_of(city.association.pk).idle_minutes == 20


def test_everything_done_is_in_the_log(city, system, security):
    account, _password = new_account(city, system)
    operations.grant(account=account, role="TUTOR", unit=city.school, actor=security, now=NOW, reason="任教")
    operations.set_active(account=account, active=False, reason="离职", actor=system, now=NOW)
    operations.set_active(account=account, active=True, reason="返聘", actor=system, now=NOW)
    operations.reset_password(account=account, reason="忘记", actor=system, now=NOW)
    done = Entry.objects.filter(subject_id=str(account.pk)).order_by("id").values_list("action", "reason")
    assert list(done) == [
        ("access.create_account", ""),
        ("access.grant", "任教"),
        ("access.disable_account", "离职"),
        ("access.enable_account", "返聘"),
        ("access.reset_password", "忘记"),
    ]
