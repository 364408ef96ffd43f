"""What holders of titles report each year, and the reminders before a term ends."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models.accreditation import Accreditation
from kexie.ledger.models import Tenant

_ACCOUNT = "access.Account"


class SelfReport(Tenant):
    """A holder's report of a calendar year on one title. `unit` is the holder; `figures` are kept when it is sent.

    `answers` hold what no record says: numbers by key of `queries.holder_figures`, and the holder's own words.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("填写中")
        SUBMITTED = "SUBMITTED", _("待县区审核")
        RETURNED = "RETURNED", _("退回补正")
        CONFIRMED = "CONFIRMED", _("已确认")

    accreditation = models.ForeignKey(
        Accreditation, models.PROTECT, related_name="reports", verbose_name=_("科普称号")
    )
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("获得单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.DRAFT)
    answers = models.JSONField(_("填报内容"), default=dict, blank=True)
    figures = models.JSONField(_("台账数"), default=list, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    checked_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    checked_at = models.DateTimeField(_("审核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度自评")
        indexes: ClassVar = [models.Index(fields=["association", "year", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_report_once", fields=["association", "accreditation", "year"]
            ),
            models.CheckConstraint(
                name="facilities_report_state",
                condition=Q(state="DRAFT")
                | Q(state="SUBMITTED", submitted_at__isnull=False)
                | Q(state="CONFIRMED", submitted_at__isnull=False, checked_at__isnull=False)
                | Q(state="RETURNED", checked_at__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"


class TitleReminder(Tenant):
    """The reminder that a title ends in so many days (or today) was sent; each is sent once."""

    accreditation = models.ForeignKey(
        Accreditation, models.CASCADE, related_name="reminders", verbose_name=_("科普称号")
    )
    days = models.PositiveSmallIntegerField(_("到期前天数"))
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("到期提醒")
        ordering: ClassVar = ["-sent_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_reminder_once", fields=["association", "accreditation", "days"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.accreditation} {self.days}"


class ReportReminder(Tenant):
    """The reminder that a year's report is due in so many days (or today) was sent; each is sent once."""

    accreditation = models.ForeignKey(
        Accreditation, models.CASCADE, related_name="report_reminders", verbose_name=_("科普称号")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    days = models.PositiveSmallIntegerField(_("到期前天数"))
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("自评提醒")
        ordering: ClassVar = ["-sent_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_reportreminder_once", fields=["association", "accreditation", "year", "days"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.accreditation} {self.year}"
