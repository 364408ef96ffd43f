"""What the pages of packages share: tabs and frame."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import TabbedView
from kexie.workbench.packages import queries


class PackagesView(TabbedView):
    """A page of packages: whoever imports for a unit makes its packages and brings them in."""

    context, templates, namespace = "packages", "packages", "packages"
    action: ClassVar[Action] = Action.IMPORT
    to_write: ClassVar[Action] = Action.IMPORT
    tabs, tabs_label = (("list", _("工作包")), ("returned", _("交回与并入"))), _("离线工作包")
    tab = "list"


class MergeView(PackagesView):
    """A page about one returned file."""

    tab = "returned"

    def check(self) -> None:
        """Find it."""
        self.merge = queries.merge(self.scope, self.kwargs["pk"])
