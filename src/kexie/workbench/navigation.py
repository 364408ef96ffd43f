"""The staff rail: what an account may open, from the declared types and its rights."""

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES, Action
from kexie.kernel.errors import Text
from kexie.ledger.record_types import DeskType
from kexie.ui.nav import Group, Link
from kexie.workbench.desk.rights import Rights

_ICONS = {
    "museums": "museum",
    "touring": "van",
    "facilities": "facility",
    "contests": "trophy",
    "matching": "match",
    "rural": "leaf",
    "workers": "worker",
    "organisations": "organisation",
    "governance": "governance",
}
# Desks that areas of work have of their own: address, label, icon, context.
_DESKS = (
    ("museum_desk:entry", gettext_lazy("科技馆服务台"), "museum", "museums"),
    ("touring_sets:sets", gettext_lazy("流动科技馆"), "van", "touring"),
    ("touring_fleet:vans", gettext_lazy("大篷车管理"), "van", "touring"),
    ("facility_desk:registry", gettext_lazy("科普设施"), "facility", "facilities"),
    ("problem_desk:problems", gettext_lazy("难题对接"), "match", "matching"),
    ("expert_desk:experts", gettext_lazy("专家库"), "match", "matching"),
    ("meetings:meetings", pgettext_lazy("many", "对接会"), "match", "matching"),
    ("cooperation:agreements", gettext_lazy("合作与载体"), "match", "matching"),
    ("academic:events", gettext_lazy("学术活动"), "organisation", "organisations"),
    ("touring_season:list", gettext_lazy("大篷车巡展季"), "van", "touring"),
    ("targets:programmes", gettext_lazy("目标管理"), "figure", "governance"),
    ("campaigns:list", gettext_lazy("主题宣传活动"), "governance", "facilities"),
    ("returns:list", gettext_lazy("统计年报"), "ledger", "returns"),
    ("releases:list", gettext_lazy("数据发布"), "lock", "releases"),
    ("writing:list", gettext_lazy("文稿撰写"), "edit", "writing"),
    ("burden:year", gettext_lazy("填报减负"), "figure", "burden"),
    ("packages:list", gettext_lazy("离线工作包"), "download", "packages"),
)
# Desks that show nothing to whoever has these roles alone: the register is not for experts, and a firm's people are at no desk of others.
_NOT_FOR = {
    "expert_desk:experts": {"EXPERT", "FIRM_CONTACT"},
    "meetings:meetings": {"FIRM_CONTACT"},
}
# Pages of other parts of the site, in the order of the rail; those that are not there are left out.
_ELSEWHERE = (
    ("dashboard:home", gettext_lazy("工作总览"), "figure", Action.READ),
    ("workbench:notices", gettext_lazy("通知"), "bell", Action.READ),
    ("claims:check", gettext_lazy("文稿核对"), "file", Action.CHECK_TEXT),
    ("access:accounts", gettext_lazy("账号"), "people", Action.MANAGE_ACCOUNTS),
    ("access:clients", gettext_lazy("接口客户端"), "link", Action.MANAGE_ACCOUNTS),
    ("webhooks:endpoints", gettext_lazy("事件推送"), "bell", Action.MANAGE_ACCOUNTS),
    ("access:grants", gettext_lazy("授权"), "lock", Action.MANAGE_GRANTS),
    ("access:rules", gettext_lazy("安全策略"), "settings", Action.MANAGE_GRANTS),
    ("access:audit", gettext_lazy("审计记录"), "ledger", Action.READ_AUDIT),
)
# Pages about the reader, by the role that has one.
_OWN = (("my_expert:page", gettext_lazy("我的专家资料"), "people", "EXPERT"),)
# What every area of work points at.
_DIRECTORY = (
    ("units:list", pgettext_lazy("many", "单位"), "organisation", Action.READ_UNITS),
    ("people:list", pgettext_lazy("many", "人员"), "people", Action.READ_PEOPLE),
    ("places:list", pgettext_lazy("many", "地点"), "pin", Action.READ_UNITS),
    ("areas:list", gettext_lazy("行政区划"), "globe", Action.READ_UNITS),
)


def context_label(context: str) -> Text:
    """Return the name of an area of work (an app label)."""
    return apps.get_app_config(context).verbose_name


def context_icon(context: str) -> str:
    """Return the icon of an area of work."""
    return _ICONS.get(context, "ledger")


def contexts(rights: Rights) -> dict[str, list[DeskType]]:
    """Return the types an account may read, by area of work in the order of declaration."""
    found: dict[str, list[DeskType]] = {}
    for one in rights.types(Action.READ):
        found.setdefault(one.context, []).append(one)
    return found


def list_url(desk_type: DeskType) -> str:
    """Return the address of a type's list."""
    return reverse("workbench:list", args=[desk_type.key])


def rail(rights: Rights, path: str, *, current: str = "", key: str = "") -> list[Group]:
    """Return the rail for a reader at `path`; the types of the `current` area of work are unfolded."""
    by_context = contexts(rights)
    groups = [Group("", _top(rights, path))]
    links = [_context_link(context, by_context[context], current) for context in by_context]
    if current in by_context:
        shown = [Link(str(one.name), list_url(one), current=one.key == key) for one in by_context[current]]
        groups.append(Group(str(context_label(current)), shown))
    if links:
        groups.append(Group(_("业务"), links))
    if directory := _directory(rights, path):
        groups.append(Group(_("基础信息"), directory))
    return groups


def rail_for(request: HttpRequest) -> list[Group]:
    """Return the rail of a page that a lower layer shows (see settings.KEXIE_STAFF_RAIL)."""
    return rail(Rights(request.user), request.path) if isinstance(request.user, Account) else []


def _top(rights: Rights, path: str) -> list[Link]:
    home = reverse("workbench:home")
    links = [
        Link(_("我的工作"), home, "home", current=path == home),
        *_own(rights, path),
        *_desks(rights, path),
    ]
    for name, label, icon, action in _ELSEWHERE:
        url = _address(name)
        if url and action in _actions(rights):
            links.append(Link(str(label), url, icon, current=path == url))
    return links


def _own(rights: Rights, path: str) -> list[Link]:
    roles = {grant.role for grant in rights.grants}
    found = [(_address(name), label, icon) for name, label, icon, role in _OWN if role in roles]
    return [Link(str(label), url, icon, current=path.startswith(url)) for url, label, icon in found if url]


def _desks(rights: Rights, path: str) -> list[Link]:
    roles = {grant.role for grant in rights.grants}
    allowed = [
        one for one in _DESKS if rights.may(Action.READ, one[-1]) and not roles <= _NOT_FOR.get(one[0], set())
    ]
    found = [(_address(name), label, icon) for name, label, icon, _context in allowed]
    return [Link(str(label), url, icon, current=path.startswith(url)) for url, label, icon in found if url]


def _directory(rights: Rights, path: str) -> list[Link]:
    allowed = _actions(rights)
    found = [(reverse(name), label, icon) for name, label, icon, action in _DIRECTORY if action in allowed]
    return [Link(str(label), url, icon, current=path.startswith(url)) for url, label, icon in found]


def _actions(rights: Rights) -> set[Action]:
    return {action for grant in rights.grants for action in ROLES[grant.role].actions}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _context_link(context: str, types: list[DeskType], current: str) -> Link:
    url = reverse("workbench:context", args=[context]) if types else ""
    return Link(str(context_label(context)), url, context_icon(context), current=context == current)
