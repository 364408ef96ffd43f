"""One set, venue, application or exhibit's repair, with what can be done about it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import SetTicket, TourApplication
from kexie.contexts.touring.operations import applications, maintenance, venues
from kexie.contexts.touring.queries import sets as queries
from kexie.contexts.touring.rules.venues import lacking
from kexie.contexts.touring.web.sets.base import Act, ActPage, url
from kexie.contexts.touring.web.sets.forms import (
    AnswerForm,
    CheckForm,
    CloseTicketForm,
    ClosureForm,
    TicketForm,
)
from kexie.ui.tables import Cell, Column, Row, Table

State = TourApplication.State


class SetPage(ActPage):
    """A set: its exhibits and their condition, where it was and will be."""

    tab, template = "sets", "set"

    def check(self) -> None:
        """Find the set."""
        self.one = queries.touring_set(self.scope, self.kwargs["pk"])

    def context(self) -> dict[str, Any]:
        """The exhibits and the places."""
        exhibits = list(queries.exhibits(self.one))
        return {
            "one": self.one,
            "owns": self.owns(self.one.unit),
            "trail": self.trail(self.one.serial),
            "count": len(exhibits),
            "sound": sum(one.condition in {"GOOD", "WORN"} for one in exhibits),
            "table": Table(_EXHIBITS, [self._row(one) for one in exhibits]),
            "places": Table(
                _PLACES,
                [Row([Cell(d.first_on), Cell(d.last_on), Cell(d.place)]) for d in queries.taken(self.one)],
            ),
        }

    def _row(self, one: Any) -> Row:
        is_bad = one.condition in {"FAULTY", "MISSING"}
        shown = one.get_condition_display()
        cells = (
            Cell(one.number),
            Cell(one.name, url("exhibit", pk=one.pk)),
            Cell(one.zone),
            Cell("" if is_bad else shown, error=shown if is_bad else ""),
            Cell(one.checked_on),
        )
        return Row(cells, title=1, name=one.name)


_EXHIBITS = (
    Column(gettext_lazy("展品编号"), numeric=True),
    Column(gettext_lazy("展品")),
    Column(gettext_lazy("展区")),
    Column(gettext_lazy("状况"), nowrap=True),
    Column(gettext_lazy("最近查看"), nowrap=True),
)
_PLACES = (
    Column(gettext_lazy("从"), nowrap=True),
    Column(gettext_lazy("到"), nowrap=True),
    Column(gettext_lazy("在哪里")),
)


class ExhibitPage(ActPage):
    """An exhibit: its condition, and the report of a fault."""

    tab, template = "sets", "exhibit"

    def check(self) -> None:
        """Find the exhibit."""
        self.one = queries.exhibit(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """It can be reported unless it already is."""
        if self.one.tickets.filter(state=SetTicket.State.OPEN).exists():
            return []
        return [
            Act(
                key="report",
                label=gettext_lazy("报修"),
                done=gettext_lazy("已开维修单。"),
                form=TicketForm,
                run=_report,
            )
        ]

    def context(self) -> dict[str, Any]:
        """The exhibit and its tickets."""
        return {
            "one": self.one,
            "owns": self.owns(self.one.touring_set.unit),
            "trail": self.trail(self.one.name),
            "set_url": url("set", pk=self.one.touring_set_id),
            "tickets": self.one.tickets.order_by("-reported_on", "-pk"),
        }


def _report(view: ExhibitPage, data: dict[str, Any]) -> Any:
    return maintenance.report(exhibit_id=view.one.pk, **data, **view.by)


class TicketPage(ActPage):
    """A repair."""

    tab, template = "tickets", "ticket"

    def check(self) -> None:
        """Find the ticket."""
        self.one = queries.ticket(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """It can be closed once."""
        if self.one.state != SetTicket.State.OPEN or not self.owns(self.one.exhibit.touring_set.unit):
            return []
        return [
            Act(
                key="close",
                label=gettext_lazy("办结"),
                done=gettext_lazy("已办结。"),
                form=CloseTicketForm,
                primary=True,
                run=_close,
            )
        ]

    def context(self) -> dict[str, Any]:
        """The ticket."""
        return {"one": self.one, "trail": self.trail(self.one.exhibit.name)}


def _close(view: TicketPage, data: dict[str, Any]) -> Any:
    return maintenance.close(ticket_id=view.one.pk, **data, **view.by)


class VenuePage(ActPage):
    """A venue: what it lacks in words, who looked, when it is closed."""

    tab, template = "venues", "venue"

    def check(self) -> None:
        """Find the venue."""
        self.one = queries.venue(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """Look at it, or close it for some days."""
        check = Act(
            key="check",
            label=gettext_lazy("登记实地查看"),
            done=gettext_lazy("已登记。"),
            form=CheckForm,
            run=_check,
        )
        close = Act(
            key="close",
            label=gettext_lazy("登记不可用日期"),
            done=gettext_lazy("已登记。"),
            form=ClosureForm,
            run=_close_venue,
        )
        reopen = [
            Act(
                key=f"reopen-{one.pk}",
                label=_("取消：%(what)s") % {"what": one},
                done=gettext_lazy("已取消。"),
                run=_reopen(one.pk),
            )
            for one in self.one.closures.order_by("first_on")
        ]
        return [check, close, *reopen]

    def context(self) -> dict[str, Any]:
        """The venue and its checks."""
        return {
            "one": self.one,
            "trail": self.trail(self.one.name),
            "lacking": lacking(self.one),
            "checks": self.one.checks.order_by("-checked_on", "-pk"),
            "closures": self.one.closures.order_by("first_on"),
        }


def _check(view: VenuePage, data: dict[str, Any]) -> Any:
    return venues.check(venue_id=view.one.pk, **data, **view.by)


def _close_venue(view: VenuePage, data: dict[str, Any]) -> Any:
    return venues.close(venue_id=view.one.pk, **data, **view.by)


def _reopen(closure_id: Any) -> Any:
    return lambda view, _data: venues.reopen(closure_id=closure_id, **view.by)


class ApplicationPage(ActPage):
    """An application: what is asked, whether the venue fits, the answer."""

    tab, template = "applications", "application"

    def check(self) -> None:
        """Find the application."""
        self.one = queries.application(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """The city answers; whoever applied may withdraw."""
        found = []
        if self.one.state == State.SUBMITTED and self.decides:
            found += [_ACCEPT, _DECLINE]
        if self.one.state in {State.SUBMITTED, State.ACCEPTED}:
            found.append(_WITHDRAW)
        return found

    def context(self) -> dict[str, Any]:
        """The application and what its venue lacks."""
        return {
            "one": self.one,
            "trail": self.trail(f"{self.one.unit} {self.one.year}"),
            "lacking": lacking(self.one.venue),
            "months": "、".join(_("%(n)d月") % {"n": month} for month in self.one.months) or _("都可以"),
            "made_on": timezone.localtime(self.one.made_at).date(),
        }


def _accept(view: ApplicationPage, data: dict[str, Any]) -> Any:
    return applications.accept(application_id=view.one.pk, **data, **view.by)


def _decline(view: ApplicationPage, data: dict[str, Any]) -> Any:
    return applications.decline(application_id=view.one.pk, **data, **view.by)


def _withdraw(view: ApplicationPage, _data: dict[str, Any]) -> Any:
    return applications.withdraw(application_id=view.one.pk, **view.by)


_ACCEPT = Act(
    key="accept", label=gettext_lazy("受理"), done=gettext_lazy("已受理，等待排期。"), form=AnswerForm, primary=True, run=_accept,
    hint=gettext_lazy("场馆不符合要求时，要写明例外同意的理由。"),
)  # fmt: skip
_DECLINE = Act(
    key="decline", label=gettext_lazy("不同意"), done=gettext_lazy("已答复不同意。"), form=AnswerForm, danger=True, run=_decline,
    hint=gettext_lazy("请写明原因，申请单位会看到。"),
)  # fmt: skip
_WITHDRAW = Act(
    key="withdraw", label=gettext_lazy("撤回申请"), done=gettext_lazy("已撤回。"), danger=True, run=_withdraw,
    hint=gettext_lazy("撤回后可以重新申请。"),
)  # fmt: skip
