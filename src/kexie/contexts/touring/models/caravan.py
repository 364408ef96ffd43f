"""Science caravans (科普大篷车), their trips, and the stops of a trip."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.licences import LicenceClass
from kexie.contexts.touring.models.ranges import Moments, UuidRange
from kexie.ledger.models import HeadCounted, Record, Reference


def _moment(day: str, time: str) -> CombinedExpression:
    return CombinedExpression(F(day), "+", F(time), output_field=models.DateTimeField())


class Caravan(Reference):
    """One vehicle; `name` is what the crew calls it."""

    class VehicleType(models.TextChoices):
        I = "I", _("Ⅰ型（大型展示车）")  # noqa: E741 - the programme's own name for it
        II = "II", _("Ⅱ型")
        III = "III", _("Ⅲ型（专题/放映车）")
        IV = "IV", _("Ⅳ型（县级小型车）")

    class State(models.TextChoices):
        IN_SERVICE = "IN_SERVICE", _("在用")
        IN_REPAIR = "IN_REPAIR", _("在修")
        RETIRED = "RETIRED", _("已退役")

    vehicle_type = models.CharField(_("车型"), max_length=3, choices=VehicleType.choices)
    state = models.CharField(
        _("车辆状态"), max_length=10, choices=State.choices, default=State.IN_SERVICE, editable=False
    )
    licence_class = models.CharField(
        _("需要的准驾车型"), max_length=2, choices=LicenceClass.choices, default=LicenceClass.C1
    )
    plate = models.CharField(_("车牌号"), max_length=12)
    bought_on = models.DateField(_("购置日期"))
    funding = models.CharField(_("资金来源"), max_length=60, blank=True)
    initial_km = models.PositiveIntegerField(_("初始里程（公里）"), default=0)
    retired_on = models.DateField(_("退役日期"), null=True, blank=True, editable=False)

    class Meta(Reference.Meta):
        verbose_name = _("科普大篷车")
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_caravan_plate", fields=["association", "plate"]),
            models.CheckConstraint(
                name="touring_caravan_retired",
                condition=Q(state="RETIRED", retired_on__isnull=False)
                | ~Q(state="RETIRED") & Q(retired_on=None),
            ),
        ]


class CaravanTrip(Record):
    """A caravan goes out and comes back. `occurred_on` is the day it leaves; `km` follows from the odometer."""

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="+", verbose_name=_("大篷车"))
    departs_at = models.TimeField(_("出车时间"))
    returned_on = models.DateField(_("返回日期"))
    returns_at = models.TimeField(_("返回时间"))
    odometer_out = models.PositiveIntegerField(_("出车里程表（公里）"), null=True, blank=True)
    odometer_in = models.PositiveIntegerField(_("返回里程表（公里）"), null=True, blank=True)
    km = models.PositiveIntegerField(_("行驶里程（公里）"), null=True, blank=True, editable=False)
    driver = models.CharField(_("驾驶员"), max_length=40, blank=True)
    crew = models.CharField(_("随车人员"), max_length=120, blank=True)
    theme = models.CharField(_("活动主题"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("大篷车出车记录")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="touring_caravantrip_order",
                condition=Q(returned_on__gt=F("occurred_on"))
                | Q(returned_on=F("occurred_on"), returns_at__gt=F("departs_at")),
            ),
            models.CheckConstraint(
                name="touring_caravantrip_km",
                condition=Q(km=None)
                | Q(odometer_in__gte=F("odometer_out"), km=F("odometer_in") - F("odometer_out")),
            ),
            ExclusionConstraint(
                name="touring_caravantrip_one_trip",
                expressions=[
                    (UuidRange("caravan"), "&&"),
                    (
                        Moments(_moment("occurred_on", "departs_at"), _moment("returned_on", "returns_at")),
                        "&&",
                    ),
                ],
                condition=~Q(state="REVERSED"),
                violation_error_message=_("这辆车在这段时间里已有另一次出车。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.occurred_on}"

    def clean(self) -> None:
        """Refuse a return before the departure, and work out the kilometres."""
        errors: dict[str, Any] = {}
        if self._returns_too_early():
            errors["returns_at"] = _("返回时间要晚于出车时间。")
        self.km = None
        if self.odometer_out is not None and self.odometer_in is not None:
            self.km = self.odometer_in - self.odometer_out
        if self.km is not None and self.km < 0:
            errors["odometer_in"] = _("返回里程表读数不能小于出车读数。")
            self.km = None
        if errors:
            raise ValidationError(errors)

    def _returns_too_early(self) -> bool:
        times = (self.occurred_on, self.departs_at, self.returned_on, self.returns_at)
        return None not in times and (self.returned_on, self.returns_at) <= (
            self.occurred_on,
            self.departs_at,
        )


class CaravanStop(HeadCounted):
    """One stop of a trip (一场): a school, village or square where the caravan showed its exhibits."""

    class Audience(models.TextChoices):
        PUPILS = "PUPILS", _("中小学生")
        VILLAGERS = "VILLAGERS", _("农村居民")
        RESIDENTS = "RESIDENTS", _("社区居民")
        WORKERS = "WORKERS", _("企业职工")
        OFFICIALS = "OFFICIALS", _("机关干部")
        MIXED = "MIXED", _("社会公众")

    trip = models.ForeignKey(CaravanTrip, models.PROTECT, related_name="+", verbose_name=_("出车记录"))
    spot = models.CharField(_("活动地点"), max_length=120, help_text=_("学校、村、社区或广场的名称"))
    audience = models.CharField(_("主要对象"), max_length=9, choices=Audience.choices)
    minutes = models.PositiveSmallIntegerField(_("活动时长（分钟）"), null=True, blank=True)
    materials = models.PositiveIntegerField(_("发放资料（份）"), null=True, blank=True)
    received_by = models.CharField(_("接待单位确认人"), max_length=40, blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("大篷车活动场次")

    def __str__(self) -> str:
        return f"{self.spot} {self.occurred_on}"

    def clean(self) -> None:
        """Refuse a day outside the trip's."""
        if None not in (self.trip_id, self.occurred_on) and not self._is_within():
            raise ValidationError({"occurred_on": _("日期不在这次出车的起止日期内。")})

    def _is_within(self) -> bool:
        return self.trip.occurred_on <= self.occurred_on <= self.trip.returned_on
