"""Conditions for setting up a carrier, by kind and level (domain.md 4.5, 4.6), and the days that belong to one.

The numbers of national and provincial stations are those of the published model rules; a city's own are its default.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.states import CarrierState as Stage
from kexie.kernel.errors import Text

# A year is to be evaluated by the end of March; whoever keeps the carrier is told from the beginning of February.
EVALUATED_BY = (3, 31)
EVALUATION_NOTICE = dt.timedelta(days=58)
TERM_NOTICE = dt.timedelta(days=30)
RUNNING = frozenset({Stage.ESTABLISHED, Stage.RENEWED})
PREPARING = frozenset({"", Stage.APPLIED, Stage.CHECKED, Stage.APPROVED, Stage.REFUSED})


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition; with `least` it is a number that must be reached, with `by_office` nothing the host can show."""

    key: str
    label: Text
    least: int | None = None
    by_office: bool = False


_OFFICE = Condition(key="office", label=_("有固定办公场所和专人负责"))
_RULES = Condition(key="rules", label=_("有管理制度和工作计划"))
_VISIT = Condition(key="visit", label=_("已现场考察"), by_office=True)
_AGREEMENT = Condition(key="agreement", label=_("已与学会或专家签订建站协议"))


def _least(key: str, label: Text, least: int) -> Condition:
    return Condition(key=key, label=label, least=least)


def _station(needs: int, experts: int, *more: Condition) -> tuple[Condition, ...]:
    numbers = (
        _least("needs", _("企业技术需求（项）"), needs),
        _least("experts", _("进站专家（人）"), experts),
    )
    return (_AGREEMENT, _OFFICE, _RULES, *numbers, *more)


_REACH = _("辐射带动的单位（家）")
_STATIONS = {
    "NATION": _station(
        10, 5, _least("output", _("企业年产值（万元）"), 2000), _least("team", _("企业研发团队（人）"), 10),
        _least("reach", _REACH, 3),
    ),
    "PROVINCE": _station(5, 5, _least("reach", _REACH, 5)),
    "CITY": _station(3, 3),
}  # fmt: skip
_HOME_BASE = (
    Condition(key="legal", label=_("依法登记的境内法人")),
    Condition(key="body", label=_("有管理机构和专职人员")),
    _least("space", _("工作场所（平方米）"), 100),
    Condition(key="funds", label=_("有稳定的经费")),
    Condition(key="channels", label=_("有联系海外人才的渠道")),
    Condition(key="policy", label=_("有当地配套政策")),
    Condition(key="secrecy", label=_("已作出口管制和保密核对")),
)
_HOME_STATION = (
    _OFFICE, _RULES, _least("needs", _("企业技术需求（项）"), 2), _VISIT,
    Condition(key="secrecy", label=_("已作出口管制和保密核对")),
)  # fmt: skip
_OTHERS = (_AGREEMENT, _OFFICE, _RULES)


def conditions(kind: str, level: str) -> tuple[Condition, ...]:
    """Return what a carrier of this kind and level must show."""
    if kind == "EXPERT_STATION":
        return _STATIONS[level]
    return {"HOME_BASE": _HOME_BASE, "HOME_STATION": _HOME_STATION}.get(kind, _OTHERS)


# Kinds of units at which a carrier can be.
HOSTS = ("FIRM", "PARK_ASSOCIATION", "ENTERPRISE_ASSOCIATION", "BASE")
# What a firm can apply for by itself: domain.md 4.5 and 4.6.
APPLIED_FOR: dict[str, tuple[str, ...]] = {
    "EXPERT_STATION": ("CITY", "PROVINCE", "NATION"),
    "HOME_STATION": ("CITY",),
    "HOME_BASE": ("PROVINCE",),
}


def shown_by_host(kind: str, level: str) -> tuple[Condition, ...]:
    """Return the conditions for which the host itself shows something."""
    return tuple(one for one in conditions(kind, level) if not one.by_office)


def evaluation_day(year: int) -> dt.date:
    """Return the day by which a year is to be evaluated."""
    return dt.date(year + 1, *EVALUATED_BY)
