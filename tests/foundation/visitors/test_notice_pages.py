"""The system administrator's pages about notices."""

import re

import pytest
from django.utils import timezone

from kexie.foundation.access import demo
from kexie.platform.notify import operations
from kexie.platform.notify.models import Notice, Problem
from kexie.platform.notify.recipients import Recipient
from kexie.platform.notify.states import State
from tests.foundation.conftest import build_city, make_account
from tests.foundation.visitors.conftest import PHONE

pytestmark = pytest.mark.django_db
PAGE = "/work/notices/"


@pytest.fixture
def administrator(client, city, settings):
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    account = make_account(city, "SYSTEM_ADMINISTRATOR")
    demo.give_second_factor(account, now=timezone.now())
    account.save()
    client.force_login(account)
    return account


def send(city, template: str = "code", **values) -> Notice:
    values = values or {"code": "424242", "minutes": 5, "site": "科协"}
    return operations.send(
        association_id=city.association.pk, to=Recipient(phone=PHONE), template=template, values=values, now=timezone.now()
    )  # fmt: skip


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_says_states_and_neither_text_nor_number(client, city, administrator) -> None:
    assert "没有符合的通知" in text(client.get(PAGE))
    notice = send(city)
    for address in (PAGE, f"{PAGE}{notice.pk}/"):
        page = client.get(address)
        assert ("登录验证码" in text(page), "待发送" in text(page)) == (True, True)
        assert [word for word in ("424242", PHONE, "138****8000") if word in page.content.decode()] == []


def test_filters_and_wrong_filters(client, city, administrator) -> None:
    send(city)
    today = timezone.localdate().isoformat()

    def counted(**given) -> int:
        return client.get(PAGE, given).context["page"].paginator.count

    assert [
        counted(state="QUEUED"),
        counted(state="SENT"),
        counted(template="code", since=today, until=today),
    ] == [1, 0, 1]
    wrong = client.get(PAGE, {"state": "NOTHING", "since": "never"})
    assert (wrong.status_code, set(wrong.context["filters"].errors)) == (422, {"state", "since"})


def test_a_failed_notice_is_sent_again(client, city, administrator) -> None:
    notice = send(city)
    refused = client.post(f"{PAGE}{notice.pk}/retry/", follow=True)
    assert "这条通知不是发送失败，不用重发。" in text(refused)
    Notice.objects.filter(pk=notice.pk).update(
        state=State.FAILED, problem=Problem.REFUSED, next_try_at=None, attempts=1
    )
    assert "短信网关拒绝" in text(client.get(f"{PAGE}{notice.pk}/"))
    client.post(f"{PAGE}{notice.pk}/retry/")
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.problem) == ("QUEUED", 0, "")


def test_another_associations_notice_is_not_found(client, city, administrator) -> None:
    notice = send(build_city("亳州市科学技术协会"))
    answers = (client.get(f"{PAGE}{notice.pk}/"), client.post(f"{PAGE}{notice.pk}/retry/"))
    assert [one.status_code for one in answers] == [404, 404]
    assert client.get(PAGE).context["page"].paginator.count == 0


def test_the_page_says_how_messages_go_out(client, city, administrator, settings) -> None:
    assert "短信经网关发出" in text(client.get(PAGE))
    settings.KEXIE_SMS = "none"
    assert "没有接通短信网关" in text(client.get(PAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(client, city, administrator, count, django_assert_num_queries):
    for _number in range(count):
        send(city)
    client.get(PAGE)
    with django_assert_num_queries(10):
        client.get(PAGE)
