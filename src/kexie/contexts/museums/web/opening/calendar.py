"""The museum's calendar: which days are open and why, what is taken, what is on; a day closes and opens here."""

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ClosedDay, Museum, MuseumStage, Slot, SlotChange
from kexie.contexts.museums.operations import days as operations
from kexie.contexts.museums.operations import slot_changes
from kexie.contexts.museums.operations.slot_changes import Asked
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.queries import slots as slot_queries
from kexie.contexts.museums.queries.sizes import size_in_use
from kexie.contexts.museums.queries.slots import DaySum, Selection, SlotRow
from kexie.contexts.museums.rules import areas
from kexie.contexts.museums.rules.opening import Because, Calendar, Opening, is_make_up
from kexie.contexts.museums.states import MUSEUM_TRANSITIONS
from kexie.contexts.museums.web.base import CONFLICT, UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.opening import tables
from kexie.contexts.museums.web.opening.forms import CloseForm, NoteForm, StageForm, WhyForm
from kexie.contexts.museums.web.opening.inputs import WEEKDAYS
from kexie.contexts.museums.web.opening.slots import open_targets
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import add_error
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.holidays import is_holiday
from kexie.kernel.periods import Period
from kexie.ledger.models import State
from kexie.platform.capacity.models import Offer
from kexie.ui.nav import Link


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One day of the month as the page shows it."""

    day: dt.date
    opening: Opening
    total: DaySum = field(default_factory=DaySum)
    shows: tuple[SlotRow, ...] = ()
    in_month: bool = True
    is_today: bool = False

    @property
    def key(self) -> str:
        """The day in an address."""
        return self.day.isoformat()

    @property
    def marks(self) -> list[str]:
        """What is special about the day."""
        return [*([_("节")] if is_holiday(self.day) else []), *([_("班")] if is_make_up(self.day) else [])]

    @property
    def note(self) -> str:
        """Why it is closed, or open against the pattern."""
        return self.opening.why if not self.opening.is_open or self.opening.because != Because.PATTERN else ""


class CalendarView(MuseumView):
    """A month."""

    tab = "calendar"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the month asked for, else the present one."""
        today = timezone.localdate()
        first = _month(request.GET.get("month", ""), today)
        weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
        period = Period.until(weeks[-1][-1], since=weeks[0][0])
        opening = queries.calendar(self.museum, period, self.readable)
        rows = slot_queries.select(self.museum, Selection(period), self.readable)
        sums, shows = slot_queries.day_sums(rows), _shows(rows)
        cells = [
            [
                DayCell(
                    day=day,
                    opening=opening.on(day),
                    total=sums.get(day, DaySum()),
                    shows=tuple(shows.get(day, ())),
                    in_month=day.month == first.month,
                    is_today=day == today,
                )
                for day in week
            ]
            for week in weeks
        ]
        inside = [cell for week in cells for cell in week if cell.in_month]
        shown = {
            "month": first,
            "before": _shift(first, -1),
            "after": _shift(first, 1),
            "weeks": cells,
            "days": inside,
            "weekdays": [label for _number, label in WEEKDAYS],
            "open_days": sum(cell.opening.is_open for cell in inside),
            "places": sum(cell.total.capacity for cell in inside),
            "taken": sum(cell.total.taken for cell in inside),
        }
        return self.page("opening/calendar", shown)


