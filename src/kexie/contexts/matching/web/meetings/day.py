"""The day of a meeting: printed timetables, the door, the signing wall, minutes."""

import io
from collections import defaultdict
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import MeetingExpert, MeetingProblem
from kexie.contexts.matching.operations import meeting_day as operations
from kexie.contexts.matching.operations.common import note
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.web.meetings import forms
from kexie.contexts.matching.web.meetings.base import OneView
from kexie.contexts.matching.web.meetings.minutes import document
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.ui.nav import Link

_BY = (
    ("table", gettext_lazy("每桌")),
    ("expert", gettext_lazy("每位专家")),
    ("firm", gettext_lazy("每个难题")),
)


class SheetsPage(OneView):
    """A sheet for each table, each expert or each problem (`?by=`)."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show them, one a page when printed."""
        by = request.GET.get("by", "table")
        by = by if by in dict(_BY) else "table"
        sheets: dict[str, list[Any]] = defaultdict(list)
        for talk in queries.talks(self.one):
            sheets[_sheet_of(talk, by)].append((talk, self.one.hours(talk.slot)))
        context = {
            "one": self.one, "trail": self.trail(self.here(), Link(_("打印时间表"))), "by": by,
            "ways": [Link(label, f"?by={key}", current=key == by) for key, label in _BY],
            "sheets": sorted(sheets.items()),
        }  # fmt: skip
        return self.page("sheets", context)


def _sheet_of(talk: Any, by: str) -> str:
    if by == "table":
        return _("第 %(table)02d 桌") % {"table": talk.table + 1}
    if by == "expert":
        return f"{talk.expert.expert.name}（{talk.expert.code}）"
    return f"{talk.problem.problem.firm.name} · {talk.problem.problem.name}（{talk.problem.code}）"


_GUEST = Act(
    key="guest", label=gettext_lazy("现场来宾"), done=gettext_lazy("已登记来宾。"), form=forms.GuestForm,
    run=lambda view, data: operations.walk_in(**data, **view.told), action=Action.DRAFT,
)  # fmt: skip


class DoorPage(OneView, ActPage):
    """Signing in: a code or a number, once; whoever comes twice is told so."""

    template = "door"
    action = Action.DRAFT

    said = ""

    def acts(self) -> list[Act]:
        """Sign in, and guests. What is said afterwards names who came."""
        arrive = Act(
            key="arrive", label=_("签到"), done=lazy(lambda: self.said, str)(), form=forms.ArriveForm, primary=True,
            run=lambda view, data: view.arrive(data["said"]),
        )  # fmt: skip
        return [arrive, _GUEST]

    def arrive(self, said: str) -> None:
        """Sign somebody in, once."""
        found, again = operations.arrive(said=said, **self.told)
        who = {"name": queries.name_of(found), "time": f"{timezone.localtime(found.arrived_at):%H:%M}"}
        self.said = (_("%(name)s %(time)s 已经签到过。") if again else _("%(name)s签到成功。")) % who

    def context_of(self) -> dict[str, Any]:
        """Who is here and who is missing."""
        everybody: list[MeetingProblem | MeetingExpert] = [
            *queries.problems(self.one),
            *queries.people(self.one),
        ]
        rows = [(queries.name_of(row), row) for row in everybody if row.out_at is None]
        return {
            "one": self.one, "trail": self.trail(self.here(), Link(_("签到"))),
            "here": [pair for pair in rows if pair[1].arrived_at], "missing": [pair for pair in rows if not pair[1].arrived_at],
            "visitors": self.one.guests.order_by("arrived_at"),
        }  # fmt: skip


class WallPage(OneView):
    """The agreements signed at this meeting's event, in large letters."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show them."""
        trail = self.trail(self.here(), Link(_("签约墙")))
        return self.page("wall", {"one": self.one, "trail": trail, "signed": queries.signed_at(self.one)})


class MinutesPage(OneView):
    """The minutes as a Word document."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> FileResponse:
        """Send them, and write down who took them."""
        now = timezone.now()
        note(self.one, "export_minutes", actor=self.account, now=now)
        name = f"{self.one.name}-{_('对接会纪要')}-{timezone.localdate(now):%Y%m%d}.docx"
        return FileResponse(
            io.BytesIO(document(self.one)), as_attachment=True, filename=name,
            content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        )  # fmt: skip
