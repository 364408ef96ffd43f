"""Forms of the sets' desk: they read input and show what operations refuse; operations decide."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Condition, SetExhibit, SetTicket, TouringSet, TourVenue
from kexie.contexts.touring.models.applications import LONGEST, SHORTEST
from kexie.foundation.access.web.forms import PlainForm, add_error
from kexie.foundation.desk import forms as desk
from kexie.foundation.desk.forms import Fraction
from kexie.foundation.desk.photos import PHOTO_ACCEPT, PhotoField
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger.models import Method

WEEKDAYS = (
    (0, gettext_lazy("周一")),
    (1, gettext_lazy("周二")),
    (2, gettext_lazy("周三")),
    (3, gettext_lazy("周四")),
    (4, gettext_lazy("周五")),
    (5, gettext_lazy("周六")),
    (6, gettext_lazy("周日")),
)
MONTHS = tuple(dates.MONTHS.items())


class Words(forms.CharField):
    """Text as people type it: full-width letters and odd spaces are put right."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 200, **options})

    def to_python(self, value: Any) -> Any:
        """Return the cleaned text."""
        return text.clean_lines(super().to_python(value) or "")


class Day(forms.DateField):
    """A day, also as 2025年3月1日."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": gettext_lazy("请填写日期，例如2026-03-01。")}

    def to_python(self, value: Any) -> Any:
        """Return the day however it is written."""
        if isinstance(value, str) and value.strip():
            try:
                return text.date(value)
            except ValueError:
                pass
        return super().to_python(value)


class Whole(desk.Whole):
    """A whole number that is not negative."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 1_000_000, **options})


class DeskForm(PlainForm):
    """A form whose operation may still refuse it."""

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        """Run an operation with what was entered; whether it was done. What it refused is shown on the form."""
        if not self.is_valid():
            return False
        try:
            act(self.cleaned_data)
        except UserError as refused:
            add_error(self, refused)
        except ValidationError as refused:
            self._refuse(refused)
        return not self.errors

    def _refuse(self, refused: ValidationError) -> None:
        found = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
        for name, errors in found.items():
            self.add_error(name if name in self.fields else None, errors)


class ScopedForm(DeskForm):
    """A form that offers rows of a scope."""

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope
        self.offer()

    def offer(self) -> None:
        """Fill the fields that offer rows."""


def rows_field(queryset: Any, label: str) -> Any:
    """Return a field that offers rows."""
    return forms.ModelChoiceField(queryset=queryset, label=label, empty_label=_("请选择"))


class NothingForm(DeskForm):
    """An act that needs no words."""


class ArrangeForm(ScopedForm):
    """A stop to be arranged."""

    setup_on = Day(label=gettext_lazy("开始换展"), help_text=gettext_lazy("从上一站撤展装车的日子。"))
    first_on = Day(label=gettext_lazy("开展日期"))
    last_on = Day(label=gettext_lazy("闭展日期"))
    carrier = Words(label=gettext_lazy("承运单位"), required=False, max_length=100)
    insurance = Words(label=gettext_lazy("保险单号"), required=False, max_length=60)
    field_order = ("touring_set", "venue", "setup_on", "first_on", "last_on", "carrier", "insurance")

    def offer(self) -> None:
        """Offer sets that were not given back, and venues."""
        sets = TouringSet.objects.filter(self.scope.q(), returned_on=None).order_by("serial")
        venues = TourVenue.objects.filter(self.scope.q()).order_by("name")
        self.fields["touring_set"] = rows_field(sets, _("展品（套）"))
        self.fields["venue"] = rows_field(venues, _("展出场馆"))
        self.order_fields(self.field_order)
        for name in ("touring_set", "venue"):
            self.fields[name].error_messages["required"] = _("请选择%(label)s。") % {
                "label": self.fields[name].label
            }


