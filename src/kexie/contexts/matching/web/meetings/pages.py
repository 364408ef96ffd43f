"""A meeting with its timetable, and one talk of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching import tasks
from kexie.contexts.matching.models import Meeting
from kexie.contexts.matching.operations import meeting_day as day
from kexie.contexts.matching.operations import meeting_notices
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.contexts.matching.rules import timetable as rules
from kexie.contexts.matching.web.meetings import forms
from kexie.contexts.matching.web.meetings.base import OneView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.kernel.errors import NotFound
from kexie.platform.notify import links
from kexie.ui.nav import Link


def _begin(*, anew: bool) -> Callable[[Any, dict[str, Any]], Any]:
    def run(view: Any, _data: dict[str, Any]) -> None:
        with transaction.atomic():
            operations.begin(anew=anew, **view.told)
            tasks.compute_timetable.defer(meeting_id=str(view.one.pk))

    return run


def _told(run: Callable[..., Any]) -> Callable[[Any, dict[str, Any]], Any]:
    return lambda view, data: run(**data, **view.told)


_CANCEL = Act(
    key="cancel", label=gettext_lazy("取消计算"), done=gettext_lazy("已取消计算，时间表没有变。"),
    run=_told(operations.cancel), action=Action.CONFIRM, primary=True,
)  # fmt: skip
_PLAN = Act(
    key="plan", label=gettext_lazy("排时间表"), done=gettext_lazy("正在后台计算。"), run=_begin(anew=False),
    action=Action.CONFIRM, primary=True,
    hint=gettext_lazy("已开始的、锁定的不动，其余能不动就不动，空出来的位置补到最好。有人临时不来，登记退出后按这里。"),
)  # fmt: skip
_ANEW = Act(
    key="anew", label=gettext_lazy("全部重排"), done=gettext_lazy("正在后台计算。"), run=_begin(anew=True),
    action=Action.CONFIRM, danger=True,
    hint=gettext_lazy("除已开始和锁定的以外，现有安排全部撤下再排。"),
)  # fmt: skip
_SEAT = Act(
    key="seat", label=gettext_lazy("手工排一场"), done=gettext_lazy("已排入。"), run=_told(operations.put),
    form=forms.SeatForm, action=Action.CONFIRM,
)  # fmt: skip


def _tell(run: Callable[..., Any]) -> Callable[[Any, dict[str, Any]], Any]:
    def told(view: Any, _data: dict[str, Any]) -> None:
        found = run(site=links.site(view.request.build_absolute_uri("/")), **view.told)
        said = _("通知了 %(told)s 方，%(left)s 方没有同意短信联系或没有账号，请打电话。")
        messages.info(view.request, said % {"told": found.told, "left": found.not_reached})

    return told


_INVITE = Act(
    key="invite", label=gettext_lazy("发出邀请"), done=gettext_lazy("已发出邀请。"), run=_tell(meeting_notices.invite),
    action=Action.CONFIRM, hint=gettext_lazy("发给还没有邀请过、没有答复的企业和专家，用短信或站内消息，链接里答复。"),
)  # fmt: skip
_TELL = Act(
    key="tell", label=gettext_lazy("通知洽谈时间"), done=gettext_lazy("已通知。"), run=_tell(meeting_notices.tell_talks),
    action=Action.CONFIRM, hint=gettext_lazy("第一次发给有洽谈的各方；以后只发给时间、桌号或对方有变的。"),
)  # fmt: skip


class MeetingPage(OneView, ActPage):
    """The timetable, how good it is, whom it keeps apart, and what can be done."""

    template = "meeting"
    to_write = Action.CONFIRM

    def acts(self) -> list[Act]:
        """What fits how far the timetable is."""
        if self.one.plan in Meeting.BUSY:
            return [_CANCEL]
        return [_PLAN, _SEAT, _ANEW, _INVITE, _TELL] if self.one.talks.exists() else [_PLAN, _SEAT, _INVITE]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer those who take part, and the timetable as it is seen now."""
        form = super().act_form(act, *args, **options)
        if isinstance(form, forms.SeatForm):
            fields: dict[str, Any] = form.fields
            fields["problem_id"].choices = [
                ("", _("请选择")), *((row.pk, f"{row.problem.firm.name} · {row.problem.name}") for row in self.firms)
            ]  # fmt: skip
            fields["expert_id"].choices = [
                ("", _("请选择")),
                *((row.pk, row.expert.name) for row in self.guests),
            ]
        return form

    def check(self) -> None:
        """Find the meeting and who takes part."""
        super().check()
        self.firms, self.guests = queries.problems(self.one), queries.people(self.one)

    def initial(self, act: Act) -> dict[str, Any]:
        """The timetable as it is seen."""
        return {"seen": str(self.one.edition)}

    def context_of(self) -> dict[str, Any]:
        """The meeting with its grid."""
        one, now = self.one, timezone.now()
        talks = queries.talks(one)
        return {
            "one": one, "trail": self.trail(Link(one.name)), "busy": one.plan in Meeting.BUSY,
            "grid": queries.grid(one, talks, now=now), "talks": talks,
            "gap": _gap(one), "breaks": self._breaks(talks), "apart": queries.exclusions(one),
            "firms": [row for row in self.firms if row.out_at is None],
            "guests": [row for row in self.guests if row.out_at is None],
            "signed": queries.signed_at(one),
        }  # fmt: skip

    def _breaks(self, talks: list[Any]) -> list[str]:
        if not talks:
            return []
        setting = rules.Setting(
            problems={row.pk: queries.taker(row, self.one) for row in self.firms},
            experts={row.pk: queries.taker(row, self.one) for row in self.guests},
            runs=self.one.runs, in_a_row=self.one.in_a_row,
        )  # fmt: skip
        return rules.breaks(map(queries.seat, talks), setting)


