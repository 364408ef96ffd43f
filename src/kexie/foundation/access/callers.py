"""Who calls the API: visitors, programs of others, devices at the gates; each known by a bearer token.

Nothing here knows a web framework, so that any entrance may ask with the two headers' values alone. Each kind of
token is declared as `API_TOKENS` in the `api_tokens` room of an app.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.kernel.errors import Forbidden, Text, Unauthenticated
from kexie.kernel.scope import Scope


class ApiScope(StrEnum):
    """What a client may be let do."""

    MUSEUMS_READ = "museums:read"
    BOOKINGS_WRITE = "bookings:write"
    CHECKIN = "checkin"
    FIGURES_READ = "figures:read"
    WEBHOOKS_MANAGE = "webhooks:manage"


SCOPE_LABELS: dict[ApiScope, Text] = {
    ApiScope.MUSEUMS_READ: gettext_lazy("读取科技馆、时段和场次"),
    ApiScope.BOOKINGS_WRITE: gettext_lazy("代观众预约"),
    ApiScope.CHECKIN: gettext_lazy("核验入馆"),
    ApiScope.FIGURES_READ: gettext_lazy("读取本范围的数字"),
    ApiScope.WEBHOOKS_MANAGE: gettext_lazy("管理事件推送"),
}


class Kind(StrEnum):
    """Who it is."""

    ANYONE = "anyone"
    VISITOR = "visitor"
    CLIENT = "client"
    DEVICE = "device"


@dataclass(frozen=True)
class ApiActor:
    """The caller as the audit log names it."""

    id: UUID
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, for which association, and what of it they reach.

    `actor` is None for anyone without a token. A client that acts for a visitor has both: its own `scopes` and the
    visitor's `visitor_id`. `epoch` is the visitor's at the time the token was made: another epoch in the visitor's row
    means that it was ended early.
    """

    kind: Kind
    association_id: UUID
    scope: Scope
    actor: ApiActor | None = None
    scopes: frozenset[str] = frozenset()
    visitor_id: UUID | None = None
    epoch: int | None = None
    client_id: UUID | None = None
    device_id: UUID | None = None

    @property
    def key(self) -> str:
        """What the caller's requests are counted under; "" for anyone, who is told apart by address."""
        return f"{self.kind}:{self.actor.id}" if self.actor else ""


Find = Callable[[str, dt.datetime], Caller | None]


@dataclass(frozen=True, kw_only=True)
class Token:
    """A kind of token: what it begins with, and whose one is.

    `find` runs at every request and must be cheap; what it would have to ask the database each time, `is_ended` says.
    """

    kind: Kind
    prefix: str
    find: Find
    is_ended: Callable[[str, dt.datetime], bool] = lambda _token, _now: False
    is_plain: bool = False
    """`find` asks no database."""
    is_last: bool = False
    """Looked for after all others: `find` asks the database for every token that begins so."""


@cache
def tokens() -> tuple[Token, ...]:
    """Return every kind of token in the order in which they are looked for."""
    rooms = [f"{app.name}.api_tokens" for app in apps.get_app_configs() if app.name.startswith("kexie.")]
    found = [one for room in rooms if find_spec(room) for one in import_module(room).API_TOKENS]
    return tuple(sorted(found, key=lambda token: (token.is_last, -len(token.prefix))))


def authenticate(authorization: str, *, now: dt.datetime, visitor: str = "", thorough: bool = True) -> Caller:
    """Return whose request this is, or raise Unauthenticated.

    `authorization` is the value of that header. `visitor` is the value of Kexie-Visitor: a visitor's own token, with
    which a client that may book acts for them. Unless `thorough`, no database is asked about visitors: the caller then
    compares `epoch` with the visitor's row where it reads that anyway.
    """
    scheme, _space, token = authorization.strip().partition(" ")
    caller = _find(token.strip(), now, thorough=thorough) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Unauthenticated(_("令牌无效、已过期或已撤销，请更换令牌后再试。"))
    return _for_visitor(caller, visitor, now, thorough=thorough) if visitor else caller


def from_memory(authorization: str, *, now: dt.datetime) -> Caller | None:
    """Return the caller if that can be told without a database; None says nothing about the token.

    As with `thorough=False` above, whether the token was ended early remains to be compared by `epoch`.
    """
    scheme, _space, token = authorization.strip().partition(" ")
    token = token.strip()
    known = [kind for kind in tokens() if token.startswith(kind.prefix)]
    is_plain = scheme.lower() == "bearer" and bool(token) and bool(known) and known[0].is_plain
    return known[0].find(token, now) if is_plain else None


def require(caller: Caller, *who: ApiScope | Kind) -> None:
    """Let in clients that have one of the scopes, and whole kinds; raise Unauthenticated or Forbidden for all others."""
    if caller.kind in who or (caller.kind is Kind.CLIENT and caller.scopes.intersection(who)):
        return
    if caller.kind is Kind.ANYONE:
        raise Unauthenticated(_("此项操作需要令牌，请附上 Authorization: Bearer 令牌。"))
    needed = next((SCOPE_LABELS[one] for one in who if isinstance(one, ApiScope)), None)
    if caller.kind is Kind.CLIENT and needed:
        raise Forbidden(_("这个客户端没有“%(scope)s”权限，请联系系统管理员。") % {"scope": needed})
    raise Forbidden(_("这种令牌不能用于此项操作，请查看接口文档。"))


def anyone(association_id: UUID) -> Caller:
    """Return the caller without a token: they see of the association what the public sees."""
    return Caller(kind=Kind.ANYONE, association_id=association_id, scope=Scope(association_id=association_id))


def _find(token: str, now: dt.datetime, *, thorough: bool) -> Caller | None:
    """The first kind that knows the token decides; one that begins as a kind of its own is no other's."""
    for kind in tokens() if token else ():
        if not token.startswith(kind.prefix):
            continue
        caller = kind.find(token, now)
        if caller or kind.prefix:
            return None if caller and thorough and kind.is_ended(token, now) else caller
    return None


def _for_visitor(caller: Caller, token: str, now: dt.datetime, *, thorough: bool) -> Caller:
    """The same client, acting for a visitor of the same association."""
    require(caller, ApiScope.BOOKINGS_WRITE)
    visitor = _find(token, now, thorough=thorough)
    if visitor is None or visitor.visitor_id is None or visitor.association_id != caller.association_id:
        raise Unauthenticated(_("观众令牌无效或已过期，请让观众重新登录。"))
    return replace(caller, visitor_id=visitor.visitor_id, epoch=visitor.epoch)
