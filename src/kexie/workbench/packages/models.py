"""Packages handed out, the rows in them, the files that came back, and what became of each row."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant
from kexie.workbench.packages.states import RUNNING, SPENT, Decision, Outcome, Stage, Step, Verdict


class Package(Tenant):
    """A workbook for one unit: which types, which days (half-open), whether with what is recorded already."""

    code = models.CharField(_("编号"), max_length=12)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    type_keys = models.JSONField(_("填报内容"), default=list)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束（不含）"))
    with_records = models.BooleanField(_("带上已有记录"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=Stage.choices, default=Stage.MAKING)
    row_count = models.PositiveIntegerField(_("已有记录"), default=0)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    message = models.TextField(_("说明"), blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("制作人"))
    made_at = models.DateTimeField(_("数据截至"))
    valid_until = models.DateField(_("有效期至"))

    class Meta:
        verbose_name = _("离线工作包")
        constraints: ClassVar = [
            models.UniqueConstraint(name="packages_package_code", fields=["association", "code"]),
            models.CheckConstraint(name="packages_package_days", condition=Q(ends_on__gt=F("starts_on"))),
        ]
        indexes: ClassVar = [models.Index(fields=["association", "-made_at"], name="packages_package_recent")]

    def __str__(self) -> str:
        return self.code


class PackageRow(Tenant):
    """A record that went out in a package: its key in the sheet, and what it said then (the base of a merge).

    `base` holds canonical text by field, `labels` the names of what relations pointed at.
    """

    package = models.ForeignKey(Package, models.CASCADE, related_name="rows")
    type_key = models.CharField(_("类型"), max_length=80)
    key = models.CharField(_("行标识"), max_length=16)
    version = models.CharField(_("行版本"), max_length=16)
    record_id = models.UUIDField(_("记录"))
    base = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("工作包中的行")
        constraints: ClassVar = [
            models.UniqueConstraint(name="packages_row_key", fields=["association", "key"]),
            models.UniqueConstraint(name="packages_row_once", fields=["association", "package", "record_id"]),
        ]

    def __str__(self) -> str:
        return self.key


class Merge(Tenant):
    """A file that came back, from checking to its records."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="merges", verbose_name=_("工作包"))
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    file_name = models.CharField(_("文件名"), max_length=150)
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("交回人"))
    confirms = models.BooleanField(_("并入后即确认"), default=False)
    state = models.CharField(_("状态"), max_length=9, choices=Step.choices, default=Step.CHECKING)
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    message = models.TextField(_("说明"), blank=True)
    notes = models.JSONField(default=list)
    cancel_asked = models.BooleanField(default=False)
    reason = models.TextField(_("撤销原因"), blank=True)
    started_at = models.DateTimeField(_("交回时间"))
    beat_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("工作包交回")
        constraints: ClassVar = [
            # The same file is under way, or in, once.
            models.UniqueConstraint(
                name="packages_merge_once",
                fields=["association", "package", "file"],
                condition=~Q(state__in=[str(one) for one in SPENT]),
            ),
            # One merging at a time for each package: two copies do not race for the same rows.
            models.UniqueConstraint(
                name="packages_merge_alone",
                fields=["association", "package"],
                condition=Q(state__in=[str(Step.MERGING), str(Step.UNDOING)]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["association", "-started_at"], name="packages_merge_recent")
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        """Whether a background task is at work on it."""
        return self.state in RUNNING


class Line(Tenant):
    """One row of a returned sheet (or one that is missing from it), what it was found to be and what became of it.

    `mine` and `base` hold canonical text by field; `shown` the differences as a person reads them; `raw` what stood
    in the cells of a faulty row; `choices` whose value was chosen for each field in conflict.
    """

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="lines")
    type_key = models.CharField(_("类型"), max_length=80)
    number = models.IntegerField(_("行号"))
    key = models.CharField(_("行标识"), max_length=16, blank=True)
    title = models.CharField(_("内容"), max_length=200, blank=True)
    verdict = models.CharField(_("比对结果"), max_length=8, choices=Verdict.choices)
    decision = models.CharField(_("处理"), max_length=7, choices=Decision.choices, blank=True)
    mine = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    shown = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    source_key = models.CharField(_("来源编号"), max_length=120, blank=True)
    theirs_id = models.UUIDField(_("系统中的记录"), null=True)
    theirs_version = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(_("结果"), max_length=9, choices=Outcome.choices, blank=True)
    message = models.TextField(_("说明"), blank=True)
    result_id = models.UUIDField(_("结果记录"), null=True)
    before = models.JSONField(default=dict)
    undone = models.BooleanField(_("已撤销"), default=False)

    class Meta:
        verbose_name = _("交回的行")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="packages_line_once", fields=["association", "merge", "type_key", "number"]
            ),
            models.CheckConstraint(
                name="packages_line_decided",
                condition=Q(outcome="") | ~Q(decision="") | Q(verdict=Verdict.SAME),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["merge", "verdict", "outcome"], name="packages_line_kind")]

    def __str__(self) -> str:
        return self.title or f"{self.type_key} {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether a person has to decide."""
        return not self.outcome and not self.decision
