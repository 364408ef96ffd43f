"""What the pages of targets share: tabs, the year, and how the year's targets stand."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance import closing
from kexie.contexts.governance.models import Target
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.queries import reasons as why
from kexie.contexts.governance.queries.progress import Board, TargetProgress
from kexie.contexts.governance.rules import lines as rules
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import TabbedView
from kexie.ui.nav import Link

TABS = (("programmes", pgettext_lazy("many", "专项行动")), ("list", pgettext_lazy("many", "目标任务")))


class TargetsView(TabbedView):
    """A page of the targets' desk."""

    context, templates, namespace = "governance", "governance/targets", "targets"
    tabs, tabs_label = TABS, _("目标管理")
    tab = "programmes"

    def check(self) -> None:
        """Widen to every area that the account reads: a target here may name a measure of any of them."""
        self.scope = replace(self.scope, contexts=self.access_request.scope_for(Action.READ).contexts)

    @cached_property
    def year(self) -> int:
        """The year asked for, by default this one."""
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and int(asked) in rules.YEARS else timezone.localdate().year

    @cached_property
    def board(self) -> Board:
        """The year's targets and how they stand."""
        return queries.board(self.scope, timezone.now(), year=self.year)

    @cached_property
    def reasons(self) -> dict[Any, why.Reasons]:
        """Why those that are amber or red are so."""
        return why.reasons(self.board, self.scope)

    @cached_property
    def is_closed(self) -> bool:
        """Whether the year is closed, so that nothing of it changes."""
        return closing.is_closed(self.scope.association_id, self.year)

    @property
    def year_links(self) -> list[Link]:
        """The years that have targets, and this one."""
        found = sorted({*queries.years(self.scope), timezone.localdate().year}, reverse=True)
        label = _("%(year)s年")
        return [Link(str(label % {"year": one}), f"?year={one}", current=one == self.year) for one in found]

    def line(self, one: TargetProgress) -> dict[str, Any]:
        """What lists show of a target."""
        return {"of": one, "reasons": self.reasons.get(one.id)}


class OneView(TargetsView):
    """A page about one target."""

    one: Target

    def check(self) -> None:
        """Find it."""
        super().check()
        self.one = queries.one(self.scope, self.kwargs["pk"])
        self.year = self.one.year

    @cached_property
    def may_change(self) -> bool:
        """Whether the account may change this target: a part only by who set the whole."""
        scope = self.find(Action.CONFIRM)
        keeper = self.one.parent.unit if self.one.parent else self.one.unit
        return scope is not None and scope.covers(keeper.path) and not self.is_closed

    def above(self) -> list[Link]:
        """The pages between the list and this one."""
        programme = self.one.programme
        links = [Link(programme.name, f"{self.url('programme', pk=programme.pk)}?year={self.one.year}")]
        return [*links, Link(self.one.name, self.url("target", pk=self.one.pk))]
