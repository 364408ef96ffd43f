"""What belongs to a trip besides its record: costs with receipts, incidents, the hosts' sign-off."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import CaravanStop, CaravanTrip
from kexie.ledger.models import Tenant


class TripCost(Tenant):
    """Money spent on a trip; the receipt if somebody attached it. What was entered wrongly is struck out."""

    class Kind(models.TextChoices):
        FUEL = "FUEL", _("燃油")
        TOLL = "TOLL", _("过路费")
        NIGHT = "NIGHT", _("住宿")
        MEAL = "MEAL", _("餐补")
        OTHER = "OTHER", _("其他")

    trip = models.ForeignKey(CaravanTrip, models.PROTECT, related_name="costs", verbose_name=_("出车记录"))
    kind = models.CharField(_("费用类型"), max_length=5, choices=Kind.choices)
    on = models.DateField(_("日期"))
    yuan = models.DecimalField(_("金额（元）"), max_digits=10, decimal_places=2)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    receipt = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("票据")
    )
    is_void = models.BooleanField(_("已作废"), default=False)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("出车费用")
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_tripcost_positive",
                condition=Q(yuan__gt=0),
                violation_error_message=_("金额要大于0。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.yuan}"


class TripIncident(Tenant):
    """Something that went wrong on a trip, and how it was dealt with."""

    class Kind(models.TextChoices):
        BREAKDOWN = "BREAKDOWN", _("车辆故障")
        ACCIDENT = "ACCIDENT", _("交通事故")
        INJURY = "INJURY", _("人员受伤")
        EXHIBIT = "EXHIBIT", _("展品损坏")
        WEATHER = "WEATHER", _("天气或道路")
        OTHER = "OTHER", _("其他")

    trip = models.ForeignKey(
        CaravanTrip, models.PROTECT, related_name="incidents", verbose_name=_("出车记录")
    )
    kind = models.CharField(_("情况类型"), max_length=9, choices=Kind.choices)
    on = models.DateField(_("日期"))
    text = models.CharField(_("经过"), max_length=500)
    result = models.CharField(_("处理结果"), max_length=300, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("出车情况")
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_tripincident_closed",
                condition=Q(closed_on=None, result="") | Q(closed_on__isnull=False) & ~Q(result=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class StopSignOff(Tenant):
    """The host's word that the caravan was there: a name, and the signed sheet if somebody attached it. Not edited."""

    stop = models.ForeignKey(
        CaravanStop, models.PROTECT, related_name="sign_offs", verbose_name=_("活动场次")
    )
    signed_by = models.CharField(_("接待单位签字人"), max_length=40)
    on = models.DateField(_("签字日期"))
    words = models.CharField(_("接待单位意见"), max_length=300, blank=True)
    sheet = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签字单")
    )
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("接待签字")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_stopsignoff_once",
                fields=["association", "stop"],
                violation_error_message=_("这一场已由接待单位签字。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.stop} {self.signed_by}"
