"""Shows and lessons: the week, regular times, single sessions, and what became of them."""

import datetime as dt
from collections import defaultdict
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import ShowTime, Slot, SlotChange
from kexie.contexts.museums.operations import patterns, series, shows, slot_changes
from kexie.contexts.museums.operations.shows import Session
from kexie.contexts.museums.operations.slot_changes import Asked
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.queries import shows as show_queries
from kexie.contexts.museums.queries import slots as slot_queries
from kexie.contexts.museums.queries.slots import Selection, SlotRow
from kexie.contexts.museums.rules import planning
from kexie.contexts.museums.web.base import CONFLICT, UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.opening import tables
from kexie.contexts.museums.web.opening.forms import (
    CancelForm,
    EndForm,
    RecordForm,
    SeriesForm,
    SessionForm,
    ShowTimeForm,
)
from kexie.contexts.museums.web.opening.slots import open_targets
from kexie.foundation.access.roles import Action
from kexie.kernel.periods import Period
from kexie.ledger import registry
from kexie.platform.capacity.models import Offer
from kexie.ui.nav import Link

_WEEK = 7


class ShowsPage(MuseumView):
    """A page below the tab of shows."""

    tab = "shows"
    to_write: ClassVar[Action] = Action.CONFIRM

    def here(self, *links: Link) -> list[Link]:
        """Return the way to a page below."""
        return self.trail(Link(_("展演"), self.url("shows")), *links)

    def choices(self) -> dict[str, Any]:
        """Return what forms of shows choose from."""
        return {
            "museum": self.museum,
            "series": list(show_queries.series(self.museum, self.readable)),
            "halls": list(show_queries.halls(self.museum, self.readable)),
        }


class ShowsView(ShowsPage):
    """A week of sessions, and the regular times."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the week asked for, else the next seven days."""
        today = timezone.localdate()
        first = _day(request.GET.get("since", ""), today)
        period = Period.until(first + dt.timedelta(days=_WEEK - 1), since=first)
        rows = slot_queries.select(self.museum, Selection(period, kind=Slot.Kind.SHOW), self.readable)
        calendar = queries.calendar(self.museum, period, self.readable)
        by_day: dict[dt.date, list[SlotRow]] = defaultdict(list)
        for row in rows:
            if not row.slot.by_calendar:
                by_day[row.offer.day].append(row)
        days = [first + dt.timedelta(days=n) for n in range(_WEEK)]
        regular = queries.regular_shows(self.museum, self.readable, since=today)
        shown = {
            "days": [(day, calendar.on(day), by_day[day]) for day in days],
            "first": first,
            "before": (first - dt.timedelta(days=_WEEK)).isoformat(),
            "after": (first + dt.timedelta(days=_WEEK)).isoformat(),
            "today": today,
            "table": tables.show_times(regular, self.url),
            "has_halls": show_queries.halls(self.museum, self.readable).exists(),
            "now": timezone.now(),
        }
        return self.page("opening/shows", shown)


