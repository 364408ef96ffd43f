"""Venues (展出场馆) for touring sets, when they cannot take one, and what was found when somebody looked."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Reference, Tenant


class TourVenue(Reference):
    """A building a county (`unit`) offers for a set. What is not known is left empty, and the check asks for it."""

    class Power(models.TextChoices):
        NONE = "NONE", _("没有独立用电")
        V220 = "V220", _("220V")
        V380 = "V380", _("220V和380V")

    address = models.CharField(_("地址"), max_length=200, blank=True)
    area_m2 = models.PositiveIntegerField(_("展厅面积（㎡）"), null=True, blank=True)
    floor = models.SmallIntegerField(
        _("所在楼层"), null=True, blank=True, help_text=_("一层填1，地下一层填-1。")
    )
    has_lift = models.BooleanField(_("有货梯"), default=False)
    power = models.CharField(_("供电"), max_length=4, choices=Power.choices, blank=True)
    is_fire_safe = models.BooleanField(_("消防验收合格"), null=True, blank=True)
    longitude = models.FloatField(_("经度（WGS-84）"), null=True, blank=True)
    latitude = models.FloatField(_("纬度（WGS-84）"), null=True, blank=True)
    contact = models.CharField(_("场馆联系人"), max_length=40, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("巡展场馆")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_tourvenue_name",
                fields=["association", "unit", "name"],
                violation_error_message=_("这个单位已登记过同名场馆。"),
            ),
            models.CheckConstraint(
                name="touring_tourvenue_point",
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                violation_error_message=_("经纬度要一起填，经度-180至180，纬度-90至90。"),
            ),
        ]


class VenueClosure(Tenant):
    """Days, both included, on which a venue cannot take a set."""

    venue = models.ForeignKey(TourVenue, models.CASCADE, related_name="closures", verbose_name=_("场馆"))
    first_on = models.DateField(_("从"))
    last_on = models.DateField(_("到"))
    reason = models.CharField(_("原因"), max_length=100)

    class Meta:
        verbose_name = _("场馆不可用日期")
        indexes: ClassVar = [models.Index(fields=["association", "venue", "first_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="touring_venueclosure_order", condition=Q(last_on__gte=F("first_on")))
        ]

    def __str__(self) -> str:
        return f"{self.first_on}–{self.last_on} {self.reason}"


class VenueCheck(Tenant):
    """Somebody looked at a venue on a day. `lacking` keeps, in words, what was missing then."""

    venue = models.ForeignKey(TourVenue, models.PROTECT, related_name="checks", verbose_name=_("场馆"))
    checked_on = models.DateField(_("查看日期"))
    checked_by = models.CharField(_("查看人"), max_length=40)
    lacking = models.JSONField(_("不符合的项目"), default=list)
    passed = models.BooleanField(_("符合要求"))
    exception = models.CharField(_("例外同意的理由"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("场馆查看")
        indexes: ClassVar = [models.Index(fields=["association", "venue", "checked_on"])]

    def __str__(self) -> str:
        return f"{self.venue} {self.checked_on}"
