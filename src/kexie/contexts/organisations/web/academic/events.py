"""Academic events: the list, a new one, and one with its programme, people, papers and costs."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.organisations.models import Paper
from kexie.contexts.organisations.operations import academic as operations
from kexie.contexts.organisations.operations import papers
from kexie.contexts.organisations.queries import academic as queries
from kexie.contexts.organisations.states import CONFERENCE_TRANSITIONS
from kexie.contexts.organisations.states import ConferenceState as State
from kexie.contexts.organisations.web.academic import forms
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage, NothingForm, TabbedView
from kexie.kernel.periods import Period
from kexie.ledger import figures
from kexie.ledger.addresses import figure_url
from kexie.ledger.measures import Cell as FigureCell
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_AHEAD = "AHEAD"
_MEASURES = (
    ("organisations.academic_events", gettext_lazy("今年已举办（场次）")),
    ("organisations.academic_attendance", gettext_lazy("今年参加（人次）")),
    ("organisations.academic_papers", gettext_lazy("今年录用论文（篇）")),
)
OVER = frozenset({State.HELD, State.CANCELLED})


class AcademicView(TabbedView):
    """A page of the academic events' desk."""

    context, templates, namespace = "organisations", "organisations/academic", "academic"
    tabs, tabs_label = (("events", gettext_lazy("学术活动")),), gettext_lazy("学术活动工作")
    tab = "events"


