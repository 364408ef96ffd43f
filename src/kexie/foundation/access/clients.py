"""API clients: made, given a new token, revoked; and found by their token.

A token is `kxc_`, the client's id and 256 random bits, so a plain hash of it is enough to keep. It is looked up at most
every half minute in each process: a revoked token is refused at once where it was revoked, elsewhere within that time.
"""

import datetime as dt
import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from hmac import compare_digest
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access import rules
from kexie.foundation.access.callers import ApiActor, ApiScope, Caller, Kind
from kexie.foundation.access.models import Account, ApiClient
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.ids import uuid7
from kexie.kernel.scope import WHOLE_ASSOCIATION, Scope
from kexie.platform.audit import operations as audit

PREFIX = "kxc_"
REMEMBER = dt.timedelta(seconds=30)
_REMEMBERED = 2000
# The contexts that each scope opens for reading.
_CONTEXTS = ("museums",)


class ClientRefused(UserError):
    """A client that cannot be made or changed so; the message stands beside the field."""


@transaction.atomic
def create(
    *,
    association: Unit,
    name: str,
    unit: Unit,
    scopes: Sequence[str],
    actor: Account | None,
    now: dt.datetime,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> tuple[ApiClient, str]:
    """Make a client; return it and its token, which is shown this once."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, association)
    _check(association, name, unit, scopes)
    client = ApiClient(
        pk=uuid7(),
        association=association,
        name=name.strip(),
        unit=unit,
        scopes=sorted(set(scopes)),
        valid_from=valid_from or timezone.localdate(now),
        valid_to=valid_to,
        created_at=now,
        created_by=actor,
    )
    if client.valid_to and client.valid_to <= client.valid_from:
        raise ClientRefused(fields={"valid_to": _("失效日期应晚于生效日期。")})
    token = _new_token(client)
    _insert(client)
    _log(client, "access.create_client", actor=actor, now=now, scopes=client.scopes, unit=unit.code)
    return client, token


@transaction.atomic
def rotate(
    *, client: ApiClient, keep_hours: int, reason: str, actor: Account | None, now: dt.datetime
) -> str:
    """Give the client a new token and return it; the former one stays good for `keep_hours` (0: not at all)."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, client.association)
    _check_reason(reason)
    client = _locked(client)
    client.former_digest = client.digest if keep_hours else ""
    client.former_until = now + dt.timedelta(hours=keep_hours) if keep_hours else None
    token = _new_token(client)
    client.save(update_fields=["digest", "former_digest", "former_until"])
    _log(client, "access.rotate_client", actor=actor, now=now, reason=reason, keep_hours=keep_hours)
    transaction.on_commit(lambda: forget(client.pk))
    return token


@transaction.atomic
def revoke(*, client: ApiClient, reason: str, actor: Account | None, now: dt.datetime) -> ApiClient:
    """Refuse the client's tokens from now on, for good."""
    rules.require(actor, Action.MANAGE_ACCOUNTS, client.association)
    _check_reason(reason)
    client = _locked(client)
    client.revoked_at, client.revoked_by = now, actor
    client.save(update_fields=["revoked_at", "revoked_by"])
    _log(client, "access.revoke_client", actor=actor, now=now, reason=reason)
    transaction.on_commit(lambda: forget(client.pk))
    return client


def clients(scope: Scope, *, text: str = "", state: str = "") -> QuerySet[ApiClient]:
    """Return the clients of the association, newest first; `state` is "" for those in use, REVOKED or ALL."""
    found = ApiClient.objects.filter(association_id=scope.association_id).select_related("unit", "created_by")
    if not scope.is_whole:
        return found.none()
    if state != "ALL":
        found = found.filter(revoked_at__isnull=state != "REVOKED")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(unit__name__icontains=text))
    return found


def client(scope: Scope, client_id: UUID) -> ApiClient:
    """Return one client, or raise NotFound."""
    found = clients(scope, state="ALL").filter(pk=client_id).first()
    if found is None:
        raise NotFound(_("没有这个接口客户端。"))
    return found


