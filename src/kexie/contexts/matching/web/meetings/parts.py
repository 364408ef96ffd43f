"""Who takes part in a meeting: the lists, and one problem or expert."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import MeetingExpert, MeetingProblem
from kexie.contexts.matching.operations import meeting_day as day
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.web.meetings import forms
from kexie.contexts.matching.web.meetings.base import OneView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.kernel.errors import NotFound
from kexie.platform.notify import links
from kexie.ui.nav import Link


def _chosen(data: dict[str, Any]) -> list[Any]:
    return [row.pk for row in data["rows"]]


_PROBLEMS = Act(
    key="problems", label=gettext_lazy("加入难题"), done=gettext_lazy("已加入难题。"), form=forms.AddForm,
    run=lambda view, data: operations.add_problems(problems=_chosen(data), **view.told), action=Action.CONFIRM,
    hint=gettext_lazy("已审核、还在找专家的难题。"),
)  # fmt: skip
_EXPERTS = Act(
    key="experts", label=gettext_lazy("加入专家"), done=gettext_lazy("已加入专家。"), form=forms.AddForm,
    run=lambda view, data: operations.add_experts(experts=_chosen(data), **view.told), action=Action.CONFIRM,
    hint=gettext_lazy("在库、同意推荐、接受邀请的专家。"),
)  # fmt: skip


class PartsPage(OneView, ActPage):
    """The lists of problems and experts."""

    template = "parts"
    to_write = Action.CONFIRM

    def acts(self) -> list[Act]:
        """Problems and experts are put on the list."""
        return [_PROBLEMS, _EXPERTS]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer those who are not on the list."""
        form = super().act_form(act, *args, **options)
        if isinstance(form, forms.AddForm):
            today = timezone.localdate()
            form.offer(
                queries.problems_to_add(self.scope, self.one, at=today) if act.key == "problems"
                else queries.experts_to_add(self.scope, self.one, today=today)
            )  # fmt: skip
        return form

    def context_of(self) -> dict[str, Any]:
        """The lists."""
        return {
            "one": self.one, "trail": self.trail(self.here(), Link(_("参会的难题和专家"))),
            "firms": queries.problems(self.one), "guests": queries.people(self.one),
        }  # fmt: skip


def _wish(view: Any, data: dict[str, Any]) -> None:
    wanted = [value for name, value in sorted(data.items()) if name.startswith("wish_") and value]
    operations.wish(part_id=view.part.pk, wanted=[view.by_key[key] for key in wanted], **view.told)


def _on_part(run: Any) -> Any:
    return lambda view, data: run(part_id=view.part.pk, **data, **view.told)


_WISH = Act(
    key="wish", label=gettext_lazy("登记意愿"), done=gettext_lazy("已登记意愿。"), run=_wish, form=forms.WishForm,
    action=Action.CONFIRM, primary=True,
)  # fmt: skip
_LOADS = Act(
    key="loads", label=gettext_lazy("场数和到场时间"), done=gettext_lazy("已保存。"), form=forms.LoadForm,
    run=_on_part(operations.set_part), action=Action.CONFIRM,
)  # fmt: skip
_OUT = Act(
    key="out", label=gettext_lazy("登记退出"), done=gettext_lazy("已登记退出；请到时间表重排。"), form=forms.ReasonForm,
    run=_on_part(operations.call_off), action=Action.CONFIRM, danger=True,
    hint=gettext_lazy("还没开始的洽谈在下次“排时间表”时撤下并补位。"),
)  # fmt: skip
_BACK = Act(
    key="back", label=gettext_lazy("恢复参会"), done=gettext_lazy("已恢复参会。"),
    run=_on_part(operations.bring_back), action=Action.CONFIRM, primary=True,
)  # fmt: skip


class PartPage(OneView, ActPage):
    """A problem or an expert at the meeting."""

    template = "part"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find them, and the other side."""
        super().check()
        firms, guests = queries.problems(self.one), queries.people(self.one)
        everybody: list[MeetingProblem | MeetingExpert] = [*firms, *guests]
        found = next((row for row in everybody if row.pk == self.kwargs["part"]), None)
        if found is None:
            raise NotFound(_("这场对接会里没有这一位。"))
        self.part = found
        self.others: Sequence[MeetingProblem | MeetingExpert] = (
            guests if isinstance(found, MeetingProblem) else firms
        )
        self.by_key = {str(row.pk): row.pk for row in self.others}

    def acts(self) -> list[Act]:
        """What fits whether they take part."""
        return [_BACK] if self.part.out_at else [_WISH, _LOADS, _OUT]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the other side."""
        form = super().act_form(act, *args, **options)
        if isinstance(form, forms.WishForm):
            form.offer([(str(row.pk), _label(row)) for row in self.others])
        return form

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what is known."""
        part = self.part
        is_firm = isinstance(part, MeetingProblem)
        rows = part.wishes.filter(side="FIRM" if is_firm else "EXPERT")
        wished = {f"wish_{row.rank}": str(row.expert_id if is_firm else row.problem_id) for row in rows}
        loads = {name: getattr(part, name) for name in forms.LoadForm.base_fields}
        return {**wished, **loads}

    def context_of(self) -> dict[str, Any]:
        """Their talks, and the link of their invitation."""
        part = self.part
        link = reverse("meeting_answer:answer", args=[day.token_of(part)])
        return {
            "one": self.one, "part": part, "name": _label(part),
            "trail": self.trail(self.here(), Link(_("参会的难题和专家"), self.url("parts", pk=self.one.pk)), Link(_label(part))),
            "talks": [
                (talk, self.one.hours(talk.slot))
                for talk in queries.talks(self.one) if part.pk in {talk.problem_id, talk.expert_id}
            ],
            "link": f"{links.site(self.request.build_absolute_uri('/'))}{link}",
        }  # fmt: skip


def _label(row: Any) -> str:
    if isinstance(row, MeetingProblem):
        return f"{row.problem.firm.name} · {row.problem.name}"
    return str(row.expert.name)
