"""One application: filled in part by part, and what each of the three can do with it."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import TitleApplication, TitleRound
from kexie.contexts.facilities.operations import applications, deciding
from kexie.contexts.facilities.queries import holder_figures
from kexie.contexts.facilities.queries import rounds as queries
from kexie.contexts.facilities.rules.questions import CRITERIA, PART_OF, PARTS, missing
from kexie.contexts.facilities.web import titles_forms as forms
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage
from kexie.kernel.errors import NotFound
from kexie.ui.nav import Link

_State = TitleApplication.State


def _run(operation: Any) -> Any:
    """Return how the page calls an operation on its application, as whoever may confirm if the act asks for that."""

    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        return operation(application_id=view.one.pk, **data, **view.by)

    return carry_out


def _as_officer(operation: Any) -> Any:
    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        by = {**view.by, "scope": view.find(Action.CONFIRM)}
        return operation(application_id=view.one.pk, **data, **by)

    return carry_out


def _detach(view: Any, data: dict[str, Any]) -> Any:
    return applications.detach(paper_id=data["row"], **view.by)


def _review(view: Any, data: dict[str, Any]) -> Any:
    points = {one.key: data.pop(f"points_{one.key}") for one in CRITERIA}
    by = {**view.by, "scope": view.find(Action.CONFIRM)}
    return deciding.review(application_id=view.one.pk, points=points, **data, **by)


def _settle(view: Any, data: dict[str, Any]) -> Any:
    by = {**view.by, "scope": view.find(Action.CONFIRM)}
    return deciding.settle_objection(objection_id=data.pop("row"), **data, **by)


def _officer(key: str, label: Any, done: Any, operation: Any, **options: Any) -> Act:
    return Act(key=key, label=label, done=done, run=_as_officer(operation), action=Action.CONFIRM, **options)


_SUBMIT = Act(
    key="submit", label=gettext_lazy("提交给县区科协"), done=gettext_lazy("已提交，等县区科协审核。"),
    run=_run(applications.submit), primary=True, hint=gettext_lazy("提交时把台账数一起存下；截止以前可以撤回。"),
)  # fmt: skip
_ATTACH = Act(
    key="attach", label=gettext_lazy("添加材料"), done=gettext_lazy("已添加材料。"),
    run=_run(applications.attach), form=forms.PaperForm,
)  # fmt: skip
_DETACH = Act(
    key="detach", label=gettext_lazy("删除材料"), done=gettext_lazy("已删除。"), run=_detach, form=forms.RowForm,
    at="papers",
)  # fmt: skip
_WITHDRAW = Act(
    key="withdraw", label=gettext_lazy("撤回申报"), done=gettext_lazy("已撤回。"),
    run=_run(applications.withdraw), form=forms.NoteForm, danger=True,
)  # fmt: skip
_RECOMMEND = _officer(
    "recommend", gettext_lazy("推荐"), gettext_lazy("已推荐。"), deciding.recommend, form=forms.RankForm,
    primary=True,
)  # fmt: skip
_SEND_BACK = _officer(
    "send_back", gettext_lazy("退回补正"), gettext_lazy("已退回。"), deciding.send_back, form=forms.ReasonForm
)
_REFUSE = _officer(
    "refuse", gettext_lazy("不通过"), gettext_lazy("已登记不通过。"), deciding.refuse, form=forms.ReasonForm,
    danger=True,
)  # fmt: skip
_RANK = _officer(
    "rank", gettext_lazy("改排序"), gettext_lazy("已改排序。"), deciding.change_rank, form=forms.RankForm
)
_TAKE_BACK = _officer(
    "take_back", gettext_lazy("收回推荐"), gettext_lazy("已收回推荐。"), deciding.take_back_recommendation
)
_REVIEW = Act(
    key="review", label=gettext_lazy("评审打分"), done=gettext_lazy("已保存打分表。"), run=_review,
    form=forms.ReviewForm, action=Action.CONFIRM,
)  # fmt: skip
_APPROVE = _officer(
    "approve",
    gettext_lazy("拟认定"),
    gettext_lazy("已列为拟认定，待公示。"),
    deciding.approve,
    form=forms.NoteForm,
)
_REOPEN = _officer(
    "reopen", gettext_lazy("收回决定"), gettext_lazy("已收回。"), deciding.reopen, form=forms.ReasonForm
)
_OBJECT = _officer(
    "object",
    gettext_lazy("登记异议"),
    gettext_lazy("已登记异议。"),
    deciding.object_to,
    form=forms.ObjectionForm,
)
_SETTLE = Act(
    key="settle", label=gettext_lazy("异议核查结果"), done=gettext_lazy("已登记结果。"), run=_settle,
    form=forms.SettleForm, action=Action.CONFIRM, at="objections",
)  # fmt: skip
_AWARD = _officer(
    "award", gettext_lazy("认定"), gettext_lazy("已认定，登记到称号名册。"), deciding.award, form=forms.AwardForm,
    primary=True,
)  # fmt: skip

_KEEPER: dict[str, tuple[Act, ...]] = {
    _State.DRAFT: (_SUBMIT, _ATTACH, _DETACH, _WITHDRAW),
    _State.RETURNED: (_SUBMIT, _ATTACH, _DETACH, _WITHDRAW),
    _State.SUBMITTED: (_WITHDRAW,),
    _State.RECOMMENDED: (_WITHDRAW,),
    _State.APPROVED: (_WITHDRAW,),
    _State.PUBLICISED: (_WITHDRAW,),
}
_COUNTY: dict[str, tuple[Act, ...]] = {
    _State.SUBMITTED: (_RECOMMEND, _SEND_BACK, _REFUSE),
    _State.RECOMMENDED: (_RANK, _TAKE_BACK),
}
_CITY: dict[str, tuple[Act, ...]] = {
    _State.RECOMMENDED: (_REVIEW, _APPROVE, _SEND_BACK, _REFUSE),
    _State.APPROVED: (_REOPEN,),
    _State.PUBLICISED: (_AWARD, _OBJECT, _SETTLE),
}


class ApplicationPage(FacilitiesView, ActPage):
    """An application with all about it, and the acts of the keeper, the county and the city."""

    tab, template = "rounds", "application"

    def check(self) -> None:
        """Find the application."""
        self.one = queries.application(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What can be done in this state."""
        state = self.one.state
        city = _CITY.get(state, ()) if self.decides else ()
        return [*city, *_COUNTY.get(state, ()), *_KEEPER.get(state, ())]

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with one's own sheet and the place it has."""
        if act.key == "rank":
            return {"rank": self.one.rank}
        sheet = self.one.reviews.filter(reviewer=self.account).first() if act.key == "review" else None
        if sheet is None:
            return {}
        points = {f"points_{key}": value for key, value in sheet.points.items()}
        return {**points, "visit": sheet.visit, "visited_on": sheet.visited_on, "text": sheet.text}

    def context_of(self) -> dict[str, Any]:
        """The application."""
        one, answers = self.one, self.one.answers
        parts = [
            {
                "part": part,
                "rows": [(question.label, answers.get(question.key)) for question in part.questions],
                "url": self.url("fill", pk=one.pk, part=part.key),
            }
            for part in PARTS
        ]
        is_filling = one.state in applications.FILLING
        return {
            "one": one,
            "trail": self.trail(
                Link(str(one.round), self.url("round", pk=one.round_id)), Link(one.unit.name)
            ),
            "parts": parts,
            "may_fill": is_filling and self.allowed.get("draft"),
            "missing": missing(answers) if is_filling else [],
            "figures": queries.figures(one, timezone.localdate()),
            "records": holder_figures.RECORDS,
            "papers": queries.papers(one),
            "reviews": one.reviews.select_related("reviewer") if self.find(Action.CONFIRM) else [],
            "objections": one.objections.all(),
            "settlements": forms.SettleForm.base_fields["state"].choices,  # type: ignore[attr-defined]
            "steps": one.steps.select_related("actor"),
            "is_over": one.round.state == TitleRound.State.CLOSED,
        }


