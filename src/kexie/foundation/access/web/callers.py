"""What the API's routers say about who may call: a list for the `auth` of an operation.

@ROUTER.get("/museums/", auth=allow(ApiScope.MUSEUMS_READ, Kind.VISITOR, Kind.ANYONE))
def list_museums(request: ApiRequest) -> ...:
    request.auth.scope
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Header
from ninja.security import HttpBearer

from kexie.foundation.access import callers, throttle
from kexie.foundation.access.callers import ApiScope, Caller, Kind
from kexie.foundation.access.web.address import client_address
from kexie.foundation.units import queries as units
from kexie.kernel.errors import Unauthenticated

# For operations that write: they keep the key with what they wrote and answer the same again.
IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        min_length=8,
        max_length=80,
        description=gettext_noop("由调用方生成的唯一编号；网络中断后带同一编号重发，不会重复办理。"),
    ),
]


class ApiRequest(HttpRequest):
    """A request to the API, let in by one of `allow`."""

    auth: Caller


class _Bearer(HttpBearer):
    """Lets in callers of one kind; other kinds are left to the next in the list."""

    kind: Kind
    openapi_description: str

    def __init__(self, who: Sequence[ApiScope | Kind]) -> None:
        super().__init__()
        self.who = who

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return the caller if it is of this kind."""
        caller = _known(request)
        if caller.kind is not self.kind:
            return None
        callers.require(caller, *self.who)
        return caller


class ClientToken(_Bearer):
    """The token of a client."""

    kind = Kind.CLIENT
    openapi_description = gettext_noop("接口客户端的令牌，由系统管理员在“接口客户端”页面签发，以 kxc_ 开头。")


class VisitorToken(_Bearer):
    """The token of a visitor."""

    kind = Kind.VISITOR
    openapi_description = gettext_noop("观众的令牌，观众用手机号码登录后得到。")


class DeviceToken(_Bearer):
    """The token of a scanner."""

    kind = Kind.DEVICE
    openapi_description = gettext_noop("核验设备的令牌，设备配对时得到。")


class Others:
    """Ends the list: callers without a token where anyone is let in; all who are left are told why not."""

    def __init__(self, who: Sequence[ApiScope | Kind]) -> None:
        self.who = who

    def __call__(self, request: HttpRequest) -> Caller:
        """Return the caller, or raise."""
        caller = _known(request)
        callers.require(caller, *self.who)
        return caller


def allow(*who: ApiScope | Kind) -> list[Callable[[HttpRequest], Any]]:
    """Let in clients that have one of the scopes named, and every caller of the kinds named."""
    has_client = Kind.CLIENT in who or any(isinstance(one, ApiScope) for one in who)
    bearers: list[Callable[[HttpRequest], Any]] = [
        *([ClientToken(who)] if has_client else []),
        *([VisitorToken(who)] if Kind.VISITOR in who else []),
        *([DeviceToken(who)] if Kind.DEVICE in who else []),
    ]
    return [*bearers, Others(who)]


def _known(request: HttpRequest) -> Caller:
    """Return who calls, found and counted once for each request; raise Unauthenticated or Throttled."""
    known: Caller | None = getattr(request, "caller", None)
    if known is None:
        known = _identified(request)
        throttle.take(known, client_address(request))
        request.caller = known  # type: ignore[attr-defined]  # remembered for the next in the list
    return known


def _identified(request: HttpRequest) -> Caller:
    authorization = request.headers.get("Authorization", "")
    if authorization:
        visitor = request.headers.get("Kexie-Visitor", "")
        return callers.authenticate(authorization, now=timezone.now(), visitor=visitor)
    association = units.associations().first()
    if association is None:
        raise Unauthenticated(_("这个网站还没有内容。"))
    return callers.anyone(association.pk)
