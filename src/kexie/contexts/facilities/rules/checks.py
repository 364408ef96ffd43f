"""What a checker looks at, and how the lot decides who is looked at."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import FacilityFault
from kexie.kernel.errors import Text

GOOD, FAULT, NONE = "GOOD", "FAULT", "NONE"
ANSWERS = ((GOOD, _("好")), (FAULT, _("有问题")), (NONE, _("不适用")))
# What became of the way there.
CHECKED, CLOSED, LATER = "CHECKED", "CLOSED", "LATER"
OUTCOMES = (
    (CHECKED, _("进去查了")),
    (CLOSED, _("该开放时没有开放")),
    (LATER, _("今天本来不开放，改天再来")),
)
USUAL_DEADLINE = dt.timedelta(days=14)
_Kind = FacilityFault.Kind


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something to look at, and the kind of fault it is where it is not in order."""

    key: str
    label: Text
    fault: str


ITEMS: tuple[Item, ...] = (
    Item(key="hours", label=_("按公布的时间开放"), fault=_Kind.CLOSED),
    Item(key="keeper", label=_("有专人管理，制度上墙"), fault=_Kind.OTHER),
    Item(key="activities", label=_("有真实的开放和活动记录"), fault=_Kind.OTHER),
    Item(key="exhibits", label=_("展品和设备能用"), fault=_Kind.BROKEN),
    Item(key="safety", label=_("通道、消防、用电安全"), fault=_Kind.UNSAFE),
    Item(key="tidy", label=_("整洁，标牌完好"), fault=_Kind.DIRTY),
    Item(key="content", label=_("内容正确、没有过时"), fault=_Kind.OUTDATED),
)


@dataclass(frozen=True)
class Drawn:
    """A facility of the frame with its place in its stratum (1 is drawn first)."""

    id: str
    name: str
    stratum: str
    place: int


def ticket(seed: str, facility_id: str) -> str:
    """Return the number by which a facility stands in the queue: SHA-256 over "seed:id" in hexadecimal."""
    return hashlib.sha256(f"{seed}:{facility_id}".encode()).hexdigest()


def order(frame: Iterable[Mapping[str, Any]], seed: str) -> list[Drawn]:
    """Return the whole frame in the order of the lot, stratum by stratum. Who has frame and seed gets the same."""
    strata: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in frame:
        strata[one["stratum"]].append(one)
    return [
        Drawn(one["id"], one["name"], stratum, place)
        for stratum in sorted(strata)
        for place, one in enumerate(sorted(strata[stratum], key=lambda one: ticket(seed, one["id"])), 1)
    ]
