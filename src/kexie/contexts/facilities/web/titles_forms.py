"""Forms of rounds and applications."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Facility, Title, TitleObjection, TitleReview, TitleRound
from kexie.contexts.facilities.queries.holder_figures import Known
from kexie.contexts.facilities.rules import questions
from kexie.contexts.facilities.rules.questions import CRITERIA, Part, Question
from kexie.contexts.facilities.rules.reports import QUESTIONS
from kexie.foundation.access.web.forms import name_missing
from kexie.foundation.areas.models import Area
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Whole, Words

_MOST_PLACES = 999
_MOST_PEOPLE = 99_999_999
_PAPERS = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png,.webp,.ofd"


class RoundForm(DeskForm):
    """A round with its call."""

    wide = DeskForm.wide | {"call", "conditions"}
    title = forms.ChoiceField(
        label=_("称号"),
        choices=Title.choices,
        help_text=_("省科协的“科普教育基地”和省科技厅的“科学技术普及基地”是两种称号，请按文件选。"),
    )
    batch = Words(label=_("批次"), max_length=40, help_text=_("例如：2026—2030"))
    call = Lines(label=_("申报通知"), max_length=5000)
    conditions = Lines(label=_("申报条件"), required=False, max_length=3000)
    closes_on = Day(label=_("申报截止日"))
    recommends_until = Day(label=_("县区推荐截止日"))
    valid_to = Day(label=_("称号有效期至"))
    most = Whole(
        label=_("全市名额"),
        required=False,
        min_value=1,
        max_value=_MOST_PLACES,
        help_text=_("省级、国家级填可以上报的名额；不限就留空。"),
    )
    public_days = Whole(label=_("公示天数"), initial=7, min_value=1, max_value=60)
    contact = Words(
        label=_("异议受理电话"), max_length=60, help_text=_("公示页上公开，只填单位电话。")
    )  # fmt: skip


class QuotaForm(DeskForm):
    """How many each county may recommend: a field for each."""

    def __init__(self, *args: Any, counties: Iterable[Area] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for one in counties:
            field = Whole(label=one.name, min_value=0, max_value=_MOST_PLACES)
            name_missing(field)
            self.fields[f"quota_{one.code}"] = field

    def quotas(self) -> dict[str, int]:
        """Return the numbers by the county's code."""
        return {name.removeprefix("quota_"): value for name, value in self.cleaned_data.items()}


class ExtendForm(DeskForm):
    """Other last days."""

    closes_on = Day(label=_("申报截止日"))
    recommends_until = Day(label=_("县区推荐截止日"))


class OnForm(DeskForm):
    """A day."""

    on = Day(label=_("公示第一天"))


class ApplyForm(DeskForm):
    """For which facility's unit one applies."""

    facility = forms.ModelChoiceField(
        label=_("哪一处设施"), queryset=Facility.objects.none(), empty_label=_("请选择"),
        help_text=_("称号给它的所在单位；列出的是您能办理、已登记所在单位的设施。"),
    )  # fmt: skip


class RenewForm(DeskForm):
    """In which round a title is asked for again."""

    round = forms.ModelChoiceField(label=_("批次"), queryset=TitleRound.objects.none(), empty_label=None)


def _field(one: Question) -> forms.Field:
    common: dict[str, Any] = {"label": one.label, "required": False, "help_text": one.help}
    if one.kind == questions.WHOLE:
        return Whole(min_value=0, max_value=one.most, **common)
    return (Words if one.kind == questions.WORDS else Lines)(max_length=one.most, **common)


class PartForm(DeskForm):
    """One part of an application: everything may be left for later, it is asked for when it is sent."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, part: Part, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in part.questions:
            self.fields[one.key] = _field(one)

    def answers(self) -> dict[str, Any]:
        """Return what was answered."""
        return {key: value for key, value in self.cleaned_data.items() if key != "version"}


class ReportForm(DeskForm):
    """A yearly report: the figures that no record says, then the holder's own words."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, unknown: Iterable[Known] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for one in unknown:
            field = Whole(label=one.label, required=False, min_value=0, max_value=_MOST_PEOPLE)
            field.help_text = _("%(source)s，请按原始登记填写。") % {"source": one.source}
            self.fields[one.key] = field
        for question in QUESTIONS:
            self.fields[question.key] = _field(question)


class PaperForm(DeskForm):
    """A document."""

    name = Words(label=_("材料名称"), max_length=100, help_text=_("例如：开放制度、场地照片、活动总结。"))
    file = forms.FileField(label=_("附件"), widget=forms.FileInput(attrs={"accept": _PAPERS}))


class RowForm(DeskForm):
    """An act on one row of the page."""

    row = forms.UUIDField(widget=forms.HiddenInput)


class ReasonForm(DeskForm):
    """A reason."""

    reason = Words(label=_("原因"), max_length=300, required=False, help_text=_("申报单位会看到。"))


class NoteForm(DeskForm):
    """A remark that may be left out."""

    reason = Words(label=_("说明"), max_length=300, required=False)


class RankForm(DeskForm):
    """A place among those recommended."""

    rank = Whole(
        label=_("推荐排序"), required=False, min_value=1, max_value=_MOST_PLACES,
        help_text=_("不填就排在最前的空位；这一位已有单位时，两家对调或对方顺延。"),
    )  # fmt: skip


class ReviewForm(DeskForm):
    """A score sheet."""

    visit = forms.ChoiceField(
        label=_("现场核查"), choices=TitleReview.Visit.choices, widget=forms.RadioSelect
    )
    visited_on = Day(label=_("核查日期"), required=False)
    text = Words(label=_("评审意见"), max_length=300, required=False)
    field_order = (*(f"points_{one.key}" for one in CRITERIA), "visit", "visited_on", "text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in CRITERIA:
            field = Whole(label=one.label, min_value=0, max_value=one.most)
            field.help_text = _("0至%(n)d分") % {"n": one.most}
            name_missing(field)
            self.fields[f"points_{one.key}"] = field
        self.order_fields(self.field_order)

    def points(self) -> dict[str, int]:
        """Return the points by criterion."""
        return {one.key: self.cleaned_data[f"points_{one.key}"] for one in CRITERIA}


class ObjectionForm(DeskForm):
    """An objection as it came in."""

    text = Words(label=_("异议内容"), max_length=300, help_text=_("只写事情，不写反映人是谁。"))
    on = Day(label=_("收到日期"))


class SettleForm(RowForm):
    """What an objection came to."""

    state = forms.ChoiceField(
        label=_("核查结论"), choices=[one for one in TitleObjection.State.choices if one[0] != "OPEN"]
    )
    answer = Words(label=_("核查结果"), max_length=300, required=False)


class AwardForm(DeskForm):
    """The certificate."""

    number = Words(label=_("文号或证书编号"), max_length=80)
    on = Day(label=_("认定日期"), help_text=_("证书或文件上的日期，在公示结束之后。"))
