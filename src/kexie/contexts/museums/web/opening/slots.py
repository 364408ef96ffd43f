"""Slots: what is coming, the weekly arrangement, and changes of many at once."""

import datetime as dt
from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums import tasks
from kexie.contexts.museums.models import Slot, SlotChange, SlotPattern
from kexie.contexts.museums.operations import patterns as operations
from kexie.contexts.museums.operations import slot_changes, slot_undo
from kexie.contexts.museums.operations.patterns import Saved
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.queries import slots as slot_queries
from kexie.contexts.museums.queries.slots import Selection, SlotRow
from kexie.contexts.museums.rules import planning
from kexie.contexts.museums.web.base import CONFLICT, UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.opening import tables
from kexie.contexts.museums.web.opening.forms import (
    ChangeForm,
    EndForm,
    PatternForm,
    SelectionForm,
    next_days,
)
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import add_error
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.platform.capacity.models import Offer
from kexie.ui.nav import Link

PAGE, DAYS = 50, 14
_FIELDS = (
    "name", "weekdays", "day_kind", "allotment", "starts_at", "last_entry_at", "ends_at", "capacity", "public", "group", "walk_in",
    "priority", "valid_from", "valid_to",
)  # fmt: skip


class SlotsPage(MuseumView):
    """A page below the tab of slots; whoever decides may change things."""

    tab = "slots"
    to_write: ClassVar[Action] = Action.CONFIRM

    def chips(self, current: str) -> list[Link]:
        """Return the three pages of slots."""
        pages = (
            ("slots", _("未来时段")),
            ("patterns", _("每周安排")),
            ("changes", _("调整记录")),
        )
        return [Link(label, self.url(name), current=name == current) for name, label in pages]

    def here(self, *links: Link) -> list[Link]:
        """Return the way to a page below."""
        return self.trail(Link(_("时段"), self.url("slots")), *links)


class SlotsView(SlotsPage):
    """The slots of the coming days."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show them."""
        today = timezone.localdate()
        first = {**_texts(next_days(today, DAYS)), "kind": Slot.Kind.ENTRY}
        form = SelectionForm({**first, **request.GET.dict()})
        rows = slot_queries.select(self.museum, form.selection(), self.readable) if form.is_valid() else []
        state = request.GET.get("state", "")
        rows = [row for row in rows if _is_shown(row, state)]
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        shown = {
            "form": form,
            "state": state,
            "states": Offer.State.choices,
            "page": page,
            "table": tables.slots(page.object_list, self.url),
            "chips": self.chips("slots"),
            "has_patterns": queries.patterns(self.museum, self.readable, since=today).exists(),
            "places": sum(row.total.capacity for row in rows),
            "taken": sum(row.taken for row in rows),
        }
        return self.page("opening/slots", shown)


class PatternsView(SlotsPage):
    """The weekly arrangement."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it, with what is odd about it."""
        today = timezone.localdate()
        found = list(queries.patterns(self.museum, self.readable))
        current = [one for one in found if one.valid_to is None or one.valid_to >= today]
        former = [one for one in found if one not in current]
        return self.page(
            "opening/patterns",
            {
                "table": tables.patterns(current, self.url),
                "former": tables.patterns(former, self.url) if former else None,
                "warnings": _warnings(current, self.museum),
                "proposed": planning.defaults(self.museum, today) if not current else [],
                "chips": self.chips("patterns"),
                "norms": [],
            },
        )


class ProposeView(SlotsPage):
    """Takes the two half-days that are proposed."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Make them."""
        with suppress(operations.AlreadyThere):
            operations.propose(museum=self.museum, actor=self.account, now=timezone.now())
        return self.go("patterns")


