"""The pages of a museum's desk, in the order of their tabs."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Text
from kexie.ui.nav import Link


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of the desk: the name of its address in `museum_desk`, and what one must be allowed to do there."""

    key: str
    label: Text
    action: Action = Action.READ

    def url(self, code: str) -> str:
        """Return the page's address for a museum, "" while no part of the site has it."""
        try:
            return reverse(f"museum_desk:{self.key}", kwargs={"code": code})
        except NoReverseMatch:
            return ""


TABS = (
    Tab(key="today", label=_("今日")),
    Tab(key="slots", label=_("时段")),
    Tab(key="calendar", label=_("开放日历")),
    Tab(key="groups", label=_("团队")),
    Tab(key="visitors", label=_("观众")),
    Tab(key="exhibits", label=_("展品")),
    Tab(key="repairs", label=_("维修")),
    Tab(key="spares", label=_("备件")),
    Tab(key="shows", label=_("展演")),
    Tab(key="shifts", label=_("志愿服务")),
    Tab(key="feedback", label=_("观众评价")),
    Tab(key="figures", label=_("数据")),
    Tab(key="devices", label=_("核验设备")),
    Tab(key="rules", label=_("预约规则")),
)


def links(code: str, allowed: set[Action], current: str) -> list[Link]:
    """Return the tabs that lead somewhere and that these actions open."""
    found = [(tab, tab.url(code)) for tab in TABS if tab.action in allowed]
    return [Link(tab.label, url, current=tab.key == current) for tab, url in found if url]
