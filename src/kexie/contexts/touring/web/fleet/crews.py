"""Drivers and educators: list, page of one with leave and hours at the wheel."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import CrewMember
from kexie.contexts.touring.operations import crews as operations
from kexie.contexts.touring.queries import fleet as queries
from kexie.contexts.touring.rules import driving
from kexie.contexts.touring.rules.fleet import REMIND_DAYS
from kexie.contexts.touring.web.fleet import forms
from kexie.contexts.touring.web.fleet.base import ActPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act
from kexie.contexts.touring.web.sets.forms import DeskForm
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table


class CrewList(ListPage):
    """Who goes out, with licences and leave."""

    tab, title = "crew", gettext_lazy("大篷车队员")
    sub = gettext_lazy("驾驶证有效、没有请假的人在岗，车才排得出去。")
    search = ("name", "unit__name", "caravan__name")
    empty = (gettext_lazy("没有符合条件的队员"), gettext_lazy("先登记驾驶员和辅导员，再登记请假和驾驶时段。"))
    columns = (
        Sortable("name", gettext_lazy("姓名"), ("name",)),
        Sortable("job", gettext_lazy("岗位"), ("job",)),
        Sortable("unit", gettext_lazy("管理单位"), ("unit__name",)),
        Sortable("van", gettext_lazy("常随车辆"), ("caravan__name",)),
        Sortable("class", gettext_lazy("准驾车型"), ("licence_class",), nowrap=True),
        Sortable("until", gettext_lazy("驾驶证有效期至"), ("licence_until",), nowrap=True),
        Sortable("today", gettext_lazy("今天"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Everybody."""
        return queries.members(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By job."""
        return {"job": (_("岗位"), CrewMember.Job.choices)}

    def row(self, one: Any) -> Row:
        """Show a member."""
        today = timezone.localdate()
        until, days = (
            one.licence_until,
            (one.licence_until - today).days if one.licence_until else REMIND_DAYS,
        )
        is_over = one.job in CrewMember.DRIVES and days < 0
        cells = (
            Cell(one.name, url("member", pk=one.pk)),
            Cell(one.get_job_display()),
            Cell(one.unit.name),
            Cell(one.caravan.name if one.caravan else ""),
            Cell(one.licence_class),
            Cell("" if is_over else until, error=_("%(day)s 已过期") % {"day": until} if is_over else ""),
            Cell(_today(one, today)),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Members are registered at the records' desk."""
        if not self.allowed.get("draft"):
            return []
        return [Link(_("登记队员"), "/work/records/touring.crew/new", "plus")]


def _today(one: CrewMember, today: Any) -> str:
    if one.left_on is not None and one.left_on <= today:
        return _("已离岗")
    return _("在岗") if driving.is_here(one, one.leaves.all(), today) else _("请假")


class MemberPage(ActPage):
    """A member: licence, leave, hours at the wheel."""

    tab, template = "crew", "member"

    def check(self) -> None:
        """Find the member."""
        self.one = queries.member(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """A driver's hours; leave, by whoever confirms records."""
        found = [_DRIVE] if self.one.job in CrewMember.DRIVES else []
        return [*found, _LEAVE, *self._cancels()] if self.keeps else found

    def _cancels(self) -> list[Act]:
        today = timezone.localdate()
        return [
            Act(
                key=f"cancel-{leave.pk}", label=_("销假：%(from)s 至 %(to)s") % {"from": leave.first_on, "to": leave.last_on},
                done=gettext_lazy("已销假。"), run=_cancel(leave.pk),
            )
            for leave in self.one.leaves.all() if not leave.is_cancelled and leave.last_on >= today
        ]  # fmt: skip

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the vehicles to drive."""
        more = {"scope": self.scope} if act is _DRIVE else {}
        return super().act_form(act, *args, **options, **more)

    def initial(self, act: Act) -> dict[str, Any]:
        """The vehicle they usually drive."""
        return {"caravan": self.one.caravan_id} if act is _DRIVE else {}

    def context(self) -> dict[str, Any]:
        """The member with leave and hours."""
        one, today = self.one, timezone.localdate()
        return {
            "one": one, "trail": self.trail(one.name), "today_words": _today(one, today),
            "licence_over": one.licence_until is not None and one.licence_until < today,
            "leaves": one.leaves.all(),
            "spells": Table(_SPELLS, [_spell(spell) for spell in queries.spells(one)[:30]]),
        }  # fmt: skip


def _spell(one: Any) -> Row:
    start, end = timezone.localtime(one.started_at), timezone.localtime(one.ended_at)
    cells = (
        Cell(start.date()),
        Cell(f"{start:%H:%M}–{end:%H:%M}"),
        Cell(round((end - start).total_seconds() / 60)),
        Cell(one.caravan.name),
    )
    return Row(cells, name=str(one))


def _cancel(leave_id: Any) -> Any:
    return lambda view, _data: operations.cancel_leave(leave_id=leave_id, **view.by)


def _drive(view: MemberPage, data: dict[str, Any]) -> Any:
    return operations.drive(
        member_id=view.one.pk, caravan_id=data["caravan"].pk, started_at=data["started_at"],
        ended_at=data["ended_at"], **view.by,
    )  # fmt: skip


_DRIVE = Act(
    key="drive", label=gettext_lazy("登记驾驶时段"), done=gettext_lazy("已登记。"), form=forms.DriveForm, run=_drive,
    hint=gettext_lazy("连续驾驶不超过4小时，中间至少休息20分钟；24小时内累计不超过8小时。"),
)  # fmt: skip
_LEAVE = Act(
    key="leave", label=gettext_lazy("登记请假"), done=gettext_lazy("已登记，排行程时会避开。"), form=forms.LeaveForm,
    run=lambda view, data: operations.take_leave(member_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_SPELLS = (
    Column(gettext_lazy("日期"), nowrap=True),
    Column(gettext_lazy("时段"), nowrap=True),
    Column(gettext_lazy("分钟"), numeric=True),
    Column(gettext_lazy("大篷车")),
)
