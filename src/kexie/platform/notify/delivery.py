"""Sending what is due.

A notice is taken up in a short transaction that puts its next attempt behind a lease, is then sent with no
transaction open, and its outcome is written down. A sender that dies in between sends it once more; the gateway
knows it by its id.
"""

import datetime as dt
import json
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from kexie.platform import crypto
from kexie.platform.notify import gateways, recipients, rules
from kexie.platform.notify.models import Notice, Problem
from kexie.platform.notify.states import State

_SMS_LANGUAGE = "zh-hans"


def deliver(*, notice_id: UUID, now: dt.datetime) -> None:
    """Send one notice, if it is due and nobody else is at it."""
    for notice in _take_up(now, notice_id=notice_id):
        _send(notice, now)


def deliver_due(*, now: dt.datetime) -> int:
    """Send everything that is due; return how many were tried."""
    tried = 0
    while taken := _take_up(now):
        for notice in taken:
            _send(notice, now)
        tried += len(taken)
    return tried


@transaction.atomic
def _take_up(now: dt.datetime, *, notice_id: UUID | None = None) -> list[Notice]:
    due = Notice.objects.select_for_update(skip_locked=True).filter(state=State.QUEUED, next_try_at__lte=now)
    if notice_id:
        due = due.filter(pk=notice_id)
    taken = list(due.order_by("-is_urgent", "next_try_at")[: rules.BATCH])
    keys = [notice.pk for notice in taken]
    Notice.objects.filter(pk__in=keys).update(attempts=F("attempts") + 1, next_try_at=now + rules.LEASE)
    for notice in taken:
        notice.attempts += 1
    return taken


def _send(notice: Notice, now: dt.datetime) -> None:
    if notice.expires_at and notice.expires_at <= now:
        _finish(notice, State.SKIPPED, Problem.TOO_LATE)
        return
    try:
        gateway, phone = gateways.gateway(notice.association_id), recipients.phone_of(notice)
        text = unseal(notice)[_SMS_LANGUAGE][1]
    except crypto.Unreadable:
        _finish(notice, State.FAILED, Problem.UNREADABLE)
        return
    if gateway is None or not phone:
        _finish(notice, State.SKIPPED, Problem.NO_PHONE if gateway else Problem.NO_GATEWAY)
        return
    _hand_over(notice, gateway, gateways.Message(str(notice.pk), phone, text, notice.template), now)


def _hand_over(
    notice: Notice, gateway: gateways.Gateway, message: gateways.Message, now: dt.datetime
) -> None:
    try:
        gateway.send(message)
    except gateways.NotSent as failure:
        _try_later(notice, failure, now)
    else:
        _finish(notice, State.SENT, sent_at=now)


def unseal(notice: Notice) -> dict[str, list[str]]:
    """Return title and text by language, and under "href" the address to go on to."""
    found: dict[str, list[str]] = json.loads(crypto.decrypt(bytes(notice.sealed), context=notice.pk.bytes))
    return found


def _try_later(notice: Notice, failure: gateways.NotSent, now: dt.datetime) -> None:
    if failure.final or notice.attempts > len(rules.PAUSES):
        _finish(notice, State.FAILED, failure.problem)
        return
    again = now + rules.PAUSES[notice.attempts - 1]
    again = again if notice.is_urgent else rules.not_at_night(again)
    _queued(notice).update(next_try_at=again, problem=failure.problem)


def _finish(
    notice: Notice, state: State, problem: Problem | str = "", sent_at: dt.datetime | None = None
) -> None:
    _queued(notice).update(state=state, problem=problem, sent_at=sent_at, next_try_at=None)


def _queued(notice: Notice) -> QuerySet[Notice]:
    """Return the notice's row unless somebody else has finished it meanwhile."""
    return Notice.objects.filter(pk=notice.pk, state=State.QUEUED)
