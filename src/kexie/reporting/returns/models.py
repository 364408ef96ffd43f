"""Who files which records, the returns, and their values."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant


class Part(Tenant):
    """The records of `unit` and below, as far as no part lies deeper, are filed by `filer` in an edition.

    A unit's records so belong to one part only; the constraint refuses a second.
    """

    edition = models.CharField(_("年报"), max_length=20)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("记录所属单位"))
    filer = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("填报单位"))

    class Meta:
        verbose_name = _("填报范围")
        ordering: ClassVar = ["edition", "unit"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "edition", "unit"], name="returns_records_are_filed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.unit}"


class Return(Tenant):
    """One unit's return in an edition. `version` grows with each change, so that two people do not overwrite."""

    class Stage(models.TextChoices):
        DRAFT = "DRAFT", _("待填报")
        FILLED = "FILLED", _("已取数")
        CHECKED = "CHECKED", _("已审核")
        SENT = "SENT", _("已上报")
        COUNTY_APPROVED = "COUNTY_APPROVED", _("县级已批准")
        CITY_APPROVED = "CITY_APPROVED", _("市级已批准")
        LOCKED = "LOCKED", _("已锁定")

    edition = models.CharField(_("年报"), max_length=20)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("填报单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    stage = models.CharField(_("环节"), max_length=15, choices=Stage.choices, default=Stage.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=0)
    filled_at = models.DateTimeField(_("取数时间"), null=True, blank=True)
    known_at = models.DateTimeField(_("所知时刻"), null=True, blank=True)
    units = models.JSONField(_("填报范围"), default=dict)
    moved_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("经办人"))
    moved_at = models.DateTimeField(_("办理时间"))
    reason = models.CharField(_("退回原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("年报表")
        ordering: ClassVar = ["-year", "edition", "unit"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "edition", "unit"], name="returns_one_for_a_unit"),
            models.CheckConstraint(
                name="returns_filled_has_a_moment",
                condition=Q(stage="DRAFT") | Q(filled_at__isnull=False, known_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.unit}"


class Value(Tenant):
    """The value of an item in a return: computed from a figure, or declared from outside with source and person.

    number: None is nothing to report. raw: before rounding. rows: how many records stand behind it. digest: the
    figure's.
    """

    class Status(models.TextChoices):
        ACTUAL = "ACTUAL", _("实际")
        PLANNED = "PLANNED", _("计划")
        ESTIMATED = "ESTIMATED", _("估计")

    filed = models.ForeignKey(Return, models.CASCADE, related_name="values", verbose_name=_("年报表"))
    key = models.CharField(_("项目"), max_length=60)
    number = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    raw = models.DecimalField(_("取整前"), max_digits=24, decimal_places=8, null=True, blank=True)
    rows = models.PositiveIntegerField(_("记录数"), default=0)
    digest = models.CharField(_("校验码"), max_length=64, blank=True)
    status = models.CharField(_("性质"), max_length=9, choices=Status.choices, default=Status.ACTUAL)
    is_outside = models.BooleanField(_("台账以外"), default=False)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    person = models.CharField(_("提供人"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("经办人")
    )
    changed_at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("年报数值")
        ordering: ClassVar = ["filed", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "filed", "key"], name="returns_one_value"),
            models.CheckConstraint(
                name="returns_outside_has_source_and_person",
                condition=Q(is_outside=False, source="", person="")
                | (Q(is_outside=True) & ~Q(source="") & ~Q(person="")),
            ),
            models.CheckConstraint(
                name="returns_computed_has_a_digest",
                condition=(Q(is_outside=True) & Q(digest="")) | (Q(is_outside=False) & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"
