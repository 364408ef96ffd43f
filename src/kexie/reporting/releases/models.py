"""Releases of a unit's period with their frozen cells, and the releases of other cities that were loaded."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant
from kexie.reporting.releases.states import Stage


class Release(Tenant):
    """A unit's period as it was known at a moment: days from `since` to before `until`.

    `measures` is what is frozen in turn and `done` how many of them are; `document` is the signed file once closed.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    since = models.DateField(_("起始日"))
    until = models.DateField(_("截止日次日"))
    version = models.PositiveSmallIntegerField(_("版次"), default=0)
    state = models.CharField(_("状态"), max_length=9, choices=Stage.choices, default=Stage.RUNNING)
    known_at = models.DateTimeField(_("数据截至"))
    log_size = models.BigIntegerField(_("日志长度"))
    log_root = models.BinaryField(_("日志根"))
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("上一版")
    )
    reason = models.CharField(_("修订原因"), max_length=200, blank=True)
    measures = models.JSONField(_("指标"), default=list)
    done = models.PositiveIntegerField(_("已冻结指标数"), default=0)
    closed_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("结账人")
    )
    closed_at = models.DateTimeField(_("结账时间"), null=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    document = models.TextField(_("发布文件"), blank=True)

    class Meta:
        verbose_name = _("数据发布")
        ordering: ClassVar = ["-until", "-version", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "unit", "since", "until", "version"], name="releases_one_closing"
            ),
            models.CheckConstraint(name="releases_has_days", condition=Q(since__lt=F("until"))),
            models.CheckConstraint(
                name="releases_revision_says_why",
                condition=Q(version=0, predecessor=None, reason="")
                | Q(version__gt=0, predecessor__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="releases_closed_has_document",
                condition=Q(state=Stage.CLOSED, closed_at__isnull=False) & ~Q(document="")
                | ~Q(state=Stage.CLOSED) & Q(closed_at=None, document=""),
            ),
            models.CheckConstraint(
                name="releases_published_is_closed",
                condition=Q(published_at=None) | Q(state=Stage.CLOSED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}–{self.until} R{self.version}"


class SigningKey(Tenant):
    """A key that a unit signs with: made at its first closing, the highest number signs, all of them verify.

    `sealed` is the private part, encrypted; `endorsement` is the signature of the key before over this one.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    number = models.PositiveSmallIntegerField(_("序号"))
    public = models.CharField(_("公钥"), max_length=64)
    sealed = models.BinaryField(editable=False)
    endorsement = models.CharField(_("上一把密钥的签名"), max_length=128, blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("经办人"))
    made_at = models.DateTimeField(_("启用时间"))

    class Meta:
        verbose_name = _("发布密钥")
        ordering: ClassVar = ["unit", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "unit", "number"], name="releases_one_key"),
            models.CheckConstraint(
                name="releases_later_key_is_endorsed",
                condition=Q(number=1, endorsement="") | Q(number__gt=1) & ~Q(endorsement=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.number}"


class FrozenCell(Tenant):
    """One frozen cell: value (None: not computable), how many rows, and the root over their leaves.

    Of a measure that adds up there is one for each unit, county, month and method; of others one for all.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="cells", verbose_name=_("数据发布"))
    measure = models.CharField(_("指标"), max_length=80)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    area = models.CharField(_("地区"), max_length=12, blank=True)
    month = models.CharField(_("月份"), max_length=7, blank=True)
    method = models.CharField(_("计数方法"), max_length=8, blank=True)
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=4, null=True)
    rows = models.PositiveIntegerField(_("记录数"))
    root = models.BinaryField(_("记录根"))

    class Meta:
        verbose_name = _("冻结的数")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "release", "measure", "unit", "area", "month", "method"],
                name="releases_one_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.area} {self.month} {self.method}"


class LoadedRelease(Tenant):
    """A release of another city, verified when it was loaded; `digest` is SHA-256 of the file, `key` who signed."""

    digest = models.CharField(_("摘要"), max_length=64)
    origin = models.CharField(_("来源编号"), max_length=40)
    name = models.CharField(_("来源"), max_length=200)
    since = models.DateField(_("起始日"))
    until = models.DateField(_("截止日次日"))
    version = models.PositiveSmallIntegerField(_("版次"))
    key = models.CharField(_("公钥"), max_length=64)
    document = models.TextField(_("发布文件"))
    loaded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("载入人")
    )
    loaded_at = models.DateTimeField(_("载入时间"))

    class Meta:
        verbose_name = _("载入的发布")
        ordering: ClassVar = ["-until", "name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "origin", "since", "until", "version"], name="releases_loaded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since} R{self.version}"
