"""What the pages of finding share: the problems' desk's frame, and the way back to a problem."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.queries import roles_of
from kexie.foundation.desk.pages import TabbedView
from kexie.kernel.errors import Forbidden
from kexie.ui.nav import Link

TABS = (("quality", _("推荐命中率")),)


class FindingView(TabbedView):
    """A page of finding."""

    context, templates, namespace = "matching", "matching/finding", "finding"
    tabs, tabs_label = TABS, _("找专家")
    tab = "quality"

    def for_brokers(self) -> None:
        """Refuse an expert's own account: the summaries shown here are not all for experts (`queries.disclosure`)."""
        if roles_of(self.account) == ["EXPERT"]:
            raise Forbidden(_("找专家供科协工作人员使用；您收到的难题请从邀请链接打开。"))

    def problem_links(self, one: Any) -> list[Link]:
        """Return the way to a problem: the list of all, and its page."""
        return [
            Link(pgettext_lazy("many", "技术难题"), reverse("problem_desk:problems")),
            Link(str(one), problem_href(one.pk)),
        ]


def problem_href(pk: UUID) -> str:
    """Return the address of a problem."""
    return reverse("problem_desk:problem", args=[pk])
