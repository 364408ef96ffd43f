"""A visitor's own pages, as a browser uses them."""

import datetime as dt
import json
import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from kexie.foundation.visitors import hooks, operations, queries, rules, sign_in, tokens
from kexie.foundation.visitors.models import Companion, OneTimeCode, Visitor
from kexie.foundation.visitors.web import cookie
from kexie.kernel import codes
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from tests.foundation.visitors.conftest import ADULT, PHONE, add

pytestmark = pytest.mark.django_db
COMPANIONS = "/my/companions/"


def recent_child() -> str:
    born = timezone.localdate() - dt.timedelta(days=8 * 366)
    return codes.synthetic_resident_id(3, birth_date=born, is_male=True)


def ask(client: Client, phone: str = PHONE, **data):
    return client.post("/my/sign-in/", {"phone": phone, **data})


def shown_code(client: Client) -> str:
    return re.search(r"验证码(\d{6})，", client.get("/my/sign-in/code/").content.decode())[1]


def enter(client: Client, visitor: Visitor, *, now: dt.datetime | None = None) -> None:
    client.cookies[cookie.NAME] = tokens.issue(visitor, now=now or timezone.now())


@pytest.fixture
def own(client, visitor) -> Client:
    enter(client, visitor)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 422
    return dict(response.context["form"].errors)


def test_from_a_page_through_number_and_code_back_to_it(client, demo_city) -> None:
    sent_away = client.get("/my/companions/?x=1")
    assert sent_away.headers["Location"] == f"/my/sign-in/?next={quote('/my/companions/?x=1', safe='')}"
    asked = ask(client, "+86 138-0013-8000", next="/my/companions/?x=1")
    assert asked.headers["Location"] == "/my/sign-in/code/"
    page = client.get("/my/sign-in/code/")
    assert ("演示短信" in text(page), "138****8000" in text(page), PHONE in text(page)) == (True, True, False)
    entered = client.post("/my/sign-in/code/", {"code": shown_code(client)})
    assert entered.headers["Location"] == "/my/companions/?x=1"
    kept = entered.cookies[cookie.NAME]
    assert (kept["httponly"], kept["samesite"], kept["max-age"], kept["secure"]) == (
        True,
        "Lax",
        7_776_000,
        "",
    )
    assert client.get("/my/companions/").status_code == 200


def test_the_cookie_is_secure_under_https(client, demo_city, settings) -> None:
    settings.HTTPS = True
    ask(client)
    entered = client.post("/my/sign-in/code/", {"code": shown_code(client)})
    assert entered.cookies[cookie.NAME]["secure"] is True


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(client, demo_city, address) -> None:
    ask(client, next=address)
    assert client.post("/my/sign-in/code/", {"code": shown_code(client)}).headers["Location"] == "/my/"


def test_wrong_numbers_and_codes_are_told_beside_their_fields_and_kept(client, demo_city) -> None:
    refused = ask(client, "1380013800")
    assert errors(refused) == {"phone": ["手机号码应为11位，现为10位，请核对有无漏字或多字。"]}
    assert (
        "<title>错误：" in refused.content.decode(),
        'value="1380013800"' in refused.content.decode(),
    ) == (
        True,
        True,
    )
    assert errors(ask(client, "")) == {"phone": ["请填写手机号码。"]}
    ask(client)
    wrong = f"{(int(shown_code(client)) + 1) % 1_000_000:06}"
    said = errors(client.post("/my/sign-in/code/", {"code": wrong}))
    assert said == {"code": ["验证码不正确，请对照短信核对，还可以再试4次。"]}
    assert errors(client.post("/my/sign-in/code/", {"code": ""})) == {"code": ["请填写验证码。"]}