class DayPage(MuseumView):
    """One day: its slots, and what can be done with it."""

    tab = "calendar"
    to_write: ClassVar[Action] = Action.CONFIRM

    @property
    def day(self) -> dt.date:
        """The day in the address."""
        try:
            return dt.date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404 from None

    def calendar_of(self) -> Calendar:
        """Return what decides about the day."""
        return queries.calendar(self.museum, Period.until(self.day, since=self.day), self.readable)

    def show(
        self,
        *,
        close: CloseForm | None = None,
        note: NoteForm | None = None,
        why: WhyForm | None = None,
        status: int = 200,
        message: str = "",
    ) -> HttpResponse:
        """Render the day with its forms."""
        day, today = self.day, timezone.localdate()
        found, rows = self.calendar_of(), self.rows()
        opening, closed = found.on(day), found.closed.get(day)
        title = _("%(day)s %(weekday)s") % {
            "day": day.isoformat(),
            "weekday": tables.weekday(day.isoweekday()),
        }
        may, ahead = self.may(Action.CONFIRM), day >= today
        sums = slot_queries.day_sums(rows).get(day, DaySum())
        shown = {
            "day": day,
            "key": day.isoformat(),
            "title": title,
            "trail": self.trail(Link(_("开放日历"), self.url("calendar")), Link(title)),
            "opening": opening,
            "closed": closed,
            "special": found.special.get(day),
            "sums": sums,
            "people": sum(row.people for row in rows),
            "table": tables.slots(rows, self.url, with_day=False),
            "yesterday": (day - dt.timedelta(days=1)).isoformat(),
            "tomorrow": (day + dt.timedelta(days=1)).isoformat(),
            "can_close": may and ahead and opening.is_open,
            "can_reopen": ahead and self.can_reopen(closed),
            "asks_why": closed is not None and closed.state == State.CONFIRMED,
            "can_open": may and ahead and opening.because == Because.PATTERN and not opening.is_open,
            "close_form": close or CloseForm(targets=self.targets()),
            "note_form": note or NoteForm(),
            "why_form": why or WhyForm(),
            "message": message,
            "is_holiday": is_holiday(day),
            "is_make_up": is_make_up(day),
        }
        return self.page("opening/day", shown, status=status)

    def can_reopen(self, closed: ClosedDay | None) -> bool:
        """Whether the account may take this closing back: a draft is discarded, a confirmed one reversed."""
        if closed is None or not self.may(Action.CONFIRM):
            return False
        return closed.state == State.DRAFT or self.may(Action.REVERSE)

    def rows(self) -> list[SlotRow]:
        """Return the day's slots."""
        period = Period.until(self.day, since=self.day)
        return slot_queries.select(self.museum, Selection(period), self.readable)

    def targets(self) -> list[SlotRow]:
        """Return the slots of other days to which people can be moved."""
        day = operations.slots_of_day(self.museum, self.day, self.readable)
        on = {slot_queries.what_is_on(row.slot) for row in day}
        return [row for row in open_targets(self, but=self.day) if slot_queries.what_is_on(row.slot) in on]


class DayView(DayPage):
    """The day's page."""

    def get(self, request: HttpRequest, code: str, day: str) -> HttpResponse:
        """Show it."""
        return self.show()