# Tokens: digest of the token, then until when we remember whose it is.
_known: OrderedDict[str, tuple[dt.datetime, Caller | None]] = OrderedDict()
_lock = threading.Lock()


def find(token: str, now: dt.datetime) -> Caller | None:
    """Return the client whose token this is and who may use it today; None if there is none."""
    digest = _digest(token)
    with _lock:
        until, caller = _known.get(digest, (now, None))
    if until > now:
        return caller
    caller = _look_up(token, digest, now)
    with _lock:
        _known[digest] = (now + REMEMBER, caller)
        while len(_known) > _REMEMBERED:
            _known.popitem(last=False)
    return caller


def forget(client_id: UUID | None = None) -> None:
    """Look this client (or everyone) up afresh at the next request."""
    with _lock:
        for digest, (_until, caller) in list(_known.items()):
            if client_id is None or (caller and caller.client_id == client_id):
                del _known[digest]


def _look_up(token: str, digest: str, now: dt.datetime) -> Caller | None:
    client = _of_token(token)
    today = timezone.localdate(now)
    if client is None or not _is_good(client, digest, now, today):
        return None
    if client.last_used_on != today:
        ApiClient.objects.filter(pk=client.pk).update(last_used_on=today)
    path = WHOLE_ASSOCIATION if client.unit.is_association else (client.unit.path,)
    return Caller(
        kind=Kind.CLIENT,
        association_id=client.association_id,
        scope=Scope(association_id=client.association_id, unit_paths=path, contexts=_CONTEXTS),
        actor=ApiActor(client.pk, client.name),
        scopes=frozenset(client.scopes),
        client_id=client.pk,
    )


def _of_token(token: str) -> ApiClient | None:
    try:
        client_id = UUID(hex=token.removeprefix(PREFIX).partition("_")[0])
    except ValueError:
        return None
    return ApiClient.objects.select_related("unit").filter(pk=client_id, revoked_at=None).first()


def _is_good(client: ApiClient, digest: str, now: dt.datetime, today: dt.date) -> bool:
    is_former = client.former_until is not None and now < client.former_until
    good = [client.digest, client.former_digest] if is_former else [client.digest]
    in_time = client.valid_from <= today and (client.valid_to is None or today < client.valid_to)
    return in_time and any(compare_digest(digest, one) for one in good)


def _new_token(client: ApiClient) -> str:
    token = f"{PREFIX}{client.pk.hex}_{secrets.token_urlsafe(32)}"
    client.digest = _digest(token)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check(association: Unit, name: str, unit: Unit, scopes: Sequence[str]) -> None:
    if not name.strip():
        raise ClientRefused(fields={"name": _("请填写名称，例如使用它的单位和系统。")})
    if unit.association_id != association.pk:
        raise ClientRefused(fields={"unit": _("这个单位属于另一个科协。")})
    unknown = sorted(set(scopes) - set(ApiScope))
    if unknown or not scopes:
        raise ClientRefused(fields={"scopes": _("请至少选择一项接口权限。")})


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ClientRefused(fields={"reason": _("请写明原因。")})


def _insert(client: ApiClient) -> None:
    try:
        with transaction.atomic():
            client.save(force_insert=True)
    except IntegrityError as error:
        raise ClientRefused(fields={"name": _("已有同名的客户端在用，请换个名称。")}) from error


def _locked(client: ApiClient) -> ApiClient:
    found = ApiClient.objects.select_for_update(of=("self",)).select_related("association", "unit")
    client = found.get(pk=client.pk)
    if client.revoked_at is not None:
        raise ClientRefused(_("这个客户端已撤销，不能再更改。请新建一个。"))
    return client


def _log(
    client: ApiClient,
    action: str,
    *,
    actor: Account | None,
    now: dt.datetime,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=client.association_id,
        actor=actor,
        action=action,
        subject=client,
        detail=detail,
        now=now,
        reason=reason.strip(),
    )