class SessionFormView(ShowsPage):
    """Put a session on, or change one."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Show the form."""
        first = self._first(self._row(pk)) if pk else {"day": request.GET.get("day") or timezone.localdate()}
        return self._show(SessionForm(initial=first, **self.choices()), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Save it."""
        form = SessionForm(request.POST, **self.choices())
        row = self._row(pk) if pk else None

        def save(values: dict[str, Any]) -> Slot:
            hall, capacity = values["hall"], values.pop("capacity")
            session = Session(capacity=capacity or hall.seats or planning.SEATS, **values)
            options: dict[str, Any] = {"session": session, "actor": self.account, "now": timezone.now()}
            return shows.change(row=row, **options) if row else shows.add(museum=self.museum, **options)

        slot = form.carry_out(save)
        return self._show(form, pk, UNPROCESSABLE) if slot is None else self.go("session", pk=slot.pk)

    def _row(self, pk: UUID) -> SlotRow:
        row = slot_queries.slot_row(self.museum, pk, self.readable)
        if row.slot.kind != Slot.Kind.SHOW or row.offer.state == Offer.State.CANCELLED:
            raise Http404
        return row

    def _first(self, row: SlotRow) -> dict[str, Any]:
        slot, offer = row.slot, row.offer
        return {
            "series": slot.series_id,
            "hall": slot.hall_id,
            "day": offer.day,
            "starts_at": timezone.localtime(offer.starts_at).time(),
            "minutes": int((offer.ends_at - offer.starts_at).total_seconds() // 60),
            "capacity": row.total.wanted,
            "presenter": slot.presenter,
            "audience": slot.audience,
            "needs_booking": slot.needs_booking,
        }

    def _show(self, form: SessionForm, pk: UUID | None, status: int = 200) -> HttpResponse:
        title = _("修改场次") if pk else _("新增场次")
        back = self.url("session", pk=pk) if pk else self.url("shows")
        shown = {"form": form, "title": title, "trail": self.here(Link(title)), "back": back}
        return self.page("opening/form", shown, status=status)


class SessionView(ShowsPage):
    """One session: who is booked, what became of it."""

    to_write = Action.DRAFT

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Show it."""
        return self._show(pk)

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Record what became of it; confirmed at once by whoever may."""
        row, form = self._row(pk), RecordForm(request.POST)

        def record(values: dict[str, Any]) -> object:
            made = shows.draft_of(row.slot)
            for name, value in values.items():
                setattr(made, name, value)
            return shows.record(
                slot=row.slot,
                record=made,
                confirms=self.may(Action.CONFIRM),
                actor=self.account,
                now=timezone.now(),
                scope=self.scope,
            )

        if form.carry_out(record) is None:
            return self._show(pk, form, UNPROCESSABLE)
        return self.go("session", pk=pk)

    def _row(self, pk: UUID) -> SlotRow:
        row = slot_queries.slot_row(self.museum, pk, self.readable)
        if row.slot.kind != Slot.Kind.SHOW:
            raise Http404
        return row

    def _show(self, pk: UUID, form: RecordForm | None = None, status: int = 200) -> HttpResponse:
        row = self._row(pk)
        slot, offer = row.slot, row.offer
        record = show_queries.record(slot.record_id, self.readable) if slot.record_id else None
        has_begun, is_off = offer.starts_at <= timezone.now(), offer.state == Offer.State.CANCELLED
        shown = {
            "row": row,
            "title": slot.title,
            "trail": self.here(Link(slot.title)),
            "state": tables.state_in_words(row),
            "record": record,
            "record_type": registry.record_type("museums.shows"),
            "form": form or RecordForm(initial={"speaker": slot.presenter}),
            "can_record": not slot.record_id and (has_begun or is_off) and self.may(Action.DRAFT),
            "can_change": not has_begun and not is_off and self.may(Action.CONFIRM),
            "is_off": is_off,
        }
        return self.page("opening/session", shown, status=status)


class CancelView(ShowsPage):
    """Cancel a session with notices."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Say who is booked and ask what to do with them."""
        return self._show(pk, CancelForm(targets=self._targets(pk)))

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Do it, unless more people are booked by now."""
        row = slot_queries.slot_row(self.museum, pk, self.readable)
        form = CancelForm(request.POST, targets=self._targets(pk))
        seen = request.POST.get("seen", "")
        if form.is_valid() and row.people > (int(seen) if seen.isdigit() else 0):
            form.add_error(
                "policy", _("刚才又有人预约，现有%(people)d人，请再看一遍。") % {"people": row.people}
            )
            return self._show(pk, form, CONFLICT)
        change = form.carry_out(lambda values: self._cancel(row, values))
        return self._show(pk, form, UNPROCESSABLE) if change is None else self.go("change", pk=change.pk)

    def _cancel(self, row: SlotRow, values: dict[str, Any]) -> SlotChange:
        asked = Asked(
            kind=SlotChange.Kind.CANCEL,
            policy=values["policy"],
            targets=tuple(values["targets"]),
            notice=values["notice"],
        )
        return slot_changes.submit(
            museum=self.museum, rows=[row], asked=asked, actor=self.account, now=timezone.now()
        )

    def _targets(self, pk: UUID) -> list[SlotRow]:
        """Return the other sessions of the same show."""
        on = slot_queries.what_is_on(slot_queries.slot_row(self.museum, pk, self.readable).slot)
        rows = open_targets(self)
        return [row for row in rows if row.slot.pk != pk and slot_queries.what_is_on(row.slot) == on]

    def _show(self, pk: UUID, form: CancelForm, status: int = 200) -> HttpResponse:
        row = slot_queries.slot_row(self.museum, pk, self.readable)
        if row.slot.kind != Slot.Kind.SHOW or row.offer.state == Offer.State.CANCELLED:
            raise Http404
        title = _("取消“%(title)s”%(day)s %(span)s") % {
            "title": row.slot.title,
            "day": row.offer.day.isoformat(),
            "span": row.span,
        }
        shown = {
            "form": form,
            "title": title,
            "trail": self.here(Link(row.slot.title, self.url("session", pk=pk)), Link(_("取消"))),
            "back": self.url("session", pk=pk),
            "submit": _("取消这一场"),
            "danger": True,
            "seen": row.people,
            "sub": _("已有%(reservations)d个预约，共%(people)d人。")
            % {"reservations": row.reservations, "people": row.people},
        }
        return self.page("opening/form", shown, status=status)


class ShowTimeView(ShowsPage):
    """A regular show, new or changed."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Show the form."""
        first: dict[str, Any] = {"valid_from": timezone.localdate(), "weekdays": self.museum.open_weekdays}
        if pk:
            time = self.show_time(pk)
            names = ("weekdays", "starts_at", "minutes", "valid_from", "valid_to")
            first = {name: getattr(time, name) for name in names}
            first |= {"series": time.series_id, "hall": time.hall_id}
        return self._show(ShowTimeForm(initial=first, **self.choices()), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Save it; sessions follow."""
        form = ShowTimeForm(request.POST, **self.choices())
        time = self.show_time(pk) if pk else ShowTime()

        def save(values: dict[str, Any]) -> patterns.Saved:
            for name, value in values.items():
                setattr(time, name, value)
            time.name = time.series.name
            return patterns.save(source=time, museum=self.museum, actor=self.account, now=timezone.now())

        saved = form.carry_out(save)
        if saved is None:
            return self._show(form, pk, UNPROCESSABLE)
        left_out = [day.isoformat() for one, day in saved.generated.left_out if one.pk == time.pk]
        return self.go("shows", query={"left_out": " ".join(left_out[:5])} if left_out else None)

    def show_time(self, pk: UUID) -> ShowTime:
        """Return a regular show of this museum."""
        found = queries.regular_shows(self.museum, self.readable).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _show(self, form: ShowTimeForm, pk: UUID | None, status: int = 200) -> HttpResponse:
        title = _("修改固定场次") if pk else _("新增固定场次")
        shown = {"form": form, "title": title, "trail": self.here(Link(title)), "back": self.url("shows")}
        if pk:
            shown |= {"end": self.url("show_time_end", pk=pk), "end_label": _("停演")}
            shown["sub"] = _("没有人预约、也没有单独调整过的场次会随之改变。")
        return self.page("opening/form", shown, status=status)


class ShowTimeEndView(ShowTimeView):
    """End a regular show with a day."""

    def get(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Ask for the day."""
        return self._ask(EndForm(initial={"valid_to": timezone.localdate()}), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """End it."""
        form, time = EndForm(request.POST), self._time(pk)
        saved = form.carry_out(
            lambda values: patterns.end(
                source=time,
                last_day=values["valid_to"],
                museum=self.museum,
                actor=self.account,
                now=timezone.now(),
            )
        )
        return self._ask(form, pk, UNPROCESSABLE) if saved is None else self.go("shows")

    def _time(self, pk: UUID | None) -> ShowTime:
        if pk is None:
            raise Http404
        return self.show_time(pk)

    def _ask(self, form: EndForm, pk: UUID | None, status: int = 200) -> HttpResponse:
        time = self._time(pk)
        title = _("停演“%(name)s”") % {"name": time.series.name}
        shown = {
            "form": form,
            "title": title,
            "trail": self.here(Link(title)),
            "back": self.url("shows"),
            "submit": _("停演"),
        }
        return self.page("opening/form", shown, status=status)


class SeriesView(ShowsPage):
    """A new show under its name."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form."""
        return self._show(SeriesForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Save it."""
        form = SeriesForm(request.POST)
        made = form.carry_out(
            lambda values: series.add(museum=self.museum, **values, actor=self.account, now=timezone.now())
        )
        return self._show(form, UNPROCESSABLE) if made is None else self.go("show_time_add")

    def _show(self, form: SeriesForm, status: int = 200) -> HttpResponse:
        title = _("新的展演")
        shown = {"form": form, "title": title, "trail": self.here(Link(title)), "back": self.url("shows")}
        return self.page("opening/form", shown, status=status)


def _day(text: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
