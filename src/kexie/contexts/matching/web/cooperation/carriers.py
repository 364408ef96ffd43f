"""Carriers: the list as of today, an application, and one with its conditions, steps, people, needs, outputs and years."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models import ServiceCarrier
from kexie.contexts.matching.operations import carriers as operations
from kexie.contexts.matching.queries import carriers as queries
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import CarrierState as Stage
from kexie.contexts.matching.web.cooperation import carrier_forms as forms
from kexie.contexts.matching.web.cooperation.base import CooperationView
from kexie.contexts.matching.web.cooperation.carrier_acts import CLOSE, steps_after, work
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel.errors import Forbidden
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_RUNNING, _PREPARING, _WAITING = "RUNNING", "PREPARING", "WAITING"


class CarriersPage(CooperationView, ListPage):
    """Every carrier."""

    tab, template = "carriers", "carriers"
    title = gettext_lazy("服务载体")
    sub = gettext_lazy(
        "学会专家服务站、海智工作基地和工作站等；累计建立和目前运行分开统计，国家级、省级、市级分开看。"
    )
    search = ("name", "host__name", "society__name", "field")
    empty = (
        gettext_lazy("没有符合条件的服务载体"),
        gettext_lazy("换个条件再看，或点“登记申请”从建站申请开始。"),
    )
    columns = (
        Sortable("name", gettext_lazy("名称"), ("name",)),
        Sortable("kind", gettext_lazy("类别"), ("kind", "name")),
        Sortable("level", gettext_lazy("级别"), ("level", "name"), nowrap=True),
        Sortable("host", gettext_lazy("建站单位"), ("host__name",)),
        Sortable("society", gettext_lazy("学会"), ("society__name", "name")),
        Sortable("stage", gettext_lazy("阶段"), ("current", "since"), nowrap=True),
        Sortable("since", gettext_lazy("自"), ("since",), nowrap=True, largest_first=True),
        Sortable(
            "experts",
            gettext_lazy("在站专家（人）"),
            ("experts_now", "name"),
            numeric=True,
            largest_first=True,
        ),
        Sortable("graded", gettext_lazy("最近评估"), ("graded", "grade"), nowrap=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every carrier in sight."""
        return queries.carriers(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind, level and stage."""
        stages = (
            (_RUNNING, _("运行中")),
            (_PREPARING, _("筹建中")),
            (_WAITING, _("运行中，上年度未评估")),
            *Stage.choices,
        )
        return {
            "kind": (_("类别"), ServiceCarrier.Kind.choices),
            "level": (_("级别"), ServiceCarrier.Level.choices),
            "current": (_("阶段"), stages),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        stage = chosen.pop("current", "")
        wanted = {
            _RUNNING: Q(current__in=rules.RUNNING),
            _PREPARING: Q(current=None) | Q(current__in=rules.PREPARING),
            _WAITING: queries.unevaluated(timezone.localdate()),
        }
        return found.filter(wanted.get(stage, Q(current=stage)) if stage else Q(), **chosen)

    def row(self, one: Any) -> Row:
        """Show a carrier."""
        graded = f"{one.graded} {evaluation.Grade(one.grade).label}" if one.graded else ""
        cells = (
            Cell(one.name, self.url("carrier", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(one.get_level_display()),
            Cell(one.host.name),
            Cell(one.society.name if one.society else ""),
            Cell(stage_label(one.current)),
            Cell(one.since or ""),
            Cell(one.experts_now),
            Cell(graded),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever confirms records enters applications."""
        return [Link(_("登记申请"), self.url("apply"), "plus")] if self.allowed.get("confirm") else []

    def more(self) -> dict[str, Any]:
        """Ever set up and running now, each with its page; how many wait for their evaluation."""
        measures = {
            "matching.carriers": _("累计建立（个）"),
            "matching.carriers_operating": _("目前运行（个）"),
        }
        waiting = queries.waiting(self.rows(), timezone.localdate())
        return {"figures": self.figures_of(measures), "waiting": waiting}


def stage_label(stage: str | None) -> str:
    """Return a stage in words."""
    return str(Stage(stage).label) if stage else _("待申请")


class ApplyPage(CooperationView, FormPage):
    """An application."""

    tab = "carriers"
    title, submit, done = gettext_lazy("登记建站申请"), gettext_lazy("登记"), gettext_lazy("已登记申请。")
    sub = gettext_lazy("登记后在下一页逐条填写建站条件的证明材料，再核查、批准、建立。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        self.shown = forms.ApplicationForm(
            *args, scope=self.scope, initial={"on": timezone.localdate()}, **options
        )
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it for the account's own unit."""
        if self.account.unit is None:
            raise Forbidden(_("您的账号没有所属单位，不能登记服务载体。"))
        application = self.shown.application()
        return operations.apply(application=application, on=data["on"], unit=self.account.unit, **self.by)

    def onward(self, made: Any) -> str:
        """Its page."""
        return self.url("carrier", pk=made.pk)


class CarrierPage(CooperationView, ActPage):
    """One carrier."""

    tab, template = "carriers", "carrier"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it; the host of one that another unit keeps looks on."""
        self.one = queries.carrier(self.scope, self.kwargs["pk"], timezone.localdate())
        self.is_keeper = self.scope.covers(self.one.unit.path)
        self.stage = self.one.current or ""

    def acts(self) -> list[Act]:
        """The next steps, and what a running carrier gathers."""
        if not self.is_keeper:
            return []
        return [*steps_after(self.stage), *(work() if self.stage in rules.RUNNING else [])]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer what lies in the account's sight."""
        if act.form in {forms.JoinForm, forms.NeedForm, forms.OutputForm}:
            options = {"scope": self.scope, **options}
        return super().act_form(act, *args, **options)

    def context_of(self) -> dict[str, Any]:
        """The carrier with all that belongs to it."""
        one = self.one
        keeper = self.is_keeper and self.allowed.get("confirm")
        ended = self.stage == Stage.CLOSED
        return {
            "one": one, "trail": self.trail(Link(one.name)), "stage": stage_label(one.current), "is_keeper": keeper,
            "tone": "good" if self.stage in rules.RUNNING else "bad" if ended else "",
            "conditions": queries.conditions(one), "preparing": self.stage in rules.PREPARING, "ended": ended,
            "stages": queries.stages(one), "experts": queries.experts(one), "needs": queries.needs(one),
            "outputs": queries.outputs(one), "evaluations": self._years(),
            "should_close": queries.should_close(one) and not ended, "again": evaluation.AGAIN, "close": CLOSE.label,
            "may_evaluate": keeper and self.stage not in rules.PREPARING and not ended,
        }  # fmt: skip

    def _years(self) -> list[dict[str, Any]]:
        return [
            {"row": row, "consequence": evaluation.CONSEQUENCES[row.grade]}
            for row in queries.evaluations(self.one)
        ]
