"""Endpoints: made, changed, paused, revoked; and messages told again by hand."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.access import rules as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.foundation.webhooks import messages, rules, sending, signing, states
from kexie.foundation.webhooks.models import Delivery, Endpoint
from kexie.kernel.errors import Conflict, UserError
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.audit.operations import Actor
from kexie.platform.outbox.kinds import kinds as event_kinds


class EndpointRefused(UserError):
    """An endpoint that cannot be made so; the message stands beside the field."""


class StateRefused(Conflict):
    """What was asked does not go with the state of the endpoint or of the message."""


@transaction.atomic
def create(
    *,
    association: Unit,
    unit: Unit,
    name: str,
    url: str,
    kinds: Sequence[str],
    actor: Actor | None,
    now: dt.datetime,
    client_id: UUID | None = None,
    key: str = "",
) -> Endpoint:
    """Make an endpoint; its `secret` is told to whoever made it. With a client's `key` used before, return that one."""
    _require(actor, association)
    _check(association, unit, name, url, kinds)
    if key and client_id and (made := _made_before(association, client_id, key)):
        return made
    endpoint = Endpoint(
        association=association,
        unit=unit,
        client_id=client_id,
        key=key,
        name=name.strip(),
        url=url.strip(),
        kinds=sorted(set(kinds)),
        created_at=now,
        created_by_id=actor.id if actor else None,
    )
    endpoint.sealed = _sealed(endpoint)
    endpoint.save(force_insert=True)
    _log(endpoint, "create", actor, now, url=endpoint.url, kinds=endpoint.kinds, unit=unit.code)
    return endpoint


@transaction.atomic
def change(
    *, endpoint: Endpoint, name: str, url: str, kinds: Sequence[str], actor: Actor | None, now: dt.datetime
) -> Endpoint:
    """Change what an endpoint is called, where it is and what it is told."""
    _require(actor, endpoint.association)
    _check(endpoint.association, endpoint.unit, name, url, kinds)
    endpoint = _locked(endpoint)
    _refuse_revoked(endpoint)
    endpoint.name, endpoint.url, endpoint.kinds = name.strip(), url.strip(), sorted(set(kinds))
    endpoint.save(update_fields=["name", "url", "kinds"])
    _log(endpoint, "change", actor, now, url=endpoint.url, kinds=endpoint.kinds)
    return endpoint


@transaction.atomic
def renew_secret(*, endpoint: Endpoint, actor: Actor | None, now: dt.datetime) -> Endpoint:
    """Give the endpoint a new secret; from now on messages are signed with it alone."""
    _require(actor, endpoint.association)
    endpoint = _locked(endpoint)
    _refuse_revoked(endpoint)
    endpoint.sealed = _sealed(endpoint)
    endpoint.save(update_fields=["sealed"])
    _log(endpoint, "renew_secret", actor, now)
    return endpoint


@transaction.atomic
def pause(*, endpoint: Endpoint, actor: Actor | None, now: dt.datetime) -> Endpoint:
    """Hold messages back until `resume`; each still expires after its three days."""
    _require(actor, endpoint.association)
    endpoint = _to_state(endpoint, Endpoint.State.PAUSED)
    endpoint.save(update_fields=["state"])
    _log(endpoint, "pause", actor, now)
    return endpoint


@transaction.atomic
def resume(*, endpoint: Endpoint, actor: Actor | None, now: dt.datetime) -> Endpoint:
    """Send again, at once, what waits."""
    _require(actor, endpoint.association)
    endpoint = _to_state(endpoint, Endpoint.State.ACTIVE)
    endpoint.failures, endpoint.quiet_until, endpoint.paused_by_failures = 0, None, False
    endpoint.save(update_fields=["state", "failures", "quiet_until", "paused_by_failures"])
    endpoint.deliveries.filter(state=Delivery.State.WAITING).update(next_try_at=now)
    _log(endpoint, "resume", actor, now)
    return endpoint


@transaction.atomic
def revoke(*, endpoint: Endpoint, reason: str, actor: Actor | None, now: dt.datetime) -> Endpoint:
    """Never send anything there again; what waits is given up."""
    _require(actor, endpoint.association)
    if not reason.strip():
        raise EndpointRefused(fields={"reason": _("请写明原因。")})
    endpoint = _to_state(endpoint, Endpoint.State.REVOKED)
    endpoint.ended_at = now
    endpoint.save(update_fields=["state", "ended_at"])
    waiting = endpoint.deliveries.filter(state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.FAILED, next_try_at=None, finished_at=now)
    _log(endpoint, "revoke", actor, now, reason=reason)
    return endpoint