class PatternView(SlotsPage):
    """Enter a pattern, or change one. `?copy=` begins with the values of another."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Show the form."""
        return self._show(PatternForm(initial=self._first(request, pk)), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID | None = None) -> HttpResponse:
        """Save it; slots follow."""
        form = PatternForm(request.POST)
        pattern = self._pattern(pk) if pk else SlotPattern()
        pattern.museum = self.museum

        def save(values: dict[str, Any]) -> Saved:
            for name, value in values.items():
                setattr(pattern, name, value)
            return operations.save(source=pattern, museum=self.museum, actor=self.account, now=timezone.now())

        saved = form.carry_out(save)
        if saved is None:
            return self._show(form, pk, UNPROCESSABLE)
        return self.go("patterns", query={"left": str(saved.left)} if saved.left else None)

    def _pattern(self, pk: UUID) -> SlotPattern:
        found = queries.patterns(self.museum, self.readable).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _first(self, request: HttpRequest, pk: UUID | None) -> dict[str, Any]:
        source = pk or request.GET.get("copy")
        if not source:
            return {"valid_from": timezone.localdate()}
        try:
            pattern = self._pattern(UUID(str(source)))
        except ValueError:
            raise Http404 from None
        values = {name: getattr(pattern, name) for name in _FIELDS}
        if pk is None:
            values |= {
                "name": _("%(name)s（副本）") % {"name": pattern.name},
                "valid_from": timezone.localdate(),
            }
        return values

    def _show(self, form: PatternForm, pk: UUID | None, status: int = 200) -> HttpResponse:
        title = _("修改时段安排") if pk else _("新增时段安排")
        trail = self.here(Link(_("每周安排"), self.url("patterns")), Link(title))
        shown = {"form": form, "title": title, "trail": trail, "back": self.url("patterns")}
        if pk:
            shown |= {"end": self.url("pattern_end", pk=pk), "end_label": _("停用")}
            shown["copy"] = f"{self.url('pattern_add')}?copy={pk}"
            shown["sub"] = _("没有人预约、也没有单独调整过的时段会随之改变；已有人预约的请用批量调整。")
        return self.page("opening/form", shown, status=status)


class PatternEndView(SlotsPage):
    """End a pattern with a day."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Ask for the day."""
        return self._show(EndForm(initial={"valid_to": timezone.localdate()}), pk)

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """End it."""
        form, pattern = EndForm(request.POST), self._pattern(pk)
        saved = form.carry_out(
            lambda values: operations.end(
                source=pattern,
                last_day=values["valid_to"],
                museum=self.museum,
                actor=self.account,
                now=timezone.now(),
            )
        )
        if saved is None:
            return self._show(form, pk, UNPROCESSABLE)
        return self.go("patterns", query={"left": str(saved.left)} if saved.left else None)

    def _pattern(self, pk: UUID) -> SlotPattern:
        found = queries.patterns(self.museum, self.readable).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _show(self, form: EndForm, pk: UUID, status: int = 200) -> HttpResponse:
        pattern = self._pattern(pk)
        title = _("停用“%(name)s”") % {"name": pattern.name}
        shown = {
            "form": form,
            "title": title,
            "trail": self.here(Link(_("每周安排"), self.url("patterns")), Link(title)),
            "back": self.url("patterns"),
            "submit": _("停用"),
            "sub": _("之后没有人预约的时段自动关闭；已有人预约的保留，请用批量调整处理。"),
        }
        return self.page("opening/form", shown, status=status)


class ChangeView(SlotsPage):
    """Change many slots: choose, see who is affected, do it."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form; with `preview`, what it would mean."""
        if "preview" in request.GET:
            form = ChangeForm(request.GET, targets=self._targets())
            return self._preview(form) if form.is_valid() else self._show(form, UNPROCESSABLE)
        first = {**next_days(timezone.localdate(), DAYS), "weekdays": "1234567", **request.GET.dict()}
        first |= {name: request.GET.getlist(name) for name in ("weekdays", "targets") if name in request.GET}
        return self._show(ChangeForm(initial=first, targets=self._targets()))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Do what was looked at, unless more people are affected by now."""
        form = ChangeForm(request.POST, targets=self._targets())
        if not form.is_valid():
            return self._show(form, UNPROCESSABLE)
        rows = self._rows(form)
        people = sum(effect.people for effect in slot_changes.preview(rows, form.asked()))
        if people > _number(request.POST.get("seen")):
            return self._preview(form, CONFLICT, _("刚才又有人预约，受影响的人数变了，请再看一遍。"))
        return self._do(form, rows)

    def _do(self, form: ChangeForm, rows: list[SlotRow]) -> HttpResponse:
        try:
            change = slot_changes.submit(
                museum=self.museum, rows=rows, asked=form.asked(), actor=self.account, now=timezone.now()
            )
        except UserError as refused:
            add_error(form, refused)
            return self._show(form, UNPROCESSABLE)
        if change.state == SlotChange.State.WAITING:
            tasks.run_change.defer(change_id=str(change.pk))
        return self.go("change", pk=change.pk)

    def _rows(self, form: ChangeForm) -> list[SlotRow]:
        """Return the slots chosen that have not begun and are not cancelled."""
        chosen = self.request.POST if self.request.method == "POST" else self.request.GET
        ids = [UUID(one) for one in chosen.getlist("slots") if _is_uuid(one)]
        now = timezone.now()
        rows = slot_queries.select(self.museum, form.selection(ids), self.readable)
        return [row for row in rows if row.offer.starts_at > now and row.offer.state != Offer.State.CANCELLED]

    def _targets(self) -> list[SlotRow]:
        return open_targets(self)

    def _show(self, form: ChangeForm, status: int = 200) -> HttpResponse:
        title = _("批量调整时段")
        chosen = self.request.POST if self.request.method == "POST" else self.request.GET
        shown = {
            "form": form,
            "title": title,
            "trail": self.here(Link(title)),
            "ids": [one for one in chosen.getlist("slots") if _is_uuid(one)],
        }
        return self.page("opening/change", shown, status=status)

    def _preview(self, form: ChangeForm, status: int = 200, message: str = "") -> HttpResponse:
        asked, rows = form.asked(), self._rows(form)
        effects = slot_changes.preview(rows, asked)
        people = sum(effect.people for effect in effects)
        chosen = self.request.POST if self.request.method == "POST" else self.request.GET
        shown = {
            "title": _("核对调整"),
            "trail": self.here(Link(_("批量调整"), self.url("slots_change")), Link(_("核对"))),
            "form": form,
            "asked": asked,
            "summary": tables.change_in_words(asked),
            "table": tables.effects(effects[:200]),
            "more": max(len(effects) - 200, 0),
            "count": len(effects),
            "reservations": sum(effect.reservations for effect in effects),
            "people": people,
            "refused": bool(people) and asked.policy == SlotChange.Policy.REFUSE,
            "given": [
                (name, value)
                for name, values in chosen.lists()
                for value in values
                if name not in {"csrfmiddlewaretoken", "preview", "seen"}
            ],
            "policy": SlotChange.Policy(asked.policy).label,
            "again": _again(chosen),
            "message": message,
            "is_large": len(effects) > slot_changes.AT_ONCE,
        }
        return self.page("opening/preview", shown, status=status)


class ChangesView(SlotsPage):
    """What was changed."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it, the latest first."""
        found = slot_queries.changes(self.museum, self.readable)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        table = tables.changes(page.object_list, self.url)
        return self.page("opening/changes", {"page": page, "table": table, "chips": self.chips("changes")})


