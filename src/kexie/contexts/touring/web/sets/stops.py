"""A stop: its calendar, logs, groups and handovers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Handover, PlannedTourStop
from kexie.contexts.touring.operations import handovers, stops
from kexie.contexts.touring.operations.handovers import Line
from kexie.contexts.touring.queries import sets as queries
from kexie.contexts.touring.rules.calendar import months, open_days
from kexie.contexts.touring.web.sets.base import UNPROCESSABLE, Act, ActPage, SetsView, url
from kexie.contexts.touring.web.sets.forms import (
    WEEKDAYS,
    CameForm,
    DayForm,
    GroupForm,
    HandoverForm,
    LogForm,
    WeekForm,
    today_first,
)
from kexie.kernel.errors import NotFound
from kexie.ui.tables import Cell, Column, Row, Table

State = PlannedTourStop.State
_WEEK_NAMES = dict(WEEKDAYS)
_LOGS = (
    Column(gettext_lazy("日期"), nowrap=True),
    Column(gettext_lazy("计数方法")),
    Column(gettext_lazy("参观人次"), numeric=True),
    Column(gettext_lazy("说明")),
    Column(gettext_lazy("状态"), nowrap=True),
)


class StopPage(ActPage):
    """A stop of a set."""

    tab, template = "stops", "stop"

    def check(self) -> None:
        """Find the stop."""
        self.one = queries.stop(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What fits the stop's state."""
        if self.one.state == State.CANCELLED:
            return []
        found = [_GROUP, _CAME, _WEEK, _DAY]
        if self.one.state == State.OPENED:
            return [_LOG, *found]
        return [_OPEN, *found, *([_CANCEL] if self.decides else [])]

    def initial(self, act: Act) -> dict[str, Any]:
        """The week as it is."""
        return {"weekdays": self.one.open_weekdays} if act is _WEEK else {}

    def context(self) -> dict[str, Any]:
        """The stop with what happened there."""
        one = self.one
        changed = list(one.days.order_by("on"))
        signed, logs = {each.kind: each for each in one.handovers.all()}, list(queries.logs(one))
        return {
            "one": one,
            "trail": self.trail(one.venue.name),
            "months": months(one.first_on, one.last_on),
            "open_count": sum(1 for _day in open_days(one, {day.on: day.is_open for day in changed})),
            "changed": changed,
            "week": [_WEEK_NAMES[n] for n in one.open_weekdays],
            "visits": queries.visits(one),
            "logs": Table(_LOGS, [self._log(log) for log in logs[:_SHOWN]]),
            "log_count": len(logs),
            "shown": _SHOWN,
            "groups": queries.groups(one),
            "handovers": [(kind, label, signed.get(kind)) for kind, label in Handover.Kind.choices],
        }

    def _log(self, log: Any) -> Row:
        link = f"/work/records/touring.daily_logs/{log.pk}"
        cells = (
            Cell(log.occurred_on, link),
            Cell(log.get_method_display()),
            Cell(log.headcount),
            Cell(log.note),
            Cell(log.get_state_display(), state=log.state.lower()),
        )
        return Row(cells, name=str(log.occurred_on))


# So many of the latest logs are on the page; all of them are at the records' desk.
_SHOWN = 14


def _on_stop(operation: Any, *, fields: bool = True) -> Any:
    return lambda view, data: operation(stop_id=view.one.pk, **(data if fields else {}), **view.by)


def _came(view: StopPage, data: dict[str, Any]) -> Any:
    if data["group"] not in {one.pk for one in queries.groups(view.one)}:
        raise NotFound(_("没有找到这个团体，请刷新后再看。"))
    return stops.close_group(group_id=data["group"], came=data["came"], **view.by)


_OPEN = Act(
    key="open", label=gettext_lazy("开展"), done=gettext_lazy("已在台账登记这一站（草稿），确认后计入数据。"), primary=True,
    run=_on_stop(stops.open_stop, fields=False),
    hint=gettext_lazy("布展完成、开始接待观众时办理：在台账写一条巡展站记录，之后每天记日志。"),
)  # fmt: skip
_LOG = Act(
    key="log", label=gettext_lazy("记一天的人次"), done=gettext_lazy("已记下（草稿），在台账确认后计入数据。"), form=LogForm, primary=True,
    run=_on_stop(stops.log_day), hint=gettext_lazy("每种计数方法各记一条，同一个人只记在其中一条里。没有计数就不要估。"),
)  # fmt: skip
_GROUP = Act(
    key="group",
    label=gettext_lazy("登记团体预约"),
    done=gettext_lazy("已登记。"),
    form=GroupForm,
    run=_on_stop(stops.book_group),
)
_CAME = Act(
    key="came", label=gettext_lazy("登记实到人数"), done=gettext_lazy("已登记。"), form=CameForm, run=_came
)
_WEEK = Act(
    key="week",
    label=gettext_lazy("每周开放日"),
    done=gettext_lazy("已保存。"),
    form=WeekForm,
    run=_on_stop(stops.set_week),
)
_DAY = Act(
    key="day",
    label=gettext_lazy("调整某一天"),
    done=gettext_lazy("已保存。"),
    form=DayForm,
    run=_on_stop(stops.set_day),
)
_CANCEL = Act(
    key="cancel", label=gettext_lazy("取消这一站"), done=gettext_lazy("已取消，展品的日子已空出来。"), danger=True,
    run=_on_stop(stops.cancel, fields=False), hint=gettext_lazy("取消后，这套展品在这些日子可以安排到别处；申请回到“已受理”。"),
)  # fmt: skip


class SignPage(SetsView):
    """The list of a handover is filled in and signed by both sides."""

    tab = "stops"

    def check(self) -> None:
        """Find the stop, and the kind of handover."""
        self.one = queries.stop(self.scope, self.kwargs["pk"])
        self.kind = str(self.kwargs["kind"]).upper()
        if self.kind not in Handover.Kind.values:
            raise NotFound(_("没有这种交接。"))
        self.exhibits = list(queries.exhibits(self.one.touring_set))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the list."""
        return self._show(today_first(HandoverForm(exhibits=self.exhibits), timezone.localdate()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Sign it."""
        form = HandoverForm(request.POST, request.FILES, exhibits=self.exhibits)
        if not form.carry_out(self._sign):
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, _("交接单已签字保存，故障的展品已开维修单。"))
        return HttpResponseRedirect(url("stop", pk=self.one.pk))

    def _sign(self, data: dict[str, Any]) -> Any:
        lines = {
            one.pk: Line(
                condition=data[f"condition_{one.pk}"],
                note=data[f"note_{one.pk}"],
                photo=data[f"photo_{one.pk}"],
            )
            for one in self.exhibits
        }
        named = {name: data[name] for name in ("on", "given_by", "taken_by")}
        return handovers.sign(stop_id=self.one.pk, kind=self.kind, lines=lines, **named, **self.by)

    def _show(self, form: Any, *, status: int = 200) -> HttpResponse:
        title = Handover.Kind(self.kind).label
        context = {
            "one": self.one,
            "form": form,
            "title": title,
            "trail": self.trail(title),
            "cancel": url("stop", pk=self.one.pk),
        }
        return self.page("sign", context, status=status)


class HandoverPage(SetsView):
    """A signed list, to be read and printed."""

    tab = "stops"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        one = queries.handover(self.scope, self.kwargs["pk"])
        context = {
            "one": one,
            "lines": queries.lines(one),
            "trail": self.trail(one.get_kind_display()),
            "stop_url": url("stop", pk=one.stop_id),
        }
        return self.page("handover", context)