@transaction.atomic
def ping(*, endpoint: Endpoint, actor: Actor | None, now: dt.datetime) -> Delivery:
    """Tell the endpoint that this is a test, at its next turn."""
    _require(actor, endpoint.association)
    endpoint = _locked(endpoint)
    if endpoint.state != Endpoint.State.ACTIVE:
        raise StateRefused(_("推送已暂停或撤销，请先恢复推送。"))
    delivery = messages.ping(endpoint, now=now)
    delivery.save(force_insert=True)
    _log(endpoint, "ping", actor, now)
    return delivery


@transaction.atomic
def redeliver(*, delivery: Delivery, actor: Actor | None, now: dt.datetime) -> Delivery:
    """Tell a message again, whatever became of it before; it is tried for three days from now."""
    endpoint = _locked(delivery.endpoint)
    _require(actor, endpoint.association)
    _refuse_revoked(endpoint)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if Delivery.State.WAITING not in states.DELIVERY[delivery.state]:
        raise StateRefused(_("这条消息正在等待推送，不必再次推送。"))
    delivery.state, delivery.finished_at = Delivery.State.WAITING, None
    delivery.next_try_at, delivery.expires_at = now, now + rules.LASTS
    delivery.save(update_fields=["state", "finished_at", "next_try_at", "expires_at"])
    _log(endpoint, "redeliver", actor, now, delivery=str(delivery.pk))
    return delivery


def purge(*, now: dt.datetime) -> int:
    """Delete the log's old lines; return how many."""
    old = Delivery.objects.filter(created_at__lt=now - dt.timedelta(days=rules.KEEP_DAYS))
    return old.exclude(state=Delivery.State.WAITING).delete()[0]


def _require(actor: Actor | None, association: Unit) -> None:
    """The system administrator may; what a client may, its route has asked: it only ever finds its own."""
    if isinstance(actor, Account):
        access.require(actor, Action.MANAGE_ACCOUNTS, association)


def _check(association: Unit, unit: Unit, name: str, url: str, kinds: Sequence[str]) -> None:
    if not name.strip():
        raise EndpointRefused(fields={"name": _("请填写名称，例如使用它的单位和系统。")})
    if unit.association_id != association.pk:
        raise EndpointRefused(fields={"unit": _("这个单位属于另一个科协。")})
    if not kinds:
        raise EndpointRefused(fields={"kinds": _("请至少选择一种事件。")})
    if unknown := sorted(set(kinds) - event_kinds().keys()):
        raise EndpointRefused(
            fields={"kinds": _("没有这种事件：%(kinds)s") % {"kinds": "、".join(unknown)[:200]}}
        )
    try:
        sending.check_url(url.strip(), private=settings.WEBHOOKS_PRIVATE)
    except sending.Undeliverable as error:
        raise EndpointRefused(fields={"url": _(str(error.message))}) from None


def _made_before(association: Unit, client_id: UUID, key: str) -> Endpoint | None:
    return Endpoint.objects.filter(association=association, client_id=client_id, key=key).first()


def _sealed(endpoint: Endpoint) -> bytes:
    return crypto.encrypt(signing.new_secret().encode(), context=endpoint.pk.bytes)


def _locked(endpoint: Endpoint) -> Endpoint:
    found = Endpoint.objects.select_for_update(of=("self",)).select_related("association", "unit")
    return found.get(pk=endpoint.pk)


def _refuse_revoked(endpoint: Endpoint) -> None:
    if endpoint.state == Endpoint.State.REVOKED:
        raise StateRefused(_("这个推送地址已撤销，不能再更改。请新建一个。"))


def _to_state(endpoint: Endpoint, state: str) -> Endpoint:
    endpoint = _locked(endpoint)
    _refuse_revoked(endpoint)
    if state not in states.ENDPOINT[endpoint.state]:
        raise StateRefused(_("推送的状态已变化，请刷新页面后再试。"))
    endpoint.state = state
    return endpoint


def _log(
    endpoint: Endpoint,
    verb: str,
    actor: Actor | None,
    now: dt.datetime,
    *,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=endpoint.association_id,
        actor=actor,
        action=f"webhooks.{verb}",
        subject=endpoint,
        detail=detail,
        reason=reason.strip(),
        now=now,
    )