class CloseDayView(DayPage):
    """Close a day: looked at first, then done."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, day: str) -> HttpResponse:
        """Show who would be affected."""
        form = CloseForm(request.GET, targets=self.targets())
        return self._preview(form) if form.is_valid() else self.show(close=form, status=UNPROCESSABLE)

    def post(self, request: HttpRequest, code: str, day: str) -> HttpResponse:
        """Close it, unless more people are affected by now."""
        form = CloseForm(request.POST, targets=self.targets())
        if not form.is_valid():
            return self.show(close=form, status=UNPROCESSABLE)
        seen = request.POST.get("seen", "")
        people = sum(row.people for row in operations.slots_of_day(self.museum, self.day, self.readable))
        if people > (int(seen) if seen.isdigit() else 0):
            return self._preview(form, CONFLICT, _("刚才又有人预约，受影响的人数变了，请再看一遍。"))
        change = form.carry_out(lambda values: self._close(values)[1])
        if change is None:
            return self.show(close=form, status=UNPROCESSABLE)
        if isinstance(change, SlotChange):
            return self.go("change", pk=change.pk)
        return self.go("day", day=day)

    def _close(self, values: dict[str, Any]) -> tuple[ClosedDay, "SlotChange | bool"]:
        record, change = operations.close(
            museum=self.museum,
            day=self.day,
            reason=values["reason"],
            notice=values["notice"],
            policy=values["policy"],
            targets=values["targets"],
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
        )
        return record, change or True

    def _preview(self, form: CloseForm, status: int = 200, message: str = "") -> HttpResponse:
        data = form.cleaned_data
        asked = Asked(
            kind=SlotChange.Kind.CLOSE_DAY,
            policy=data["policy"],
            targets=tuple(data["targets"]),
            notice=data["notice"],
        )
        effects = slot_changes.preview(operations.slots_of_day(self.museum, self.day, self.readable), asked)
        people = sum(effect.people for effect in effects)
        title = _("核对闭馆")
        chosen = self.request.POST if self.request.method == "POST" else self.request.GET
        shown = {
            "title": title,
            "day": self.day,
            "key": self.day.isoformat(),
            "trail": self.trail(
                Link(_("开放日历"), self.url("calendar")),
                Link(self.day.isoformat(), self.url("day", day=self.day.isoformat())),
                Link(title),
            ),
            "reason": data["notice"] or ClosedDay.Reason(data["reason"]).label,
            "table": tables.effects(effects),
            "count": len(effects),
            "reservations": sum(effect.reservations for effect in effects),
            "people": people,
            "refused": bool(people) and asked.policy == SlotChange.Policy.REFUSE,
            "given": [
                (name, value)
                for name, values in chosen.lists()
                for value in values
                if name not in {"csrfmiddlewaretoken", "seen"}
            ],
            "message": message,
        }
        return self.page("opening/close_day", shown, status=status)


class ReopenDayView(DayPage):
    """Take a closed day back."""

    def post(self, request: HttpRequest, code: str, day: str) -> HttpResponse:
        """Do it; a confirmed record is reversed with the reason, by whoever may."""
        closed = self.calendar_of().closed.get(self.day)
        if closed is None:
            return self.go("day", day=day)
        if not self.can_reopen(closed):
            raise Forbidden(_("闭馆记录已确认，请联系县级科协干部或科学普及部冲销。"))
        if closed.state == State.DRAFT:
            self._reopen("")
            return self.go("day", day=day)
        form = WhyForm(request.POST)
        done = form.carry_out(lambda values: self._reopen(values["why"]))
        return self.show(why=form, status=UNPROCESSABLE) if done is None else self.go("day", day=day)

    def _reopen(self, why: str) -> object:
        return operations.reopen(
            museum=self.museum,
            day=self.day,
            why=why,
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
        )


class OpenDayView(DayPage):
    """Open a day that the pattern says is closed, or take that back."""

    def post(self, request: HttpRequest, code: str, day: str) -> HttpResponse:
        """Do it."""
        form = NoteForm(request.POST)
        take_back = request.POST.get("then") == "back"

        def act(values: dict[str, str]) -> object:
            options: dict[str, Any] = {
                "museum": self.museum,
                "day": self.day,
                "actor": self.account,
                "now": timezone.now(),
                "scope": self.scope,
            }
            if take_back:
                return operations.close_specially(**options)
            return operations.open_specially(**options, note=values["note"])

        if form.carry_out(act) is None:
            said = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return self.show(note=form, status=UNPROCESSABLE, message=said if take_back else "")
        return self.go("day", day=day)


class StagesView(MuseumView):
    """The museum's life: planned, built, on trial, open; and what the standard says about its size."""

    tab = "calendar"
    to_write: ClassVar[Action] = Action.DRAFT

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        return self._show(self._form())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Enter the next stage; confirmed at once by whoever may."""
        form = self._form(request.POST)
        unit = self.museum.unit

        def enter(values: dict[str, object]) -> MuseumStage:
            record = MuseumStage(
                association_id=unit.association_id,
                unit=unit,
                area_id=unit.area_id,
                museum=self.museum,
                **values,
            )
            may = self.may(Action.CONFIRM)
            return operations.enter_stage(
                record=record, confirms=may, actor=self.account, now=timezone.now(), scope=self.scope
            )

        try:
            done = form.carry_out(enter)
        except UserError as refused:
            add_error(form, refused)
            done = None
        return self._show(form, UNPROCESSABLE) if done is None else self.go("stages")

    def _form(self, data: object = None) -> StageForm:
        latest = queries.stages(self.museum, self.readable).last()
        following = MUSEUM_TRANSITIONS[latest.stage if latest else ""]
        initial = {"occurred_on": timezone.localdate()}
        return StageForm(data, stages=following, initial=initial)

    def _show(self, form: StageForm, status: int = 200) -> HttpResponse:
        title = _("建设与开放阶段")
        found = list(queries.stages(self.museum, self.readable))
        waiting = list(queries.waiting_stages(self.museum, self.readable))
        field = form.fields["stage"]
        shown = {
            "title": title,
            "trail": self.trail(Link(_("开放日历"), self.url("calendar")), Link(title)),
            "stages": found,
            "waiting": waiting,
            "form": form,
            "is_over": len(getattr(field, "choices", ())) <= 1,
            "norms": norms_of(self.museum, self),
        }
        return self.page("opening/stages", shown, status=status)


def norms_of(museum: Museum, view: MuseumView) -> list[areas.Norm]:
    """Return the standard's spans for a museum's size beside what it has."""
    used = size_in_use(museum, timezone.localdate(), view.readable)
    return areas.norms(
        museum.exhibition_area,
        instant_cap=museum.instant_cap,
        visits=used.visits,
        exhibit_count=used.exhibits,
    )


def _shows(rows: list[SlotRow]) -> dict[dt.date, list[SlotRow]]:
    found: dict[dt.date, list[SlotRow]] = defaultdict(list)
    for row in rows:
        if row.slot.kind == Slot.Kind.SHOW and row.offer.state != Offer.State.CANCELLED:
            found[row.offer.day].append(row)
    return found


def _month(text: str, today: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _shift(first: dt.date, by: int) -> str:
    month = first.year * 12 + first.month - 1 + by
    return f"{month // 12:04}-{month % 12 + 1:02}"
