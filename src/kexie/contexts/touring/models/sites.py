"""Sites (巡展点位): where a caravan may go, with what decides when it may."""

import json
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan
from kexie.foundation.people.masking import mask_name, mask_phone
from kexie.ledger.models import Reference, Tenant
from kexie.platform import crypto

LONGEST_SERVICE = 480
# Degrees between which China lies.
_EAST, _NORTH = (72, 138), (0.8, 56)


class Site(Reference):
    """A school, village, community, square or market that a caravan may visit; `unit` is the office that keeps it.

    The point is WGS-84. A site without one is kept, and planned only once it has one. Name and telephone number
    of whom the crew asks for are encrypted together.
    """

    class Kind(models.TextChoices):
        SCHOOL = "SCHOOL", _("学校")
        VILLAGE = "VILLAGE", _("村")
        COMMUNITY = "COMMUNITY", _("社区")
        SQUARE = "SQUARE", _("广场")
        MARKET = "MARKET", _("集市")
        OTHER = "OTHER", _("其他")

    class Priority(models.IntegerChoices):
        USUAL = 1, _("一般")
        HIGH = 2, _("优先")
        TOP = 3, _("重点")

    class MarketUse(models.TextChoices):
        ANY = "ANY", _("与集日无关")
        ONLY = "ONLY", _("只在集日去")
        NEVER = "NEVER", _("避开集日")

    VehicleType = Caravan.VehicleType

    kind = models.CharField(_("类型"), max_length=9, choices=Kind.choices)
    host = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接待单位")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    contact = models.BinaryField(_("联系人"), null=True, blank=True, editable=False)
    service_minutes = models.PositiveSmallIntegerField(
        _("每场时长（分钟）"),
        default=90,
        validators=[MinValueValidator(15), MaxValueValidator(LONGEST_SERVICE)],
        help_text=_("从到达布展到收展离开，15 至 480 分钟。"),
    )
    pupils = models.PositiveIntegerField(_("人数"), null=True, blank=True, help_text=_("学生数或常住人口。"))
    # {"1": [["08:30", "11:30"], …]} by ISO weekday; a weekday left out is closed, {} is the kind's usual hours.
    windows = models.JSONField(_("可到访时间"), default=dict, blank=True)
    # {"kind": "LUNAR" | "WEEKDAYS" | "MONTH", "days": […]}; {} is no market. See `rules.days`.
    market = models.JSONField(_("集日"), default=dict, blank=True)
    market_use = models.CharField(
        _("集日安排"), max_length=5, choices=MarketUse.choices, default=MarketUse.ANY
    )
    every_months = models.PositiveSmallIntegerField(
        _("每几个月去一次"), default=6, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    least_days = models.PositiveSmallIntegerField(
        _("两次至少间隔（天）"), default=30, validators=[MaxValueValidator(730)]
    )
    vehicle_types = models.JSONField(
        _("适用车型"), default=list, blank=True, help_text=_("不选表示各种车型都可以。")
    )
    can_stay = models.BooleanField(_("附近可住宿"), default=False)
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=Priority.choices, default=Priority.USUAL)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta(Reference.Meta):
        verbose_name = _("巡展点位")
        ordering: ClassVar = ["area_id", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_site_name",
                fields=["association", "area", "name"],
                violation_error_message=_("这个乡镇已经有同名的点位。"),
            ),
            models.CheckConstraint(name="touring_site_has_area", condition=Q(area__isnull=False)),
            models.CheckConstraint(
                name="touring_site_point",
                condition=Q(longitude=None, latitude=None)
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=_EAST,
                    latitude__range=_NORTH,
                ),
                violation_error_message=_("坐标不在中国境内，请检查经度和纬度是否颠倒。"),
            ),
            models.CheckConstraint(
                name="touring_site_service",
                condition=Q(service_minutes__range=(15, LONGEST_SERVICE)),
            ),
            models.CheckConstraint(name="touring_site_frequency", condition=Q(every_months__range=(1, 36))),
        ]

    def clean(self) -> None:
        """Name the cells of a point that cannot be right."""
        if (self.longitude is None) != (self.latitude is None):
            empty = "longitude" if self.longitude is None else "latitude"
            raise ValidationError({empty: _("经度和纬度要么都填，要么都不填。")})
        if self.longitude is None or self.latitude is None or _is_in_china(self.longitude, self.latitude):
            return
        swapped = _is_in_china(self.latitude, self.longitude)
        told = (
            _("经度和纬度填反了，请对调。") if swapped else _("坐标不在中国境内，请检查经度和纬度是否颠倒。")
        )
        raise ValidationError({"longitude": told, "latitude": told})

    @property
    def has_point(self) -> bool:
        """Whether it is known where the site is."""
        return self.longitude is not None and self.latitude is not None

    def seal_contact(self, *, name: str, phone: str) -> None:
        """Keep whom the crew asks for; nothing where both are empty."""
        if not name and not phone:
            self.contact = None
            return
        self.contact = crypto.encrypt(json.dumps([name, phone]).encode(), context=self.pk.bytes)

    def open_contact(self) -> tuple[str, str]:
        """Return name and telephone number in clear: for the crew's own sheet and for notices only."""
        if not self.contact:
            return "", ""
        name, phone = json.loads(crypto.decrypt(bytes(self.contact), context=self.pk.bytes))
        return name, phone

    @property
    def masked_contact(self) -> str:
        """Whom to ask for, as pages show it."""
        name, phone = self.open_contact()
        return " ".join(part for part in (mask_name(name), mask_phone(phone)) if part)


def _is_in_china(longitude: Any, latitude: Any) -> bool:
    return _EAST[0] <= float(longitude) <= _EAST[1] and _NORTH[0] <= float(latitude) <= _NORTH[1]


class SchoolTerm(Tenant):
    """A term of the schools in a county or in the whole city (`area`): only then, and on school days, are they open."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name=_("地区"))
    name = models.CharField(_("学期"), max_length=60, help_text=_("例如：2026年秋季学期"))
    starts_on = models.DateField(_("开学日期"))
    ends_on = models.DateField(_("放假前最后一天"))
    # Days within the term without lessons (autumn holiday, examinations): ["2026-11-10", …]
    off_days: "models.JSONField[Any, Any]" = models.JSONField(_("停课日"), default=list, blank=True)

    class Meta:
        verbose_name = _("学期")
        ordering: ClassVar = ["-starts_on", "area_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_term_once", fields=["association", "area", "starts_on"]),
            models.CheckConstraint(
                name="touring_term_order",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("放假日期要晚于开学日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