def test_the_code_page_says_when_another_can_be_asked_for(client, demo_city) -> None:
    ask(client)
    again = client.post("/my/sign-in/code/again/")
    assert (again.status_code, "验证码刚刚发过" in text(again)) == (422, True)
    OneTimeCode.objects.update(sent_at=timezone.now() - rules.RESEND_AFTER)
    assert client.post("/my/sign-in/code/again/").headers["Location"] == "/my/sign-in/code/"
    assert OneTimeCode.objects.count() == 2
    OneTimeCode.objects.update(expires_at=timezone.now())
    late = text(client.get("/my/sign-in/code/"))
    assert ("验证码已失效" in late, "演示短信" in late) == (True, False)


def test_without_a_number_there_is_no_code_page(client, demo_city) -> None:
    for answer in (client.get("/my/sign-in/code/"), client.post("/my/sign-in/code/again/")):
        assert answer.headers["Location"] == "/my/sign-in/"


def test_a_real_association_shows_no_code_and_says_when_it_cannot_send(client, city, settings) -> None:
    settings.KEXIE_SMS = "none"
    assert "短信还没有开通" in text(client.get("/my/sign-in/"))
    assert errors(ask(client))["__all__"][0].startswith("本站还没有开通短信")
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    ask(client)
    shown = text(client.get("/my/sign-in/code/"))
    assert ("演示短信" in shown, re.findall(r"\d{6}", shown)) == (False, [])


def test_whoever_is_signed_in_is_not_asked_again(own) -> None:
    assert own.get("/my/sign-in/?next=/my/data/").headers["Location"] == "/my/data/"


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é"])
def test_a_forged_cookie_is_nobody(client, demo_city, token) -> None:
    client.cookies[cookie.NAME] = token
    assert client.get("/my/").status_code == 302


def test_signing_out_here_and_everywhere(own, visitor) -> None:
    here = own.post("/my/sign-out/")
    assert here.cookies[cookie.NAME]["max-age"] == 0
    assert own.get("/my/").status_code == 302
    other = Client()
    for one in (own, other):
        enter(one, visitor)
    own.post("/my/sign-out/everywhere/")
    assert other.get("/my/").status_code == 302


def test_a_form_sent_while_signed_out_comes_back_to_its_page_filled_in(client, visitor, rf) -> None:
    sent = client.post(
        COMPANIONS + "new/", {"name": "张小三", "number": ADULT}, headers={"Referer": "http://testserver/my/companions/new/"}
    )  # fmt: skip
    assert sent.headers["Location"] == "/my/sign-in/?next=%2Fmy%2Fcompanions%2Fnew%2F"
    assert ADULT not in json.dumps(dict(client.session))
    enter(client, visitor)
    page = client.get(COMPANIONS + "new/").content.decode()
    assert (f'value="{ADULT}"' in page, 'value="张小三"' in page) == (True, True)
    assert ADULT not in client.get(COMPANIONS + "new/").content.decode()


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client, demo_city) -> None:
    answer = client.get("/my/", headers={"HX-Request": "true", "Referer": "http://testserver/museums/"})
    assert answer.headers["HX-Redirect"] == "/my/sign-in/?next=%2Fmuseums%2F"


