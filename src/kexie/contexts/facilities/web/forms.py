"""Forms of the facilities' desk: they read input and show what operations refuse; operations decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Asset, FacilityFault, FacilityStage, FacilityVisits
from kexie.contexts.facilities.rules.opening import WEEKDAYS
from kexie.foundation.desk.forms import Day, DeskForm, Fraction, Lines, Whole, Words
from kexie.foundation.desk.photos import PHOTO_ACCEPT, PhotoField
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.ledger.models import Method

_MOST_PEOPLE = 1_000_000


class Clock(forms.TimeField):
    """A time of day, also as 9点半 or in full-width digits."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    default_error_messages = {"invalid": _("请填写时间，例如9:00。")}

    def to_python(self, value: Any) -> Any:
        """Return the time however it is written."""
        if isinstance(value, str) and value.strip():
            try:
                return text.time(value)
            except ValueError:
                pass
        return super().to_python(value)


def weekdays(label: Any) -> forms.TypedMultipleChoiceField:
    """Return a field of weekdays."""
    return forms.TypedMultipleChoiceField(
        label=label, choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )


class StageForm(DeskForm):
    """The next stage of a facility."""

    stage = forms.ChoiceField(label=_("阶段"), choices=FacilityStage.Stage.choices)
    on = Day(label=_("日期"))
    reason = Words(
        label=_("原因"), required=False, max_length=200, help_text=_("停用、摘牌、移交时必须写明。")
    )
    document = Words(
        label=_("依据"), required=False, max_length=80,
        help_text=_("文号、会议纪要、验收单或移交清单的编号；摘牌、移交时必须写明。"),
    )  # fmt: skip
    receiver = Words(label=_("接收单位"), required=False, max_length=100, help_text=_("资产移交时必须写明。"))


class HandOverForm(DeskForm):
    """Who looks after a facility from a day on."""

    to = forms.ModelChoiceField(
        label=_("接管单位"), queryset=Unit.objects.none(), empty_label=_("请选择"),
        help_text=_("列出的是设施所在县（市、区）的单位。"),
    )  # fmt: skip
    keeper = Words(label=_("新管理员"), max_length=40)
    on = Day(label=_("交接日期"))
    reason = Words(label=_("原因"), max_length=200)
    document = Words(
        label=_("依据"), required=False, max_length=80, help_text=_("交接清单或文号，可以不填。")
    )


class TakeBackForm(DeskForm):
    """Why a stage is taken back."""

    record = forms.UUIDField(widget=forms.HiddenInput)
    reason = Words(
        label=_("撤回原因"), required=False, max_length=200, help_text=_("已确认的必须写明，草稿可以不写。")
    )


class VisitsForm(DeskForm):
    """Visits of a day or a month."""

    span = forms.ChoiceField(
        label=_("登记方式"),
        choices=[("", _("一天或一场")), *FacilityVisits.Span.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    on = Day(label=_("日期"), help_text=_("整月合计时填当月任意一天。"))
    headcount = Whole(
        label=_("参观人次"), required=False, min_value=0, max_value=_MOST_PEOPLE,
        help_text=_("没有计数就留空，不要估。"),
    )  # fmt: skip
    method = forms.ChoiceField(
        label=_("计数方法"), required=False, choices=[("", _("没有计数")), *Method.choices]
    )
    theme = Words(label=_("活动内容"), required=False, max_length=120)
    basis = Words(label=_("计数依据"), required=False, max_length=200)


class HoursForm(DeskForm):
    """Hours of some weekdays."""

    weekdays = weekdays(_("星期"))
    opens = Clock(label=_("开门"))
    closes = Clock(label=_("关门"))
    pause_from = Clock(label=_("午休从"), required=False)
    pause_to = Clock(label=_("午休到"), required=False)


class ClosedForm(DeskForm):
    """Weekdays without hours."""

    weekdays = weekdays(_("星期"))


class OpenDayForm(DeskForm):
    """A day unlike its week."""

    on = Day(label=_("日期"))
    opens = Clock(label=_("开门"), required=False, help_text=_("当天不开放就不填。"))
    closes = Clock(label=_("关门"), required=False)
    reason = Words(label=_("原因"), max_length=100)


class OneForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class AssetForm(DeskForm):
    """Something for the list of assets."""

    number = Words(label=_("资产编号"), max_length=40)
    name = Words(label=_("名称"), max_length=100)
    quantity = Whole(label=_("数量"), initial=1, min_value=1, max_value=9999)
    value = Fraction(label=_("原值（元）"), required=False, min_value=0, max_digits=11, decimal_places=2)
    bought_on = Day(label=_("购置日期"), required=False)


class AssetStateForm(OneForm):
    """What became of an asset."""

    state = forms.ChoiceField(label=_("状态"), choices=Asset.State.choices)
    text = Words(label=_("去向或说明"), required=False, max_length=200)


class PhotoForm(DeskForm):
    """A photograph."""

    photo = PhotoField(label=_("照片"), widget=forms.FileInput(attrs={"accept": PHOTO_ACCEPT}))
    caption = Words(label=_("说明"), max_length=100)
    is_public = forms.BooleanField(
        label=_("在网页上公开"), required=False, help_text=_("公开的照片里不要有能认出的人，尤其是孩子。")
    )


class AnswerForm(DeskForm):
    """How a fault was seen to."""

    answer = Lines(label=_("处理情况"), required=False, max_length=300, help_text=_("报告的人凭编号能看到。"))


class FaultForm(DeskForm):
    """A fault as somebody reports it: one choice is enough."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("出了什么问题"), choices=FacilityFault.Kind.choices, widget=forms.RadioSelect
    )
    text = Lines(
        label=_("补充说明"), required=False, max_length=500, help_text=_("请不要写姓名、电话、证件号码。")
    )
    photo = PhotoField(label=_("照片"), required=False)
    # People never see it; whoever fills it in is a program.
    homepage = forms.CharField(label=_("请不要填写"), required=False)


class WorkbookForm(DeskForm):
    """A workbook."""

    file = forms.FileField(
        label=_("Excel 文件（.xlsx）"), widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("至少要有“名称”和“类别”两列；列的顺序、上面的标题行、括号里的单位都不要紧。"),
    )  # fmt: skip

    def refuse_cells(self, problems: list[str]) -> None:
        """Name the cells that are wrong beside the file."""
        for one in problems:
            self.add_error("file", one)
