"""The pages of sign-in and of the administrators, as a browser uses them."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kexie.foundation.access import demo, operations, queries, second_factor
from kexie.foundation.access.methods import Identity
from kexie.foundation.access.models import Account, Grant, Presence
from kexie.foundation.access.roles import ADMINISTRATOR_CODES, ROLES
from kexie.foundation.access.sign_in import SignInRefused
from kexie.platform.audit.models import Entry
from tests.foundation.conftest import PASSWORD, make_account

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD, **data):
    return client.post("/sign-in/", {"username": username, "password": password, **data})


def enter(client: Client, account: Account) -> None:
    """Sign in, with the second factor where the account needs one."""
    if account.has_totp or account.grants.filter(role__in=ADMINISTRATOR_CODES).exists():
        give_second_factor(account)
        client.force_login(account)
    else:
        client.force_login(account)


def give_second_factor(account: Account) -> None:
    if not account.has_totp:
        second_factor.begin(account=account)
        account.refresh_from_db()
        earlier = timezone.now() - dt.timedelta(minutes=1)
        code = second_factor.current_code(account, earlier)
        second_factor.confirm(account=account, code=code, now=earlier)
        account.refresh_from_db()


@pytest.fixture
def leader(city) -> Account:
    return make_account(city, "LEADER")


@pytest.fixture
def system(client, city) -> Account:
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    enter(client, account)
    return account


@pytest.fixture
def security(client, city) -> Account:
    account = make_account(city, "SECURITY_ADMINISTRATOR")
    enter(client, account)
    return account


def test_signing_in_leads_back_to_the_page(client, leader):
    asked = client.get("/account/")
    assert (asked.status_code, asked.url) == (302, "/sign-in/?next=%2Faccount%2F")
    page = client.get(asked.url)
    assert 'name="next" value="/account/"' in page.text
    entered = sign_in(client, "leader", next="/account/")
    assert (entered.status_code, entered.url) == (302, "/account/")
    assert "王小明" in client.get("/account/").text


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, leader, address):
    assert sign_in(client, "leader", next=address).url == "/work/"


def test_a_refused_sign_in_says_why_and_keeps_the_name(client, leader):
    page = sign_in(client, "leader", "Wrong-pass-1", next="/account/")
    assert page.status_code == 422
    assert "账号或密码不正确" in page.text
    assert 'value="leader"' in page.text
    assert "Wrong-pass-1" not in page.text
    assert 'name="next" value="/account/"' in page.text
    empty = sign_in(client, "", "")
    assert empty.status_code == 422
    assert empty.text.count('class="field__error"') == 2


def test_the_first_password_must_be_changed_before_anything_else(client, city):
    account, first_password = operations.create_account(
        association=city.association,
        username="li.hua",
        display_name="李华",
        unit=city.school,
        actor=None,
        now=timezone.now(),
    )
    sign_in(client, "li.hua", first_password)
    assert client.get("/work/accounts/").url == "/account/password/"
    page = client.post(
        "/account/password/",
        {"old_password": first_password, "new_password": "Huaihe-River-7", "again": "Huaihe-River-8"},
    )
    assert page.status_code == 422
    assert "两次输入的新密码不一致" in page.text
    changed = client.post(
        "/account/password/",
        {"old_password": first_password, "new_password": "Huaihe-River-7", "again": "Huaihe-River-7"},
    )
    assert changed.url == "/work/"
    assert client.get("/account/").status_code == 200
    account.refresh_from_db()
    assert not account.must_change_password


def test_an_administrator_sets_up_a_second_factor_before_anything_else(client, city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    sign_in(client, account.username)
    assert client.get("/work/accounts/").url == "/account/second-factor/"
    page = client.get("/account/second-factor/")
    assert "<svg" in page.text
    account.refresh_from_db()
    secret = second_factor.secret_of(account)
    assert secret[:4] in page.text
    wrong = client.post("/account/second-factor/", {"code": "12345"})
    assert wrong.status_code == 422
    done = client.post(
        "/account/second-factor/", {"code": second_factor.current_code(account, timezone.now())}
    )
    assert len(re.findall(r"<li><code>[2-9A-Z]{5}-[2-9A-Z]{5}</code></li>", done.text)) == 10
    assert client.get("/work/accounts/").status_code == 200


def test_the_second_factor_is_asked_after_the_password(client, city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    give_second_factor(account)
    assert sign_in(client, account.username, next="/work/accounts/").url == "/sign-in/code/"
    assert client.get("/work/accounts/").status_code == 302
    wrong = client.post("/sign-in/code/", {"code": "000000x"})
    assert wrong.status_code == 422
    code = second_factor.current_code(account, timezone.now())
    assert client.post("/sign-in/code/", {"code": code}).url == "/work/accounts/"
    assert client.get("/work/accounts/").status_code == 200


def test_the_code_page_is_nothing_without_a_password(client, city):
    assert client.get("/sign-in/code/").url == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "123456"}).url == "/sign-in/"


def test_an_idle_session_ends_with_a_reason_and_the_page_is_kept(client, leader):
    sign_in(client, "leader")
    Presence.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=31))
    asked = client.get("/account/?tab=1")
    assert asked.url == "/sign-in/?next=%2Faccount%2F%3Ftab%3D1"
    assert "您已超过30分钟没有操作" in client.get(asked.url).text
    assert sign_in(client, "leader", next="/account/?tab=1").url == "/account/?tab=1"
    assert "您已超过" not in client.get("/account/").text


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client, leader):
    sign_in(client, "leader")
    Presence.objects.update(ended_at=timezone.now())
    asked = client.post("/account/password/", {}, headers={"Referer": "http://testserver/account/password/"})
    assert asked.url == "/sign-in/?next=%2Faccount%2Fpassword%2F"
    assert "您的登录已在别处退出" in client.get(asked.url).text


def test_a_new_password_signs_other_browsers_out(client, leader):
    other = Client()
    sign_in(client, "leader")
    sign_in(other, "leader")
    values = {"old_password": PASSWORD, "new_password": "Huaihe-River-7", "again": "Huaihe-River-7"}
    assert client.post("/account/password/", values).url == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_one_ends_ones_other_sessions(client, leader):
    other = Client()
    sign_in(client, "leader")
    sign_in(other, "leader")
    theirs = Presence.objects.exclude(pk=client.session["presence"]).get()
    client.post(reverse("access:end_session", args=[theirs.pk]))
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_signing_out_ends_the_session(client, leader):
    sign_in(client, "leader")
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/account/").status_code == 302
    assert not Presence.objects.filter(ended_at=None).exists()


def test_the_history_shows_failures_too(client, leader):
    sign_in(client, "leader", "Wrong-pass-1")
    sign_in(client, "leader")
    page = client.get("/account/").text
    assert page.count("账号或密码不正确") == 1
    assert page.count(">成功<") == 1


def test_demo_accounts_are_listed_in_a_demonstration_only(client, demo_city):
    now = timezone.now()
    for code in ROLES:
        demo.create_account(
            association=demo_city.association,
            role=code,
            unit=demo_city.association,
            username=code.lower(),
            display_name=str(ROLES[code].label),
            now=now,
        )
    page = client.get("/sign-in/").text
    assert page.count(demo.PASSWORD) == 2 * len(ROLES)
    asked = sign_in(client, "audit_administrator", demo.PASSWORD, next="/work/audit/")
    assert asked.url == "/sign-in/code/"
    code = re.search(r"动态口令是 (\d{6})", client.get("/sign-in/code/").text).group(1)
    assert client.post("/sign-in/code/", {"code": code}).url == "/work/audit/"


def test_no_account_is_listed_elsewhere(client, city, leader):
    Account.objects.update(demo_password="Kexie-demo-2026")
    page = client.get("/sign-in/").text
    assert "Kexie-demo-2026" not in page
    assert "leader" not in page


def test_the_system_administrator_makes_an_account(client, city, system):
    values = {"username": "li.hua", "display_name": "李华", "unit": "清河路小学"}
    page = client.post("/work/accounts/new/", values)
    account = Account.objects.get(username="li.hua")
    assert account.unit == city.school
    first_password = re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", page.text).group(1)
    assert account.check_password(first_password)
    again = client.post("/work/accounts/new/", values)
    assert again.status_code == 422
    assert "这个账号名已有人使用" in again.text
    assert 'value="李华"' in again.text


@pytest.mark.parametrize(
    ("text", "message"), [("不存在的单位", "没有找到这个单位"), ("科协", "不止一个单位符合，请填写编号")]
)
def test_an_unclear_unit_is_asked_again(client, city, system, text, message):
    page = client.post("/work/accounts/new/", {"username": "li.hua", "display_name": "李华", "unit": text})
    assert page.status_code == 422
    assert message in page.text
    assert f'value="{text}"' in page.text


def test_the_system_administrator_resets_and_stops(client, city, system, leader):
    address = reverse("access:change_account", args=[leader.pk, "reset-password"])
    assert client.post(address, {"reason": ""}).status_code == 422
    page = client.post(address, {"reason": "忘记密码"})
    leader.refresh_from_db()
    assert leader.check_password(re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", page.text).group(1))
    client.post(reverse("access:change_account", args=[leader.pk, "disable"]), {"reason": "离职"})
    leader.refresh_from_db()
    assert not leader.is_active
    assert "已停用" in client.get(reverse("access:account", args=[leader.pk])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_accounts_needs_no_more_queries_for_more(
    client, city, system, count, django_assert_num_queries
):
    for number in range(count):
        make_account(city, "", username=f"person{number}")
    client.get("/work/accounts/")
    # Session, account, presence, rules, grants with units, association, count, page.
    with django_assert_num_queries(8):
        page = client.get("/work/accounts/")
    assert page.text.count("person") >= count


def test_the_security_administrator_grants_and_revokes(client, city, security):
    make_account(city, "", username="li.hua")
    values = {"account": "li.hua", "role": "COUNTY_OFFICER", "unit": "颍州区科协", "reason": "任职"}
    assert client.post("/work/grants/new/", values).url == "/work/grants/"
    grant = Grant.objects.get(account__username="li.hua")
    assert grant.unit == city.yingzhou
    assert "颍州区科协" in client.get("/work/grants/?q=li.hua").text
    assert client.post(reverse("access:revoke", args=[grant.pk]), {"reason": "调离"}).url == "/work/grants/"
    assert "li.hua" not in client.get("/work/grants/").text
    assert "li.hua" in client.get("/work/grants/?past=on").text


def test_a_refused_grant_says_why_beside_the_field(client, city, security):
    make_account(city, "SYSTEM_ADMINISTRATOR", username="admin")
    values = {"account": "admin", "role": "LEADER", "unit": city.association.code, "reason": "试"}
    page = client.post("/work/grants/new/", values)
    assert page.status_code == 422
    assert "三员" in page.text


def test_the_security_rules_are_set_within_the_standard(client, city, security):
    values = {"password_length": 12, "lock_after": 5, "lock_minutes": 30, "idle_minutes": 15}
    assert client.post("/work/rules/", values).status_code == 302
    assert queries.rules_of(city.association.pk).password_length == 12
    lax = client.post("/work/rules/", {**values, "idle_minutes": 300})
    assert lax.status_code == 422
    assert 'value="300"' in lax.text


def test_the_audit_administrator_reads_filters_and_exports(client, city):
    account = make_account(city, "AUDIT_ADMINISTRATOR")
    enter(client, account)
    page = client.get("/work/audit/?action=access.grant").text
    assert "access.grant" in page
    assert "units.create" not in page
    assert client.get("/work/audit/?since=2026-13-01").status_code == 422
    body = client.post("/work/audit/export/?action=access.grant").getvalue().decode("utf-8-sig")
    assert len(body.splitlines()) == 2
    assert Entry.objects.get(action="audit.export").actor_id == account.pk


class Provider:
    """A provider that vouches for whoever the address names."""

    key = "city-id"
    label = "统一身份认证"

    def start(self, request, back):
        from django.http import HttpResponseRedirect

        return HttpResponseRedirect(f"https://id.example/?back={back}")

    def finish(self, request):
        if "subject" not in request.GET:
            raise SignInRefused("您取消了登录。")
        return Identity("city-id", request.GET["subject"])


def test_another_way_to_sign_in_is_a_class_and_a_setting(client, leader, settings):
    settings.SIGN_IN_METHODS = [f"{__name__}.Provider"]
    operations.link_identity(account=leader, provider="city-id", subject="s1", now=timezone.now())
    assert "统一身份认证" in client.get("/sign-in/").text
    sent = client.get("/sign-in/with/city-id/?next=/account/")
    assert sent.url == "https://id.example/?back=http://testserver/sign-in/with/city-id/back/"
    cancelled = client.get("/sign-in/with/city-id/back/")
    assert (cancelled.status_code, "您取消了登录" in cancelled.text) == (422, True)
    assert client.get("/sign-in/with/city-id/back/?subject=s1").url == "/account/"
    assert client.get("/account/").status_code == 200
    assert client.get("/sign-in/with/other/").status_code == 404