class ApplyForm(ScopedForm):
    """A county's application."""

    year = Whole(label=gettext_lazy("年度"), min_value=2020, max_value=2100)
    months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("希望开展的月份"), choices=MONTHS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("不选表示都可以。"),
    )  # fmt: skip
    days = Whole(
        label=gettext_lazy("希望展出天数"), min_value=SHORTEST, max_value=LONGEST, initial=60,
        help_text=gettext_lazy("通常两到三个月。"),
    )  # fmt: skip
    reason = Words(
        label=gettext_lazy("申请说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("venue", "year", "months", "days", "reason")

    def offer(self) -> None:
        """Offer the venues of the scope."""
        self.fields["venue"] = rows_field(
            TourVenue.objects.filter(self.scope.q()).order_by("name"), _("展出场馆")
        )
        self.fields["venue"].help_text = _("没有要用的场馆，请先登记场馆。")
        self.fields["venue"].error_messages["required"] = _("请选择展出场馆。")
        self.order_fields(self.field_order)


class AnswerForm(DeskForm):
    """The answer to an application."""

    answer = Words(label=gettext_lazy("办理意见"), required=False, max_length=300)


class CheckForm(DeskForm):
    """Somebody looked at a venue."""

    on = Day(label=gettext_lazy("查看日期"))
    by = Words(label=gettext_lazy("查看人"), max_length=40)
    exception = Words(
        label=gettext_lazy("例外同意的理由"), required=False, max_length=300,
        help_text=gettext_lazy("场馆不符合要求但仍同意使用时填写。"),
    )  # fmt: skip


class ClosureForm(DeskForm):
    """Days on which a venue cannot take a set."""

    first_on = Day(label=gettext_lazy("从"))
    last_on = Day(label=gettext_lazy("到"))
    reason = Words(label=gettext_lazy("原因"), max_length=100)


class WeekForm(DeskForm):
    """The weekdays a stop is open."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("每周开放"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class DayForm(DeskForm):
    """A day unlike its week."""

    on = Day(label=gettext_lazy("日期"))
    is_open = forms.TypedChoiceField(
        label=gettext_lazy("这一天"), choices=((0, gettext_lazy("不开放")), (1, gettext_lazy("开放"))),
        coerce=lambda value: value == "1", widget=forms.RadioSelect, initial=0,
    )  # fmt: skip
    reason = Words(label=gettext_lazy("原因"), max_length=100)


class LogForm(DeskForm):
    """A day's visits by one method."""

    on = Day(label=gettext_lazy("日期"))
    method = forms.ChoiceField(label=gettext_lazy("计数方法"), choices=Method.choices, initial=Method.COUNTER)
    headcount = Whole(label=gettext_lazy("参观人次"))
    groups = Whole(label=gettext_lazy("团队批次"), required=False, max_value=999)
    text = Words(label=gettext_lazy("说明"), required=False)


class GroupForm(DeskForm):
    """A group that will come."""

    on = Day(label=gettext_lazy("日期"))
    school = Words(label=gettext_lazy("学校或团体"), max_length=100)
    booked = Whole(label=gettext_lazy("预约人数"), min_value=1, max_value=5000)


class CameForm(DeskForm):
    """How many of a group came; nothing: it was cancelled."""

    group = forms.UUIDField(widget=forms.HiddenInput)
    came = Whole(label=gettext_lazy("实到人数"), required=False, max_value=5000)


class TicketForm(DeskForm):
    """A fault of an exhibit."""

    on = Day(label=gettext_lazy("发现日期"))
    fault = Words(label=gettext_lazy("故障情况"))


class CloseTicketForm(DeskForm):
    """The end of a repair."""

    state = forms.ChoiceField(
        label=gettext_lazy("结果"),
        choices=SetTicket.State.choices[1:],
        widget=forms.RadioSelect,
        initial="DONE",
    )
    on = Day(label=gettext_lazy("办结日期"))
    result = Words(label=gettext_lazy("处理结果"))
    cost = Fraction(
        label=gettext_lazy("费用（元）"), required=False, min_value=0, max_digits=10, decimal_places=2
    )


class HandoverForm(DeskForm):
    """The list of a handover: condition, note and photo of each exhibit, and two names."""

    on = Day(label=gettext_lazy("交接日期"))
    given_by = Words(label=gettext_lazy("移交人"), max_length=40)
    taken_by = Words(label=gettext_lazy("接收人"), max_length=40)

    def __init__(self, *args: Any, exhibits: list[SetExhibit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.exhibits = exhibits
        for one in exhibits:
            self.fields[f"condition_{one.pk}"] = forms.ChoiceField(
                label=_("状况"), choices=Condition.choices, initial=one.condition
            )
            self.fields[f"note_{one.pk}"] = Words(label=_("说明"), required=False)
            self.fields[f"photo_{one.pk}"] = PhotoField(
                label=_("照片"), required=False, widget=forms.FileInput(attrs={"accept": PHOTO_ACCEPT})
            )

    def lines(self) -> list[dict[str, Any]]:
        """Return the exhibits with their fields, for the template."""
        return [
            {"exhibit": one, **{part: self[f"{part}_{one.pk}"] for part in ("condition", "note", "photo")}}
            for one in self.exhibits
        ]


class PlanForm(DeskForm):
    """What a plan is to be computed for."""

    name = Words(label=gettext_lazy("方案名称"), max_length=100)
    first_on = Day(label=gettext_lazy("从"))
    last_on = Day(label=gettext_lazy("到"))
    setup_days = Whole(
        label=gettext_lazy("换展天数"), initial=7, min_value=1, max_value=30,
        help_text=gettext_lazy("撤展、运输、布展合计，两站之间至少留这么多天。"),
    )  # fmt: skip
    spacing_days = Whole(
        label=gettext_lazy("同一县区间隔天数"), initial=365, max_value=3650,
        help_text=gettext_lazy("上一站闭展后，至少隔这么多天再去同一县区。"),
    )  # fmt: skip
    seconds = Whole(label=gettext_lazy("最长计算秒数"), initial=20, min_value=1, max_value=300)


def today_first(form: DeskForm, today: dt.date) -> DeskForm:
    """Offer today as the day of a form that asks for one."""
    if "on" in form.fields:
        form.fields["on"].initial = today
    return form