def _gap(one: Meeting) -> str:
    if one.score is None or one.bound is None or one.is_proven:
        return ""
    return f"{100 * (one.bound - one.score) / max(abs(one.bound), 1.0):.2f}"


def _on_talk(run: Callable[..., Any]) -> Callable[[Any, dict[str, Any]], Any]:
    return lambda view, data: run(talk_id=view.kwargs["talk"], **data, **view.told)


class TalkPage(OneView, ActPage):
    """One talk: moved, locked, taken off, and what came of it."""

    template = "talk"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the talk; where it was taken off, there is nothing to show."""
        super().check()
        rows = (talk for talk in queries.talks(self.one) if talk.pk == self.kwargs["talk"])
        found = next(rows, None)
        if found is None:
            raise NotFound(_("没有找到这场洽谈。"))
        self.talk = found

    def acts(self) -> list[Act]:
        """Before it begins it can be changed, afterwards it has an outcome."""
        if queries.is_over(self.one, self.talk.slot, timezone.now()):
            return [_OUTCOME]
        return [_LOCK] if self.talk.is_locked else [_MOVE, _LOCK, _DROP]

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what is."""
        talk = self.talk
        return {
            "seen": str(self.one.edition), "slot": talk.slot + 1, "table": talk.table + 1, "outcome": talk.outcome,
            "said": talk.said,
        }  # fmt: skip

    def context_of(self) -> dict[str, Any]:
        """The talk."""
        return {
            "one": self.one, "talk": self.talk, "hours": self.one.hours(self.talk.slot),
            "trail": self.trail(self.here(), Link(_("洽谈"))),
        }  # fmt: skip


_MOVE = Act(
    key="move", label=gettext_lazy("换时间或换桌"), done=gettext_lazy("已改。"), run=_on_talk(operations.move),
    form=forms.PlaceForm, action=Action.CONFIRM, primary=True,
    hint=gettext_lazy("那里已有别的洽谈时，两场对换。"),
)  # fmt: skip
_LOCK = Act(
    key="lock", label=gettext_lazy("锁定或解锁"), done=gettext_lazy("已改。"), run=_on_talk(operations.lock),
    form=forms.SeenForm, action=Action.CONFIRM, hint=gettext_lazy("锁定的洽谈重排时不动。"),
)  # fmt: skip
_DROP = Act(
    key="drop", label=gettext_lazy("撤下这场"), done=gettext_lazy("已撤下。"), run=_on_talk(operations.drop),
    form=forms.SeenForm, action=Action.CONFIRM, danger=True,
)  # fmt: skip
_OUTCOME = Act(
    key="outcome", label=gettext_lazy("登记结果"), done=gettext_lazy("已登记结果。"), run=_on_talk(day.outcome),
    form=forms.OutcomeForm, action=Action.CONFIRM, primary=True,
    hint=gettext_lazy("谈过的计入专家服务人次，同一位专家同一天对同一家企业只计一次；改为“没有谈成”就不再计。“达成意向”会给难题写一条进展草稿，由经办人确认。"),
)  # fmt: skip
