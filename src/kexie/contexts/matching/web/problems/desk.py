"""The problems: the queue, posting one, and one problem with what can be done about it now."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import Industry
from kexie.contexts.matching.operations import problems as operations
from kexie.contexts.matching.queries import experts
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.states import PROBLEM_TRANSITIONS
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.contexts.matching.web.problems import forms
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage, TabbedView
from kexie.kernel.errors import Forbidden
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_OPEN, _LATE = "OPEN", "LATE"


class ProblemsView(TabbedView):
    """A page of the problems' desk."""

    context, templates, namespace = "matching", "matching/problems", "problem_desk"
    tabs = (("problems", pgettext_lazy("many", "技术难题")),)
    tabs_label = gettext_lazy("难题工作")
    tab = "problems"


class ProblemsPage(ProblemsView, ListPage):
    """The queue: what waits longest against its promise stands first."""

    title = pgettext_lazy("many", "技术难题")
    sub = gettext_lazy("按承诺日期排，最急的在前；只有企业自己确认，才算解决。")
    search = ("number", "name", "firm__name", "summary")
    empty = (gettext_lazy("没有符合条件的难题"), gettext_lazy("换个条件再看，或登记一个难题。"))
    columns = (
        Sortable("promised", gettext_lazy("承诺日期"), ("promised", "number"), nowrap=True),
        Sortable("number", gettext_lazy("编号"), ("number",), nowrap=True),
        Sortable("name", gettext_lazy("难题"), ("name",)),
        Sortable("firm", pgettext_lazy("one", "企业"), ("firm__name",)),
        Sortable("industry", gettext_lazy("产业"), ("industry__name",)),
        Sortable("stage", gettext_lazy("阶段"), ("current",), nowrap=True),
        Sortable("since", gettext_lazy("自"), ("since",), nowrap=True, largest_first=True),
        Sortable("next", gettext_lazy("下一步"), ("current",)),
    )

    def rows(self) -> QuerySet[Any]:
        """Every problem in sight."""
        return queries.problems(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By progress, stage, industry and county."""
        industries = Industry.objects.filter(association=self.scope.association_id)
        return {
            "progress": (_("进度"), ((_OPEN, _("办理中")), (_LATE, _("超过承诺日期")))),
            "current": (_("阶段"), Stage.choices),
            "industry": (_("产业"), list(industries.order_by("name").values_list("pk", "name"))),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        progress = chosen.pop("progress", "")
        if progress:
            found = queries.open_ones(found)
        if progress == _LATE:
            found = found.filter(promised__lt=timezone.localdate())
        return found.filter(**chosen).order_by(F("promised").asc(nulls_last=True), "number")

    def row(self, one: Any) -> Row:
        """Show a problem."""
        late = one.promised is not None and one.promised < timezone.localdate()
        day = _("%(day)s 已超期") % {"day": one.promised} if late else one.promised
        cells = (
            Cell(day or ""),
            Cell(one.number),
            Cell(one.name, self.url("problem", pk=one.pk)),
            Cell(one.firm.name),
            Cell(one.industry.name if one.industry else ""),
            Cell(stage_label(one.current)),
            Cell(one.since or ""),
            Cell(rules.NEXT.get(one.current or "", "")),
        )
        return Row(cells, title=2, name=str(one))

    def actions(self) -> list[Link]:
        """Post one."""
        return [Link(_("提出难题"), self.url("new"), "plus")] if self.allowed.get("draft") else []

    def more(self) -> dict[str, Any]:
        """How many are open, and how many late."""
        return {"tally": queries.tally(self.rows(), timezone.localdate())}


class NewPage(ProblemsView, FormPage):
    """A problem, in the firm's own words or entered for it."""

    title, submit = gettext_lazy("提出难题"), gettext_lazy("提交")
    sub = gettext_lazy("用车间里的话写就行。科协三天内审核，再找专家。")
    done = gettext_lazy("已提交，科协三天内审核。")
    to_write = Action.DRAFT

    @property
    def own_firm(self) -> Any:
        """The account's unit, if it is a firm."""
        unit = self.account.unit
        return unit if unit is not None and unit.kind == "FIRM" else None

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask; a firm is not asked which firm it is."""
        kind = forms.PostingForm if self.own_firm else forms.DeskPostingForm
        self.shown = kind(*args, scope=self.scope, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it."""
        return operations.post(posting=self.shown.posting(), firm=self.own_firm or data["firm"], **self.by)

    def onward(self, made: Any) -> str:
        """The problem's page."""
        return self.url("problem", pk=made.pk)


class EditPage(ProblemsView, FormPage):
    """What is written, changed."""

    title, submit, done = gettext_lazy("修改难题"), gettext_lazy("保存"), gettext_lazy("已保存。")
    to_write = Action.DRAFT

    def check(self) -> None:
        """Find the problem; the firm's own text is closed once it was checked."""
        self.one = queries.problem(self.scope, self.kwargs["pk"], timezone.localdate())
        if queries.is_its_firm(self.scope, self.one) and (self.one.current or "") not in rules.OPEN_TO_FIRM:
            raise Forbidden(_("难题已经审核，要修改请联系科协。"))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        initial = {name: getattr(self.one, name) for name in operations.Posting.__dataclass_fields__}
        self.shown = forms.PostingForm(*args, scope=self.scope, initial=initial, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        return operations.change(problem_id=self.one.pk, posting=self.shown.posting(), **self.by)

    def above(self) -> list[Link]:
        """The problem's page."""
        return [Link(str(self.one), self.url("problem", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Back to it."""
        return self.url("problem", pk=self.one.pk)


class ProblemPage(ProblemsView, ActPage):
    """One problem: what is asked, how it went so far, and the next step."""

    template = "problem"
    to_write = Action.DRAFT

    def check(self) -> None:
        """Find it."""
        self.one = queries.problem(self.scope, self.kwargs["pk"], timezone.localdate())
        self.is_firm = queries.is_its_firm(self.scope, self.one)

    def acts(self) -> list[Act]:
        """What may follow the present stage: the desk's steps, or the firm's word."""
        current = self.one.current or ""
        if self.is_firm:
            return list(_FIRM_ACTS) if current in rules.FIRM_SPEAKS else []
        if current in rules.OPEN_TO_FIRM:
            return [_ACCEPT, _CLOSE] if current else [_ACCEPT]
        return [act for stage, act in _STEPS if stage in PROBLEM_TRANSITIONS[current]]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the experts that can be asked today."""
        form = super().act_form(act, *args, **options)
        if "expert" in form.fields:
            field: Any = form.fields["expert"]
            field.queryset = experts.askable(self.scope, today=timezone.localdate()).order_by("name", "pk")
        return form

    def context_of(self) -> dict[str, Any]:
        """The problem with its steps."""
        one, today = self.one, timezone.localdate()
        ended = one.current in rules.ENDED
        return {
            "one": one, "trail": self.trail(Link(str(one))), "stage": stage_label(one.current), "is_firm": self.is_firm,
            "next": "" if ended else rules.NEXT.get(one.current or "", ""),
            "is_late": one.promised is not None and one.promised < today, "ended": ended,
            "stages": queries.stages(one), "visits": queries.visits(one), "agreements": queries.agreements(one),
            "may_edit": self.allowed.get("draft") and (not self.is_firm or (one.current or "") in rules.OPEN_TO_FIRM),
            "industry": one.industry.name if one.industry else "",
        }  # fmt: skip


def stage_label(stage: str | None) -> str:
    """Return a stage in words; a problem that nobody checked yet has none."""
    return str(Stage(stage).label) if stage else _("待审核")


def _step(stage: Stage, label: Any, done: Any, form: type[DeskForm], **options: Any) -> tuple[Stage, Act]:
    def run(view: Any, data: dict[str, Any]) -> Any:
        return operations.move(problem_id=view.one.pk, stage=stage, **data, **view.by)

    act = Act(key=stage.lower(), label=label, done=done, form=form, run=run, action=Action.CONFIRM, **options)
    return stage, act


def _accept(view: Any, data: dict[str, Any]) -> Any:
    return operations.accept(problem_id=view.one.pk, **data, **view.by)


_ACCEPT = Act(
    key="accept", label=gettext_lazy("审核通过"), done=gettext_lazy("已审核通过。"), form=forms.OnForm, run=_accept,
    action=Action.CONFIRM, primary=True, hint=gettext_lazy("看清问题说明白了、没有涉密内容、企业名称没有写进标题。"),
)  # fmt: skip
_STEPS = (
    _step(Stage.PUBLISHED, gettext_lazy("发布"), gettext_lazy("已发布。"), forms.MoveForm, primary=True),
    _step(Stage.MATCHED, gettext_lazy("匹配专家"), gettext_lazy("已登记匹配的专家。"), forms.ExpertForm),
    _step(
        Stage.VISITED, gettext_lazy("登记对接"), gettext_lazy("已登记对接。"), forms.ExpertForm, primary=True,
        hint=gettext_lazy("专家到过企业，或双方谈过，就记一次。"),
    ),
    _step(Stage.SIGNED, gettext_lazy("登记签约"), gettext_lazy("已登记签约。"), forms.ExpertForm),
    _step(Stage.WORKING, gettext_lazy("开始攻关"), gettext_lazy("已登记开始攻关。"), forms.MoveForm),
    _step(
        Stage.CLOSED, gettext_lazy("关闭（没有解决）"), gettext_lazy("已关闭。"), forms.CloseForm, danger=True,
        hint=gettext_lazy("关闭后不能再办理；要更正须冲销关闭的记录。"),
    ),
)  # fmt: skip
_CLOSE = _STEPS[-1][1]
_FIRM_ACTS = (
    Act(
        key="solved", label=gettext_lazy("确认已解决"), done=gettext_lazy("已确认解决，谢谢。"), form=forms.OnForm,
        run=lambda view, data: operations.firm_confirms(problem_id=view.one.pk, **data, **view.by),
        action=Action.DRAFT, primary=True, hint=gettext_lazy("只有企业自己能确认；确认后计入已解决的难题。"),
    ),
    Act(
        key="unsolved", label=gettext_lazy("还没有解决"), done=gettext_lazy("已告诉科协，请专家继续。"),
        form=forms.RejectForm, action=Action.DRAFT,
        run=lambda view, data: operations.firm_rejects(problem_id=view.one.pk, **data, **view.by),
    ),
)  # fmt: skip