def test_adding_a_child_asks_for_consent_first_and_keeps_what_was_typed(own, visitor) -> None:
    child = {"name": "李小花", "document": "RESIDENT_ID", "number": recent_child(), "birth_date": ""}
    asked = own.post(COMPANIONS + "new/", child)
    assert (asked.status_code, "未满14周岁，需要监护人同意" in text(asked)) == (200, True)
    assert f'value="{child["number"]}"' in asked.content.decode()
    assert errors(own.post(COMPANIONS + "new/", {**child, "asked": "on"})) == {
        "relation": ["请选择您与孩子的关系，并表示同意。"],
        "agreed": ["请阅读后勾选，不同意就不能添加未满14周岁的孩子。"],
    }
    agreed = {**child, "asked": "on", "relation": "PARENT", "agreed": "on"}
    assert own.post(COMPANIONS + "new/", agreed).headers["Location"] == COMPANIONS
    listed = own.get(COMPANIONS)
    assert [word for word in ("李小花", child["number"]) if word in text(listed)] == []
    assert ("李*花" in text(listed), "儿童" in text(listed), "8岁" in text(listed)) == (True, True, True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": ""}, {"name": ["请填写姓名。"]}),
        ({"number": "123"}, {"number": ["身份证号码应为18位，现为3位，请核对有无漏字或多字。"]}),
        ({"document": "PASSPORT", "number": "E123", "birth_date": "2015年13月1日"}, {"birth_date": ["这不是有效的日期，请写成 2015-06-01 的样子。", "请填写出生日期，例如 2015-06-01。"]}),
        ({"document": "NONE", "number": "", "birth_date": "1990-1-1"}, {"document": ["满14周岁须有证件，请选择证件类型并填写号码。"]}),
        ({"document": "NONE", "number": ""}, {"birth_date": ["请填写出生日期，例如 2015-06-01。"]}),
    ],
)  # fmt: skip
def test_wrong_details_are_told_beside_their_fields(own, given, expected) -> None:
    typed = {"name": "张小三", "document": "RESIDENT_ID", "number": ADULT, "birth_date": "", **given}
    said = errors(own.post(COMPANIONS + "new/", typed))
    assert said == {name: messages[:1] for name, messages in expected.items()}


def test_one_can_be_added_from_a_booking_and_go_back_to_it(own) -> None:
    typed = {"name": "张小三", "document": "RESIDENT_ID", "number": ADULT, "is_self": "on"}
    added = own.post(COMPANIONS + "new/?next=/museums/", {**typed, "next": "/museums/"})
    assert added.headers["Location"] == "/museums/"
    assert "这是我本人" not in text(own.get(COMPANIONS + "new/"))


def test_changing_shows_nothing_in_clear_and_keeps_what_is_left_empty(own, visitor) -> None:
    kept = add(visitor, now=timezone.now())
    page = own.get(f"{COMPANIONS}{kept.pk}/").content.decode()
    assert [word for word in ("张小三", ADULT) if word in page] == []
    own.post(f"{COMPANIONS}{kept.pk}/", {"name": "张晓三", "document": "RESIDENT_ID", "number": ""})
    assert queries.companion(visitor, kept.pk).person.name == "张晓三"
    assert queries.companion(visitor, kept.pk).person.number == ADULT


def test_removing_asks_and_can_be_undone(own, visitor) -> None:
    kept = add(visitor, now=timezone.now())
    assert "移除张*三？" in text(own.get(f"{COMPANIONS}{kept.pk}/remove/"))
    own.post(f"{COMPANIONS}{kept.pk}/remove/")
    assert "已移除张*三" in text(own.get(COMPANIONS))
    own.post(f"{COMPANIONS}{kept.pk}/restore/")
    assert ("本人" in text(own.get(COMPANIONS)), Companion.objects.get().removed_at) == (False, None)


def test_another_visitors_companion_is_not_found(own, demo_city) -> None:
    other = operations.ensure(association=demo_city.association, phone="13900139000", now=timezone.now())
    kept = add(other, now=timezone.now())
    for method, verb in (
        ("get", ""),
        ("post", ""),
        ("get", "remove/"),
        ("post", "remove/"),
        ("post", "restore/"),
    ):
        assert getattr(own, method)(f"{COMPANIONS}{kept.pk}/{verb}").status_code == 404


def tell(visitor: Visitor, template: str = "appeal.decided", **values) -> None:
    values = values or {"museum": "阜阳市科技馆", "outcome": "恢复预约"}
    to = Recipient(visitor_id=visitor.pk)
    notify.send(
        association_id=visitor.association_id, to=to, template=template, values=values, now=timezone.now()
    )


