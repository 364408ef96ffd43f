"""Places with coordinates."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class Place(models.Model):
    """A spot on the ground. Coordinates are WGS-84 (CGCS2000) degrees; GCJ-02 is converted at the edge."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    unit = models.ForeignKey(
        "units.Unit", verbose_name=_("管理单位"), on_delete=models.PROTECT, related_name="+"
    )
    area = models.ForeignKey(
        "areas.Area", verbose_name=_("所在地区"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=120)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    floor_area = models.PositiveIntegerField(_("建筑面积（㎡）"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = _("地点")
        verbose_name_plural = _("地点")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="place_coordinates_in_range",
                condition=Q(longitude=None, latitude=None)
                | Q(
                    # Said apart, because a comparison with nothing is neither true nor false to a constraint.
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AreaShape(models.Model):
    """The boundary of an area as an association draws it: polygons of rings of WGS-84 degrees, as GeoJSON has them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    area = models.ForeignKey(
        "areas.Area", verbose_name=_("所在地区"), on_delete=models.PROTECT, related_name="+"
    )
    polygons = models.JSONField(_("边界"), default=list)

    class Meta:
        verbose_name = _("行政区边界")
        constraints: ClassVar = [
            models.UniqueConstraint(name="place_shape_once", fields=["association", "area"])
        ]

    def __str__(self) -> str:
        return str(self.area)
