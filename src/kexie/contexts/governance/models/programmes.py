"""Action programmes and their targets. A target names a measure; its progress is computed, never typed."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger import registry
from kexie.ledger.models import Reference


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


class Target(Reference):
    """A value that a measure should reach in a year; `unit` is who is responsible."""

    class Basis(models.TextChoices):
        YEAR = "YEAR", _("当年新增")
        TOTAL = "TOTAL", _("到年底累计或现有")
        LEVEL = "LEVEL", _("全年保持")

    programme = models.ForeignKey(
        ActionProgramme, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "专项行动")
    )
    measure = models.CharField(_("指标"), max_length=80, help_text=_("指标的编号，例如 museums.visits"))
    year = models.PositiveSmallIntegerField(_("年度"))
    basis = models.CharField(_("口径"), max_length=5, choices=Basis.choices)
    goal = models.DecimalField(_("目标值"), max_digits=16, decimal_places=2)

    class Meta(Reference.Meta):
        verbose_name = _("目标任务")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="governance_target_once", fields=["association", "unit", "measure", "year", "basis"]
            ),
            models.CheckConstraint(name="governance_target_positive", condition=Q(goal__gt=0)),
        ]

    def clean(self) -> None:
        """Refuse a key that names no measure."""
        super().clean()
        if self.measure not in registry.measures():
            raise ValidationError({"measure": _("没有编号为“%(key)s”的指标。") % {"key": self.measure}})
