"""Forms of meetings: they read input and show what operations refuse."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import MatchEvent, Meeting, MeetingTalk
from kexie.contexts.matching.models.meeting import MOST_SLOTS, MOST_TABLES, MOST_TALKS
from kexie.contexts.matching.web.fields import ExpertsChoice
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Whole, Words
from kexie.kernel import text
from kexie.kernel.scope import Scope

FRAME = (
    "name", "on", "place", "event", "starts_at", "minutes", "gap", "slots", "tables", "pause_after", "pause_minutes",
    "in_a_row", "seconds", "note",
)  # fmt: skip


class Clock(forms.TimeField):
    """A time of day, also with a full-width colon."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value: Any) -> Any:
        """Return the time however it is written."""
        return super().to_python(text.half_width(value) if isinstance(value, str) else value)


class MeetingForm(DeskForm):
    """The frame of a meeting."""

    name = Words(label=gettext_lazy("名称"), max_length=200)
    on = Day(label=gettext_lazy("日期"))
    place = Words(label=gettext_lazy("地点"), required=False, max_length=120)
    event = forms.ModelChoiceField(
        label=gettext_lazy("对接活动"), queryset=MatchEvent.objects.none(), required=False,
        empty_label=gettext_lazy("还没有登记"), help_text=gettext_lazy("选了以后，签约墙显示在这次活动签的协议。"),
    )  # fmt: skip
    starts_at = Clock(label=gettext_lazy("开始时间"))
    minutes = Whole(label=gettext_lazy("每场分钟数"), min_value=5, max_value=180)
    gap = Whole(label=gettext_lazy("场间分钟数"), min_value=0, max_value=60)
    slots = Whole(label=gettext_lazy("场次"), min_value=1, max_value=MOST_SLOTS)
    tables = Whole(label=gettext_lazy("洽谈桌"), min_value=1, max_value=MOST_TABLES)
    pause_after = Whole(
        label=gettext_lazy("第几场后休息"), min_value=0, max_value=MOST_SLOTS, help_text=gettext_lazy("0 是不休息。")
    )  # fmt: skip
    pause_minutes = Whole(label=gettext_lazy("休息分钟数"), min_value=0, max_value=300)
    in_a_row = Whole(label=gettext_lazy("专家最多连续几场"), min_value=1, max_value=MOST_SLOTS)
    seconds = Whole(label=gettext_lazy("最长计算秒数"), min_value=5, max_value=600)
    note = Lines(label=gettext_lazy("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        events = MatchEvent.objects.filter(scope.q()).order_by("-occurred_on", "-pk")
        self.fields["event"].queryset = events  # type: ignore[attr-defined]  # a ModelChoiceField


def initial_of(one: Meeting) -> dict[str, Any]:
    """Return what the form begins with."""
    return {name: getattr(one, name) for name in FRAME}


class AddForm(DeskForm):
    """Several rows to put on the list."""

    rows = ExpertsChoice(
        label=gettext_lazy("选一个或几个"),
        queryset=Meeting.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def offer(self, rows: QuerySet[Any]) -> None:
        """Offer these rows."""
        self.fields["rows"].queryset = rows  # type: ignore[attr-defined]  # a ModelMultipleChoiceField


class PlaceForm(DeskForm):
    """A place on the timetable; `seen` is the edition that was looked at."""

    seen = forms.CharField(widget=forms.HiddenInput)
    slot = Whole(label=gettext_lazy("第几场"), min_value=1, max_value=MOST_SLOTS)
    table = Whole(label=gettext_lazy("桌号"), min_value=1, max_value=MOST_TABLES)
    anyway = forms.BooleanField(label=gettext_lazy("仍然改（看过会打破什么）"), required=False)


class SeatForm(PlaceForm):
    """Two to seat by hand."""

    field_order = ("problem_id", "expert_id", "slot", "table", "anyway")
    problem_id = forms.ChoiceField(label=gettext_lazy("难题"))
    expert_id = forms.ChoiceField(label=gettext_lazy("专家"))


class SeenForm(DeskForm):
    """An act on the timetable as it was seen."""

    seen = forms.CharField(widget=forms.HiddenInput)


class OutcomeForm(DeskForm):
    """What came of a talk."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("结果"), choices=[one for one in MeetingTalk.Outcome.choices if one[0]]
    )
    said = Words(
        label=gettext_lazy("洽谈要点"), required=False, max_length=300,
        help_text=gettext_lazy("写下一步谁做什么；不写商业秘密。"),
    )  # fmt: skip


class LoadForm(DeskForm):
    """How many talks, from when to when."""

    least = Whole(label=gettext_lazy("至少谈几场"), min_value=0, max_value=MOST_TALKS)
    most = Whole(label=gettext_lazy("最多谈几场"), min_value=1, max_value=MOST_TALKS)
    first_slot = Whole(label=gettext_lazy("从第几场起到场"), min_value=1, max_value=MOST_SLOTS)
    last_slot = Whole(label=gettext_lazy("到第几场止"), min_value=1, max_value=MOST_SLOTS)


class WishForm(DeskForm):
    """Whom somebody wishes to meet, most wanted first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for rank, label in enumerate(_WISH_LABELS, 1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(label=label, required=False)

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Offer these people."""
        for field in self.fields.values():
            field.choices = [("", gettext_lazy("不填")), *choices]  # type: ignore[attr-defined]  # a ChoiceField


_WISH_LABELS = (
    gettext_lazy("第一意愿"), gettext_lazy("第二意愿"), gettext_lazy("第三意愿"), gettext_lazy("第四意愿"),
    gettext_lazy("第五意愿"),
)  # fmt: skip


class ReasonForm(DeskForm):
    """Why."""

    reason = Words(label=gettext_lazy("原因"), max_length=200)


class ArriveForm(DeskForm):
    """Who stands at the door."""

    said = Words(
        label=gettext_lazy("签到码或专家手机号码"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip


class GuestForm(DeskForm):
    """Somebody who is on no list."""

    name = Words(label=gettext_lazy("姓名"), max_length=60)
    employer = Words(label=gettext_lazy("单位"), required=False, max_length=120)
