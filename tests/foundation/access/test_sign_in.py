"""Signing in: lock-out, limits, second factor, sessions, passwords."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kexie.foundation.access import operations, passwords, queries, rules, second_factor, sign_in
from kexie.foundation.access.models import Account, Attempt, Presence, SecurityRules
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import NOW, PASSWORD, build_city, make_account

pytestmark = pytest.mark.django_db
WHERE = sign_in.Where(ip="10.0.0.7", agent="Firefox")
MINUTE = dt.timedelta(minutes=1)


def attempt(username="leader", password=PASSWORD, *, now=NOW, where=WHERE) -> str:
    """Return "" on success, else the message."""
    try:
        sign_in.by_password(username=username, password=password, where=where, now=now)
    except sign_in.SignInRefused as refused:
        return str(refused)
    return ""


def test_name_and_password_open_a_session(city):
    leader = make_account(city, "LEADER")
    account = sign_in.by_password(username=" Leader ", password=PASSWORD, where=WHERE, now=NOW)
    presence = sign_in.begin(account=account, where=WHERE, now=NOW)
    assert (account, presence.ip) == (leader, "10.0.0.7")
    assert list(queries.attempts_of(leader).values_list("outcome", flat=True)) == ["SUCCEEDED"]


def test_unknown_names_wrong_passwords_and_stopped_accounts_look_the_same(city):
    make_account(city, "LEADER")
    stopped = make_account(city, "", username="stopped")
    operations.set_active(account=stopped, active=False, reason="离职", actor=None, now=NOW)
    wrong = attempt(password="Wrong-pass-1")
    assert wrong.startswith("账号或密码不正确")
    assert attempt("nobody") == wrong
    assert attempt("stopped") == wrong


def test_five_failures_lock_for_fifteen_minutes_known_or_not(city):
    make_account(city, "LEADER")
    for username in ("leader", "nobody"):
        for _number in range(5):
            assert attempt(username, "Wrong-pass-1").startswith("账号或密码不正确")
        assert attempt(username).startswith("连续5次不正确，已暂停登录15分钟")
        assert attempt(username, now=NOW + 14 * MINUTE).startswith("连续5次不正确")
    assert attempt("leader", now=NOW + 15 * MINUTE) == ""
    assert attempt("nobody", now=NOW + 15 * MINUTE).startswith("账号或密码不正确")
    assert Entry.objects.filter(action="access.lock_out").count() == 1


def test_a_success_ends_the_count(city):
    make_account(city, "LEADER")
    for _round in range(2):
        for _number in range(4):
            attempt(password="Wrong-pass-1")
        account = sign_in.by_password(username="leader", password=PASSWORD, where=WHERE, now=NOW)
        sign_in.begin(account=account, where=WHERE, now=NOW)
    assert attempt() == ""


def test_the_system_administrator_unlocks(city):
    leader = make_account(city, "LEADER")
    for _number in range(5):
        attempt(password="Wrong-pass-1")
    operations.unlock(account=leader, reason="本人申请", actor=None, now=NOW)
    assert attempt() == ""


@pytest.mark.django_db(transaction=True)
def test_simultaneous_guesses_are_no_more_than_five():
    make_account(build_city(), "LEADER")

    def guess(number: int) -> str:
        try:
            return attempt(password=f"Wrong-pass-{number}", where=sign_in.Where(ip=f"10.0.1.{number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(16)))
    assert sum(answer.startswith("账号或密码不正确") for answer in answers) == 5
    assert sum(answer.startswith("连续5次不正确") for answer in answers) == 11
    assert Attempt.objects.filter(outcome="WRONG").count() == 5


def test_one_address_has_a_limit_over_all_accounts(city):
    make_account(city, "LEADER")
    for number in range(rules.FAILURES_PER_ADDRESS):
        attempt(f"guess{number}", "Wrong-pass-1")
    assert attempt().startswith("这个网络地址的失败次数过多")
    assert attempt(where=sign_in.Where(ip="10.0.0.8")) == ""
    assert attempt(now=NOW + 11 * MINUTE) == ""


def with_second_factor(account: Account) -> list[str]:
    second_factor.begin(account=account)
    account.refresh_from_db()
    code = second_factor.current_code(account, NOW - MINUTE)
    codes = second_factor.confirm(account=account, code=code, now=NOW - MINUTE)
    account.refresh_from_db()
    return codes


def test_a_code_is_accepted_once(city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    with_second_factor(account)
    code = second_factor.current_code(account, NOW)
    assert sign_in.by_code(account=account, code=f" {code[:3]} {code[3:]}", where=WHERE, now=NOW) == account
    with pytest.raises(sign_in.SignInRefused, match="动态口令不正确"):
        sign_in.by_code(account=account, code=code, where=WHERE, now=NOW)


def test_a_code_of_the_next_step_is_accepted_and_an_old_one_is_not(city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    with_second_factor(account)
    old = second_factor.current_code(account, NOW - 5 * MINUTE)
    with pytest.raises(sign_in.SignInRefused):
        sign_in.by_code(account=account, code=old, where=WHERE, now=NOW)
    ahead = second_factor.current_code(account, NOW + dt.timedelta(seconds=30))
    assert sign_in.by_code(account=account, code=ahead, where=WHERE, now=NOW) == account


def test_a_recovery_code_serves_once(city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    codes = with_second_factor(account)
    assert len(set(codes)) == 10
    assert sign_in.by_code(account=account, code=codes[3].lower(), where=WHERE, now=NOW) == account
    with pytest.raises(sign_in.SignInRefused):
        sign_in.by_code(account=account, code=codes[3], where=WHERE, now=NOW)
    assert account.recovery_codes.filter(used_at=None).count() == 9


def test_wrong_codes_lock_as_wrong_passwords_do(city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    with_second_factor(account)
    for _number in range(5):
        with pytest.raises(sign_in.SignInRefused, match="动态口令不正确"):
            sign_in.by_code(account=account, code="000000x", where=WHERE, now=NOW)
    with pytest.raises(sign_in.SignInRefused, match="已暂停登录"):
        sign_in.by_code(account=account, code=second_factor.current_code(account, NOW), where=WHERE, now=NOW)


def test_the_secret_is_kept_encrypted(city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    secret = second_factor.begin(account=account)
    account.refresh_from_db()
    assert secret.encode() not in bytes(account.totp_secret)
    assert not account.has_totp
    assert second_factor.begin(account=account) == secret


def test_a_session_ends_after_half_an_hour_without_activity(city):
    account = make_account(city, "LEADER")
    presence = sign_in.begin(account=account, where=WHERE, now=NOW)

    def later(minutes: int) -> sign_in.Ended | None:
        return sign_in.keep_alive(
            presence_id=presence.pk, account=account, limits=SecurityRules(), now=NOW + minutes * MINUTE
        )

    assert [later(29), later(58), later(89)] == [None, None, sign_in.Ended.IDLE]
    assert later(90) is sign_in.Ended.ELSEWHERE


def test_a_session_of_another_account_is_not_kept_or_ended(city):
    mine, other = make_account(city, "LEADER"), make_account(city, "OFFICE")
    presence = sign_in.begin(account=mine, where=WHERE, now=NOW)
    assert not sign_in.end(account=other, presence_id=presence.pk, now=NOW)
    assert (
        sign_in.keep_alive(presence_id=presence.pk, account=other, limits=SecurityRules(), now=NOW)
        is sign_in.Ended.ELSEWHERE
    )


def test_a_new_password_ends_the_other_sessions(city):
    account = make_account(city, "LEADER")
    here, there = (sign_in.begin(account=account, where=WHERE, now=NOW) for _number in range(2))
    operations.change_password(account=account, old=PASSWORD, new="Huaihe-River-7", keep=here.pk, now=NOW)
    assert list(Presence.objects.filter(ended_at=None)) == [here]
    assert Presence.objects.get(pk=there.pk).ended_at == NOW


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Ab1-efg", "密码至少10位"),
        ("abcdefghijkl", "至少三类"),
        ("Password123", "太常见"),
        ("Leader-leader1", "相似"),
        (PASSWORD, "不能与原密码相同"),
        ("3141592653589793", "至少三类"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(city, password, message):
    account = make_account(city, "LEADER", username="leader-leader1" if "Leader" in password else "leader")
    with pytest.raises(passwords.PasswordRefused) as refused:
        operations.change_password(account=account, old=PASSWORD, new=password, now=NOW)
    assert message in refused.value.fields["new_password"]


def test_the_old_password_is_asked_for(city):
    account = make_account(city, "LEADER")
    with pytest.raises(passwords.PasswordRefused) as refused:
        operations.change_password(account=account, old="Wrong-pass-1", new="Huaihe-River-7", now=NOW)
    assert list(refused.value.fields) == ["old_password"]


def test_first_passwords_meet_the_rules(city):
    account = make_account(city, "LEADER")
    for _number in range(50):
        passwords.check(account, passwords.make(), queries.rules_of(city.association.pk))


def test_passwords_age_only_when_the_rules_say_so(city):
    account, limits = make_account(city, "LEADER"), queries.rules_of(city.association.pk)
    late = NOW + dt.timedelta(days=400)
    assert not passwords.is_too_old(account, limits, late)
    limits.password_days = 90
    assert passwords.is_too_old(account, limits, late)
    assert not passwords.is_too_old(account, limits, NOW + dt.timedelta(days=90))


def test_an_outside_identity_signs_in_to_its_account(city):
    account = make_account(city, "LEADER")
    operations.link_identity(account=account, provider="oidc", subject="sub-1", now=NOW)
    assert sign_in.by_identity(provider="oidc", subject="sub-1", where=WHERE, now=NOW) == account
    with pytest.raises(sign_in.SignInRefused, match="没有绑定"):
        sign_in.by_identity(provider="oidc", subject="sub-2", where=WHERE, now=NOW)
    with pytest.raises(operations.AccountRefused):
        operations.link_identity(account=account, provider="oidc", subject="sub-1", now=NOW)