class EventsPage(AcademicView, ListPage):
    """Every event in the making, and those that were held or cancelled."""

    title = gettext_lazy("学术活动")
    sub = gettext_lazy("市级学会的学术会议、论坛：通知、议程、报名、论文、开支；举办以后记入台账。")
    search = ("name", "theme", "unit__name", "venue")
    empty = (
        gettext_lazy("没有符合条件的学术活动"),
        gettext_lazy("换个条件再看，或点“登记学术活动”开始筹备。"),
    )
    columns = (
        Sortable("on", gettext_lazy("日期"), ("starts_on",), nowrap=True, largest_first=True),
        Sortable("name", gettext_lazy("活动名称"), ("name",)),
        Sortable("society", gettext_lazy("主办单位"), ("unit__name", "starts_on")),
        Sortable("state", gettext_lazy("阶段"), ("state", "starts_on"), nowrap=True),
        Sortable("guests", gettext_lazy("报名（人）"), ("guest_count",), numeric=True, largest_first=True),
        Sortable("came", gettext_lazy("到会（人）"), ("came_count",), numeric=True, largest_first=True),
        Sortable("papers", gettext_lazy("论文（篇）"), ("paper_count",), numeric=True, largest_first=True),
        Sortable(
            "accepted", gettext_lazy("录用（篇）"), ("accepted_count",), numeric=True, largest_first=True
        ),
    )

    def rows(self) -> QuerySet[Any]:
        """Every event in sight."""
        return queries.conferences(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By stage."""
        return {"state": (_("阶段"), ((_AHEAD, _("还没有举办")), *State.choices))}

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filter."""
        state = chosen.get("state", "")
        if state == _AHEAD:
            return found.exclude(state__in=OVER)
        return found.filter(state=state) if state else found

    def asked(self) -> QuerySet[Any]:
        """The latest first unless another order is asked for."""
        found = super().asked()
        return found if self.request.GET.get("sort") else found.order_by("-starts_on", "-pk")

    def row(self, one: Any) -> Row:
        """Show an event."""
        cells = (
            Cell(one.starts_on),
            Cell(one.name, self.url("event", pk=one.pk)),
            Cell(one.unit.name),
            Cell(one.get_state_display()),
            Cell(one.guest_count),
            Cell(one.came_count),
            Cell(one.paper_count),
            Cell(one.accepted_count),
        )
        return Row(cells, title=1, name=one.name)

    def actions(self) -> list[Link]:
        """Whoever confirms records prepares events."""
        return [Link(_("登记学术活动"), self.url("new"), "plus")] if self.allowed.get("confirm") else []

    def more(self) -> dict[str, Any]:
        """The year's figures, each with its page, and how many events lie ahead."""
        today = timezone.localdate()
        year = Period.until(today, since=today.replace(month=1, day=1))
        cells = [(label, FigureCell(key, year)) for key, label in _MEASURES]
        shown = [
            {"label": label, "value": figures.value(cell, self.scope), "href": figure_url(cell)}
            for label, cell in cells
        ]
        return {"figures": shown, "ahead": queries.upcoming(self.rows(), today)}


class NewPage(AcademicView, FormPage):
    """A new event."""

    title, submit, done = (
        gettext_lazy("登记学术活动"),
        gettext_lazy("登记"),
        gettext_lazy("已登记这次学术活动。"),
    )
    sub = gettext_lazy("先定名称和日期；议程、报名、论文在下一页。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        self.shown = forms.PlanForm(*args, scope=self.scope, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it."""
        return operations.plan(plan=self.shown.plan(), society=data["society"], **self.by)

    def onward(self, made: Any) -> str:
        """Its page."""
        return self.url("event", pk=made.pk)


class EventPage(AcademicView, ActPage):
    """One event."""

    template = "event"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it."""
        self.one = queries.conference(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What may be done at the present stage; what is over changes no more."""
        after = CONFERENCE_TRANSITIONS[self.one.state]
        if not after:
            return []
        steps = [act for state, act in _STEPS.items() if state in after]
        return [*steps, _SLOT, _REGISTER, _SUBMIT, _SPEND, *([_HELD] if State.HELD in after else []), _CANCEL]

    def context_of(self) -> dict[str, Any]:
        """The event with all that belongs to it."""
        one = self.one
        return {
            "one": one, "trail": self.trail(Link(one.name)), "tone": _TONES.get(one.state, ""),
            "sessions": queries.sessions(one), "clashes": queries.clashes(one), "papers": queries.papers(one),
            "costs": queries.costs(one), "cost": queries.cost(one),
            "is_keeper": self.allowed.get("confirm") and one.state not in OVER, "ACCEPTED": Paper.Decision.ACCEPTED,
        }  # fmt: skip


_TONES = {State.CALLING: "plan", State.HELD: "good", State.CANCELLED: "bad"}


def _step(state: State, label: Any, done: Any, **options: Any) -> Act:
    def run(view: Any, data: dict[str, Any]) -> Any:
        return operations.move(conference_id=view.one.pk, state=state, **view.by)

    return Act(
        key=state.lower(), label=label, done=done, form=NothingForm, run=run, action=Action.CONFIRM, **options
    )


def _slot(view: Any, data: dict[str, Any]) -> Any:
    return operations.schedule(conference_id=view.one.pk, slot=operations.Slot(**data), **view.by)


_STEPS = {
    State.CALLING: _step(
        State.CALLING, gettext_lazy("发布征文和报名"), gettext_lazy("已发布。"), hint=gettext_lazy("通知写好以后再发布。")
    ),
    State.READY: _step(
        State.READY, gettext_lazy("确定议程"), gettext_lazy("议程已确定。"),
        hint=gettext_lazy("确定以后还可以改，有冲突会提示。"),
    ),
}  # fmt: skip
_SLOT = Act(
    key="slot", label=gettext_lazy("添加议程"), done=gettext_lazy("已添加议程。"), form=forms.SlotForm, run=_slot,
    action=Action.CONFIRM, hint=gettext_lazy("同一会议室、同一个人时间重叠的，添加以后会在议程上面提示。"),
)  # fmt: skip
_REGISTER = Act(
    key="register", label=gettext_lazy("登记报名"), done=gettext_lazy("已登记报名。"), form=forms.GuestsForm,
    action=Action.CONFIRM, run=lambda view, data: operations.register(conference_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_SUBMIT = Act(
    key="submit", label=gettext_lazy("登记论文"), done=gettext_lazy("已登记论文。"), form=forms.PaperForm,
    action=Action.CONFIRM, run=lambda view, data: papers.submit(conference_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_SPEND = Act(
    key="spend", label=gettext_lazy("登记开支"), done=gettext_lazy("已登记开支。"), form=forms.CostForm,
    action=Action.CONFIRM, run=lambda view, data: operations.spend(conference_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_HELD = Act(
    key="held", label=gettext_lazy("登记举办"), done=gettext_lazy("已记入台账。"), form=forms.ConcludeForm,
    action=Action.CONFIRM, hint=gettext_lazy("场次、人次和论文数从这里记入台账，以后不能再改；要更正到台账里冲销。"),
    run=lambda view, data: operations.conclude(conference_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_CANCEL = Act(
    key="cancel", label=gettext_lazy("取消活动"), done=gettext_lazy("已取消。"), form=forms.CancelForm,
    action=Action.CONFIRM, danger=True, hint=gettext_lazy("取消以后不能恢复。"),
    run=lambda view, data: operations.cancel(conference_id=view.one.pk, **data, **view.by),
)  # fmt: skip
