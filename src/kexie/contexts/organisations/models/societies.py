"""Terms of municipal societies and their yearly inspections (domain.md 4.3)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Record


class SocietyTerm(Record):
    """A council's term, from the congress (`occurred_on`) to the day the charter ends it; `unit` is the society."""

    number = models.PositiveSmallIntegerField(_("届次"))
    valid_to = models.DateField(_("任期届满"))
    chair = models.CharField(_("理事长"), max_length=60)
    secretary = models.CharField(_("秘书长"), max_length=60, blank=True)
    council_size = models.PositiveSmallIntegerField(_("理事人数"), null=True, blank=True)
    members = models.PositiveIntegerField(_("会员数"), null=True, blank=True)
    document = models.CharField(_("批复文件"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("学会换届")
        constraints: ClassVar[list[Any]] = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="organisations_societyterm_window",
                condition=Q(valid_to__gt=F("occurred_on")),
                violation_error_message=_("任期届满日期要晚于换届日期。"),
            ),
            models.UniqueConstraint(
                name="organisations_societyterm_once",
                fields=["association", "unit", "number"],
                condition=Q(state="CONFIRMED"),
                violation_error_message=_("这个学会的这一届已登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


class Inspection(Record):
    """The result of a society's yearly inspection; `unit` is the society."""

    class Result(models.TextChoices):
        PASSED = "PASSED", _("合格")
        BASICALLY_PASSED = "BASICALLY_PASSED", _("基本合格")
        FAILED = "FAILED", _("不合格")

    year = models.PositiveSmallIntegerField(_("检查年度"), help_text=_("被检查的年度，通常是上一年。"))
    result = models.CharField(_("结论"), max_length=16, choices=Result.choices)
    finding = models.CharField(_("发现的问题"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("学会年检")
        constraints: ClassVar[list[Any]] = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="organisations_inspection_once",
                fields=["association", "unit", "year"],
                condition=Q(state="CONFIRMED"),
                violation_error_message=_("这个学会这一年度的年检结论已登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year} {self.get_result_display()}"
