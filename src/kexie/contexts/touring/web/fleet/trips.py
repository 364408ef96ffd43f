"""Trips: list, and the page of one with stops, odometer, costs, incidents and sign-offs."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Caravan, CaravanTrip
from kexie.contexts.touring.operations import trips as operations
from kexie.contexts.touring.queries import trips as queries
from kexie.contexts.touring.web.fleet import forms
from kexie.contexts.touring.web.fleet.base import ActPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act
from kexie.contexts.touring.web.sets.forms import DeskForm
from kexie.ledger.models import State
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table


class TripsList(ListPage):
    """The trips."""

    tab, title = "trips", gettext_lazy("大篷车出车")
    sub = gettext_lazy("出车一趟记一次，到过一处算一场：趟数和场次是两个指标，都能点开核对。")
    usual_order = ("-occurred_on", "-departs_at", "-pk")
    search = ("caravan__name", "unit__name", "driver", "theme")
    empty = (
        gettext_lazy("没有符合条件的出车"),
        gettext_lazy("在台账登记出车和场次，或由队员在现场用手机登记。"),
    )
    columns = (
        Sortable("on", gettext_lazy("日期"), ("occurred_on",), nowrap=True, largest_first=True),
        Sortable("van", gettext_lazy("大篷车"), ("caravan__name",)),
        Sortable("theme", gettext_lazy("活动主题"), ("theme",)),
        Sortable("stops", gettext_lazy("场次"), ("stops",), numeric=True),
        Sortable("visits", gettext_lazy("人次"), ("visits",), numeric=True),
        Sortable("km", gettext_lazy("里程（公里）"), ("km",), numeric=True),
        Sortable("yuan", gettext_lazy("费用（元）"), ("yuan",), numeric=True),
        Sortable("signed", gettext_lazy("已签字"), ("signed",), numeric=True),
        Sortable(
            "incidents", gettext_lazy("未办结情况"), ("open_incidents",), numeric=True, largest_first=True
        ),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every trip that stands."""
        return queries.trips(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By vehicle and state."""
        vans = [(str(one.pk), one.name) for one in Caravan.objects.filter(self.scope.q()).order_by("name")]
        states = [(value, label) for value, label in State.choices if value != State.REVERSED]
        return {"caravan": (_("大篷车"), vans), "state": (_("状态"), states)}

    def row(self, one: Any) -> Row:
        """Show a trip."""
        cells = (
            Cell(one.occurred_on, url("trip", pk=one.pk)),
            Cell(one.caravan.name),
            Cell(one.theme),
            Cell(one.stops or 0),
            Cell(one.visits),
            Cell(one.km),
            Cell(one.yuan),
            Cell(one.signed or 0),
            Cell(one.open_incidents or 0),
            Cell(one.get_state_display(), state=one.state.lower()),
        )
        return Row(cells, name=str(one))

    def actions(self) -> list[Link]:
        """A new trip, and the two measures."""
        new = Link(_("登记出车"), "/work/records/touring.caravan_trips/new", "plus")
        figures = [
            Link(_("出车次数"), reverse("figures:detail", args=["touring.caravan_trips"])),
            Link(_("活动场次"), reverse("figures:detail", args=["touring.caravan_stops"])),
        ]
        return [new, *figures] if self.allowed.get("draft") else figures


class TripPage(ActPage):
    """A trip."""

    tab, template = "trips", "trip"

    def check(self) -> None:
        """Find the trip and its stops."""
        self.one: CaravanTrip = queries.trip(self.scope, self.kwargs["pk"])
        self.stops = list(queries.stops(self.one))

    @property
    def unsigned(self) -> list[tuple[str, str]]:
        """The stops that no host signed."""
        return [(str(stop.pk), stop.spot) for stop in self.stops if not stop.sign_offs.all()]

    def acts(self) -> list[Act]:
        """Costs and incidents; a signature where one is missing."""
        found = [_SIGN] if self.unsigned else []
        found += [_COST, _INCIDENT]
        found += [_close(one) for one in self.one.incidents.all() if one.closed_on is None]
        return [*found, *(_void(one) for one in self.one.costs.all() if not one.is_void)]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the stops that are not signed."""
        more = {"stops": self.unsigned} if act is _SIGN else {}
        return super().act_form(act, *args, **options, **more)

    def initial(self, act: Act) -> dict[str, Any]:
        """The day of the trip."""
        return {"on": self.one.occurred_on} if act in {_COST, _INCIDENT, _SIGN} else {}

    def context(self) -> dict[str, Any]:
        """The trip with all that belongs to it."""
        one = self.one
        return {
            "one": one, "trail": self.trail(str(one)), "doubts": queries.odometer_doubts(one),
            "stops": Table(_STOPS, [_stop(stop) for stop in self.stops]),
            "costs": Table(_COSTS, [_cost(each) for each in one.costs.select_related("receipt")]),
            "by_kind": queries.costs_by_kind(one), "incident_list": one.incidents.all(),
            "van_url": url("van", pk=one.caravan_id),
        }  # fmt: skip


def _stop(one: Any) -> Row:
    signed = next(iter(one.sign_offs.all()), None)
    words = f"{signed.signed_by} {signed.on}" if signed else ""
    cells = (
        Cell(one.occurred_on),
        Cell(one.spot, f"/work/records/touring.caravan_stops/{one.pk}"),
        Cell(one.area.name),
        Cell(one.get_audience_display()),
        Cell(one.headcount),
        Cell(one.get_method_display()),
        Cell(words, f"/files/{signed.sheet_id}" if signed and signed.sheet_id else ""),
        Cell(one.get_state_display(), state=one.state.lower()),
    )
    return Row(cells, title=1, name=one.spot)


def _cost(one: Any) -> Row:
    cells = (
        Cell(one.on),
        Cell(one.get_kind_display()),
        Cell(one.yuan),
        Cell(one.receipt.name if one.receipt else "", f"/files/{one.receipt_id}" if one.receipt else ""),
        Cell(_("已作废") if one.is_void else one.note),
    )
    return Row(cells, reversed=one.is_void, title=1, name=str(one))


def _on_trip(operation: Any) -> Any:
    return lambda view, data: operation(trip_id=view.one.pk, **data, **view.by)


def _close(one: Any) -> Act:
    return Act(
        key=f"close-{one.pk}", label=_("办结：%(what)s") % {"what": one}, done=gettext_lazy("已办结。"),
        form=forms.CloseIncidentForm,
        run=lambda view, data: operations.close_incident(incident_id=one.pk, **data, **view.by),
    )  # fmt: skip


def _void(one: Any) -> Act:
    return Act(
        key=f"void-{one.pk}", label=_("作废：%(what)s元") % {"what": one}, done=gettext_lazy("已作废，不再计入。"), danger=True,
        hint=gettext_lazy("作废的费用仍可查看，不再计入合计。"),
        run=lambda view, _data: operations.void_cost(cost_id=one.pk, **view.by),
    )  # fmt: skip


_SIGN = Act(
    key="sign", label=gettext_lazy("登记接待单位签字"), done=gettext_lazy("已登记签字。"), form=forms.SignForm,
    run=lambda view, data: operations.sign_off(stop_id=data.pop("stop"), **data, **view.by),
    hint=gettext_lazy("签字单可拍可不拍；登记后不能修改。"),
)  # fmt: skip
_COST = Act(
    key="cost", label=gettext_lazy("登记费用"), done=gettext_lazy("已登记。"), form=forms.CostForm,
    run=_on_trip(operations.add_cost),
)  # fmt: skip
_INCIDENT = Act(
    key="incident", label=gettext_lazy("登记途中情况"), done=gettext_lazy("已登记。"), form=forms.IncidentForm,
    run=_on_trip(operations.report_incident),
)  # fmt: skip
_STOPS = (
    Column(gettext_lazy("日期"), nowrap=True),
    Column(gettext_lazy("活动地点")),
    Column(gettext_lazy("地区")),
    Column(gettext_lazy("主要对象")),
    Column(gettext_lazy("人次"), numeric=True),
    Column(gettext_lazy("计数方法")),
    Column(gettext_lazy("接待签字")),
    Column(gettext_lazy("状态"), nowrap=True),
)
_COSTS = (
    Column(gettext_lazy("日期"), nowrap=True),
    Column(gettext_lazy("费用类型"), nowrap=True),
    Column(gettext_lazy("金额（元）"), numeric=True),
    Column(gettext_lazy("票据")),
    Column(gettext_lazy("说明")),
)
