"""The rail of the administrators' pages: each of the three sees only their own part."""

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.request import AccessRequest
from kexie.ui.nav import Group, Link

# What one must be allowed to do, the page, its name, its icon.
_PAGES = (
    (Action.MANAGE_ACCOUNTS, "access:accounts", gettext_noop("账号"), "people"),
    (Action.MANAGE_ACCOUNTS, "access:clients", gettext_noop("接口客户端"), "link"),
    (Action.MANAGE_ACCOUNTS, "webhooks:endpoints", gettext_noop("事件推送"), "bell"),
    (Action.MANAGE_ACCOUNTS, "notices:list", gettext_noop("通知"), "inbox"),
    (Action.MANAGE_ACCOUNTS, "access:parked", gettext_noop("搁置的事件"), "clock"),
    (Action.MANAGE_GRANTS, "access:grants", gettext_noop("授权"), "lock"),
    (Action.MANAGE_GRANTS, "access:rules", gettext_noop("安全策略"), "settings"),
    (Action.READ_AUDIT, "access:audit", gettext_noop("审计记录"), "ledger"),
)


def rail(request: AccessRequest) -> list[Group]:
    """Return the links to the pages this account may open, and to its own."""
    pages = [
        _link(request, name, label, icon)
        for action, name, label, icon in _PAGES
        if request.access.may(action)
    ]
    own = _link(request, "access:own", gettext_noop("我的账号"), "person")
    return [Group(_("管理"), pages), Group(_("个人"), [own])]


def _link(request: AccessRequest, name: str, label: str, icon: str) -> Link:
    address = resolve_url(name)
    return Link(_(label), address, icon, current=request.path.startswith(address))
