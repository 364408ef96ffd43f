"""Service teams: the list, a new one, and one with its members and visits."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import Expert, Industry, Problem, ServiceTeam, TeamMember, TeamVisit
from kexie.contexts.matching.operations import teams as operations
from kexie.contexts.matching.queries import teams as queries
from kexie.contexts.matching.web.cooperation.base import CooperationView
from kexie.contexts.matching.web.cooperation.carrier_forms import known_experts, offer
from kexie.contexts.matching.web.fields import ExpertChoice, ExpertsChoice
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Words
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class TeamForm(DeskForm):
    """A team."""

    name = Words(
        label=gettext_lazy("名称"),
        max_length=200,
        help_text=gettext_lazy("例如：“科创安徽”绿色食品产业科技服务团。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=ServiceTeam.Kind.choices)
    industry = forms.ModelChoiceField(
        label=gettext_lazy("产业"), queryset=Industry.objects.none(), required=False,
        empty_label=gettext_lazy("不限"),
    )  # fmt: skip
    started_on = Day(label=gettext_lazy("组建日期"))
    words = Lines(label=gettext_lazy("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "industry", Industry.objects.filter(association=scope.association_id).order_by("name"))


class MemberForm(DeskForm):
    """An expert who joins."""

    expert = ExpertChoice(
        label=gettext_lazy("专家"), queryset=Expert.objects.none(), empty_label=gettext_lazy("请选择")
    )
    role = forms.ChoiceField(label=gettext_lazy("职责"), choices=TeamMember.Role.choices, initial="MEMBER")
    since = Day(label=gettext_lazy("加入日期"))

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "expert", known_experts(scope))


class VisitForm(DeskForm):
    """A day at a firm."""

    on = Day(label=gettext_lazy("走访日期"))
    firm = forms.ModelChoiceField(
        label=pgettext_lazy("one", "企业"), queryset=Unit.objects.none(), empty_label=gettext_lazy("请选择")
    )
    experts = ExpertsChoice(
        label=gettext_lazy("来了哪些专家"), queryset=Expert.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("每位专家各记一条专家服务记录。"),
    )  # fmt: skip
    topic = Words(label=gettext_lazy("服务内容"), max_length=200)
    result = forms.ChoiceField(label=gettext_lazy("结果"), choices=TeamVisit.Result.choices)
    outcome = Lines(label=gettext_lazy("结果说明"), required=False, max_length=300)
    problem = forms.ModelChoiceField(
        label=pgettext_lazy("one", "技术难题"), queryset=Problem.objects.none(), required=False,
        empty_label=gettext_lazy("没有"), help_text=gettext_lazy("这次为哪个难题来的，或形成了哪个难题。"),
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, members: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "firm", units.units(scope, kind=Kind.FIRM).order_by("name"))
        offer(self, "problem", Problem.objects.filter(scope.q()).order_by("-number"))
        keys = [one.pk for one in members]
        offer(self, "experts", Expert.objects.filter(pk__in=keys).order_by("name", "pk"))


class EndForm(DeskForm):
    """The last day."""

    on = Day(label=gettext_lazy("结束日期"))


class LeaveForm(DeskForm):
    """The day an expert leaves."""

    on = Day(label=gettext_lazy("退出日期"))


class TeamsPage(CooperationView, ListPage):
    """Every team."""

    tab, template = "teams", "teams"
    title = gettext_lazy("科技服务团")
    sub = gettext_lazy("“科创安徽”等科技服务团：谁在团里，到过哪些企业，结果怎样。")
    search = ("name", "note")
    empty = (
        gettext_lazy("没有符合条件的服务团"),
        gettext_lazy("换个条件再看，或点“登记服务团”，再加成员、记走访。"),
    )
    columns = (
        Sortable("name", gettext_lazy("名称"), ("name",)),
        Sortable("kind", gettext_lazy("类别"), ("kind", "name")),
        Sortable("industry", gettext_lazy("产业"), ("industry__name", "name")),
        Sortable("started", gettext_lazy("组建日期"), ("started_on",), nowrap=True, largest_first=True),
        Sortable(
            "members", gettext_lazy("成员（人）"), ("members_now", "name"), numeric=True, largest_first=True
        ),
        Sortable(
            "visits", gettext_lazy("走访（次）"), ("visit_count", "name"), numeric=True, largest_first=True
        ),
        Sortable(
            "firms", gettext_lazy("企业（家）"), ("firm_count", "name"), numeric=True, largest_first=True
        ),
        Sortable("last", gettext_lazy("最近走访"), ("last_on",), nowrap=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every team in sight."""
        return queries.teams(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind, and whether it is still at work."""
        return {
            "kind": (_("类别"), ServiceTeam.Kind.choices),
            "active": (_("状态"), (("YES", _("在团工作")), ("NO", _("已结束")))),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        active = chosen.pop("active", "")
        return found.filter(**({"ended_on__isnull": active == "YES"} if active else {}), **chosen)

    def row(self, one: Any) -> Row:
        """Show a team."""
        cells = (
            Cell(one.name, self.url("team", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(one.industry.name if one.industry else ""),
            Cell(one.started_on),
            Cell(one.members_now),
            Cell(one.visit_count),
            Cell(one.firm_count),
            Cell(one.last_on or ""),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever confirms records enters teams."""
        return [Link(_("登记服务团"), self.url("found"), "plus")] if self.allowed.get("confirm") else []

    def more(self) -> dict[str, Any]:
        """How often teams went to firms, and to how many."""
        measures = {
            "matching.team_visits": _("累计走访企业（次）"),
            "matching.team_firms": _("服务过的企业（家）"),
        }
        return {"figures": self.figures_of(measures)}


class FoundPage(CooperationView, FormPage):
    """A new team."""

    tab = "teams"
    title, submit, done = gettext_lazy("登记服务团"), gettext_lazy("登记"), gettext_lazy("已登记服务团。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        return TeamForm(*args, scope=self.scope, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it for the account's own unit."""
        if self.account.unit is None:
            raise Forbidden(_("您的账号没有所属单位，不能登记服务团。"))
        return operations.found(**data, unit=self.account.unit, **self.by)

    def onward(self, made: Any) -> str:
        """Its page."""
        return self.url("team", pk=made.pk)


class TeamPage(CooperationView, ActPage):
    """One team."""

    tab, template = "teams", "team"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it."""
        self.one = queries.team(self.scope, self.kwargs["pk"])
        self.present = queries.present(self.one, timezone.localdate())

    def acts(self) -> list[Act]:
        """A team without members goes nowhere yet."""
        if self.one.ended_on is not None:
            return []
        return [_VISIT, _JOIN, _END] if self.present else [_JOIN, _END]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer members, firms and problems."""
        if act.form is MemberForm:
            options = {"scope": self.scope, **options}
        elif act.form is VisitForm:
            options = {"scope": self.scope, "members": self.present, **options}
        return super().act_form(act, *args, **options)

    def context_of(self) -> dict[str, Any]:
        """The team with members and visits."""
        one = self.one
        return {
            "one": one, "trail": self.trail(Link(one.name)), "members": queries.members(one),
            "visits": queries.visits(one), "is_keeper": self.allowed.get("confirm") and one.ended_on is None,
        }  # fmt: skip


def _visit(view: Any, data: dict[str, Any]) -> Any:
    on = data.pop("on")
    visit = operations.Visit(**{**data, "experts": list(data["experts"])})
    return operations.visit(team_id=view.one.pk, on=on, visit=visit, **view.by)


_VISIT = Act(
    key="visit", label=gettext_lazy("登记走访"), done=gettext_lazy("已登记走访。"), form=VisitForm, run=_visit,
    action=Action.CONFIRM, primary=True, hint=gettext_lazy("一天到一家企业记一次。形成难题的，先在“难题对接”里登记。"),
)  # fmt: skip
_JOIN = Act(
    key="join", label=gettext_lazy("加入成员"), done=gettext_lazy("已加入。"), form=MemberForm, action=Action.CONFIRM,
    run=lambda view, data: operations.join(team_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_END = Act(
    key="end", label=gettext_lazy("结束服务"), done=gettext_lazy("已登记结束。"), form=EndForm, action=Action.CONFIRM,
    danger=True, hint=gettext_lazy("结束后不能再记走访，记录都留着；可在参考数据里改回。"),
    run=lambda view, data: operations.end(team_id=view.one.pk, **data, **view.by),
)  # fmt: skip


class LeavePage(CooperationView, FormPage):
    """A member who leaves."""

    tab = "teams"
    title, submit, done = gettext_lazy("成员退出"), gettext_lazy("登记退出"), gettext_lazy("已登记退出。")
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the member."""
        self.row = queries.member(self.scope, self.kwargs["pk"], self.kwargs["row"])

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with today."""
        return LeaveForm(*args, initial={"on": timezone.localdate()}, **options)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
        """Name the expert below the title."""
        return super().page(template, {**context, "sub": self.row.expert.name}, status=status)

    def act(self, data: dict[str, Any]) -> Any:
        """Note it."""
        return operations.leave(row_id=self.row.pk, **data, **self.by)

    def above(self) -> list[Link]:
        """The team's page."""
        return [Link(self.row.team.name, self.url("team", pk=self.row.team_id))]

    def onward(self, made: Any) -> str:
        """Back to the team."""
        return self.url("team", pk=self.row.team_id)
