"""The forms of slots, single days, stages and shows."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import (
    Allotment,
    ClosedDay,
    DayKind,
    Hall,
    Museum,
    MuseumStage,
    Slot,
    SlotChange,
)
from kexie.contexts.museums.operations import slot_changes
from kexie.contexts.museums.operations.slot_changes import Asked
from kexie.contexts.museums.queries.slots import Selection
from kexie.contexts.museums.rules.planning import CHANNELS
from kexie.contexts.museums.web.opening.inputs import Clock, Day, OpeningForm, Weekdays, Whole, Words
from kexie.contexts.museums.web.opening.targets import TargetsForm
from kexie.kernel.periods import Period
from kexie.ledger.models import Method, Series
from kexie.platform.capacity.models import Channel

MOST_DAYS = 186
Kind, Policy = SlotChange.Kind, SlotChange.Policy
_LINES = forms.Textarea(attrs={"rows": 2})


class PatternForm(OpeningForm):
    """A slot pattern."""

    wide = frozenset({"weekdays", "name"})

    name = Words(label=gettext_lazy("名称"), max_length=40, help_text=gettext_lazy("例如“上午”“夜场”。"))
    weekdays = Weekdays(initial="1234567", help_text=gettext_lazy("只在开馆的日子生成时段。"))
    day_kind = forms.ChoiceField(
        label=gettext_lazy("适用日期"),
        choices=DayKind.choices,
        help_text=gettext_lazy("调休上班的周末按平日算，节假日按休息日算。"),
    )
    starts_at = Clock(label=gettext_lazy("开始时间"))
    last_entry_at = Clock(label=gettext_lazy("停止入场时间"))
    ends_at = Clock(label=gettext_lazy("结束时间"))
    capacity = Whole(label=gettext_lazy("总名额"), min_value=1)
    public = Whole(
        label=gettext_lazy("个人预约名额"), required=False, help_text=gettext_lazy("不填则只受总名额限制。")
    )
    group = Whole(label=gettext_lazy("团队预约名额"), required=False)
    walk_in = Whole(label=gettext_lazy("现场名额"), required=False)
    priority = Whole(label=gettext_lazy("优先名额"), required=False)
    allotment = forms.ChoiceField(
        label=gettext_lazy("个人名额怎样分配"),
        choices=Allotment.choices,
        required=False,
        help_text=gettext_lazy("热门的时段可以单独抽签，其他时段照旧。"),
    )
    valid_from = Day(label=gettext_lazy("起始日期"))
    valid_to = Day(label=gettext_lazy("截止日期"), required=False, help_text=gettext_lazy("不填为长期有效。"))

    def clean(self) -> dict[str, Any]:
        """See that times and numbers go together."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        starts, last, ends = (given.get(name) for name in ("starts_at", "last_entry_at", "ends_at"))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("结束时间应晚于开始时间。"))
        elif starts and last and ends and not starts < last <= ends:
            self.add_error("last_entry_at", _("停止入场时间应晚于开始、不晚于结束时间。"))
        self._check_quotas(given)
        if given.get("valid_to") and given.get("valid_from") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", _("截止日期不能早于起始日期。"))
        return given

    def _check_quotas(self, given: dict[str, Any]) -> None:
        capacity = given.get("capacity")
        for name in CHANNELS.values():
            quota = given.get(name)
            if capacity is not None and quota is not None and quota > capacity:
                self.add_error(name, _("不能多于总名额 %(capacity)d。") % {"capacity": capacity})


class EndForm(OpeningForm):
    """The last day of a pattern or a regular show."""

    valid_to = Day(label=gettext_lazy("最后一天"), help_text=gettext_lazy("这一天之后不再生成时段。"))


