"""What anyone may know of the museums: where they are, when they are open, what they show."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from kexie.contexts.museums import facade, queries
from kexie.contexts.museums.facade import MuseumOnDay
from kexie.contexts.museums.queries import availability
from kexie.contexts.museums.queries.availability import Place, Stand
from kexie.contexts.museums.queries.opening import calendar
from kexie.foundation.access.callers import ApiScope, Kind
from kexie.foundation.access.web.callers import ApiRequest, allow
from kexie.kernel.errors import NotFound
from kexie.kernel.periods import Period

PUBLIC = allow(ApiScope.MUSEUMS_READ, *Kind)
ROUTER = Router(tags=[gettext_noop("科技馆")], auth=PUBLIC)
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
Day = Annotated[
    dt.date | None,
    Query(ge=FIRST, le=LAST, description=gettext_noop("哪一天；不填为今天。"), examples=["2026-11-28"]),
]
Days = Annotated[int, Query(ge=1, le=60, description=gettext_noop("共几天。"))]


class MuseumOut(Schema):
    """A museum as it is on a day."""

    code: Annotated[str, Field(description=gettext_noop("科技馆代码，用于地址中。"))]
    name: str
    level: Annotated[str, Field(description=gettext_noop("CITY 市级，COUNTY 县级。"))]
    county: Annotated[str, Field(description=gettext_noop("所在县（市、区）。"))]
    stage: Annotated[
        str, Field(description=gettext_noop("建设阶段：TRIAL 试运行、OPEN 开放的可以参观；没有登记时为空。"))
    ]
    is_open: Annotated[bool, Field(description=gettext_noop("这一天是否开放。"))]
    why_closed: Annotated[str, Field(description=gettext_noop("不开放的原因；开放时为空。"))]
    opens_at: dt.time | None
    closes_at: dt.time | None
    last_entry_at: Annotated[dt.time | None, Field(description=gettext_noop("停止入馆的时间。"))]
    address: str
    phone: str
    ticket: Annotated[str, Field(description=gettext_noop("票价说明。"))]
    instant_cap: Annotated[int | None, Field(description=gettext_noop("同时在馆人数上限。"))]
    longitude: Annotated[float | None, Field(description=gettext_noop("经度，CGCS2000。"))]
    latitude: Annotated[float | None, Field(description=gettext_noop("纬度，CGCS2000。"))]


class MuseumDayOut(Schema):
    """Whether a museum is open on a day."""

    day: dt.date
    is_open: bool
    why: Annotated[
        str, Field(description=gettext_noop("不开放的原因，或平常闭馆而这天开放的原因；其余为空。"))
    ]


class ShowOut(Schema):
    """A regular show on a day."""

    title: str
    museum: Annotated[str, Field(description=gettext_noop("科技馆代码。"))]
    hall: Annotated[str, Field(description=gettext_noop("展厅或剧场。"))]
    day: dt.date
    starts_at: dt.time
    minutes: Annotated[int, Field(description=gettext_noop("时长，分钟。"))]


class SlotOut(Schema):
    """A slot, or a show with places of its own."""

    id: Annotated[UUID, Field(description=gettext_noop("时段编号，预约时用。"))]
    kind: Annotated[str, Field(description=gettext_noop("ENTRY 入馆，SHOW 展演与活动。"))]
    title: str
    hall: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    last_entry_at: dt.datetime
    opens_at: Annotated[dt.datetime, Field(description=gettext_noop("开始预约的时间。"))]
    closes_at: Annotated[dt.datetime, Field(description=gettext_noop("停止预约的时间。"))]
    capacity: Annotated[int, Field(description=gettext_noop("个人预约的名额。"))]
    left: Annotated[int, Field(description=gettext_noop("余下的名额。"))]
    stand: Annotated[
        Stand,
        Field(
            description=gettext_noop("能否预约：FREE 可约，FULL 约满，NOT_YET 未开始，OVER 已停止，等等。")
        ),
    ]


@ROUTER.get("/museums/", response=list[MuseumOut], summary=gettext_noop("列出科技馆及其当天是否开放"))
def list_museums(request: ApiRequest, day: Day = None) -> list[MuseumOut]:
    """List the museums in sight."""
    return [_museum(one) for one in facade.museums_on(day or timezone.localdate(), request.auth.scope)]


@ROUTER.get("/museums/{slug:code}/", response=MuseumOut, summary=gettext_noop("查看一座科技馆"))
def show_museum(request: ApiRequest, code: str, day: Day = None) -> MuseumOut:
    """Show a museum on a day."""
    found = facade.museums_on(day or timezone.localdate(), request.auth.scope)
    museum = next((one for one in found if one.code == code), None)
    if museum is None:
        raise NotFound(_("没有找到这座科技馆。"))
    return _museum(museum)


@ROUTER.get("/museums/{slug:code}/days/", response=list[MuseumDayOut], summary=gettext_noop("查看哪些天开放"))
def list_museum_days(
    request: ApiRequest, code: str, since: Day = None, days: Days = 14
) -> list[MuseumDayOut]:
    """List days, open or not."""
    museum = queries.museum(request.auth.scope, code)
    period = _period(since, days)
    found = calendar(museum, period, request.auth.scope)
    return [
        MuseumDayOut(day=day, is_open=state.is_open, why=state.why)
        for day, state in ((day, found.on(day)) for day in _each(period))
    ]


@ROUTER.get("/museums/{slug:code}/slots/", response=list[SlotOut], summary=gettext_noop("查看时段和余票"))
def list_museum_slots(
    request: ApiRequest,
    code: str,
    since: Day = None,
    days: Annotated[int, Query(ge=1, le=31, description=gettext_noop("共几天。"))] = 7,
) -> list[SlotOut]:
    """List slots and shows with the places left: two statements, however many days."""
    museum, now = queries.museum(request.auth.scope, code), timezone.now()
    found = availability.places(museum, _period(since, days), request.auth.scope)
    return [_slot(one, now) for one in found]


@ROUTER.get("/shows/", response=list[ShowOut], summary=gettext_noop("列出接下来的固定场次"))
def list_shows(
    request: ApiRequest,
    since: Day = None,
    limit: Annotated[int, Query(ge=1, le=100, description=gettext_noop("最多几场。"))] = 20,
) -> list[ShowOut]:
    """List the next regular shows."""
    shows = facade.upcoming_shows(since or timezone.localdate(), request.auth.scope, limit=limit)
    return [
        ShowOut(
            title=one.title,
            museum=one.museum_code,
            hall=one.hall,
            day=one.on,
            starts_at=one.starts_at,
            minutes=one.minutes,
        )
        for one in shows
    ]


def _slot(one: Place, now: dt.datetime) -> SlotOut:
    values = {name: getattr(one, name) for name in SlotOut.model_fields if name != "stand"}
    return SlotOut(**values, stand=one.stand(now))


def _museum(one: MuseumOnDay) -> MuseumOut:
    return MuseumOut(**{name: getattr(one, name) for name in MuseumOut.model_fields})


def _period(since: dt.date | None, days: int) -> Period:
    start = since or timezone.localdate()
    return Period(start, start + dt.timedelta(days=days))


def _each(period: Period) -> list[dt.date]:
    start = period.start or period.end
    return [start + dt.timedelta(days=number) for number in range((period.end - start).days)]
