"""The sets, venues, applications and tickets: lists and the forms that begin them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import PlannedTourStop, SetTicket, TourApplication, TourVenue
from kexie.contexts.touring.operations import applications, stops
from kexie.contexts.touring.queries import sets as queries
from kexie.contexts.touring.rules.calendar import months
from kexie.contexts.touring.rules.venues import lacking
from kexie.contexts.touring.web.sets.base import FormPage, ListPage, url
from kexie.contexts.touring.web.sets.forms import ApplyForm, ArrangeForm, DeskForm
from kexie.foundation.access.roles import Action
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class SetsList(ListPage):
    """The sets: where each is, where it goes next, how it is."""

    tab, title = "sets", gettext_lazy("流动科技馆展品（套）")
    sub = gettext_lazy("每套现在在哪里、下一站去哪里、展品好不好。")
    search = ("serial", "name", "theme")
    empty = (gettext_lazy("没有符合条件的展品（套）"), gettext_lazy("先登记一套展品，再登记它的展品清单。"))
    columns = (
        Sortable("serial", gettext_lazy("套编号"), ("serial",), nowrap=True),
        Sortable("theme", gettext_lazy("主题"), ("theme",)),
        Sortable("here", gettext_lazy("现在"), ("here",)),
        Sortable("until", gettext_lazy("到"), ("here_until",), nowrap=True),
        Sortable("next", gettext_lazy("下一站"), ("next_place",)),
        Sortable("from", gettext_lazy("从"), ("next_on",), nowrap=True),
        Sortable("broken", gettext_lazy("待修或缺失（件）"), ("broken",), numeric=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """The sets not given back, or with `?all=1` every one."""
        found = queries.sets(self.scope, timezone.localdate())
        return found if self.request.GET.get("all") else found.filter(returned_on=None)

    def row(self, one: Any) -> Row:
        """Show a set."""
        cells = (
            Cell(one.serial, url("set", pk=one.pk)),
            Cell(one.theme),
            Cell(one.here or _("库房")),
            Cell(one.here_until),
            Cell(one.next_place),
            Cell(one.next_on),
            Cell(one.broken or 0),
        )
        return Row(cells, name=one.serial)

    def actions(self) -> list[Link]:
        """New sets are registered at the records' desk; all of them are also shown."""
        new = Link(_("登记展品（套）"), "/work/records/touring.sets/new", icon="plus")
        return [*([new] if self.decides else ()), Link(_("含已移交的"), "?all=1")]

    def reminders(self) -> list[Link]:
        """Applications, stops and repairs that wait."""
        today = timezone.localdate()
        asked = queries.applications(self.scope).filter(state=TourApplication.State.SUBMITTED)
        broken = queries.tickets(self.scope).filter(state=SetTicket.State.OPEN)
        found = [
            (
                _("到了开展日期还没有办理开展的巡展站"),
                f"{url('stops')}?wait=open",
                queries.to_open(self.scope, today),
            ),
            (_("还没有签交接单的巡展站"), f"{url('stops')}?wait=sign", queries.unsigned(self.scope, today)),
            (_("待处理的维修单"), f"{url('tickets')}?state=OPEN", broken),
        ]
        if self.decides:
            found.insert(0, (_("待受理的巡展申请"), f"{url('applications')}?state=SUBMITTED", asked))
        return [Link(label, href, count=rows.count()) for label, href, rows in found]