class SelectionForm(OpeningForm):
    """Which slots."""

    since = Day(label=gettext_lazy("从"))
    until = Day(label=gettext_lazy("到"))
    weekdays = Weekdays(required=False)
    since_time = Clock(label=gettext_lazy("开始时间不早于"), required=False)
    until_time = Clock(label=gettext_lazy("开始时间不晚于"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), required=False, choices=[("", gettext_lazy("全部")), *Slot.Kind.choices]
    )

    def clean(self) -> dict[str, Any]:
        """See that the days run forward and not too far."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("截止日期早于起始日期，请对调或改正。"))
        elif since and until and (until - since).days > MOST_DAYS:
            self.add_error("until", _("一次最多选%(days)d天。") % {"days": MOST_DAYS})
        return given

    def selection(self, ids: Sequence[Any] = ()) -> Selection:
        """Return what was chosen."""
        data = self.cleaned_data
        return Selection(
            Period.until(data["until"], since=data["since"]),
            weekdays=data.get("weekdays") or "1234567",
            since_time=data.get("since_time"),
            until_time=data.get("until_time"),
            kind=data.get("kind") or "",
            ids=frozenset(ids),
        )


class ChangeForm(TargetsForm, SelectionForm):
    """What to do with the slots chosen, and with those booked in them."""

    wide = frozenset({"weekdays", "notice", "targets", "change"})

    change = forms.ChoiceField(
        label=gettext_lazy("做什么"),
        choices=[(value, label) for value, label in Kind.choices if value != Kind.CLOSE_DAY],
        widget=forms.RadioSelect,
    )
    capacity = Whole(label=gettext_lazy("总名额"), required=False, help_text=gettext_lazy("不填的不改。"))
    public = Whole(label=gettext_lazy("个人预约名额"), required=False)
    group = Whole(label=gettext_lazy("团队预约名额"), required=False)
    walk_in = Whole(label=gettext_lazy("现场名额"), required=False)
    priority = Whole(label=gettext_lazy("优先名额"), required=False)
    allotment = forms.ChoiceField(
        label=gettext_lazy("改为怎样分配"),
        choices=[(Allotment.AS_RULED, gettext_lazy("按每周安排和预约规则")), *Allotment.choices[1:]],
        required=False,
        help_text=gettext_lazy("只对还没有放票的入馆时段有效；改掉抽签时，通知已登记的人。"),
    )
    starts_at = Clock(label=gettext_lazy("改为几点开始"), required=False)
    last_entry_at = Clock(label=gettext_lazy("改为几点停止入场"), required=False)
    ends_at = Clock(label=gettext_lazy("改为几点结束"), required=False)
    policy = forms.ChoiceField(
        label=gettext_lazy("对已预约的观众"),
        choices=Policy.choices,
        initial=Policy.REFUSE,
        required=False,
    )
    notice = Words(
        label=gettext_lazy("给观众的说明"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("写进通知，例如“设备检修”。"),
        widget=_LINES,
    )

    def clean(self) -> dict[str, Any]:
        """See that what is needed for the chosen change is there."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        change = given.get("change")
        if change == Kind.PLACES and not self.places():
            self.add_error("capacity", _("请至少填写一项要改的名额。"))
        if change == Kind.TIMES:
            self._check_times(given)
        self._check_policy(given)
        return given

    def _check_times(self, given: dict[str, Any]) -> None:
        names = ("starts_at", "last_entry_at", "ends_at")
        for name in names:
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, _("请填写这个时间。"))
        if all(given.get(name) for name in names) and not (
            given["starts_at"] < given["last_entry_at"] <= given["ends_at"]
        ):
            self.add_error("last_entry_at", _("停止入场时间应晚于开始、不晚于结束时间。"))

    def _check_policy(self, given: dict[str, Any]) -> None:
        allowed = slot_changes.policies(given["change"]) if given.get("change") else ()
        chosen = given.get("policy") or Policy.REFUSE
        if Policy.KEEP in allowed and len(allowed) == 1:
            given["policy"] = Policy.KEEP
        elif given.get("change") and chosen not in allowed:
            self.add_error("policy", _("取消时段时，请选择不改、取消预约或改到其他时段。"))
        else:
            given["policy"] = chosen

    def places(self) -> dict[str, int]:
        """Return the places to set, by channel."""
        names = {"": "capacity", **CHANNELS}
        found = {channel: self.cleaned_data.get(name) for channel, name in names.items()}
        return {channel: number for channel, number in found.items() if number is not None}

    def asked(self) -> Asked:
        """Return what is asked."""
        data = self.cleaned_data
        kind = data["change"]
        names = ("starts_at", "last_entry_at", "ends_at")
        return Asked(
            kind=kind,
            policy=data["policy"],
            places=self.places() if kind == Kind.PLACES else {},
            times={name: data[name] for name in names} if kind == Kind.TIMES else {},
            allotment=data["allotment"] if kind == Kind.ALLOT else "",
            targets=tuple(data["targets"]) if data["policy"] == Policy.MOVE else (),
            notice=data["notice"],
        )


