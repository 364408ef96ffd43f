"""What the pages of the experts' desk share: its tabs and its frame."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.queries import experts as queries
from kexie.foundation.access.queries import roles_of
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import TabbedView
from kexie.kernel.errors import Forbidden

TABS = (("experts", pgettext_lazy("many", "专家")),)


class ExpertsView(TabbedView):
    """A page of the experts' desk."""

    context, templates, namespace = "matching", "matching/experts", "expert_desk"
    tabs, tabs_label = TABS, _("专家工作")
    tab = "experts"

    def check(self) -> None:
        """Refuse an expert's own account: others' profiles are not for it."""
        if roles_of(self.account) == ["EXPERT"]:
            raise Forbidden(gettext("专家库供科协工作人员使用；您自己的资料在“我的专家资料”里。"))

    def in_sight(self) -> QuerySet[Any]:
        """Return the register; experts from overseas only for whoever keeps it (domain.md 4.6)."""
        return queries.in_sight(self.scope, keeper=self.find(Action.CONFIRM))
