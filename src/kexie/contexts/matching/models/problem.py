"""Technical problems of firms, and the dated stages each goes through."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.states import PROBLEM_TRANSITIONS, ProblemState
from kexie.ledger.models import Record, Reference, State
from kexie.ledger.stages import check_stage


class Problem(Reference):
    """A technical problem a firm has posted; `name` is its public title, `unit` looks after it."""

    class Confidentiality(models.TextChoices):
        PUBLIC = "PUBLIC", _("公开")
        VERIFIED = "VERIFIED", _("仅认证专家可见")
        AGREEMENT = "AGREEMENT", _("签保密协议后可见")

    number = models.CharField(_("编号"), max_length=20)
    firm = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "企业")
    )
    industry = models.ForeignKey(
        "matching.Industry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业")
    )
    summary = models.TextField(_("需求描述"), blank=True, help_text=_("不写涉密内容和商业秘密"))
    confidentiality = models.CharField(
        _("公开范围"), max_length=9, choices=Confidentiality.choices, default=Confidentiality.VERIFIED
    )

    class Meta(Reference.Meta):
        verbose_name = _("技术难题")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_problem_number",
                fields=["association", "number"],
                violation_error_message=_("这个编号已经用过。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ProblemStage(Record):
    """A step of a problem; it counts as solved only when the firm has said so, from the day it said so."""

    Stage = ProblemState

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "技术难题")
    )
    stage = models.CharField(_("阶段"), max_length=9, choices=ProblemState.choices)
    expert = models.ForeignKey(
        "matching.Expert", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("专家")
    )
    firm_person = models.CharField(
        _("企业确认人"), max_length=60, blank=True, help_text=_("“已解决”由企业的人确认，不由科协代填")
    )
    firm_confirmed_on = models.DateField(_("企业确认日期"), null=True, blank=True)
    reason = models.CharField(_("关闭原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("技术难题进展")
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["association", "problem", "occurred_on"]),
        ]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="matching_problem_solved_by_firm",
                condition=~Q(stage=ProblemState.SOLVED)
                | ~Q(firm_person="")
                & Q(firm_confirmed_on__isnull=False, occurred_on__gte=F("firm_confirmed_on")),
                violation_error_message=_("“已解决”要写明企业确认人和确认日期，并从企业确认之日起算。"),
            ),
            models.CheckConstraint(
                name="matching_problem_closed_reason",
                condition=~Q(stage=ProblemState.CLOSED) | ~Q(reason=""),
                violation_error_message=_("未解决而关闭的，请写明原因。"),
            ),
            models.UniqueConstraint(
                name="matching_problem_stage_once",
                fields=["association", "problem", "stage"],
                condition=Q(stage__in=["COLLECTED", "SOLVED", "CLOSED"]) & ~Q(state=State.REVERSED),
                violation_error_message=_("这个难题已有同一阶段的记录；要更正请先冲销原记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem} · {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a step that may not follow the problem's last confirmed one."""
        super().clean()
        check_stage(self, entity="problem", transitions=PROBLEM_TRANSITIONS)
