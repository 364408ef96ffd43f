"""Checks by sample: the draws, one draw, what one has to check, and one check on a phone."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import CheckSample, FacilityCheck, SampleCheck
from kexie.contexts.facilities.operations import checking
from kexie.contexts.facilities.operations import checks as operations
from kexie.contexts.facilities.queries import checks as queries
from kexie.contexts.facilities.rules import checks as rules
from kexie.contexts.facilities.web import checks_forms as forms
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel.errors import Forbidden
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_State = SampleCheck.State


class SamplesPage(FacilitiesView, ListPage):
    """Every draw, the latest first."""

    tab, title, template = "checks", gettext_lazy("随机抽查"), "samples"
    sub = gettext_lazy("从在用设施里按层随机抽，种子和名单公开，谁都可以重抽一遍核对；结果按抽查名称进统计。")
    search = ("name", "seed")
    empty = (
        gettext_lazy("没有符合条件的抽查"),
        gettext_lazy("市科协按“新的抽查”，选类别和每层抽几处，就会抽出要去的设施。"),
    )
    columns = (
        Sortable("drawn_at", gettext_lazy("抽样时间"), ("drawn_at",), nowrap=True, largest_first=True),
        Sortable("name", gettext_lazy("抽查名称"), ("name",)),
        Sortable("state", gettext_lazy("状态"), ("state", "-drawn_at"), nowrap=True),
        Sortable("until", gettext_lazy("检查截止日"), ("until",), nowrap=True),
        Sortable("drawn", gettext_lazy("抽中"), ("drawn", "name"), numeric=True, largest_first=True),
        Sortable("done", gettext_lazy("已检查"), ("done", "name"), numeric=True, largest_first=True),
        Sortable("good", gettext_lazy("合格"), ("good", "name"), numeric=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every draw."""
        return queries.samples(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (_("状态"), CheckSample.State.choices)}

    def row(self, one: Any) -> Row:
        """Show a draw."""
        cells = (
            Cell(one.drawn_at),
            Cell(one.name, self.url("sample", pk=one.pk)),
            Cell(one.get_state_display()),
            Cell(one.until),
            Cell(one.drawn),
            Cell(one.done),
            Cell(one.good),
        )
        return Row(cells, title=1, name=one.name)

    def actions(self) -> list[Link]:
        """The city draws."""
        return [Link(_("新的抽查"), self.url("draw"), "plus")] if self.decides else []

    def more(self) -> dict[str, Any]:
        """What the account itself has to check."""
        return {"mine": queries.mine(self.scope, self.account)}