class ChangeDetailView(SlotsPage):
    """One change: how far it is, what became of those booked; it may be undone."""

    def get(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Show it."""
        change = slot_queries.change(self.museum, pk, self.readable)
        title = change.get_kind_display()
        shown = {
            "change": change,
            "title": title,
            "trail": self.here(Link(_("调整记录"), self.url("changes")), Link(title)),
            "summary": tables.change_in_words(slot_changes.asked_of(change)),
            "outcome": tables.outcome(change),
            "runs": change.state in SlotChange.RUNS,
            "can_undo": slot_undo.can_undo(change) and self.may(Action.CONFIRM),
            "table": tables.slots(
                slot_queries.by_id(self.museum, change.slots[:PAGE], self.readable), self.url
            ),
            "more": max(change.total - PAGE, 0),
        }
        return self.page("opening/change_done", shown)


class UndoView(SlotsPage):
    """Take a change back."""

    def post(self, request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
        """Do it."""
        change = slot_queries.change(self.museum, pk, self.readable)
        with suppress(slot_changes.Refused):  # somebody else was faster; the page says what is so
            slot_undo.undo(change=change, actor=self.account, now=timezone.now())
        return self.go("change", pk=pk)


def open_targets(view: MuseumView, *, but: dt.date | None = None) -> list[SlotRow]:
    """Return the coming open slots and sessions with places left, to which people can be moved."""
    now, today = timezone.now(), timezone.localdate()
    period = Period.until(today + dt.timedelta(days=30), since=today)
    rows = slot_queries.select(view.museum, Selection(period, state=Offer.State.OPEN), view.readable)
    return [row for row in rows if row.offer.starts_at > now and row.total.left > 0 and row.offer.day != but]


def _warnings(patterns: list[SlotPattern], museum: Any) -> list[str]:
    return [
        _("“%(name)s”：%(warning)s") % {"name": one.name, "warning": warning}
        for position, one in enumerate(patterns)
        for warning in planning.warnings(one, museum, patterns[position + 1 :])
    ]


def _is_shown(row: SlotRow, state: str) -> bool:
    if state:
        return row.offer.state == state
    return not row.slot.by_calendar  # a day's page says that it is closed


def _texts(values: dict[str, dt.date]) -> dict[str, str]:
    return {name: value.isoformat() for name, value in values.items()}


def _again(chosen: QueryDict) -> str:
    """Return the address's query with which the form shows what was chosen."""
    kept = chosen.copy()
    for name in ("preview", "csrfmiddlewaretoken", "seen"):
        kept.pop(name, None)
    return kept.urlencode()


def _number(value: Any) -> int:
    return int(value) if str(value or "").isdigit() else 0


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