class StopsList(ListPage):
    """The stops arranged and opened."""

    tab, title = "stops", gettext_lazy("巡展站")
    sub = gettext_lazy("同一套展品同一时间只能在一处，换展的日子也算在内。")
    search = ("venue__name", "unit__name", "touring_set__serial")
    empty = (gettext_lazy("没有符合条件的巡展站"), gettext_lazy("可以直接安排一站，或由区域换展方案排出。"))
    columns = (
        Sortable("first", gettext_lazy("开展日期"), ("first_on",), nowrap=True),
        Sortable("last", gettext_lazy("闭展日期"), ("last_on",), nowrap=True),
        Sortable("venue", gettext_lazy("展出场馆"), ("venue__name",)),
        Sortable("unit", gettext_lazy("承办单位"), ("unit__name",)),
        Sortable("set", gettext_lazy("展品（套）"), ("touring_set__serial",), nowrap=True),
        Sortable("months", gettext_lazy("展期（月）"), numeric=True),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every stop, the latest first unless sorted; with `?wait=` those to be opened, or to be signed for."""
        today = timezone.localdate()
        waiting = {"open": queries.to_open, "sign": queries.unsigned}.get(self.request.GET.get("wait", ""))
        return waiting(self.scope, today) if waiting else queries.stops(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (_("状态"), PlannedTourStop.State.choices)}

    def row(self, one: Any) -> Row:
        """Show a stop."""
        cells = (
            Cell(one.first_on),
            Cell(one.last_on),
            Cell(one.venue.name, url("stop", pk=one.pk)),
            Cell(one.unit.name),
            Cell(one.touring_set.serial),
            Cell(months(one.first_on, one.last_on)),
            Cell(one.get_state_display()),
        )
        return Row(cells, title=2, name=str(one))

    def actions(self) -> list[Link]:
        """Whoever decides for the association arranges stops."""
        return [Link(_("安排一站"), url("arrange"), "plus")] if self.decides else []


class ArrangePage(FormPage):
    """A stop is arranged by hand."""

    tab, title, submit = "stops", gettext_lazy("安排一站"), gettext_lazy("安排")
    sub = gettext_lazy("从开始换展到闭展，这套展品不能再安排别处。")
    done = gettext_lazy("已安排。")
    action = to_write = Action.CONFIRM

    def form(self, data: Any = None) -> DeskForm:
        """The form, for a set or venue named in the address."""
        return ArrangeForm(data, scope=self.scope, initial=self.request.GET.dict())

    def act(self, data: dict[str, Any]) -> Any:
        """Arrange it."""
        touring_set, venue = data.pop("touring_set"), data.pop("venue")
        return stops.arrange(touring_set_id=touring_set.pk, venue_id=venue.pk, **data, **self.by)

    def onward(self, made: Any) -> str:
        """The stop's page."""
        return url("stop", pk=made.pk)


class ApplicationsList(ListPage):
    """The queue of applications."""

    tab, title = "applications", gettext_lazy("巡展申请")
    sub = gettext_lazy("各县（市、区）申请，市科协受理后进入区域换展排期。")
    search = ("unit__name", "venue__name", "reason")
    empty = (gettext_lazy("没有符合条件的申请"), gettext_lazy("县（市、区）科协选好场馆就可以申请。"))
    columns = (
        Sortable("made", gettext_lazy("提交时间"), ("made_at",), nowrap=True),
        Sortable("unit", gettext_lazy("申请单位"), ("unit__name",)),
        Sortable("year", gettext_lazy("年度"), ("year",)),
        Sortable("venue", gettext_lazy("展出场馆"), ("venue__name",)),
        Sortable("lacking", gettext_lazy("场馆检查")),
        Sortable("days", gettext_lazy("天数"), ("days",), numeric=True),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every application."""
        return queries.applications(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (_("状态"), TourApplication.State.choices)}

    def row(self, one: Any) -> Row:
        """Show an application."""
        missing = len(lacking(one.venue))
        cells = (
            Cell(timezone.localtime(one.made_at).date()),
            Cell(one.unit.name, url("application", pk=one.pk)),
            Cell(str(one.year)),
            Cell(one.venue.name),
            Cell(_("差%(n)d项") % {"n": missing} if missing else _("符合要求")),
            Cell(one.days),
            Cell(one.get_state_display()),
        )
        return Row(cells, title=1, name=str(one))

    def actions(self) -> list[Link]:
        """Whoever may draft may apply."""
        return [Link(_("申请巡展"), url("apply"), "plus")] if self.allowed.get("draft") else []


class ApplyPage(FormPage):
    """A county applies."""

    tab, title, submit = "applications", gettext_lazy("申请巡展"), gettext_lazy("提交申请")
    sub = gettext_lazy("选好场馆，写明希望的月份和天数；市科协受理后统一排期。")
    done = gettext_lazy("已提交，等待市科协受理。")
    action = to_write = Action.DRAFT

    def form(self, data: Any = None) -> DeskForm:
        """The form, for next year unless sent."""
        return ApplyForm(data, scope=self.scope, initial={"year": timezone.localdate().year + 1})

    def act(self, data: dict[str, Any]) -> Any:
        """Apply."""
        venue = data.pop("venue")
        return applications.apply(venue_id=venue.pk, **data, **self.by)

    def onward(self, made: Any) -> str:
        """The application's page."""
        return url("application", pk=made.pk)


class VenuesList(ListPage):
    """The venues and whether they can take a set."""

    tab, title = "venues", gettext_lazy("巡展场馆")
    sub = gettext_lazy("面积、楼层、供电、消防逐项检查，差什么一看就知道。")
    search = ("name", "unit__name", "address")
    empty = (
        gettext_lazy("没有符合条件的场馆"),
        gettext_lazy("先登记场馆，再申请巡展；已有清单可用 Excel 导入。"),
    )
    columns = (
        Sortable("name", gettext_lazy("场馆"), ("name",)),
        Sortable("unit", gettext_lazy("管理单位"), ("unit__name",)),
        Sortable("area", gettext_lazy("面积（㎡）"), ("area_m2",), numeric=True),
        Sortable("power", gettext_lazy("供电"), ("power",)),
        Sortable("lacking", gettext_lazy("检查")),
    )

    def rows(self) -> QuerySet[Any]:
        """Every venue."""
        return queries.venues(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By power."""
        return {"power": (_("供电"), TourVenue.Power.choices)}

    def row(self, one: Any) -> Row:
        """Show a venue."""
        missing = lacking(one)
        cells = (
            Cell(one.name, url("venue", pk=one.pk)),
            Cell(one.unit.name),
            Cell(one.area_m2),
            Cell(one.get_power_display()),
            Cell(
                "；".join(part.partition("：")[0] for part in missing) + _("不符合")
                if missing
                else _("符合要求")
            ),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Venues are registered and imported at the records' desk."""
        if not self.allowed.get("draft"):
            return []
        return [Link(_("登记场馆"), "/work/records/touring.venues/new", "plus")]


class TicketsList(ListPage):
    """The repairs of exhibits."""

    tab, title = "tickets", gettext_lazy("展品维修")
    sub = gettext_lazy("交接时发现的故障自动开单，也可以在展品页报修。")
    search = ("exhibit__name", "fault", "exhibit__touring_set__serial")
    empty = (gettext_lazy("没有符合条件的维修单"), gettext_lazy("在一套展品的页面里选一件展品报修。"))
    columns = (
        Sortable("on", gettext_lazy("发现日期"), ("reported_on",), nowrap=True),
        Sortable("exhibit", gettext_lazy("展品"), ("exhibit__name",)),
        Sortable("set", gettext_lazy("展品（套）"), ("exhibit__touring_set__serial",), nowrap=True),
        Sortable("fault", gettext_lazy("故障情况"), ("fault",)),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
        Sortable("closed", gettext_lazy("办结日期"), ("closed_on",), nowrap=True),
        Sortable("cost", gettext_lazy("费用（元）"), ("cost",), numeric=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every ticket."""
        return queries.tickets(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state."""
        return {"state": (_("状态"), SetTicket.State.choices)}

    def row(self, one: Any) -> Row:
        """Show a ticket."""
        cells = (
            Cell(one.reported_on),
            Cell(one.exhibit.name, url("ticket", pk=one.pk)),
            Cell(one.exhibit.touring_set.serial),
            Cell(one.fault),
            Cell(one.get_state_display()),
            Cell(one.closed_on),
            Cell(one.cost),
        )
        return Row(cells, title=1, name=str(one))