class DrawPage(FacilitiesView, FormPage):
    """A new draw."""

    tab, title, submit = "checks", gettext_lazy("新的抽查"), gettext_lazy("抽样")
    sub = gettext_lazy("从今天在用的设施里抽。抽完不能改名单；去不了的写明原因，由同层下一处递补。")
    done = gettext_lazy("已抽样，请分给检查人。")

    def check(self) -> None:
        """Only the city draws."""
        if not self.decides:
            raise Forbidden(_("抽查由市科协组织。"))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask what to draw."""
        return forms.DrawForm(*args, **{"initial": {"by": CheckSample.By.COUNTY}, **options})

    def act(self, data: dict[str, Any]) -> Any:
        """Draw."""
        return operations.draw(association=self.account.association, **data, **self.by)

    def onward(self, made: Any) -> str:
        """Go to it."""
        return self.url("sample", pk=made.pk)


def _of_sample(operation: Any) -> Any:
    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        return operation(sample_id=view.one.pk, **data, **view.by)

    return carry_out


def _assign(view: Any, data: dict[str, Any]) -> Any:
    return operations.assign(
        sample_id=view.one.pk, stratum=data["stratum"], checker_id=data["checker"], **view.by
    )


_ASSIGN = Act(
    key="assign", label=gettext_lazy("分给检查人"), done=gettext_lazy("已分配，检查人在“抽查”里看到。"),
    run=_assign, form=forms.AssignForm, action=Action.CONFIRM, primary=True,
    hint=gettext_lazy("可以交叉检查：把一个县的分给另一个县的人。"),
)  # fmt: skip
_CLOSE = Act(
    key="close", label=gettext_lazy("结束抽查"), done=gettext_lazy("抽查已结束。"),
    run=_of_sample(operations.close_sample), action=Action.CONFIRM,
)  # fmt: skip
_CANCEL = Act(
    key="cancel", label=gettext_lazy("取消抽查"), done=gettext_lazy("已取消；查过的结果仍在台账里。"),
    run=_of_sample(operations.cancel_sample), form=forms.WhyForm, action=Action.CONFIRM, danger=True,
)  # fmt: skip


class SamplePage(FacilitiesView, ActPage):
    """One draw: seed and frame, how far it is, the facilities drawn. `?frame=1` sends the frame as an Excel file."""

    tab, template = "checks", "sample"

    def check(self) -> None:
        """Find the draw."""
        self.one = queries.sample(self.scope, self.kwargs["pk"])

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, or send its frame."""
        if request.GET.get("frame") and self.allowed.get("export"):
            return self._frame()
        return super().get(request, **kwargs)

    def acts(self) -> list[Act]:
        """The city hands out, ends and cancels."""
        is_open = self.one.state == CheckSample.State.OPEN
        return [_ASSIGN, _CLOSE, _CANCEL] if is_open and self.decides else []

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the strata and the people."""
        if act.key == "assign":
            strata = [(one.key, one.label) for one in self._strata() if one.waiting]
            options |= {"strata": strata, "checkers": operations.checkers(self.scope)}
        return super().act_form(act, *args, **options)

    def context_of(self) -> dict[str, Any]:
        """The draw."""
        found = queries.checks(self.scope, self.account).filter(sample=self.one)
        strata = self._strata()
        names = {one.key: one.label for one in strata} | queries.labels([one.stratum for one in found])
        return {
            "one": self.one,
            "trail": self.trail(Link(self.one.name)),
            "strata": strata,
            "checks": [(one, names[one.stratum]) for one in found],
            "size": len(self.one.frame),
            "figure": f"/figures/facilities.checks_good/?sample={self.one.name}",
        }

    def _strata(self) -> list[queries.Stratum]:
        return queries.strata(self.one, self.scope)

    def _frame(self) -> HttpResponseBase:
        titles = (_("层"), _("层内顺序"), _("名称"), _("设施编号"), _("抽签号（SHA-256）"), _("抽中"))
        names = queries.labels([one["stratum"] for one in self.one.frame])
        rows: list[list[CellValue]] = [
            [names[one.stratum], one.place, one.name, one.id, one.ticket, _("是") if one.is_drawn else ""]
            for one in queries.frame(self.one)
        ]
        name = _("%(name)s抽样名单") % {"name": self.one.name}
        return exports.send(
            self, name, [Heading(one, 20) for one in titles], iter(rows), subject=self.account
        )


def _report(view: Any, data: dict[str, Any]) -> Any:
    answers = {one.key: data.pop(f"item_{one.key}") for one in rules.ITEMS}
    words = {one.key: data.pop(f"text_{one.key}") for one in rules.ITEMS}
    return checking.report(check_id=view.one.pk, answers=answers, words=words, **data, **view.by)


def _of_check(operation: Any) -> Any:
    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        return operation(check_id=view.one.pk, **data, **view.by)

    return carry_out


def _reassign(view: Any, data: dict[str, Any]) -> Any:
    return operations.reassign(check_id=view.one.pk, checker_id=data["checker"], **view.by)


_REPORT = Act(
    key="report", label=gettext_lazy("提交检查结果"), done=gettext_lazy("已保存检查结果。"), run=_report,
    form=forms.CheckForm, primary=True, at="report",
)  # fmt: skip
_REASSIGN = Act(
    key="reassign", label=gettext_lazy("换检查人"), done=gettext_lazy("已换。"), run=_reassign,
    form=forms.CheckerForm, action=Action.CONFIRM,
)  # fmt: skip
_GIVE_UP = Act(
    key="give_up", label=gettext_lazy("这一处不查了"), done=gettext_lazy("已登记。"),
    run=_of_check(operations.give_up), form=forms.GiveUpForm, action=Action.CONFIRM, danger=True,
)  # fmt: skip
_REDO = Act(
    key="redo", label=gettext_lazy("重查"), done=gettext_lazy("已撤回结果，等重查。"),
    run=_of_check(checking.redo), form=forms.WhyForm, action=Action.CONFIRM, danger=True,
    hint=gettext_lazy("原结果冲销，没有受理的问题作废；已经受理的问题保留。"),
)  # fmt: skip


class CheckPage(FacilitiesView, ActPage):
    """One facility that was drawn: the form on a phone, then what was found."""

    tab, template = "checks", "check"

    def check(self) -> None:
        """Find it."""
        self.one = queries.check(self.scope, self.account, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """The checker reports; the city changes, leaves out, has it done again."""
        if self.one.sample.state != CheckSample.State.OPEN:
            return []
        city = self.decides
        if self.one.state == _State.DONE:
            return [_REDO] if city else []
        if self.one.state != _State.TODO:
            return []
        is_mine = self.one.checker_id == self.account.pk
        return [*([_REPORT] if is_mine or city else []), *([_REASSIGN, _GIVE_UP] if city else [])]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the people."""
        if act.key == "reassign":
            options["checkers"] = operations.checkers(self.scope)
        return super().act_form(act, *args, **options)

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with two weeks to mend things."""
        today = timezone.localdate()
        return {"report": {"fix_by": today + rules.USUAL_DEADLINE}}.get(act.key, {})

    def post(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on to the next one after a report."""
        answer = super().post(request, **kwargs)
        is_done = request.POST.get("act") == "report" and isinstance(answer, HttpResponseRedirect)
        following = queries.mine(self.scope, self.account).first() if is_done else None
        return HttpResponseRedirect(self.url("check", pk=following.pk)) if following else answer

    def context_of(self) -> dict[str, Any]:
        """The facility, and what was found."""
        one = self.one
        shown = dict(rules.ANSWERS)
        return {
            "one": one,
            "trail": self.trail(
                Link(one.sample.name, self.url("sample", pk=one.sample_id)), Link(one.facility.name)
            ),
            "stratum": queries.labels([one.stratum])[one.stratum],
            "answers": [(item.label, shown.get(one.answers.get(item.key, ""), "—")) for item in rules.ITEMS]
            if one.answers
            else [],
            "faults": one.faults.order_by("said_at"),
            "results": FacilityCheck.Result,
        }
