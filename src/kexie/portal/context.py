"""Context processor of the public pages: the main navigation."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kexie.ui.nav import Link

PLACES = (
    ("portal:museums", _("场馆")),
    ("portal:activities", _("活动")),
    ("portal:facilities", _("设施")),
    ("portal:contests", _("竞赛")),
    ("portal:services", _("服务")),
    ("figures:index", _("数据")),
)


def address(name: str, *args: object) -> str:
    """The address of a named page; "" while that part of the site is not mounted."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def links(path: str) -> list[Link]:
    """The main places, with the one that `path` lies in marked."""
    found = [(str(label), href) for name, label in PLACES if (href := address(name))]
    return [Link(label, href, current=path.startswith(href)) for label, href in found]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Adds `portal_nav`, the links of the public site's main navigation."""
    return {"portal_nav": links(request.path)}
