"""One target: its line, its reasons, its parts, milestones and history; and one milestone."""

import datetime as dt
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.governance.models import Milestone
from kexie.contexts.governance.operations import milestones, targets
from kexie.contexts.governance.queries import charts
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.queries.progress import Board
from kexie.contexts.governance.web.targets import forms
from kexie.contexts.governance.web.targets.base import OneView
from kexie.contexts.governance.web.targets.drawing import drawn
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, NothingForm
from kexie.ledger import registry
from kexie.ui.nav import Link

_OFFERED = 60


class TargetPage(OneView, ActPage):
    """One target."""

    template = "target"
    to_write = Action.CONFIRM

    @cached_property
    def board(self) -> Board:
        """This target and its parts."""
        rows = queries.rows(self.scope).filter(year=self.one.year, programme=self.one.programme_id)
        mine = rows.filter(pk=self.one.pk) | rows.filter(parent=self.one.pk)
        found = list(mine.prefetch_related("milestones__unit").order_by("parent_id", "unit__path"))
        return queries.computed(found, self.scope, self.one.year, timezone.localdate())

    def acts(self) -> list[Act]:
        """Whoever may change the target adds milestones and may take it back."""
        return [_MILESTONE, _REMOVE] if self.may_change else []

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """A milestone's form offers units and types of the scope."""
        return super().act_form(act, *args, **({"scope": self.scope} if act is _MILESTONE else {}), **options)

    def initial(self, act: Act) -> dict[str, Any]:
        """A milestone's unit is by default the target's."""
        return {"unit": self.one.unit_id}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry out what was asked; a target that is gone leads to its programme."""
        programme = self.url("programme", pk=self.one.programme_id)
        found = super().post(request, **kwargs)
        is_gone = request.POST.get("act") == _REMOVE.key and isinstance(found, HttpResponseRedirect)
        return HttpResponseRedirect(f"{programme}?year={self.one.year}") if is_gone else found

    def context_of(self) -> dict[str, Any]:
        """How it stands, why, its year, its parts and its history."""
        one, progress = self.one, self.board.progress[self.one.pk]
        parts, months = self.board.parts(one.pk), charts.year_of(one, self.board)
        measure = registry.measure(one.measure)
        return {
            "one": one, "of": progress, "reasons": self.reasons.get(one.pk), "months": months,
            "drawing": drawn(months, one.goal, one.year), "outlook": charts.outlook(one, self.board), "trail": self.trail(*self.above()[:1], Link(one.name)),
            "parts": parts, "rest": one.goal - sum((part.goal for part in parts), 0) if parts else None,
            "changes": one.changes.select_related("unit", "changed_by"), "measure": measure,
            "figure": progress.figure, "may_change": self.may_change, "is_closed": self.is_closed,
            "may_part": self.may_change and one.parent_id is None and measure.kind.additive and one.basis != "LEVEL",
        }  # fmt: skip


def _add(view: Any, data: dict[str, Any]) -> Milestone:
    names = milestones.Step.__dataclass_fields__
    step = milestones.Step(**{name: data[name] for name in names})
    return milestones.add(target_id=view.one.pk, step=step, **view.by)


_MILESTONE = Act(
    key="milestone", label=gettext_lazy("添加节点"), done=gettext_lazy("已添加节点。"), form=forms.MilestoneForm, run=_add,
    action=Action.CONFIRM, hint=gettext_lazy("有数值节点时，目标线按节点画；没有就按上年各月的进度。"),
)  # fmt: skip
_REMOVE = Act(
    key="remove", label=gettext_lazy("删除目标"), done=gettext_lazy("已删除这个目标。"), form=NothingForm, danger=True,
    run=lambda view, _data: targets.remove(target_id=view.one.pk, **view.by), action=Action.CONFIRM,
    hint=gettext_lazy("连同分解和节点一起删除，不能恢复；要改目标值请用“调整目标”，原值会留存。"),
)  # fmt: skip


class MilestonePage(OneView, ActPage):
    """One milestone: linking the record that proves it, or taking the milestone away."""

    template = "milestone"
    to_write = Action.READ  # who keeps the records proves; operations see to it

    def check(self) -> None:
        """Find it."""
        super().check()
        self.step = milestones.one(self.scope, self.one.pk, self.kwargs["row"])

    def acts(self) -> list[Act]:
        """An act is proved; whoever may change the target takes milestones away."""
        proof = [_PROVE] if self.step.record_type and not self.is_closed else []
        return [*proof, *([_DROP] if self.may_change else [])]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """The proof is one of the latest confirmed records."""
        return super().act_form(
            act, *args, **({"records": self._records} if act is _PROVE else {}), **options
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry it out and go back to the target."""
        found = super().post(request, **kwargs)
        target = f"{self.url('target', pk=self.one.pk)}#milestones"
        return HttpResponseRedirect(target) if isinstance(found, HttpResponseRedirect) else found

    def context_of(self) -> dict[str, Any]:
        """The milestone."""
        board = queries.computed([self.one], self.scope, self.one.year, timezone.localdate())
        state = next(
            one for one in board.progress[self.one.pk].milestones if one.milestone.pk == self.step.pk
        )
        declared = registry.record_types().get(self.step.record_type)
        return {
            "one": self.one, "step": state, "kind": declared, "trail": self.trail(*self.above(), Link(self.step.name)),
        }  # fmt: skip

    @cached_property
    def _records(self) -> list[tuple[str, str]]:
        rows: QuerySet[Any] = milestones.candidates(self.scope, self.step).select_related("unit")[:_OFFERED]
        return [(str(row.pk), _named(row)) for row in rows]


def _named(row: Any) -> str:
    day: dt.date = row.occurred_on
    name = getattr(row, "title", "") or getattr(row, "name", "") or row._meta.verbose_name
    return _("%(day)s %(name)s（%(unit)s）") % {"day": day, "name": name, "unit": row.unit}


_PROVE = Act(
    key="prove", label=gettext_lazy("关联完成依据"), done=gettext_lazy("已关联，节点完成。"), form=forms.ProofForm, primary=True,
    action=Action.READ,
    run=lambda view, data: milestones.prove(
        milestone_id=view.step.pk, target_id=view.one.pk, record_id=data["record"], **view.by
    ),
)  # fmt: skip
_DROP = Act(
    key="drop", label=gettext_lazy("删除节点"), done=gettext_lazy("已删除节点。"), form=NothingForm, danger=True, action=Action.CONFIRM,
    run=lambda view, _data: milestones.remove(milestone_id=view.step.pk, target_id=view.one.pk, **view.by),
    hint=gettext_lazy("删除以后目标线会重新计算。"),
)  # fmt: skip
