"""The facilities that can be visited, as lists and as counts by county."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities import facade
from kexie.contexts.facilities.facade import FacilityInUse
from kexie.foundation.areas.models import Area
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope
from kexie.portal import tiles
from kexie.portal.contracts import Detail, Tile
from kexie.ui.nav import Link

COUNTY_DIGITS = 6


def in_use(scope: Scope, today: dt.date) -> Sequence[FacilityInUse]:
    """The facilities in use today, by kind and place."""
    return facade.facilities_on(today, scope)


def chosen(found: Sequence[FacilityInUse], *, kind: str, area: str, text: str) -> list[FacilityInUse]:
    """Those of a kind, in an area and with the words in name or address; "" asks nothing."""
    return [
        one
        for one in found
        if one.area_code.startswith(area)
        and kind in ("", one.kind)
        and (not text or text in one.name or text in one.address or text in one.host)
    ]


def by_county(found: Sequence[FacilityInUse]) -> dict[str, int]:
    """How many there are in each county, by its code."""
    return dict(Counter(one.area_code[:COUNTY_DIGITS] for one in found))


def kinds(found: Sequence[FacilityInUse]) -> list[tuple[str, str]]:
    """The kinds that occur, code and label."""
    return list(dict.fromkeys((one.kind, one.kind_label) for one in found))


def county_tiles(
    areas: Sequence[Area], counts: dict[str, int], *, current: str, link: Callable[[str], str]
) -> list[Tile]:
    """The schematic map: one square per county, laid out as in the tiles table, or in rows where it has none."""
    layout = tiles.layout([area.code for area in areas])
    return [
        Tile(
            code=area.code,
            name=area.name,
            column=layout[area.code][0],
            row=layout[area.code][1],
            count=counts.get(area.code, 0),
            href=link(area.code),
            current=area.code == current,
        )
        for area in areas
    ]


def detail(scope: Scope, facility_id: UUID, today: dt.date) -> Detail | None:
    """The page of one facility with its stages; None where there is none in sight."""
    page = facade.facility(scope, facility_id, today)
    if page is None:
        return None
    size = [(_("%(n)s 米"), page.length_m), (_("%(n)s ㎡"), page.area_m2)]
    known: list[tuple[Text, object]] = [
        (gettext_lazy("所在地"), page.area),
        (gettext_lazy("地址"), page.address),
        (gettext_lazy("所在单位"), page.host),
        (gettext_lazy("今天"), page.today),
        (gettext_lazy("开放时间"), page.opening if not page.week else _hours(page.week)),
        (gettext_lazy("怎么去"), page.directions),
        (gettext_lazy("公开电话"), page.phone),
        (gettext_lazy("规模"), _("，").join(text % {"n": f"{n.normalize():f}"} for text, n in size if n)),
        (gettext_lazy("展品"), page.exhibits and _("%(n)s 件") % {"n": page.exhibits}),
        (gettext_lazy("管理单位"), page.unit),
    ]
    return Detail(
        title=page.name,
        sub=page.kind_label,
        tag="" if page.in_use else page.stage_label,
        facts=[(label, value) for label, value in known if value],
        history_title=gettext_lazy("建设与运行"),
        history=page.stages,
        photos=page.photos,
        links=[Link(gettext_lazy("报告问题"), f"/facilities/{facility_id}/report/")],
    )


def _hours(week: Sequence[tuple[str, str]]) -> str:
    return _("；").join(f"{day} {times}" for day, times in week)
