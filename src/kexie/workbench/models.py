"""What the workbench itself keeps: named questions to a list, and Excel files on their way in."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant


class SavedView(Tenant):
    """A question to a list (its filters and order) that one account named."""

    account = models.ForeignKey("access.Account", models.CASCADE, related_name="+", verbose_name=_("账号"))
    type_key = models.CharField(_("类型"), max_length=80)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("条件"), max_length=2000, blank=True)
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("常用视图")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="workbench_view_name", fields=["association", "account", "type_key", "name"]
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportJob(Tenant):
    """An Excel file from upload to its records, with what checking it found.

    `total` and `done` count rows of the stage under way. `problems` and `warnings` are lists of
    {"cell", "message"}, the first ones only; `problem_count` counts them all.
    """

    class State(models.TextChoices):
        CHECKING = "CHECKING", _("正在校验")
        FAULTY = "FAULTY", _("有问题")
        READY = "READY", _("待导入")
        IMPORTING = "IMPORTING", _("正在导入")
        DONE = "DONE", _("已导入")
        FAILED = "FAILED", _("失败")
        CANCELLED = "CANCELLED", _("已取消")

    RUNNING = (State.CHECKING, State.IMPORTING)

    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("导入人"))
    type_key = models.CharField(_("类型"), max_length=80)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    file_name = models.CharField(_("文件名"), max_length=150)
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.CHECKING)
    confirms = models.BooleanField(_("导入后即确认"), default=False)
    # In which system the sheet's coordinates are; "" is ours.
    system = models.CharField(_("坐标系"), max_length=5, blank=True)
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    created = models.PositiveIntegerField(_("新建"), default=0)
    known = models.PositiveIntegerField(_("此前已导入"), default=0)
    problem_count = models.PositiveIntegerField(_("问题数"), default=0)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    preview = models.JSONField(default=dict)
    message = models.TextField(_("说明"), blank=True)
    cancel_asked = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("上传时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("导入")
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [
            models.Index(fields=["association", "account", "-started_at"], name="workbench_import_recent")
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        """Whether a background task is at work on it."""
        return self.state in self.RUNNING