def test_notices_are_new_once_and_can_be_picked_by_subject(own, visitor) -> None:
    assert "没有通知" in text(own.get("/my/notices/"))
    tell(visitor)
    counts = {link.href: link.count for link in own.get("/my/").context["tabs"]}
    assert (counts["/my/notices/"], counts["/my/companions/"]) == (1, None)
    first, second = own.get("/my/notices/"), own.get("/my/notices/")
    assert [page.context["letters"][0].is_new for page in (first, second)] == [True, False]
    assert "恢复预约" in text(own.get("/my/notices/?subject=conduct"))
    assert "没有通知" in text(own.get("/my/notices/?subject=bookings"))
    assert "恢复预约" in text(own.get("/my/notices/?subject=nonsense&page=99"))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_much_there_is(own, visitor, count, django_assert_num_queries) -> None:
    for number in range(count):
        born = dt.date(1990, 5, number + 1)
        adult = codes.synthetic_resident_id(number, birth_date=born, is_male=True)
        add(visitor, number=adult, now=timezone.now())
        tell(visitor)
    own.get("/my/")
    # Two of each are asked for other applications' tabs, three of the first page for their cards.
    for address, queries_made in (("/my/", 8), (COMPANIONS, 7), ("/my/notices/", 8), ("/my/data/", 6)):
        with django_assert_num_queries(queries_made):
            own.get(address)


def test_taking_data_away_needs_a_fresh_code(own, visitor) -> None:
    assert own.get("/my/data/export/").status_code == 200
    copy = own.post("/my/data/export/file/")
    assert json.loads(copy.content)["手机号码"] == PHONE
    assert copy.headers["Content-Disposition"].startswith('attachment; filename="kexie-')
    enter(own, visitor, now=timezone.now() - dt.timedelta(minutes=16))
    assert own.get("/my/data/").status_code == 200
    sent_away = own.get("/my/data/export/")
    assert sent_away.headers["Location"] == "/my/sign-in/?next=%2Fmy%2Fdata%2Fexport%2F&again=1"
    page = text(own.get(sent_away.headers["Location"]))
    assert ("请再确认一次是您本人" in page, "138****8000" in page) == (True, True)
    own.post("/my/sign-in/", {"again": "1", "next": "/my/data/export/"})
    entered = own.post("/my/sign-in/code/", {"code": shown_code(own)})
    assert entered.headers["Location"] == "/my/data/export/"
    assert own.get("/my/data/export/").status_code == 200


def test_deleting_the_account(own, visitor, monkeypatch) -> None:
    reasons = ["您还有3月7日的预约，请先取消。"]
    monkeypatch.setattr(hooks, "_hooks", {})
    hooks.register("bookings", holds=lambda _visitor, _now: reasons)
    refused = own.post("/my/data/delete/")
    assert (refused.status_code, reasons[0] in text(refused)) == (422, True)
    reasons.clear()
    assert "不能恢复" in text(own.get("/my/data/delete/"))
    assert own.post("/my/data/delete/").headers["Location"] == "/"
    assert own.get("/my/").status_code == 302
    assert Visitor.objects.get().erased_at is not None


def test_pages_are_kept_by_no_cache(own) -> None:
    for address in ("/my/", COMPANIONS, "/my/data/"):
        assert "no-store" in own.get(address).headers["Cache-Control"]


def test_the_first_page_says_what_to_do_first(own) -> None:
    assert "先添加自己和常一起来的家人" in text(own.get("/my/"))


def test_without_any_association_there_is_nothing_to_sign_in_to(client, db) -> None:
    assert client.get("/my/sign-in/").status_code == 404


def test_a_stopped_account_is_out_at_once(own, visitor) -> None:
    Visitor.objects.filter(pk=visitor.pk).update(is_active=False)
    assert own.get("/my/").status_code == 302
    with pytest.raises(sign_in.SignInRefused):
        sign_in.begin(association=visitor.association, phone=PHONE, now=timezone.now())