class CloseForm(TargetsForm):
    """A day to be closed."""

    wide = frozenset({"notice", "targets"})

    reason = forms.ChoiceField(
        label=gettext_lazy("原因"),
        choices=[("", gettext_lazy("请选择")), *ClosedDay.Reason.choices],
    )
    notice = Words(
        label=gettext_lazy("公告文字"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("显示在公众网站，并写进给观众的通知。"),
        widget=_LINES,
    )
    policy = forms.ChoiceField(
        label=gettext_lazy("对已预约的观众"),
        choices=[(value, label) for value, label in Policy.choices if value != Policy.KEEP],
        initial=Policy.REFUSE,
    )


class NoteForm(OpeningForm):
    """Why a day opens although the pattern says closed."""

    note = Words(
        label=gettext_lazy("说明"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("例如“科普日加开”。"),
    )


class WhyForm(OpeningForm):
    """Why something is taken back."""

    why = Words(label=gettext_lazy("原因"), max_length=200)


class StageForm(OpeningForm):
    """The next stage of a museum."""

    wide = frozenset({"note"})

    stage = forms.ChoiceField(label=gettext_lazy("进入阶段"))
    occurred_on = Day(label=gettext_lazy("日期"))
    document_no = Words(label=gettext_lazy("文号"), required=False, max_length=80)
    note = Words(label=gettext_lazy("说明"), required=False, max_length=500, widget=_LINES)

    def __init__(self, *args: Any, stages: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["stage"]
        chosen = [(value, label) for value, label in MuseumStage.Stage.choices if value in stages]
        field.choices = [("", _("请选择")), *chosen]


class _HallForm(OpeningForm):
    """A form that names a show and a hall of the museum."""

    def __init__(
        self, *args: Any, museum: Museum, series: Sequence[Series], halls: Sequence[Hall], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.museum = museum
        self._series = {str(one.pk): one for one in series}
        self._halls = {str(one.pk): one for one in halls}
        self._choose("series", [(key, one.name) for key, one in self._series.items()])
        self._choose("hall", [(key, self._hall_name(one)) for key, one in self._halls.items()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("请选择")), *choices]

    @staticmethod
    def _hall_name(hall: Hall) -> str:
        return (
            _("%(name)s（%(seats)d座）") % {"name": hall.name, "seats": hall.seats}
            if hall.seats
            else hall.name
        )

    def clean_series(self) -> Series:
        """Return the show chosen."""
        return self._series[self.cleaned_data["series"]]

    def clean_hall(self) -> Hall:
        """Return the hall chosen."""
        return self._halls[self.cleaned_data["hall"]]


class SessionForm(_HallForm):
    """A single session."""

    series = forms.ChoiceField(label=gettext_lazy("展演"))
    hall = forms.ChoiceField(label=gettext_lazy("场地"))
    day = Day(label=gettext_lazy("日期"))
    starts_at = Clock(label=gettext_lazy("开始时间"))
    minutes = Whole(label=gettext_lazy("时长（分钟）"), min_value=5, max_value=600, initial=30)
    capacity = Whole(
        label=gettext_lazy("名额"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("不填则按场地座位数。"),
    )
    presenter = Words(label=gettext_lazy("主讲"), required=False, max_length=100)
    audience = Words(label=gettext_lazy("适合人群"), required=False, max_length=100)
    needs_booking = forms.BooleanField(
        label=gettext_lazy("需要预约"),
        required=False,
        initial=True,
        help_text=gettext_lazy("不勾选则先到先看。"),
    )


class ShowTimeForm(_HallForm):
    """A show regularly on."""

    wide = frozenset({"weekdays"})

    series = forms.ChoiceField(label=gettext_lazy("展演"))
    hall = forms.ChoiceField(label=gettext_lazy("场地"))
    weekdays = Weekdays()
    starts_at = Clock(label=gettext_lazy("开始时间"))
    minutes = Whole(label=gettext_lazy("时长（分钟）"), min_value=5, max_value=600, initial=30)
    valid_from = Day(label=gettext_lazy("起始日期"))
    valid_to = Day(label=gettext_lazy("截止日期"), required=False, help_text=gettext_lazy("不填为长期有效。"))

    def clean(self) -> dict[str, Any]:
        """See that the show is over by midnight, and its days run forward."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        starts, minutes = given.get("starts_at"), given.get("minutes")
        if starts and minutes and starts.hour * 60 + starts.minute + minutes >= 24 * 60:
            self.add_error("minutes", _("场次不能跨过午夜，请缩短时长。"))
        if given.get("valid_to") and given.get("valid_from") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", _("截止日期不能早于起始日期。"))
        return given


class SeriesForm(OpeningForm):
    """A show that the museum puts on, under its name."""

    name = Words(label=gettext_lazy("展演名称"), max_length=100)
    note = Words(label=gettext_lazy("简介"), required=False, max_length=500, widget=_LINES)


class CancelForm(CloseForm):
    """A session to be cancelled."""

    reason = None  # type: ignore[assignment]  # Django's way of leaving a parent's field out
    notice = Words(
        label=gettext_lazy("取消原因"),
        max_length=200,
        help_text=gettext_lazy("写进给观众的通知，例如“主讲人请假”。"),
    )


class RecordForm(OpeningForm):
    """What became of a session."""

    wide = frozenset({"note"})

    speaker = Words(label=gettext_lazy("主讲人"), required=False, max_length=100)
    headcount = Whole(
        label=gettext_lazy("观众人数"), required=False, help_text=gettext_lazy("没有计数就留空，不要估。")
    )
    method = forms.ChoiceField(
        label=gettext_lazy("计数方法"),
        required=False,
        choices=[("", gettext_lazy("请选择")), *Method.choices],
    )
    note = Words(label=gettext_lazy("说明"), required=False, max_length=500, widget=_LINES)

    def clean(self) -> dict[str, Any]:
        """A count names its method."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("headcount") is not None and not given.get("method"):
            self.add_error("method", _("填了人数就要选计数方法。"))
        if given.get("headcount") is None and given.get("method"):
            given["method"] = ""
        return given


def channel_labels() -> dict[str, str]:
    """Return what channels are called."""
    return {str(value): str(label) for value, label in Channel.choices}


def next_days(today: dt.date, days: int) -> dict[str, dt.date]:
    """Return the first and last of some days from today, as a form shows them first."""
    return {"since": today, "until": today + dt.timedelta(days=days - 1)}
