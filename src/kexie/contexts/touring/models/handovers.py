"""Handing a set over: the list in and out of a stop; and groups that come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.maintenance import Condition, SetExhibit
from kexie.contexts.touring.models.set_plans import PlannedTourStop
from kexie.ledger.models import Tenant


class Handover(Tenant):
    """A set handed to a stop's host or taken back, exhibit by exhibit, under two names. Signed, it is not edited."""

    class Kind(models.TextChoices):
        IN = "IN", _("进场交接")
        OUT = "OUT", _("撤场交接")

    stop = models.ForeignKey(
        PlannedTourStop, models.PROTECT, related_name="handovers", verbose_name=_("巡展站")
    )
    kind = models.CharField(_("类型"), max_length=3, choices=Kind.choices)
    on = models.DateField(_("交接日期"))
    given_by = models.CharField(_("移交人"), max_length=40)
    taken_by = models.CharField(_("接收人"), max_length=40)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("展品交接")
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_handover_once", fields=["association", "stop", "kind"])
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class HandoverLine(Tenant):
    """An exhibit's condition at a handover; a photo if somebody chose to take one."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="lines", verbose_name=_("交接"))
    exhibit = models.ForeignKey(SetExhibit, models.PROTECT, related_name="+", verbose_name=_("展品"))
    condition = models.CharField(_("状况"), max_length=7, choices=Condition.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    photo = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("照片")
    )

    class Meta:
        verbose_name = _("交接清单项")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_handoverline_once", fields=["association", "handover", "exhibit"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.exhibit} {self.get_condition_display()}"


class GroupVisit(Tenant):
    """A school or other group at a stop: booked for a day; `came` is how many did, once known (0: none)."""

    stop = models.ForeignKey(PlannedTourStop, models.PROTECT, related_name="groups", verbose_name=_("巡展站"))
    on = models.DateField(_("日期"))
    school = models.CharField(_("学校或团体"), max_length=100)
    booked = models.PositiveIntegerField(_("预约人数"), null=True, blank=True)
    came = models.PositiveIntegerField(_("实到人数"), null=True, blank=True)
    is_cancelled = models.BooleanField(_("已取消"), default=False)

    class Meta:
        verbose_name = _("团体参观")
        indexes: ClassVar = [models.Index(fields=["association", "stop", "on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_groupvisit_number", condition=Q(booked__isnull=False) | Q(came__isnull=False)
            ),
            models.UniqueConstraint(
                name="touring_groupvisit_once",
                fields=["association", "stop", "on", "school"],
                condition=Q(is_cancelled=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.school}"