class FillPage(FacilitiesView, FormPage):
    """One part of an application: kept as a draft, then on to the next."""

    tab, submit = "rounds", gettext_lazy("保存并继续")
    done = gettext_lazy("已保存。")
    sub = gettext_lazy(
        "可以先填一部分，以后再补；提交前会列出还缺什么。参观人次、开放天数等由台账带出，不用填。"
    )

    def check(self) -> None:
        """Find the application and the part."""
        self.one = queries.application(self.scope, self.kwargs["pk"])
        part = PART_OF.get(self.kwargs["part"])
        if part is None:
            raise NotFound(_("没有这一步。"))
        self.part = part

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Show the part with what was kept."""
        return self._show(self.form(initial={**self.one.answers, "version": self.one.version}))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask the part's questions."""
        return forms.PartForm(*args, part=self.part, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Keep the answers."""
        version = data.pop("version")
        return applications.answer(
            application_id=self.one.pk, answers=data, version=-1 if version is None else version, **self.by
        )

    def onward(self, made: Any) -> str:
        """Go to the next part, or back to the application."""
        following = PARTS[PARTS.index(self.part) + 1 :]
        if following:
            return self.url("fill", pk=self.one.pk, part=following[0].key)
        return self.url("application", pk=self.one.pk)

    def above(self) -> list[Link]:
        """Below the application."""
        return [Link(self.one.unit.name, self.url("application", pk=self.one.pk))]

    @property
    def title(self) -> str:  # type: ignore[override]  # it says the step
        """The part and how many there are."""
        step = PARTS.index(self.part) + 1
        return _("%(part)s（第%(n)d步，共%(of)d步）") % {"part": self.part.label, "n": step, "of": len(PARTS)}
