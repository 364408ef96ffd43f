"""What the pages of finding share: the problems' desk's frame, and the way back to a problem."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.desk.pages import TabbedView
from kexie.ui.nav import Link

TABS = (("quality", _("推荐命中率")),)


class FindingView(TabbedView):
    """A page of finding."""

    context, templates, namespace = "matching", "matching/finding", "finding"
    tabs, tabs_label = TABS, _("找专家")
    tab = "quality"

    def problem_links(self, one: Any) -> list[Link]:
        """Return the way to a problem: the list of all, and its page."""
        return [
            Link(pgettext_lazy("many", "技术难题"), problems_href()),
            Link(str(one), problem_href(one.pk)),
        ]


def problems_href() -> str:
    """Return the address of the list of problems."""
    return _first(("problem_desk:problems", []), ("workbench:list", ["matching.problems"]))


def problem_href(pk: Any) -> str:
    """Return the address of a problem."""
    return _first(("problem_desk:problem", [pk]), ("finding:experts", [pk]))


def _first(*names: tuple[str, list[Any]]) -> str:
    for name, arguments in names:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""
