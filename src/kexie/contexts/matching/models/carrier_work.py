"""What a service carrier needs to be set up, and what it does once it runs."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching import evaluation
from kexie.contexts.matching.models.carrier import ServiceCarrier
from kexie.ledger.models import Record, State, Tenant


class CarrierCondition(Tenant):
    """How one condition for setting up stands: what the host shows, and what the check found."""

    class Verdict(models.TextChoices):
        OPEN = "OPEN", _("待核查")
        MET = "MET", _("符合")
        UNMET = "UNMET", _("不符合")

    carrier = models.ForeignKey(
        ServiceCarrier,
        models.CASCADE,
        related_name="conditions",
        verbose_name=pgettext_lazy("one", "服务载体"),
    )
    key = models.CharField(_("条件"), max_length=20)
    value = models.PositiveIntegerField(_("数值"), null=True, blank=True)
    evidence = models.CharField(_("证明材料"), max_length=300)
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("附件")
    )
    verdict = models.CharField(_("核查结果"), max_length=5, choices=Verdict.choices, default=Verdict.OPEN)
    remark = models.CharField(_("核查说明"), max_length=300, blank=True)
    checked_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核查人")
    )
    checked_at = models.DateTimeField(_("核查时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("建站条件")
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_condition_once", fields=["association", "carrier", "key"]),
            models.CheckConstraint(
                name="matching_condition_checked",
                condition=Q(verdict="OPEN", checked_by=None, checked_at=None)
                | ~Q(verdict="OPEN") & Q(checked_by__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="matching_condition_unmet_why",
                condition=~Q(verdict="UNMET") | ~Q(remark=""),
                violation_error_message=_("不符合要写明差在哪里。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} · {self.key}"


class CarrierExpert(Tenant):
    """An expert at a carrier for a term."""

    carrier = models.ForeignKey(
        ServiceCarrier, models.CASCADE, related_name="experts", verbose_name=pgettext_lazy("one", "服务载体")
    )
    expert = models.ForeignKey("matching.Expert", models.PROTECT, related_name="+", verbose_name=_("专家"))
    task = models.CharField(_("承担的工作"), max_length=200, blank=True)
    since = models.DateField(_("聘期自"))
    until = models.DateField(_("聘期至"))
    left_on = models.DateField(_("离站日期"), null=True, blank=True)
    left_why = models.CharField(_("离站原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("驻站专家")
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_station_term",
                condition=Q(until__gte=F("since")) & (Q(left_on=None) | Q(left_on__gte=F("since"))),
                violation_error_message=_("聘期结束或离站的日期早于聘期开始。"),
            ),
            models.UniqueConstraint(
                name="matching_station_expert_once",
                fields=["association", "carrier", "expert"],
                condition=Q(left_on=None),
                violation_error_message=_("这位专家已在站；续聘请改聘期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} · {self.expert}"


class CarrierNeed(Tenant):
    """What the host asks of a carrier; it may have become a technical problem of its own."""

    carrier = models.ForeignKey(
        ServiceCarrier, models.CASCADE, related_name="needs", verbose_name=pgettext_lazy("one", "服务载体")
    )
    text = models.CharField(_("需求"), max_length=200)
    raised_on = models.DateField(_("提出日期"))
    problem = models.ForeignKey(
        "matching.Problem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "技术难题"),
    )
    met_on = models.DateField(_("满足日期"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("载体需求")
        ordering: ClassVar = ["raised_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_need_days",
                condition=Q(met_on=None) | Q(met_on__gte=F("raised_on")),
                violation_error_message=_("满足日期早于提出日期。"),
            )
        ]

    def __str__(self) -> str:
        return self.text


class CarrierOutput(Record):
    """What came of a carrier's work."""

    class Kind(models.TextChoices):
        SOLVED = "SOLVED", _("解决技术问题")
        PATENT = "PATENT", pgettext_lazy("one", "专利")
        PRODUCT = "PRODUCT", _("新产品或新工艺")
        STANDARD = "STANDARD", _("标准")
        PAPER = "PAPER", pgettext_lazy("one", "论文")
        TRAINING = "TRAINING", _("培训")
        OTHER = "OTHER", _("其他")

    carrier = models.ForeignKey(
        ServiceCarrier, models.PROTECT, related_name="outputs", verbose_name=pgettext_lazy("one", "服务载体")
    )
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("成果名称"), max_length=200)
    expert = models.ForeignKey(
        "matching.Expert", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("专家")
    )

    class Meta(Record.Meta):
        verbose_name = _("载体成果")

    def __str__(self) -> str:
        return self.title


class CarrierEvaluation(Record):
    """A year of a carrier, scored by the declared rule (`evaluation`); grade and total follow from the scores."""

    Grade = evaluation.Grade

    carrier = models.ForeignKey(
        ServiceCarrier,
        models.PROTECT,
        related_name="evaluations",
        verbose_name=pgettext_lazy("one", "服务载体"),
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    needs_score = models.PositiveSmallIntegerField(_("需求对接得分"))
    experts_score = models.PositiveSmallIntegerField(_("专家服务得分"))
    outputs_score = models.PositiveSmallIntegerField(_("成果得分"))
    care_score = models.PositiveSmallIntegerField(_("管理保障得分"))
    reach_score = models.PositiveSmallIntegerField(_("示范带动得分"))
    total = models.PositiveSmallIntegerField(_("总分"))
    grade = models.CharField(_("等次"), max_length=9, choices=evaluation.Grade.choices)
    words = models.CharField(_("评语"), max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("载体年度评估")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="matching_evaluation_once",
                fields=["association", "carrier", "year"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这个载体这一年已经评估过；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="matching_evaluation_scores",
                condition=Q(
                    **{f"{one.key}_score__lte": one.most for one in evaluation.CRITERIA},
                    total=F("needs_score")
                    + F("experts_score")
                    + F("outputs_score")
                    + F("care_score")
                    + F("reach_score"),
                ),
                violation_error_message=_("得分不能超过各项满分，总分应等于各项之和。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} · {self.year}"

    def clean(self) -> None:
        """Refuse a grade that does not follow from the total."""
        super().clean()
        total: int | None = self.total
        if total is not None and self.grade and self.grade != evaluation.grade_of(total):
            raise ValidationError({"grade": _("等次和总分不符：90分以上优秀，75分以上良好，60分以上合格。")})
