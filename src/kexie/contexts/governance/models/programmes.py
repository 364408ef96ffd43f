"""Action programmes and their targets. A target names a measure; its progress is computed, never typed."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger import registry
from kexie.ledger.models import Reference, Tenant


class ActionProgramme(Reference):
    """A programme of action over some years."""

    aim = models.CharField(_("目的"), max_length=200, blank=True)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=1)

    class Meta(Reference.Meta):
        verbose_name = _("专项行动")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="governance_programme_name", fields=["association", "name"]),
            models.CheckConstraint(
                name="governance_programme_window", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]


class Basis(models.TextChoices):
    """What of the measure is meant to reach the goal."""

    YEAR = "YEAR", _("当年新增")
    TOTAL = "TOTAL", _("到年底累计或现有")
    LEVEL = "LEVEL", _("全年保持")


class Direction(models.TextChoices):
    """On which side of the goal it is good to be."""

    AT_LEAST = "AT_LEAST", _("不低于")
    AT_MOST = "AT_MOST", _("不高于")


class Target(Reference):
    """A value that a measure should reach in a year; `unit` is who is responsible.

    A part of a larger target (`parent`, of the same measure and year) is a county's share of it.
    """

    Basis = Basis
    Direction = Direction

    programme = models.ForeignKey(
        ActionProgramme, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "专项行动")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name=_("上级目标")
    )
    measure = models.CharField(_("指标"), max_length=80, help_text=_("指标的编号，例如 museums.visits"))
    year = models.PositiveSmallIntegerField(_("年度"))
    basis = models.CharField(_("口径"), max_length=5, choices=Basis.choices)
    direction = models.CharField(
        _("方向"), max_length=8, choices=Direction.choices, default=Direction.AT_LEAST
    )
    goal = models.DecimalField(_("目标值"), max_digits=16, decimal_places=2)

    class Meta(Reference.Meta):
        verbose_name = _("目标任务")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="governance_target_once",
                fields=["association", "unit", "measure", "year", "basis"],
                violation_error_message=_("这个单位今年在这个指标上已有同口径的目标，请改那一条。"),
            ),
            models.CheckConstraint(name="governance_target_positive", condition=Q(goal__gt=0)),
        ]

    def clean(self) -> None:
        """Refuse a key that names no measure."""
        super().clean()
        if self.measure not in registry.measures():
            raise ValidationError({"measure": _("没有编号为“%(key)s”的指标。") % {"key": self.measure}})


class Milestone(Tenant):
    """A step of a target by a day: a value (or a share of the goal, in per cent), or an act that a record proves.

    An act names the type of its record; it is done once a confirmed record is linked, and open again if that is reversed.
    """

    target = models.ForeignKey(Target, models.CASCADE, related_name="milestones", verbose_name=_("目标任务"))
    name = models.CharField(_("节点"), max_length=100)
    due_on = models.DateField(_("完成时限"))
    value = models.DecimalField(_("应达到的值"), max_digits=16, decimal_places=2, null=True, blank=True)
    share = models.DecimalField(
        _("应达到目标的百分之"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    responsible = models.CharField(_("责任人"), max_length=60, blank=True)
    record_type = models.CharField(_("以哪类记录为完成依据"), max_length=80, blank=True)
    record_id = models.UUIDField(_("依据的记录"), null=True, blank=True)

    class Meta:
        verbose_name = _("目标节点")
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="governance_milestone_one_kind",
                condition=Q(value__isnull=False, share=None, record_type="")
                | Q(value=None, share__isnull=False, record_type="")
                | Q(value=None, share=None) & ~Q(record_type=""),
                violation_error_message=_("数值、百分比、完成依据三者填且只填一项。"),
            ),
            models.CheckConstraint(
                name="governance_milestone_act_has_record",
                condition=Q(record_id=None) | ~Q(record_type=""),
            ),
            models.CheckConstraint(
                name="governance_milestone_share",
                condition=Q(share=None) | Q(share__gt=0, share__lte=100),
                violation_error_message=_("百分比填 0 到 100 之间的数，例如 40。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TargetChange(Tenant):
    """What a target was before it was changed, with why, when and by whom."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="changes", verbose_name=_("目标任务"))
    name = models.CharField(_("原名称"), max_length=200)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("原责任单位"))
    basis = models.CharField(_("原口径"), max_length=5, choices=Basis.choices)
    direction = models.CharField(_("原方向"), max_length=8, choices=Direction.choices)
    goal = models.DecimalField(_("原目标值"), max_digits=16, decimal_places=2)
    reason = models.CharField(_("调整原因"), max_length=200)
    changed_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("调整人")
    )
    changed_at = models.DateTimeField(_("调整时间"))

    class Meta:
        verbose_name = _("目标调整")
        ordering: ClassVar = ["-changed_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="governance_change_has_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.goal}"


class TargetStanding(Tenant):
    """How a target stood when its unit was last told: a memory against telling twice, never a source of progress."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="+", verbose_name=_("目标任务"))
    status = models.CharField(_("进展"), max_length=12)
    seen_at = models.DateTimeField(_("时间"))
    told = models.PositiveSmallIntegerField(_("通知人数"), default=0)

    class Meta:
        verbose_name = _("目标进展提醒")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="governance_standing_one", fields=["association", "target"])
        ]

    def __str__(self) -> str:
        return self.status
