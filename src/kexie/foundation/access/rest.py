"""What a caller may ask about itself."""

from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from kexie.foundation.access.callers import Kind
from kexie.foundation.access.web.callers import ApiRequest, allow
from kexie.foundation.units import queries as units

ROUTER = Router(tags=[gettext_noop("令牌自查")])


class CallerOut(Schema):
    """Who calls, and what they may."""

    kind: Annotated[Kind, Field(description=gettext_noop("令牌的种类；没有令牌时为 anyone。"))]
    name: Annotated[str, Field(description=gettext_noop("客户端或设备的名称。"))]
    association: Annotated[str, Field(description=gettext_noop("所属科协。"))]
    association_id: UUID
    scopes: Annotated[list[str], Field(description=gettext_noop("接口权限。"))]
    whole: Annotated[bool, Field(description=gettext_noop("是否能看到整个科协；否则只有一个单位及其下级。"))]


@ROUTER.get(
    "/caller/",
    auth=allow(*Kind),
    response=CallerOut,
    summary=gettext_noop("查看令牌的身份和权限"),
)
def show_caller(request: ApiRequest) -> CallerOut:
    """Say who calls: for trying a token out."""
    caller = request.auth
    return CallerOut(
        kind=caller.kind,
        name=str(caller.actor or ""),
        association=str(units.associations().get(pk=caller.association_id)),
        association_id=caller.association_id,
        scopes=sorted(caller.scopes),
        whole=caller.scope.is_whole,
    )
