"""The staff rail: what an account may open, from the declared types and its rights."""

from dataclasses import replace

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
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
# Pages in the groups of the rail: address, label, icon, and the context whose staff has it, or the right that opens it.
_Desk = tuple[str, Text, str, str]
_DESKS: tuple[tuple[Text, tuple[_Desk, ...]], ...] = (
    (
        gettext_lazy("科学普及"),
        (
            ("museum_desk:entry", gettext_lazy("科技馆服务台"), "museum", "museums"),
            ("touring_sets:sets", gettext_lazy("流动科技馆"), "pin", "touring"),
            ("touring_fleet:vans", gettext_lazy("大篷车管理"), "van", "touring"),
            ("touring_season:list", gettext_lazy("大篷车巡展季"), "calendar", "touring"),
            ("facility_desk:registry", gettext_lazy("科普设施"), "facility", "facilities"),
            ("campaigns:list", gettext_lazy("主题宣传活动"), "governance", "facilities"),
        ),
    ),
    (
        gettext_lazy("专家与企业"),
        (
            ("problem_desk:problems", gettext_lazy("难题对接"), "help", "matching"),
            ("expert_desk:experts", gettext_lazy("专家库"), "person", "matching"),
            ("meetings:meetings", pgettext_lazy("many", "对接会"), "people", "matching"),
            ("cooperation:agreements", gettext_lazy("合作与载体"), "match", "matching"),
            ("academic:events", gettext_lazy("学术活动"), "book", "organisations"),
        ),
    ),
    (
        gettext_lazy("数字与文稿"),
        (
            ("dashboard:home", gettext_lazy("工作总览"), "figure", Action.READ),
            ("targets:programmes", gettext_lazy("目标管理"), "star", "governance"),
            ("returns:list", gettext_lazy("统计年报"), "ledger", "returns"),
            ("releases:list", gettext_lazy("数据发布"), "lock", "releases"),
            ("writing:list", gettext_lazy("文稿撰写"), "edit", "writing"),
            ("claims:check", gettext_lazy("文稿核对"), "check", Action.CHECK_TEXT),
            ("packages:list", gettext_lazy("离线工作包"), "download", "packages"),
            ("burden:year", gettext_lazy("填报减负"), "clock", "burden"),
        ),
    ),
    (
        gettext_lazy("系统管理"),
        (
            ("access:accounts", gettext_lazy("账号"), "people", Action.MANAGE_ACCOUNTS),
            ("access:clients", gettext_lazy("接口客户端"), "link", Action.MANAGE_ACCOUNTS),
            ("webhooks:endpoints", gettext_lazy("事件推送"), "bell", Action.MANAGE_ACCOUNTS),
            ("access:grants", gettext_lazy("授权"), "lock", Action.MANAGE_GRANTS),
            ("access:rules", gettext_lazy("安全策略"), "settings", Action.MANAGE_GRANTS),
            ("access:audit", gettext_lazy("审计记录"), "ledger", Action.READ_AUDIT),
        ),
    ),
)
# Where somebody whom the association works with, or who works in the field, begins: address, label, icon, roles.
_OWN = (
    ("problem_desk:new", gettext_lazy("提出难题"), "plus", ("FIRM_CONTACT",)),
    ("problem_desk:problems", gettext_lazy("我的难题"), "help", ("FIRM_CONTACT",)),
    ("my_expert:page", gettext_lazy("我的专家资料"), "people", ("EXPERT",)),
    ("meetings:meetings", pgettext_lazy("many", "对接会"), "people", ("EXPERT",)),
    ("cooperation:agreements", gettext_lazy("合作与载体"), "match", ("FIRM_CONTACT", "EXPERT")),
    ("caravan_request:new", gettext_lazy("申请大篷车"), "van", ("SCHOOL",)),
    ("portal:contests", gettext_lazy("竞赛"), "trophy", ("PUPIL", "GUARDIAN", "TUTOR", "SCHOOL", "JUDGE")),
    ("portal:museums", gettext_lazy("预约科技馆"), "museum", ("PUPIL", "GUARDIAN", "TUTOR", "SCHOOL")),
    ("field:log", gettext_lazy("现场日志"), "phone", ("CARAVAN_CREW",)),
    ("checkin:scanner", gettext_lazy("检票"), "check", ("MUSEUM_GATE", "MUSEUM_DESK")),
)
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
    groups = [Group("", _top(rights, path)), *_desks(rights, path)]
    links = [_context_link(context, by_context[context], current) for context in by_context]
    if current in by_context:
        shown = [Link(str(one.name), list_url(one), current=one.key == key) for one in by_context[current]]
        groups.append(Group(str(context_label(current)), shown))
    groups += [Group(_("业务记录"), links), Group(_("基础信息"), _directory(rights, path))]
    return [group for group in groups if group.links]


def rail_for(request: HttpRequest) -> list[Group]:
    """Return the rail of a page that a lower layer shows (see settings.KEXIE_STAFF_RAIL)."""
    return rail(Rights(request.user), request.path) if isinstance(request.user, Account) else []


def own(rights: Rights) -> list[Link]:
    """Return the pages where the account's roles begin their work, the first of them the main one."""
    roles = {grant.role for grant in rights.grants}
    return [
        Link(str(label), reverse(name), icon) for name, label, icon, its in _OWN if roles.intersection(its)
    ]


def _top(rights: Rights, path: str) -> list[Link]:
    home = reverse("workbench:home")
    links = [Link(_("我的工作"), home, "home"), *own(rights)]
    if any(not ROLES[grant.role].administrator for grant in rights.grants):
        links.append(Link(_("通知"), reverse("workbench:notices"), "bell"))
    return [replace(link, current=path == link.href) for link in links]


def _desks(rights: Rights, path: str) -> list[Group]:
    return [
        Group(str(label), [_desk_link(desk, path) for desk in desks if _is_open(rights, desk[3])])
        for label, desks in _DESKS
    ]


def _desk_link(desk: _Desk, path: str) -> Link:
    name, label, icon, _needs = desk
    url = reverse(name)
    return Link(str(label), url, icon, current=path.startswith(url))


def _is_open(rights: Rights, needs: str) -> bool:
    return needs in _actions(rights) if isinstance(needs, Action) else rights.is_staff_in(needs)


def _directory(rights: Rights, path: str) -> list[Link]:
    allowed = _actions(rights)
    found = [(reverse(name), label, icon) for name, label, icon, action in _DIRECTORY if action in allowed]
    return [Link(str(label), url, icon, current=path.startswith(url)) for url, label, icon in found]


def _actions(rights: Rights) -> set[Action]:
    roles = [ROLES[grant.role] for grant in rights.grants]
    return {action for role in roles if not role.outside for action in role.actions}


def _context_link(context: str, types: list[DeskType], current: str) -> Link:
    url = reverse("workbench:context", args=[context]) if types else ""
    return Link(str(context_label(context)), url, context_icon(context), current=context == current)
