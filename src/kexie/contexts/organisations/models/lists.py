"""The dated lists that coverage is measured against: without them a coverage is not computable."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Record


def same(*names: str) -> tuple[Any, str]:
    """Return the part of an exclusion constraint that says "equal in these columns".

    Without btree_gist only ranges can be excluded, so the columns are hashed into a range of one 64-bit number.
    """
    texts = (Cast(F(name), models.TextField()) for name in names)
    key = Concat(*texts, Value("", models.TextField()), output_field=models.TextField())
    number = Func(key, Value(0), function="hashtextextended", output_field=models.BigIntegerField())
    one = Func(number, number, Value("[]"), function="int8range", output_field=BigIntegerRangeField())
    return one, RangeOperators.OVERLAPS


def valid_days() -> tuple[Any, str]:
    """Return the part of an exclusion constraint that says "valid on a common day"."""
    days = Func(
        F("occurred_on"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField()
    )
    return days, RangeOperators.OVERLAPS


class Listing(Record):
    """Something stands on an official list from `occurred_on` to `valid_to` (last valid day, empty = still)."""

    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    document = models.CharField(_("名单文件"), max_length=150)

    class Meta(Record.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_window",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("occurred_on")),
                violation_error_message=_("有效期不能早于认定日期。"),
            ),
        ]


class TitleListing(Listing):
    """A firm holds an official title; `occurred_on` is the first valid day of the certificate."""

    class Title(models.TextChoices):
        LITTLE_GIANT = "LITTLE_GIANT", pgettext_lazy("one", "专精特新“小巨人”企业")
        SPECIALISED = "SPECIALISED", _("省级专精特新中小企业")
        HIGH_TECH = "HIGH_TECH", pgettext_lazy("one", "高新技术企业")

    title = models.CharField(_("称号"), max_length=12, choices=Title.choices)
    firm = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "企业")
    )
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)

    class Meta(Listing.Meta):
        verbose_name = _("企业称号名单")
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["association", "title", "firm"], name="organisations_title_firm"),
        ]
        constraints: ClassVar[list[Any]] = [
            *Listing.Meta.constraints,
            # A firm listed twice on one day would count twice in the denominator of a coverage.
            ExclusionConstraint(
                name="organisations_title_once",
                expressions=[same("association_id", "firm_id", "title"), valid_days()],
                condition=Q(state="CONFIRMED"),
                violation_error_message=_("这家企业在同一时段已有同一称号，请核对有效期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} {self.get_title_display()}"


class JurisdictionListing(Listing):
    """A county-level unit belongs to the association's jurisdiction; `area` is that unit's area."""

    class Meta(Listing.Meta):
        verbose_name = _("县级行政区名单")
        constraints: ClassVar[list[Any]] = [
            *Listing.Meta.constraints,
            ExclusionConstraint(
                name="organisations_jurisdiction_once",
                expressions=[same("association_id", "area_id"), valid_days()],
                condition=Q(state="CONFIRMED"),
                violation_error_message=_("这个行政区在同一时段已在名单上。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.area)
