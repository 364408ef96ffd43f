"""Counties apply for a touring set."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.venues import TourVenue
from kexie.ledger.models import Tenant

SHORTEST, LONGEST = 14, 120


class TourApplication(Tenant):
    """A county (`unit`) asks for a set in a year; `months` are the months (1 to 12) it would like to begin in."""

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("待受理")
        ACCEPTED = "ACCEPTED", _("已受理")
        PLANNED = "PLANNED", _("已排期")
        DECLINED = "DECLINED", _("未同意")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    venue = models.ForeignKey(TourVenue, models.PROTECT, related_name="+", verbose_name=_("展出场馆"))
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.SUBMITTED)
    months = models.JSONField(_("希望开展的月份"), default=list)
    days = models.PositiveSmallIntegerField(_("希望展出天数"), default=60)
    reason = models.TextField(_("申请说明"), blank=True)
    answer = models.CharField(_("办理意见"), max_length=300, blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("填报人"))
    made_at = models.DateTimeField(_("提交时间"))
    answered_at = models.DateTimeField(_("办理时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("巡展申请")
        indexes: ClassVar = [models.Index(fields=["association", "year", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_tourapplication_once",
                fields=["association", "unit", "year"],
                condition=~Q(state__in=("DECLINED", "WITHDRAWN")),
                violation_error_message=_("这个单位今年已有一份申请，请在原申请上办理或先撤回。"),
            ),
            models.CheckConstraint(
                name="touring_tourapplication_days", condition=Q(days__range=(SHORTEST, LONGEST))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"
