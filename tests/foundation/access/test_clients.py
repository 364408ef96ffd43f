"""API clients: who makes them, what is refused, the pages and the command."""

import datetime as dt
import re

import pytest
from click.testing import CliRunner
from django.utils import timezone

from kexie.config.cli import cli
from kexie.foundation.access import clients
from kexie.foundation.access.models import ApiClient
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit.models import Entry
from tests.foundation.access.test_pages import enter
from tests.foundation.conftest import NOW, build_city, make_account

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"kxc_[0-9a-f]{32}_[\w-]{43}")


def make(city, name: str = "市民服务平台", **options) -> ApiClient:
    given = {"unit": city.association, "scopes": ["museums:read"], "actor": None, "now": NOW, **options}
    return clients.create(association=city.association, name=name, **given)[0]


@pytest.fixture
def system(client, city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    enter(client, account)
    return account


def test_only_the_system_administrator_makes_changes_and_revokes(city):
    made = make(city)
    leader = make_account(city, "LEADER")
    for change in (
        lambda: make(city, "另一个", actor=leader),
        lambda: clients.rotate(client=made, keep_hours=0, reason="换", actor=leader, now=NOW),
        lambda: clients.revoke(client=made, reason="停", actor=leader, now=NOW),
    ):
        with pytest.raises(Forbidden):
            change()


def test_the_administrator_of_another_association_sees_none_of_it(city):
    made = make(city)
    other = build_city("亳州市科学技术协会")
    with pytest.raises(NotFound):
        clients.client(Scope(association_id=other.association.pk), made.pk)
    stranger = make_account(other, "SYSTEM_ADMINISTRATOR", username="stranger")
    with pytest.raises(Forbidden):
        clients.revoke(client=made, reason="停", actor=stranger, now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"valid_to": timezone.localdate(NOW)}, "valid_to"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(city, change, field):
    with pytest.raises(UserError) as told:
        make(city, **change)
    assert list(told.value.fields) == [field]


def test_names_are_unique_among_those_in_use(city):
    made = make(city)
    with pytest.raises(UserError) as told:
        make(city)
    assert list(told.value.fields) == ["name"]
    clients.revoke(client=made, reason="换人", actor=None, now=NOW)
    assert make(city).name == made.name


def test_a_revoked_client_stays_so(city):
    made = clients.revoke(client=make(city), reason="合同到期", actor=None, now=NOW)
    with pytest.raises(UserError):
        clients.rotate(client=made, keep_hours=0, reason="再用", actor=None, now=NOW)


def test_everything_done_is_in_the_audit_log_with_its_reason(city, system):
    made = make(city, actor=system)
    clients.rotate(client=made, keep_hours=24, reason="例行更换", actor=system, now=NOW)
    clients.revoke(client=made, reason="合同到期", actor=system, now=NOW)
    entries = Entry.objects.filter(subject_id=str(made.pk)).order_by("id")
    assert list(entries.values_list("action", "reason", "actor_id")) == [
        ("access.create_client", "", system.pk),
        ("access.rotate_client", "例行更换", system.pk),
        ("access.revoke_client", "合同到期", system.pk),
    ]


def test_making_a_client_shows_its_token_once(client, city, system):
    page = client.post(
        "/work/clients/new/",
        {"name": "市民服务平台", "unit": city.museum.name, "scopes": ["museums:read", "bookings:write"]},
    )
    token = TOKEN.search(page.text).group()
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    made = ApiClient.objects.get()
    assert (made.unit, made.scopes, made.created_by) == (
        city.museum,
        ["bookings:write", "museums:read"],
        system,
    )
    later = client.get(f"/work/clients/{made.pk}/").text
    assert token not in later
    assert not TOKEN.search(later)


def test_wrong_input_is_told_beside_its_field_and_kept(client, city, system):
    page = client.post(
        "/work/clients/new/", {"name": "市民服务平台", "unit": "没有这个馆", "valid_to": "2020-01-01"}
    )
    assert page.status_code == 422
    assert "没有找到这个单位" in page.text
    assert "请选择接口权限" in page.text
    assert 'value="市民服务平台"' in page.text
    assert 'value="2020-01-01"' in page.text


def test_the_list_filters_and_says_how_to_begin(client, city, system):
    assert "还没有接口客户端" in client.get("/work/clients/").text
    in_use, gone = make(city, "甲系统"), make(city, "乙系统")
    clients.revoke(client=gone, reason="停", actor=None, now=NOW)
    shown = {
        query: [name in client.get(f"/work/clients/{query}").text for name in (in_use.name, gone.name)]
        for query in ("", "?state=REVOKED", "?state=ALL", "?q=甲", "?q=丙")
    }
    assert shown == {
        "": [True, False],
        "?state=REVOKED": [False, True],
        "?state=ALL": [True, True],
        "?q=甲": [True, False],
        "?q=丙": [False, False],
    }
    assert "没有符合的客户端" in client.get("/work/clients/?q=丙").text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(client, city, system, rows, django_assert_num_queries):
    for number in range(rows):
        make(city, f"系统 {number}")
    client.get("/work/clients/")
    with django_assert_num_queries(8):
        client.get("/work/clients/")


def test_rotating_asks_about_the_former_token(client, city, system):
    made = make(city)
    address = f"/work/clients/{made.pk}/rotate/"
    assert "立即失效" in client.get(address).text
    refused = client.post(address, {"reason": "例行更换"})
    assert (refused.status_code, "请选择旧令牌" in refused.text) == (422, True)
    page = client.post(address, {"keep_hours": "24", "reason": "例行更换"})
    assert TOKEN.search(page.text)
    made.refresh_from_db()
    assert made.former_until - dt.timedelta(hours=24) <= timezone.now()


def test_revoking_asks_why(client, city, system):
    made = make(city)
    address = f"/work/clients/{made.pk}/revoke/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "合同到期"}).url == f"/work/clients/{made.pk}/"
    made.refresh_from_db()
    assert made.revoked_by == system
    assert "更换令牌" not in client.get(f"/work/clients/{made.pk}/").text
    assert client.post(address, {"reason": "再停"}).status_code == 422


def test_the_command_makes_lists_and_revokes(city):
    def run(*arguments: str):
        return CliRunner().invoke(cli, ["client", *arguments], catch_exceptions=False)

    made = run("add", "--name", "闸机", "--unit", city.museum.code, "--scope", "checkin")
    assert TOKEN.search(made.stdout)
    client = ApiClient.objects.get()
    assert run("list").stdout.split("\t")[:4] == [str(client.pk), "闸机", city.museum.code, "checkin"]
    assert run("revoke", str(client.pk), "--reason", "报废").exit_code == 0
    assert run("list").stdout == ""
    assert "已撤销" in run("list", "--all").stdout
    with pytest.raises(UserError):
        run("revoke", str(client.pk), "--reason", "报废")
