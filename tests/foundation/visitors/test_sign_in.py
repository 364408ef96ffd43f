"""Signing in by a code: who gets one, who gets in, and what nobody learns from it."""

import datetime as dt
import re
import threading

import pytest
from django.db import connection

from kexie.foundation.access.sign_in import Where
from kexie.foundation.visitors import queries, rules, sign_in, tokens
from kexie.foundation.visitors.models import OneTimeCode, Visitor
from kexie.kernel import codes
from kexie.platform.audit.models import Entry
from kexie.platform.notify.models import Notice
from tests.foundation.conftest import NOW, build_city
from tests.foundation.visitors.conftest import HERE, PHONE, answer, ask, sent, wrong

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")


def refused(challenge, code: str | None = None, *, now: dt.datetime = NOW) -> tuple[str, bool]:
    with pytest.raises(sign_in.SignInRefused) as caught:
        answer(challenge, code, now=now)
    return caught.value.fields["code"], caught.value.again


def not_sent(city, **given) -> str:
    with pytest.raises(sign_in.CodeRefused) as caught:
        ask(city, **given)
    return str(caught.value)


def test_the_code_lets_in_and_the_first_time_makes_an_account(demo_city) -> None:
    first = answer(ask(demo_city))
    again = answer(ask(demo_city, now=NOW + 2 * MINUTE), now=NOW + 3 * MINUTE)
    assert first.visitor == again.visitor
    assert tokens.verify(first.token, now=NOW) is not None
    assert queries.by_token(again.token, now=NOW) == again.visitor
    assert Visitor.objects.get().seen_at == NOW + 3 * MINUTE


@pytest.mark.parametrize("typed", [" {} ", "{}\u3000", "full width", "apart"])
def test_a_code_may_be_typed_in_any_way(demo_city, typed) -> None:
    challenge = ask(demo_city)
    code = sent(challenge)
    full = code.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    given = {"full width": full, "apart": f"{code[:3]} {code[3:]}"}.get(typed) or typed.format(code)
    assert answer(challenge, given).visitor.masked_phone == "138****8000"


