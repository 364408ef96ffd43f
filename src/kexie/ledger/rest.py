"""Figures for programs: what each measure counts, and its value for a period within a client's reach."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from kexie.foundation.access.callers import ApiScope
from kexie.foundation.access.web.callers import ApiRequest, allow
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.measures import Cell, Measure

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2099, 12, 31)
ROUTER = Router(tags=[gettext_noop("数字")], auth=allow(ApiScope.FIGURES_READ))


class MeasureOut(Schema):
    """A measure."""

    key: Annotated[str, Field(description=gettext_noop("指标的代码。"), examples=["museums.visits"])]
    label: str
    unit: Annotated[str, Field(description=gettext_noop("单位。"))]
    definition: Annotated[str, Field(description=gettext_noop("口径。"))]
    is_stock: Annotated[bool, Field(description=gettext_noop("是否按某一天统计（现有）；否则按期间累计。"))]


class FigureOut(Schema):
    """A figure with what a reader needs to trust it."""

    measure: Annotated[str, Field(description=gettext_noop("指标的代码。"))]
    label: str
    unit: str
    since: Annotated[dt.date | None, Field(description=gettext_noop("期间的首日；空为有记录以来。"))]
    until: Annotated[dt.date, Field(description=gettext_noop("期间的末日（含）。"))]
    value: Annotated[float | None, Field(description=gettext_noop("数值；没有分母而不可计算时为空。"))]
    rows: Annotated[int, Field(description=gettext_noop("由多少条记录得出。"))]
    methods: Annotated[
        dict[str, float], Field(description=gettext_noop("按计数方法分列的数值；不分方法的指标为空。"))
    ]
    as_of: Annotated[dt.datetime, Field(description=gettext_noop("统计的时刻。"))]
    digest: Annotated[
        str, Field(description=gettext_noop("口径、范围、数值和记录的摘要，可用来核对两次查询是否相同。"))
    ]


@ROUTER.get("/figures/", response=list[MeasureOut], summary=gettext_noop("列出可查的指标"))
def list_measures(request: ApiRequest) -> list[MeasureOut]:
    """List the measures in the client's reach."""
    return [_measure(one) for one in registry.measures().values() if request.auth.scope.allows(one.context)]


@ROUTER.get("/figures/{key}/", response=FigureOut, summary=gettext_noop("查询一个数字"))
def show_figure(
    request: ApiRequest,
    key: str,
    since: Annotated[
        dt.date | None,
        Query(ge=FIRST, le=LAST, description=gettext_noop("期间的首日；不填为有记录以来。")),
    ] = None,
    until: Annotated[
        dt.date | None, Query(description=gettext_noop("期间的末日（含）；不填为今天。"))
    ] = None,
) -> FigureOut:
    """Return a figure for a period."""
    scope, now = request.auth.scope, timezone.now()
    measure = _reachable(key, scope)
    last = until or timezone.localdate(now)
    if since and since > last:
        raise UserError(fields={"since": _("期间的首日不能晚于末日。")})
    found = figures.figure(Cell(measure=key, period=Period.until(last, since=since)), scope, now=now)
    return FigureOut(
        measure=key,
        label=str(measure.label),
        unit=str(measure.unit),
        since=since,
        until=last,
        value=_number(found.value),
        rows=found.rows,
        methods={name: float(value) for name, value in found.methods},
        as_of=found.as_of,
        digest=found.digest,
    )


def _reachable(key: str, scope: Scope) -> Measure:
    if key not in registry.measures() or not scope.allows(registry.measure(key).context):
        raise NotFound(_("没有这个指标，或不在令牌的范围内。"))
    return registry.measure(key)


def _number(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)


def _measure(one: Measure) -> MeasureOut:
    return MeasureOut(
        key=one.key,
        label=str(one.label),
        unit=str(one.unit),
        definition=str(one.definition),
        is_stock=one.is_stock,
    )
