"""Youth programmes that are no contests: 青少年科学调查体验活动, 青少年科学营 and the like."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import HeadCounted, Series


class ProgrammeEdition(HeadCounted):
    """That a programme was run once by a unit; `occurred_on` is its first day, `headcount` the 人次 taking part."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="+", verbose_name=_("主题活动"))
    year = models.PositiveSmallIntegerField(_("年度"))
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    theme = models.CharField(_("本期主题"), max_length=200, blank=True)
    schools = models.PositiveIntegerField(_("参与学校（所）"), null=True, blank=True)
    partner = models.CharField(_("联合单位"), max_length=200, blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("青少年主题活动")
        constraints: ClassVar = [
            *HeadCounted.Meta.constraints,
            models.CheckConstraint(
                name="contests_programme_days",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("occurred_on")),
                violation_error_message=_("结束日期早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.series}"
