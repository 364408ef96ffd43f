"""What runs already of a service, to be listed on its page: stations, problems, backyards, stops."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _

from kexie.contexts.matching import facade as matching
from kexie.contexts.rural import facade as rural
from kexie.contexts.touring import facade as touring
from kexie.kernel.scope import Scope
from kexie.ui.templatetags.ui import cn_date

Lines = list[tuple[str, str]]
RECENT = dt.timedelta(days=60)


def running(slug: str, scope: Scope, today: dt.date) -> tuple[str, Lines]:
    """A heading and lines of what runs of this service; nothing for services that are personal."""
    read = _READERS.get(slug)
    return read(scope, today) if read else ("", [])


def _stations(scope: Scope, today: dt.date) -> tuple[str, Lines]:
    found = matching.stations(scope, today=today)
    return _("正在运行的服务载体"), [
        (one.name, _joined(one.kind, one.host, one.society, one.field)) for one in found
    ]


def _problems(scope: Scope, today: dt.date) -> tuple[str, Lines]:
    found = matching.open_problems(scope, today=today)
    return _("正在求解的难题"), [
        (one.title, _joined(one.number, one.industry, one.area, one.stage)) for one in found
    ]


def _backyards(scope: Scope, today: dt.date) -> tuple[str, Lines]:
    found = rural.backyards(scope, today=today)
    return _("科技小院"), [(one.name, _joined(one.crop, one.area, one.university)) for one in found]


def _caravans(scope: Scope, today: dt.date) -> tuple[str, Lines]:
    found = touring.recent_caravan_stops(today - RECENT, scope)
    return _("最近到过"), [(one.spot, _joined(cn_date(one.on), one.area, one.caravan)) for one in found]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


_READERS: dict[str, Callable[[Scope, dt.date], tuple[str, Lines]]] = {
    "stations": _stations,
    "problems": _problems,
    "farming": _backyards,
    "caravan": _caravans,
}
