"""The list of meetings, and setting one up."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import Meeting
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.web.meetings import forms
from kexie.contexts.matching.web.meetings.base import MeetingsView, OneView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class MeetingsPage(MeetingsView, ListPage):
    """Every meeting."""

    title = pgettext_lazy("many", "对接会")
    sub = gettext_lazy("许多难题、许多专家、许多桌：时间表由系统排到最好，手工也能改。")
    search = ("name", "place")
    empty = (
        gettext_lazy("没有符合条件的对接会"),
        gettext_lazy("先新建一场，写明日期、场次和桌数，再加入难题和专家。"),
    )
    columns = (
        Sortable("name", gettext_lazy("名称"), ("name",)),
        Sortable("on", gettext_lazy("日期"), ("on", "name"), nowrap=True, largest_first=True),
        Sortable("place", gettext_lazy("地点"), ("place", "name")),
        Sortable("problems", gettext_lazy("难题（个）"), ("problems_count", "name"), numeric=True),
        Sortable("experts", gettext_lazy("专家（人）"), ("experts_count", "name"), numeric=True),
        Sortable("talks", gettext_lazy("洽谈（场）"), ("talks_count", "name"), numeric=True),
        Sortable("plan", gettext_lazy("排表"), ("plan", "name"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every meeting in sight."""
        return queries.meetings(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By how far the timetable is."""
        return {"plan": (_("排表"), Meeting.Plan.choices)}

    def row(self, one: Any) -> Row:
        """Show a meeting."""
        cells = (
            Cell(one.name, self.url("meeting", pk=one.pk)), Cell(one.on), Cell(one.place), Cell(one.problems_count),
            Cell(one.experts_count), Cell(one.talks_count), Cell(one.get_plan_display()),
        )  # fmt: skip
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Meetings are set up by whoever confirms records."""
        return [Link(_("新建对接会"), self.url("new"), "plus")] if self.allowed.get("confirm") else []


class NewPage(MeetingsView, FormPage):
    """A new meeting."""

    title, submit, done = gettext_lazy("新建对接会"), gettext_lazy("新建"), gettext_lazy("已新建对接会。")
    sub = gettext_lazy("先定日期、场次和桌数；难题和专家在下一页加入。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is usual."""
        initial = {name: getattr(Meeting(), name) for name in forms.FRAME if name != "event"}
        return forms.MeetingForm(*args, scope=self.scope, initial=initial, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Set it up."""
        return operations.add(**data, **self.by)

    def onward(self, made: Any) -> str:
        """Go on to who takes part."""
        return self.url("parts", pk=made.pk)


class EditPage(OneView, FormPage):
    """The frame, changed."""

    title, submit, done = gettext_lazy("修改对接会"), gettext_lazy("保存"), gettext_lazy("已保存。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        return forms.MeetingForm(*args, scope=self.scope, initial=forms.initial_of(self.one), **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        return operations.change(**data, **self.told)

    def above(self) -> list[Link]:
        """Return the meeting's page."""
        return [self.here()]

    def onward(self, made: Any) -> str:
        """Return to the meeting."""
        return self.url("meeting", pk=self.one.pk)
