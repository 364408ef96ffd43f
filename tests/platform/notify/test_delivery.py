"""Notices reach phones once, at decent hours, and what fails is tried again and seen."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection, transaction

from kexie.platform import tasks
from kexie.platform.notify import delivery, gateways, operations, recipients, retention
from kexie.platform.notify.models import Channel, Notice, Problem
from kexie.platform.notify.recipients import Recipient
from kexie.platform.notify.states import TRANSITIONS, State
from tests.platform.notify.conftest import ASSOCIATION, NOW, PHONE, send

pytestmark = pytest.mark.django_db
VISITOR = Recipient(visitor_id=uuid.UUID(int=7))
LATER = NOW + dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _numbers(monkeypatch) -> None:
    monkeypatch.setattr(recipients, "_finders", {"VISITOR": lambda one: PHONE if one.int == 7 else ""})


def outcome(notice: Notice) -> tuple[str, str, int]:
    notice.refresh_from_db()
    return notice.state, notice.problem, notice.attempts


def test_a_message_arrives_with_token_number_and_text(sms) -> None:
    notice = send()
    delivery.deliver(notice_id=notice.pk, now=NOW)
    assert sms.received == [
        {
            "id": str(notice.pk),
            "phone": PHONE,
            "text": "验证码012345，5分钟内有效，用于登录阜阳市科协。请勿告诉他人。",
            "template": "code",
        }
    ]
    assert (sms.tokens, outcome(notice)) == (["Bearer secret"], ("SENT", "", 1))
    assert notice.sent_at == NOW


def test_the_table_holds_neither_number_nor_text(sms) -> None:
    notice = send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM notify_notice n")
        (row,) = cursor.fetchone()
    kept = bytes(notice.phone or b"") + bytes(notice.sealed)
    assert [part for part in (PHONE, "012345") if part in row or part.encode() in kept] == []


def test_urgent_notices_are_sent_by_a_task_of_their_own_and_others_by_the_minute(sms) -> None:
    send()
    waiting = send(to=VISITOR, template="booking.confirmed")
    assert tasks.run_pending() == 1
    assert [one["template"] for one in sms.received] == ["code"]
    assert delivery.deliver_due(now=LATER) == 1
    assert outcome(waiting) == ("SENT", "", 1)


def test_what_is_rolled_back_is_never_sent(sms) -> None:
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert (tasks.run_pending(), delivery.deliver_due(now=LATER), sms.received) == (0, 0, [])


def test_what_fails_is_tried_again_with_growing_pauses_and_then_given_up(sms) -> None:
    notice, tried, now = send(), [], NOW
    sms.answers = [500] * 6
    while outcome(notice)[0] == State.QUEUED:
        now = notice.next_try_at
        delivery.deliver_due(now=now)
        tried.append(round((now - NOW) / dt.timedelta(minutes=1)))
    assert tried == [0, 1, 6, 36, 156, 516]
    assert outcome(notice) == ("FAILED", Problem.BROKEN, 6)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ("FAILED", Problem.REFUSED, 1)),
        (401, ("FAILED", Problem.REFUSED, 1)),
        (302, ("FAILED", Problem.REFUSED, 1)),
        (429, ("QUEUED", Problem.BROKEN, 1)),
        (503, ("QUEUED", Problem.BROKEN, 1)),
        (204, ("SENT", "", 1)),
    ],
)
def test_what_the_gateway_answers(sms, status, expected) -> None:
    sms.answers = [status]
    notice = send()
    delivery.deliver_due(now=NOW)
    assert (outcome(notice), len(sms.received)) == (expected, 1)


def test_a_gateway_that_is_not_there_is_tried_again(settings) -> None:
    settings.KEXIE_SMS, settings.KEXIE_SMS_URL = "http", "http://127.0.0.1:9/"
    notice = send()
    delivery.deliver_due(now=NOW)
    assert outcome(notice) == ("QUEUED", Problem.UNREACHABLE, 1)


@pytest.mark.parametrize(
    ("hour", "minute", "due"),
    [(21, 59, (2, 21, 59)), (22, 0, (3, 7, 0)), (0, 30, (2, 7, 0)), (6, 59, (2, 7, 0)), (7, 0, (2, 7, 0))],
)
def test_messages_that_can_wait_wait_for_the_morning(sms, hour, minute, due) -> None:
    asked = dt.datetime(2026, 3, 2, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    waiting = send(to=VISITOR, template="booking.confirmed", now=asked)
    at_once = send(now=asked)
    local = waiting.next_try_at.astimezone(asked.tzinfo)
    assert (local.day, local.hour, local.minute) == due
    assert at_once.next_try_at == asked


def test_a_retry_that_falls_into_the_night_waits_too(sms) -> None:
    late = dt.datetime(2026, 3, 2, 21, 59, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    notice = send(to=VISITOR, template="booking.confirmed", now=late)
    sms.answers = [500]
    delivery.deliver_due(now=late)
    notice.refresh_from_db()
    assert notice.next_try_at.astimezone(late.tzinfo).strftime("%d %H:%M") == "03 07:00"


def test_what_comes_too_late_is_not_sent(sms) -> None:
    notice = send(expires_at=NOW + dt.timedelta(minutes=5))
    delivery.deliver_due(now=NOW + dt.timedelta(minutes=5))
    assert (outcome(notice), sms.received) == (("SKIPPED", Problem.TOO_LATE, 1), [])


def test_without_gateway_an_inbox_still_gets_it(settings) -> None:
    settings.KEXIE_SMS = "none"
    to_visitor, to_phone = send(to=VISITOR, template="booking.confirmed"), send()
    assert (to_visitor.channel, to_visitor.state) == (Channel.INBOX, State.SENT)
    assert (to_phone.state, to_phone.problem) == (State.SKIPPED, Problem.NO_GATEWAY)


def test_who_has_no_number_any_more_gets_no_message(sms) -> None:
    notice = send(to=Recipient(visitor_id=uuid.UUID(int=8)), template="booking.confirmed")
    delivery.deliver_due(now=LATER)
    assert (outcome(notice), sms.received) == (("SKIPPED", Problem.NO_PHONE, 1), [])


def test_a_demonstration_sends_nothing_to_any_phone(sms, monkeypatch) -> None:
    monkeypatch.setattr(gateways, "_is_demonstration", [lambda one: one == ASSOCIATION])
    notice = send()
    delivery.deliver_due(now=NOW)
    assert (outcome(notice), sms.received) == (("SENT", "", 1), [])


def test_a_notice_nobody_can_decrypt_fails_and_the_others_go(sms) -> None:
    broken, whole = send(), send()
    Notice.objects.filter(pk=broken.pk).update(sealed=bytes(whole.sealed))
    assert delivery.deliver_due(now=NOW) == 2
    assert outcome(broken) == ("FAILED", Problem.UNREADABLE, 1)
    assert outcome(whole) == ("SENT", "", 1)


def test_more_than_a_batch_is_sent(sms) -> None:
    for _number in range(21):
        send()
    assert (delivery.deliver_due(now=NOW), len(sms.received)) == (21, 21)


def test_states_are_reached_as_declared() -> None:
    reached = {State.QUEUED} | {after for states in TRANSITIONS.values() for after in states}
    assert reached == set(State) == set(TRANSITIONS)


def test_old_notices_are_deleted_and_codes_after_a_day(sms) -> None:
    send(to=VISITOR, template="booking.confirmed")
    send()
    counts = []
    for days in (1, 2, 184, 185):
        retention.purge(now=NOW + dt.timedelta(days=days))
        counts.append(Notice.objects.count())
    assert counts == [2, 1, 1, 0]


class Someone:
    id = uuid.UUID(int=9)

    def __str__(self) -> str:
        return "管理员"


def test_a_failed_notice_can_be_sent_again_by_hand(sms) -> None:
    sms.answers = [400]
    notice = send()
    tasks.run_pending()
    assert outcome(notice) == ("FAILED", Problem.REFUSED, 1)
    operations.retry(notice=notice, actor=Someone(), now=NOW)
    tasks.run_pending()
    assert outcome(notice) == ("SENT", "", 1)
    with pytest.raises(operations.NotRetried):
        operations.retry(notice=notice, actor=Someone(), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_send_one_notice_twice(sms) -> None:
    for _number in range(12):
        send()
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        delivery.deliver_due(now=NOW)
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sms.received), len({one["id"] for one in sms.received})) == (12, 12)
