"""Telling somebody something."""

import datetime as dt
import json
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.notify import gateways, rules, tasks, wording
from kexie.platform.notify.models import Channel, Notice, Problem, To
from kexie.platform.notify.recipients import Recipient
from kexie.platform.notify.states import TRANSITIONS, State


class NotRetried(UserError):
    """The notice cannot be sent again."""


@transaction.atomic
def send(
    *,
    association_id: UUID,
    to: Recipient,
    template: str,
    values: Mapping[str, object],
    now: dt.datetime,
    href: str = "",
    expires_at: dt.datetime | None = None,
) -> Notice:
    """Keep a notice and have it sent once the caller's transaction is committed.

    `template` and `values`: see `wording.TEMPLATES`. `href` is the page of this site that the inbox links to.
    After `expires_at` it is not sent any more.
    """
    used = wording.template(template)
    notice = Notice(
        association_id=association_id,
        to=to.to,
        to_id=to.to_id,
        template=template,
        is_urgent=used.urgent,
        created_at=now,
        expires_at=expires_at,
    )
    content = {**wording.render(template, values), "href": href}
    notice.sealed = _seal(notice, json.dumps(content, ensure_ascii=False))
    notice.phone = _seal(notice, to.phone) if to.phone else None
    _route(notice, used, now)
    notice.save(force_insert=True)
    if notice.state == State.QUEUED and notice.is_urgent:
        tasks.deliver.defer(notice_id=str(notice.pk))
    return notice


@transaction.atomic
def retry(*, notice: Notice, actor: audit.Actor, now: dt.datetime) -> None:
    """Have a failed notice tried again."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if State.QUEUED not in TRANSITIONS[notice.state]:
        raise NotRetried(_("这条通知不是发送失败，不用重发。"))
    if notice.expires_at and notice.expires_at <= now:
        raise NotRetried(_("这条通知已过有效时间，不能重发。"))
    notice.state, notice.attempts, notice.next_try_at, notice.problem = State.QUEUED, 0, now, ""
    notice.save(update_fields=["state", "attempts", "next_try_at", "problem"])
    tasks.deliver.defer(notice_id=str(notice.pk))
    audit.append(
        association_id=notice.association_id,
        actor=actor,
        action="notify.retry",
        subject=notice,
        detail={"template": notice.template},
        now=now,
    )


def mark_read(*, association_id: UUID, to: Recipient, now: dt.datetime) -> int:
    """Note that a recipient has looked at their inbox; return how many notices were new."""
    unread = Notice.objects.filter(association_id=association_id, to=to.to, to_id=to.to_id, read_at=None)
    return unread.update(read_at=now)


def erase(*, association_id: UUID, to: Recipient) -> int:
    """Delete every notice to a visitor or account that is no more; return how many."""
    return Notice.objects.filter(association_id=association_id, to=to.to, to_id=to.to_id).delete()[0]


def _route(notice: Notice, used: wording.Template, now: dt.datetime) -> None:
    """Decide how the notice goes and when. Whoever has an inbox finds it there in any case."""
    reachable = used.sms and gateways.gateway(notice.association_id) is not None
    notice.channel = Channel.SMS if reachable or notice.to == To.PHONE else Channel.INBOX
    if reachable:
        notice.state = State.QUEUED
        notice.next_try_at = now if notice.is_urgent else rules.not_at_night(now)
    elif notice.to == To.PHONE:
        notice.state, notice.problem = State.SKIPPED, Problem.NO_GATEWAY
    else:
        notice.state, notice.sent_at = State.SENT, now


def _seal(notice: Notice, text: str) -> bytes:
    return crypto.encrypt(text.encode(), context=notice.pk.bytes)
