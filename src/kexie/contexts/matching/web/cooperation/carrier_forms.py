"""Forms of the carriers' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models import (
    Agreement,
    CarrierCondition,
    CarrierOutput,
    Expert,
    Problem,
    ServiceCarrier,
)
from kexie.contexts.matching.operations.carriers import Application
from kexie.contexts.matching.queries import experts
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.rules.carriers import Condition
from kexie.contexts.matching.web.cooperation.agreement_forms import PAPERS
from kexie.contexts.matching.web.fields import ExpertChoice
from kexie.foundation.desk.forms import Day, DeskForm, Lines, Whole, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope
from kexie.ledger.models import State

_SOCIETIES = (Kind.SOCIETY, Kind.OUTSIDE)


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field of a form offer these rows."""
    field: Any = form.fields[name]
    field.queryset = rows


def known_experts(scope: Scope) -> Any:
    """Return the experts in the register."""
    return experts.register(scope).filter(withdrawn_on=None).order_by("name", "pk")


class ApplicationForm(DeskForm):
    """A carrier that is applied for."""

    wide = frozenset({"name", "note"})

    kind = forms.ChoiceField(label=_("类别"), choices=ServiceCarrier.Kind.choices)
    level = forms.ChoiceField(
        label=_("级别"), choices=ServiceCarrier.Level.choices, initial="CITY",
        help_text=_("国家级、省级、市级的条件不同，分别统计。"),
    )  # fmt: skip
    name = Words(
        label=_("名称"), max_length=200, help_text=_("照申请表写，例如：颍州某某公司省级学会专家服务站。")
    )  # fmt: skip
    host = forms.ModelChoiceField(label=_("建站单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
    society = forms.ModelChoiceField(
        label=_("学会"), queryset=Unit.objects.none(), required=False, empty_label=_("没有"),
        help_text=_("学会专家服务站要选。"),
    )  # fmt: skip
    field = Words(label=_("服务领域"), max_length=120, required=False)
    agreement = forms.ModelChoiceField(
        label=_("建站协议"), queryset=Agreement.objects.none(), required=False, empty_label=_("还没有登记")
    )
    on = Day(label=_("申请日期"))
    note = Lines(label=_("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "host", units.units(scope, kind=rules.HOSTS).order_by("name"))
        whole = Scope(association_id=scope.association_id)
        offer(self, "society", units.units(whole, kind=_SOCIETIES).order_by("name"))
        signed = Agreement.objects.filter(scope.q() | scope.q("firm"), state=State.CONFIRMED)
        offer(self, "agreement", signed.order_by("-occurred_on", "pk"))

    def application(self) -> Application:
        """Return what was entered."""
        return Application(**{name: self.cleaned_data[name] for name in Application.__dataclass_fields__})


class EvidenceForm(DeskForm):
    """What the host shows for a condition."""

    wide = frozenset({"evidence"})

    value = Whole(label=_("数值"), min_value=0, max_value=100_000_000)
    evidence = Lines(
        label=_("证明材料"), max_length=300, help_text=_("写明是什么材料、在哪里可以核对，例如：需求表、专家聘书、房产证明。")
    )  # fmt: skip
    file = forms.FileField(label=_("附件"), required=False, widget=forms.FileInput(attrs={"accept": PAPERS}))

    def __init__(self, *args: Any, condition: Condition, **options: Any) -> None:
        super().__init__(*args, **options)
        if condition.least is None:
            del self.fields["value"]


class VerdictForm(DeskForm):
    """What the check found."""

    wide = frozenset({"remark"})

    verdict = forms.ChoiceField(label=_("核查结果"), choices=CarrierCondition.Verdict.choices[1:])
    remark = Lines(
        label=_("核查说明"), required=False, max_length=300, help_text=_("怎样核对的；不符合的写明差在哪里。")
    )  # fmt: skip


class StepForm(DeskForm):
    """A step with its paper."""

    on = Day(label=_("日期"))
    document_no = Words(label=_("批文或协议编号"), required=False, max_length=80)


class EndStepForm(DeskForm):
    """A step that needs its reason."""

    on = Day(label=_("日期"))
    reason = Lines(label=_("原因"), max_length=200)
    document_no = Words(label=_("批文或协议编号"), required=False, max_length=80)


class JoinForm(DeskForm):
    """An expert for a term."""

    expert = ExpertChoice(label=_("专家"), queryset=Expert.objects.none(), empty_label=_("请选择"))
    since = Day(label=_("聘期自"))
    until = Day(label=_("聘期至"), help_text=_("到期前30天提醒。"))
    task = Words(label=_("承担的工作"), required=False, max_length=200)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "expert", known_experts(scope))


class TermForm(DeskForm):
    """A term that runs on, or an expert who leaves."""

    until = Day(label=_("聘期至"), required=False, help_text=_("续聘的，填新的聘期结束日期。"))
    left_on = Day(label=_("离站日期"), required=False, help_text=_("离站的才填。"))
    reason = Words(label=_("离站原因"), required=False, max_length=200)


class NeedForm(DeskForm):
    """A need of the host."""

    text = Words(label=_("需求"), max_length=200)
    raised_on = Day(label=_("提出日期"))
    problem = forms.ModelChoiceField(
        label=pgettext_lazy("one", "技术难题"), queryset=Problem.objects.none(), required=False,
        empty_label=_("没有单独登记"),
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "problem", Problem.objects.filter(scope.q()).order_by("-number"))


class MeetForm(DeskForm):
    """How a need was met."""

    wide = frozenset({"outcome"})

    on = Day(label=_("满足日期"))
    outcome = Lines(label=_("结果"), max_length=300, help_text=_("哪位专家、做了什么、效果怎样。"))


class OutputForm(DeskForm):
    """What came of it."""

    kind = forms.ChoiceField(label=_("类别"), choices=CarrierOutput.Kind.choices)
    title = Words(label=_("成果名称"), max_length=200)
    on = Day(label=_("日期"))
    expert = ExpertChoice(
        label=_("专家"), queryset=Expert.objects.none(), required=False, empty_label=_("没有")
    )

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "expert", known_experts(scope))


class EvaluationForm(DeskForm):
    """Scores of a year, one field for each criterion of the declared rule."""

    wide = frozenset({"words"})

    year = Whole(label=_("评估年度"), min_value=2000, max_value=2199)
    on = Day(label=_("评估日期"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in evaluation.CRITERIA:
            label = _("%(label)s（满分%(most)d）") % {"label": one.label, "most": one.most}
            self.fields[one.key] = Whole(
                label=label, min_value=0, max_value=one.most, help_text=one.hint,
                error_messages={"required": _("请填写%(label)s。") % {"label": one.label}},
            )  # fmt: skip
        self.fields["words"] = Lines(label=_("评语"), required=False, max_length=500)

    def scores(self) -> dict[str, int]:
        """Return the score of each criterion."""
        return {one.key: self.cleaned_data[one.key] for one in evaluation.CRITERIA}
