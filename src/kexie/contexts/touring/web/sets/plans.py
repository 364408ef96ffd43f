"""Rotation plans: begun, seen growing, compared, adopted, printed."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring import tasks
from kexie.contexts.touring.models import SetPlan
from kexie.contexts.touring.operations import set_plans
from kexie.contexts.touring.queries import sets as queries
from kexie.contexts.touring.web.sets.base import Act, ActPage, FormPage, ListPage, url
from kexie.contexts.touring.web.sets.forms import DeskForm, PlanForm
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

State = SetPlan.State


class PlansList(ListPage):
    """The plans of the association."""

    tab, title = "plans", gettext_lazy("区域换展方案")
    sub = gettext_lazy("哪个县区、哪套展品、什么时候去：在后台计算，满意再采用。")
    search = ("name",)
    empty = (gettext_lazy("没有符合条件的方案"), gettext_lazy("先受理申请，再新建方案。"))
    columns = (
        Sortable("made", gettext_lazy("制定时间"), ("made_at",), nowrap=True),
        Sortable("name", gettext_lazy("方案名称"), ("name",)),
        Sortable("first", gettext_lazy("从"), ("first_on",), nowrap=True),
        Sortable("last", gettext_lazy("到"), ("last_on",), nowrap=True),
        Sortable("stops", gettext_lazy("排入（站）"), ("stops",), numeric=True),
        Sortable("left", gettext_lazy("未能排入"), numeric=True),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every plan."""
        return queries.plans(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (_("状态"), State.choices)}

    def row(self, one: Any) -> Row:
        """Show a plan."""
        cells = (
            Cell(timezone.localtime(one.made_at).date()),
            Cell(one.name, url("plan", pk=one.pk)),
            Cell(one.first_on),
            Cell(one.last_on),
            Cell(one.stops),
            Cell(len(one.left)),
            Cell(one.get_state_display()),
        )
        return Row(cells, title=1, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever decides for the association plans."""
        return [Link(_("新建方案"), url("new_plan"), "plus")] if self.decides else []


class NewPlanPage(FormPage):
    """A plan is begun."""

    tab, title, submit = "plans", gettext_lazy("新建区域换展方案"), gettext_lazy("开始计算")
    sub = gettext_lazy("已受理的申请都会参加排期；已安排的巡展站保持不动。")
    done = gettext_lazy("已开始在后台计算。")
    action = to_write = Action.CONFIRM

    def form(self, data: Any = None) -> DeskForm:
        """The form, for next year unless sent."""
        year = timezone.localdate().year + 1
        values = {
            "name": _("%(year)d年区域换展") % {"year": year},
            "first_on": f"{year}-01-01",
            "last_on": f"{year}-12-31",
        }
        return PlanForm(data, initial=values)

    def act(self, data: dict[str, Any]) -> Any:
        """Write it down, and have it computed once that is committed."""
        with transaction.atomic():
            plan = set_plans.begin(**data, **self.by)
            tasks.compute_set_plan.defer(plan_id=str(plan.pk))
        return plan

    def onward(self, made: Any) -> str:
        """The plan's page."""
        return url("plan", pk=made.pk)


class PlanPage(ActPage):
    """A plan: its stops, who is left out and why, beside another plan if asked (`?with=`)."""

    tab, template = "plans", "plan"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the plan."""
        self.one = queries.plan(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """A plan under way can be cancelled, a ready one adopted."""
        if not self.decides:
            return []
        if self.one.state in {State.WAITING, State.RUNNING}:
            return [_CANCEL]
        return [_ADOPT] if self.one.state == State.READY else []

    def context(self) -> dict[str, Any]:
        """The plan's stops by day, and by county beside another's."""
        items = list(queries.items(self.one))
        other = self._other()
        return {
            "one": self.one,
            "trail": self.trail(self.one.name),
            "running": self.one.state in {State.WAITING, State.RUNNING},
            "gap": self._gap(),
            "table": Table(_ITEMS, [_item(item) for item in items]),
            "km": sum(item.km for item in items),
            "school_days": sum(item.school_days for item in items),
            "others": queries.plans(self.scope)
            .filter(state__in=(State.READY, State.ADOPTED))
            .exclude(pk=self.one.pk),
            "other": other,
            "beside": _beside(items, list(queries.items(other))) if other else None,
        }

    def _gap(self) -> str:
        one = self.one
        if not one.score or one.bound is None:
            return ""
        return f"{100 * (one.bound - one.score) / one.score:.1f}"

    def _other(self) -> SetPlan | None:
        asked = self.request.GET.get("with", "")
        plans = queries.plans(self.scope)
        found = [one for one in plans.filter(state__in=(State.READY, State.ADOPTED)) if str(one.pk) == asked]
        if asked and not found:
            raise NotFound(_("没有找到要比较的方案。"))
        return found[0] if found else None


def _item(item: Any) -> Row:
    cells = (
        Cell(item.setup_on),
        Cell(item.first_on),
        Cell(item.last_on),
        Cell(item.application.unit.name),
        Cell(item.application.venue.name),
        Cell(item.touring_set.serial),
        Cell(item.school_days),
        Cell(item.km),
    )
    return Row(cells, title=3, name=str(item))


def _beside(items: list[Any], others: list[Any]) -> Table:
    mine = {item.application.unit.name: item for item in items}
    theirs = {item.application.unit.name: item for item in others}
    rows = [
        Row([Cell(name), Cell(_when(mine.get(name))), Cell(_when(theirs.get(name)))])
        for name in sorted(mine | theirs)
    ]
    return Table(_BESIDE, rows)


def _when(item: Any) -> str:
    if item is None:
        return _("未排入")
    return f"{item.first_on} – {item.last_on} {item.touring_set.serial}"


_ITEMS = (
    Column(gettext_lazy("开始换展"), nowrap=True),
    Column(gettext_lazy("开展日期"), nowrap=True),
    Column(gettext_lazy("闭展日期"), nowrap=True),
    Column(gettext_lazy("承办单位")),
    Column(gettext_lazy("展出场馆")),
    Column(gettext_lazy("展品（套）"), nowrap=True),
    Column(gettext_lazy("其中上学日"), numeric=True),
    Column(gettext_lazy("运输里程（公里）"), numeric=True),
)
_BESIDE = (
    Column(gettext_lazy("承办单位")),
    Column(gettext_lazy("这个方案")),
    Column(gettext_lazy("比较的方案")),
)
_CANCEL = Act(
    key="cancel", label=gettext_lazy("取消计算"), done=gettext_lazy("已取消计算。"), danger=True,
    run=lambda view, _data: set_plans.cancel(plan_id=view.one.pk, **view.by),
)  # fmt: skip
_ADOPT = Act(
    key="adopt", label=gettext_lazy("采用这个方案"), done=gettext_lazy("已采用，各站已安排。"), primary=True,
    run=lambda view, _data: set_plans.adopt(plan_id=view.one.pk, **view.by),
    hint=gettext_lazy("采用后，表中各站写入计划巡展站，申请变为“已排期”；单独的站之后可以取消。"),
)  # fmt: skip