def test_only_a_keyed_hash_of_the_code_is_kept(demo_city) -> None:
    challenge = ask(demo_city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM visitors_onetimecode c")
        (row,) = cursor.fetchone()
    assert (sent(challenge) in row.replace(str(challenge.pk), ""), PHONE in row) == (False, False)


def test_five_tries_and_no_more_even_with_the_right_code(demo_city) -> None:
    challenge = ask(demo_city)
    said = [refused(challenge, wrong(challenge)) for _number in range(5)]
    assert said[0] == ("验证码不正确，请对照短信核对，还可以再试4次。", False)
    assert said[4] == ("这个验证码不能再用，请重新获取。", True)
    assert refused(challenge) == ("这个验证码不能再用，请重新获取。", True)


def test_five_minutes_and_no_longer(demo_city) -> None:
    in_time, late = ask(demo_city), ask(demo_city, now=NOW + 2 * MINUTE)
    assert answer(in_time, now=NOW + dt.timedelta(minutes=4, seconds=59)).visitor.epoch == 1
    assert refused(late, now=NOW + 7 * MINUTE) == ("验证码已过期，请重新获取。", True)


def test_a_code_lets_in_once(demo_city) -> None:
    challenge = ask(demo_city)
    code = sent(challenge)
    answer(challenge, code)
    assert refused(challenge, code)[1] is True


@pytest.mark.parametrize("code", ["", "12345", "1234567", "验证码", "\0", "9" * 500])
def test_what_is_no_code_is_refused_like_a_wrong_one(demo_city, code) -> None:
    assert refused(ask(demo_city), code) == ("验证码不正确，请对照短信核对，还可以再试4次。", False)


def test_another_code_is_sent_after_a_minute(demo_city) -> None:
    ask(demo_city)
    assert not_sent(demo_city, now=NOW + dt.timedelta(seconds=18)) == (
        "验证码刚刚发过，请查看短信；42秒后可以重新获取。"
    )
    assert ask(demo_city, now=NOW + MINUTE).tries == 0


def test_five_codes_an_hour_and_ten_a_day_for_one_number(demo_city) -> None:
    times = [NOW + number * dt.timedelta(minutes=2) for number in range(5)]
    times += [NOW + dt.timedelta(hours=2, minutes=2 * number) for number in range(5)]
    for now in times[:5]:
        ask(demo_city, now=now)
    assert not_sent(demo_city, now=NOW + 30 * MINUTE).startswith("这个号码获取验证码的次数过多")
    for now in times[5:]:
        ask(demo_city, now=now)
    assert not_sent(demo_city, now=NOW + dt.timedelta(hours=5)).startswith("这个号码获取验证码的次数过多")
    assert ask(demo_city, now=NOW + dt.timedelta(hours=25)).tries == 0


def test_an_address_cannot_ask_for_ever_and_others_are_not_hindered(demo_city, monkeypatch) -> None:
    monkeypatch.setattr(rules, "CODES_PER_ADDRESS", ((dt.timedelta(minutes=10), 2),))
    for phone in ("13800138001", "13800138002"):
        ask(demo_city, phone=phone)
    assert not_sent(demo_city, phone="13800138003").startswith("这个网络地址的请求过多")
    assert ask(demo_city, phone="13800138003", where=Where(ip="192.0.2.2")).tries == 0


def test_an_address_that_guesses_is_stopped(demo_city, monkeypatch) -> None:
    monkeypatch.setattr(rules, "FAILURES_PER_ADDRESS", (dt.timedelta(minutes=10), 5))
    challenge = ask(demo_city)
    for _number in range(5):
        refused(challenge, wrong(challenge))
    assert not_sent(demo_city, phone="13800138009").startswith("这个网络地址的请求过多")


def test_known_and_unknown_numbers_get_the_same_answer(demo_city) -> None:
    answer(ask(demo_city))
    known, unknown = ask(demo_city, now=NOW + MINUTE), ask(demo_city, phone="13900139000", now=NOW + MINUTE)
    assert (known.expires_at, known.tries) == (unknown.expires_at, unknown.tries)
    assert Notice.objects.filter(template="code").count() == 3


@pytest.mark.parametrize("phone", ["", "1380013800", "0558-2212345", "13800138000000", "电话"])
def test_what_is_no_mobile_number_gets_no_code(demo_city, phone) -> None:
    with pytest.raises(codes.CodeError):
        ask(demo_city, phone=phone)
    assert OneTimeCode.objects.count() == 0


def test_a_real_association_without_gateway_says_so_and_shows_no_code(city, settings) -> None:
    settings.KEXIE_SMS = "none"
    assert not_sent(city).startswith("本站还没有开通短信")
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    assert queries.shown_message(ask(city)) == ""
    settings.KEXIE_SMS = "screen"
    assert not_sent(city, phone="13800138005").startswith("本站还没有开通短信")


def test_one_number_in_two_associations_is_two_visitors(demo_city) -> None:
    other = build_city("亳州市科学技术协会", is_demo=True)
    here, there = answer(ask(demo_city)), answer(ask(other))
    assert here.visitor != there.visitor
    assert (here.visitor.association, there.visitor.association) == (demo_city.association, other.association)


def test_a_stopped_account_is_told_so_only_to_who_holds_the_number(demo_city) -> None:
    visitor = answer(ask(demo_city)).visitor
    Visitor.objects.filter(pk=visitor.pk).update(is_active=False)
    challenge = ask(demo_city, now=NOW + MINUTE)
    assert refused(challenge, now=NOW + MINUTE)[0].startswith("这个账号已停用")


def test_signing_out_everywhere_ends_every_token(demo_city) -> None:
    one = answer(ask(demo_city))
    two = answer(ask(demo_city, now=NOW + MINUTE), now=NOW + MINUTE)
    sign_in.sign_out_everywhere(visitor=one.visitor, now=NOW)
    assert [queries.by_token(each.token, now=NOW) for each in (one, two)] == [None, None]
    later = NOW + 3 * MINUTE
    assert queries.by_token(answer(ask(demo_city, now=later), now=later).token, now=NOW) == one.visitor


def test_the_log_knows_what_happened_and_not_to_whom(demo_city) -> None:
    challenge = ask(demo_city)
    refused(challenge, wrong(challenge))
    answer(challenge)
    entries = Entry.objects.order_by("at", "id")
    assert [(entry.action, entry.succeeded) for entry in entries if entry.action.startswith("visitors")] == [
        ("visitors.sign_in", False),
        ("visitors.create", True),
        ("visitors.sign_in", True),
    ]
    said = " ".join(
        f"{entry.subject_label} {entry.actor_name} {entry.reason} {entry.detail}" for entry in entries
    )
    # Random ids may have any digits.
    said = ID.sub("", said)
    assert [word for word in (PHONE, "138****8000", "8000") if word in said] == []


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_for_one_number_send_one_code() -> None:
    city, told = build_city(is_demo=True), []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            told.append(ask(city).pk)
        except sign_in.CodeRefused:
            told.append(None)
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is not None for one in told) == [False, False, False, True]


def test_signing_in_costs_the_same_every_time(demo_city, django_assert_num_queries) -> None:
    answer(ask(demo_city))
    challenge = ask(demo_city, now=NOW + MINUTE)
    code = sent(challenge)
    with django_assert_num_queries(12):
        sign_in.sign_in(challenge_id=challenge.pk, code=code, where=HERE, now=NOW)
