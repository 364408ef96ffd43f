"""What hosts of planned visits were last told."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan
from kexie.contexts.touring.models.ranges import DateRange, UuidRange
from kexie.contexts.touring.models.seasons import Season
from kexie.contexts.touring.models.sites import Site
from kexie.ledger.models import Tenant


class ToldVisit(Tenant):
    """A visit as its host knows it, whatever happens to the plan since. Times are minutes after midnight.

    `code` is the host's link: it stays when the visit moves. `number` counts the visits of a site in a season and
    `sequence` the changes, so that calendars know the visit again. What was said before the last change is kept for
    whoever calls the host.
    """

    class How(models.TextChoices):
        SMS = "SMS", _("短信")
        CALL = "CALL", _("待打电话")
        PHONE = "PHONE", _("电话")
        LINK = "LINK", _("确认链接")

    season = models.ForeignKey(Season, models.CASCADE, related_name="told")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("巡展点位"))
    number = models.PositiveSmallIntegerField(_("本季第几次"))
    code = models.CharField(_("确认码"), max_length=22)
    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="+", verbose_name=_("大篷车"))
    day = models.DateField(_("日期"))
    begins = models.PositiveSmallIntegerField(_("开始"))
    ends = models.PositiveSmallIntegerField(_("结束"))
    old_caravan = models.ForeignKey(Caravan, models.PROTECT, null=True, blank=True, related_name="+")
    old_day = models.DateField(_("原定日期"), null=True, blank=True)
    old_begins = models.PositiveSmallIntegerField(_("原定开始"), null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(_("第几次变动"), default=0)
    how = models.CharField(_("通知方式"), max_length=5, choices=How.choices)
    told_at = models.DateTimeField(_("通知时间"))
    off_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    # A row of `notify.Notice`, which is deleted after half a year.
    notice_id = models.UUIDField(_("短信"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("已通知的来访")
        ordering: ClassVar = ["day", "begins", "id"]
        indexes: ClassVar = [models.Index(fields=["association", "season", "site"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_told_code", fields=["association", "code"]),
            models.UniqueConstraint(
                name="touring_told_number", fields=["association", "season", "site", "number"]
            ),
            # Deferred: two visits of a site may change places.
            ExclusionConstraint(
                name="touring_told_once_a_day",
                expressions=[
                    (UuidRange("season"), "&&"),
                    (UuidRange("site"), "&&"),
                    (DateRange("day", "day", Value("[]")), "&&"),
                ],
                condition=Q(off_at=None),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="touring_told_order", condition=Q(ends__gt=F("begins"))),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.day}"
