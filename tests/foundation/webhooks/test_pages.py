"""The system administrator's pages about webhooks."""

import re

import pytest

from kexie.foundation.webhooks import delivering, operations
from kexie.foundation.webhooks.models import Endpoint
from tests.foundation.access.test_pages import enter
from tests.foundation.conftest import NOW, make_account
from tests.foundation.webhooks.conftest import happen

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[\w-]{43}")


@pytest.fixture
def system(client, city):
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    enter(client, account)
    return account


def test_making_one_shows_its_secret_once(client, city, system, receiver):
    assert "还没有推送" in client.get("/work/webhooks/").text
    page = client.post(
        "/work/webhooks/new/",
        {
            "name": "市民服务平台",
            "unit": city.museum.name,
            "url": receiver.url,
            "kinds": ["reservation.confirmed"],
        },
    )
    made = Endpoint.objects.get()
    assert SECRET.search(page.text).group() == made.secret
    assert (made.unit, made.kinds) == (city.museum, ["reservation.confirmed"])
    assert not SECRET.search(client.get(f"/work/webhooks/{made.pk}/").text)


def test_wrong_input_is_told_beside_its_field_and_kept(client, city, system):
    page = client.post("/work/webhooks/new/", {"name": "平台", "url": "http://example.com/"})
    assert page.status_code == 422
    assert "请选择事件" in page.text
    assert 'value="http://example.com/"' in page.text
    page = client.post(
        "/work/webhooks/new/",
        {"name": "平台", "unit": city.museum.name, "url": "https://10.0.0.1/", "kinds": ["wish.taken"]},
    )
    assert "不能推送到内网或本机地址" in page.text
    assert 'value="https://10.0.0.1/"' in page.text


def test_the_log_shows_filters_and_repeats(client, city, system, make_endpoint, receiver):
    endpoint = make_endpoint()
    address = f"/work/webhooks/{endpoint.pk}/"
    assert "还没有推送过" in client.get(address).text
    receiver.status, receiver.body = 503, "维护中".encode()
    happen(city)
    delivering.turn(clock=lambda: NOW)
    assert "没有符合的记录" in client.get(f"{address}?state=DELIVERED").text
    assert "503" in client.get(f"{address}?state=WAITING").text
    delivery = endpoint.deliveries.get()
    page = client.get(f"{address}deliveries/{delivery.pk}/").text
    assert "维护中" in page
    assert "再次推送" not in page
    receiver.status = 200
    delivering.turn(clock=lambda: NOW.replace(hour=2))
    page = client.get(f"{address}deliveries/{delivery.pk}/").text
    assert "再次推送" in page
    client.post(f"{address}deliveries/{delivery.pk}/again/")
    delivery.refresh_from_db()
    assert delivery.state == "WAITING"


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_number_of_questions(
    client, city, make_endpoint, rows, django_assert_num_queries
):
    for _ in range(rows):
        endpoint = make_endpoint()
        happen(city)
    operations.ping(endpoint=endpoint, actor=None, now=NOW)
    client.get("/work/webhooks/")
    with django_assert_num_queries(8):
        client.get("/work/webhooks/")
    with django_assert_num_queries(9):
        client.get(f"/work/webhooks/{endpoint.pk}/")


def test_an_endpoint_is_tested_paused_resumed_and_changed(client, city, system, make_endpoint):
    endpoint = make_endpoint()
    address = f"/work/webhooks/{endpoint.pk}/"
    states = []
    for verb in ("ping", "pause", "resume"):
        assert client.post(f"{address}do/{verb}/").url == address
        endpoint.refresh_from_db()
        states.append(endpoint.state)
    assert (states, endpoint.deliveries.get().kind) == (["ACTIVE", "PAUSED", "ACTIVE"], "ping")
    client.post(f"{address}do/pause/")
    assert "请先恢复推送" in client.post(f"{address}do/ping/", follow=True).text
    saved = client.post(
        f"{address}edit/", {"name": "新名", "url": endpoint.url, "kinds": ["wish.offered", "wish.taken"]}
    )
    endpoint.refresh_from_db()
    assert (saved.status_code, endpoint.name, endpoint.kinds) == (302, "新名", ["wish.offered", "wish.taken"])
    assert client.get(f"{address}do/pause/").status_code == 405
    assert client.post(f"{address}do/nothing/").status_code == 404


def test_one_paused_by_failures_says_so(client, city, system, make_endpoint):
    endpoint = make_endpoint()
    Endpoint.objects.update(state="PAUSED", paused_by_failures=True, failures=50)
    assert "连续 50 次没有送达" in client.get(f"/work/webhooks/{endpoint.pk}/").text


def test_revoking_asks_why_and_a_new_secret_is_asked_for(client, city, system, make_endpoint):
    endpoint = make_endpoint()
    address = f"/work/webhooks/{endpoint.pk}/confirm/"
    former = endpoint.secret
    assert "只用新密钥签名" in client.get(f"{address}renew-secret/").text
    shown = SECRET.search(client.post(f"{address}renew-secret/").text).group()
    endpoint.refresh_from_db()
    assert shown == endpoint.secret != former
    assert client.post(f"{address}revoke/", {}).status_code == 422
    client.post(f"{address}revoke/", {"reason": "系统下线"})
    endpoint.refresh_from_db()
    assert endpoint.state == "REVOKED"
    assert "撤销推送" not in client.get(f"/work/webhooks/{endpoint.pk}/").text
