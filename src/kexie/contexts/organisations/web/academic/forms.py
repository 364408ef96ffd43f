"""Forms of the academic events' desk."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.contexts.organisations.models import Guest, Paper, Session
from kexie.contexts.organisations.operations.academic import Plan, Slot
from kexie.foundation.desk.forms import Day, DeskForm, Fraction, Lines, Whole, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope
from kexie.ledger.models import Method

_PAPERS = ".pdf,.docx,.jpg,.jpeg,.png"
_CALL = 5_000


def _time() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PlanForm(DeskForm):
    """An academic event that a society prepares."""

    wide = frozenset({"name", "call", "note"})

    society = forms.ModelChoiceField(
        label=_("主办单位"), queryset=Unit.objects.none(), empty_label=_("请选择"), help_text=_("市级学会。")
    )
    name = Words(label=_("活动名称"), max_length=200)
    theme = Words(label=_("主题"), max_length=200, required=False)
    starts_on = Day(label=_("开始日期"))
    ends_on = Day(label=_("结束日期"))
    venue = Words(label=_("会场"), max_length=120, required=False)
    host = forms.ModelChoiceField(
        label=_("承办单位"), queryset=Unit.objects.none(), required=False, empty_label=_("没有")
    )
    papers_until = Day(label=_("征文截止"), required=False, help_text=_("不征文就留空。"))
    register_until = Day(label=_("报名截止"), required=False)
    capacity = Whole(label=_("最多人数"), required=False, min_value=1, max_value=2_000)
    budget = Fraction(label=_("预算（元）"), required=False, min_value=0, max_digits=12, decimal_places=2)
    call = Lines(
        label=_("征文和参会通知"), required=False, max_length=_CALL,
        help_text=_("征文范围、投稿方式、参会报名方式。发布征文前要写。"),
    )  # fmt: skip
    note = Lines(label=_("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["call"].widget.attrs["rows"] = 8
        self._offer("society", units.units(scope, kind=Kind.SOCIETY))
        whole = Scope(association_id=scope.association_id)
        self._offer("host", units.units(whole, kind=(Kind.SOCIETY, Kind.SCHOOL, Kind.FIRM, Kind.OUTSIDE)))

    def _offer(self, name: str, rows: Any) -> None:
        if name in self.fields:
            field: Any = self.fields[name]
            field.queryset = rows.order_by("name")

    def plan(self) -> Plan:
        """Return what was entered."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class ChangeForm(PlanForm):
    """The same of one that is known; its society stays."""

    society = None  # type: ignore[assignment]  # Django's way to leave out a field


class SlotForm(DeskForm):
    """An item of the programme."""

    wide = frozenset({"title"})

    on = Day(label=_("日期"))
    starts_at = forms.TimeField(label=_("开始时间"), widget=_time())
    ends_at = forms.TimeField(label=_("结束时间"), widget=_time())
    title = Words(label=_("内容"), max_length=200)
    room = Words(label=_("会议室"), max_length=60, required=False)
    speaker = Words(
        label=_("报告人"), max_length=100, required=False, help_text=_("几位用顿号分开，用来查时间冲突。")
    )
    chair = Words(label=_("主持人"), max_length=60, required=False)

    def slot(self) -> Slot:
        """Return what was entered."""
        return Slot(**{name: self.cleaned_data[name] for name in Slot.__dataclass_fields__})


class GuestsForm(DeskForm):
    """People, one a line."""

    lines = Lines(
        label=_("报名名单"), max_length=100_000,
        help_text=_("一行一人：姓名 工作单位，可从表格粘贴。不写电话和证件号码；已报名的不会重复。"),
    )  # fmt: skip


class AttendForm(DeskForm):
    """Who came."""

    came = forms.ModelMultipleChoiceField(
        label=_("已到会的人"), queryset=Guest.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, guests: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["came"]
        field.queryset = guests
        field.label_from_instance = lambda one: f"{one.name} {one.employer}"


class PaperForm(DeskForm):
    """A paper that was handed in."""

    wide = frozenset({"title"})

    title = Words(label=_("题名"), max_length=200)
    authors = Words(label=_("作者"), max_length=200, help_text=_("几位用顿号分开。"))
    employer = Words(label=_("作者单位"), max_length=200, required=False)
    on = Day(label=_("投稿日期"))
    file = forms.FileField(label=_("附件"), required=False, widget=forms.FileInput(attrs={"accept": _PAPERS}))


class ReviewForm(DeskForm):
    """What a reviewer said."""

    reviewer = Words(label=_("评审人"), max_length=60)
    opinion = forms.ChoiceField(label=_("意见"), choices=Paper.Decision.choices[1:])
    words = Lines(label=_("评语"), required=False, max_length=500)
    on = Day(label=_("评审日期"))


class DecideForm(DeskForm):
    """What was decided."""

    decision = forms.ChoiceField(label=_("评审结论"), choices=Paper.Decision.choices[1:])
    words = Lines(label=_("结论说明"), required=False, max_length=300)
    session = forms.ModelChoiceField(
        label=_("排进议程"), queryset=Session.objects.none(), required=False, empty_label=_("不排")
    )
    award = forms.ChoiceField(
        label=_("奖项"), required=False, choices=[("", _("没有")), *Paper.Award.choices]
    )

    def __init__(self, *args: Any, sessions: Iterable[Session], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["session"]
        field.queryset = Session.objects.filter(pk__in=[one.pk for one in sessions]).order_by(
            "on", "starts_at", "pk"
        )


class CostForm(DeskForm):
    """What something cost."""

    item = Words(label=_("开支项目"), max_length=100, help_text=_("例如：场地费、专家劳务费、印刷费。"))
    amount = Fraction(label=_("金额（元）"), max_digits=12, decimal_places=2)
    on = Day(label=_("开支日期"))


class ConcludeForm(DeskForm):
    """That it was held: how people were counted, and what came of it."""

    wide = frozenset({"outcome"})

    method = forms.ChoiceField(
        label=_("计数方法"), choices=Method.choices, initial=Method.ROSTER,
        help_text=_("按花名册的，用“到会登记”里勾选的人数。"),
    )  # fmt: skip
    headcount = Whole(
        label=_("参加人数"), required=False, min_value=1, max_value=100_000,
        help_text=_("按花名册的不用填。"),
    )  # fmt: skip
    basis = Words(label=_("计数依据"), required=False, max_length=200)
    outcome = Lines(
        label=_("主要成果"), required=False, max_length=500, help_text=_("形成了什么共识、建议、合作。")
    )


class CancelForm(DeskForm):
    """Why it does not take place."""

    reason = Lines(label=_("取消原因"), max_length=200)
