"""Administrative areas by GB/T 2260 code."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The level of an area; a zone stands beside the counties without being one."""

    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("市级")
    COUNTY = "COUNTY", _("县级")
    ZONE = "ZONE", _("功能区")
    TOWNSHIP = "TOWNSHIP", _("乡级")
    VILLAGE = "VILLAGE", _("村级")


# How many leading characters of a code name the subtree of an area.
PREFIX_LENGTH = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.ZONE: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}


class Area(models.Model):
    """A province, city, county, township or village, or a functional zone with a local extension code.

    Codes are 6 digits (province to county), 9 (township) or 12 (village). A zone such as 3412A1 has no
    national code: `counts_in` names the county to which statistics attribute it.
    """

    Level = Level

    code = models.CharField(
        _("区划代码"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(r"^\d{4}[\dA-Z]\d(\d{3}(\d{3})?)?$", _("区划代码应为6位、9位或12位。"))],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", verbose_name=_("上级"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    counts_in = models.ForeignKey(
        "self", verbose_name=_("统计归属"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    population = models.PositiveIntegerField(_("常住人口"), null=True, blank=True)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_code_fits_level",
                condition=Q(level="PROVINCE", code__regex=r"^\d{2}0000$")
                | Q(level="CITY", code__regex=r"^\d{4}00$")
                | Q(level="COUNTY", code__regex=r"^\d{6}$")
                | Q(level="ZONE", code__regex=r"^\d{4}[A-Z]\d$")
                | Q(level="TOWNSHIP", code__regex=r"^\d{4}[\dA-Z]\d{4}$")
                | Q(level="VILLAGE", code__regex=r"^\d{4}[\dA-Z]\d{7}$"),
            ),
            models.CheckConstraint(
                name="area_valid_period",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
            ),
            models.CheckConstraint(name="area_not_its_own_parent", condition=~Q(parent=F("code"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The start that the codes of the whole subtree share: `area__code__startswith=area.prefix`."""
        return self.code[: PREFIX_LENGTH[Level(self.level)]]
