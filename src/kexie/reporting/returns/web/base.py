"""What the pages of returns share: tabs and frame."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import TabbedView
from kexie.reporting.returns import queries

TABS = (
    ("list", _("年报表")),
    ("gaps", _("缺什么")),
    ("units", _("填报范围")),
    ("editions", _("制度对比")),
)


class ReturnsView(TabbedView):
    """A page of returns."""

    context, templates, namespace = "returns", "returns", "returns"
    tabs, tabs_label = TABS, _("统计年报")
    tab = "list"


class OneView(ReturnsView):
    """A page about one return."""

    def check(self) -> None:
        """Find the return."""
        self.one = queries.one(self.scope, self.kwargs["pk"])

    @property
    def with_seen(self) -> dict[str, Any]:
        """What operations are told of who acts on which return."""
        return {"return_id": self.one.pk, **self.by}

    @property
    def decides_here(self) -> bool:
        """Whether the account may approve this return."""
        return self.find(Action.CONFIRM) is not None
