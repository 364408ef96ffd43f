"""What happens to experts' entries: brought in from files, merged, opened, asked to be changed or deleted."""

import zlib
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models.expert import Expert
from kexie.kernel.ids import short_code
from kexie.ledger.models import Tenant
from kexie.platform import crypto


class ExpertImport(Tenant):
    """A file of people: what checking it found, and how far bringing it in has come.

    The file itself is kept sealed, since it holds what was said of people, and is dropped when it is done with.
    """

    class State(models.TextChoices):
        FAULTY = "FAULTY", _("有问题")
        READY = "READY", _("待导入")
        RUNNING = "RUNNING", _("导入中")
        STOPPED = "STOPPED", _("已停下")
        DONE = "DONE", _("已导入")

    class Source(models.TextChoices):
        WORKBOOK = "WORKBOOK", _("表格")
        OPENALEX = "OPENALEX", "OpenAlex"
        ORCID = "ORCID", "ORCID"

    code = models.CharField(_("编号"), max_length=12, default=short_code, editable=False)
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("导入人"))
    file_name = models.CharField(_("文件名"), max_length=150)
    digest = models.CharField(_("文件摘要值"), max_length=64)
    sealed = models.BinaryField(null=True, editable=False)
    source = models.CharField(_("来源"), max_length=8, choices=Source.choices)
    is_home = models.BooleanField(_("海智专家"), default=False)
    state = models.CharField(_("状态"), max_length=7, choices=State.choices)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    # For a table: field → column from 1, as found or as chosen by hand, and the labels of every column.
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    labels: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    problems: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    problem_count = models.PositiveIntegerField(default=0)
    # What is in the file and not taken over: [{"expert", "name", "field", "here", "there"}].
    differences: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    # Lines of the preview: [{"name", "employer", "works", "what"}].
    preview: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    total = models.PositiveIntegerField(_("人数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    new = models.PositiveIntegerField(_("新增"), default=0)
    filled = models.PositiveIntegerField(_("补充"), default=0)
    works = models.PositiveIntegerField(_("新增成果"), default=0)
    made_at = models.DateTimeField(_("上传时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("专家导入")
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_expertimport_code", fields=["association", "code"]),
            models.CheckConstraint(name="matching_expertimport_done", condition=Q(done__lte=F("total"))),
        ]

    def __str__(self) -> str:
        return self.file_name

    def seal(self, content: bytes) -> None:
        """Keep a file, packed and encrypted."""
        self.sealed = crypto.encrypt(zlib.compress(content), context=self.pk.bytes)

    def open(self) -> bytes:
        """Return the file; b"" once it is dropped."""
        if not self.sealed:
            return b""
        return zlib.decompress(crypto.decrypt(bytes(self.sealed), context=self.pk.bytes))


class ExpertMerge(Tenant):
    """That one entry was found to be of the same person as another, and when that was taken back.

    Rows stay with the entry they were made for and are read through `Expert.merged_into`; only fields that were
    taken over, entries merged earlier, declared ties and memberships move, and they are named here.
    """

    kept = models.ForeignKey(Expert, models.PROTECT, related_name="merges", verbose_name=_("保留"))
    gone = models.ForeignKey(Expert, models.PROTECT, related_name="+", verbose_name=_("并入"))
    merged_at = models.DateTimeField(_("合并时间"))
    merged_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("合并人")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )
    # {field: [before, after]}; entries and declarations that came along, by id.
    taken: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    carried: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    ties: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    # Rows of teams, carriers and meetings that came along, by kind (`operations.expert_memberships`).
    memberships: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("专家合并")
        ordering: ClassVar = ["-merged_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_expertmerge_once", fields=["association", "gone"], condition=Q(undone_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"


class ExpertApart(Tenant):
    """That somebody looked at two entries and found two people."""

    one = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    other = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    said_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("不是同一位专家")
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_expertapart_once", fields=["association", "one", "other"])
        ]

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"


class ExpertOpening(Tenant):
    """That somebody opened an expert's page on a day; shown to the expert."""

    expert = models.ForeignKey(
        Expert, models.PROTECT, related_name="openings", verbose_name=pgettext_lazy("one", "专家")
    )
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("查看人"))
    on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("查看专家资料")
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_expertopening_once", fields=["association", "expert", "account", "on"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.on}"


class ExpertRequest(Tenant):
    """What an expert asks of the office: verified fields to be changed, or everything to be deleted."""

    class Kind(models.TextChoices):
        CHANGE = "CHANGE", _("修改已认证的资料")
        DELETION = "DELETION", _("删除我的资料")

    class State(models.TextChoices):
        WAITING = "WAITING", _("待办理")
        DONE = "DONE", _("已办理")
        REFUSED = "REFUSED", _("未同意")
        TAKEN_BACK = "BACK", _("本人撤回")

    expert = models.ForeignKey(
        Expert, models.PROTECT, related_name="requests", verbose_name=pgettext_lazy("one", "专家")
    )
    kind = models.CharField(_("事项"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=7, choices=State.choices, default=State.WAITING)
    # For a change: {field: new value}.
    wanted: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("提出时间"))
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理人")
    )
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("专家申请")
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_expertrequest_once",
                fields=["association", "expert", "kind"],
                condition=Q(state="WAITING"),
                violation_error_message=_("这一项已经提出，正在办理。"),
            ),
            models.CheckConstraint(
                name="matching_expertrequest_decided",
                condition=Q(state="WAITING", decided_at=None)
                | ~Q(state="WAITING") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="matching_expertrequest_reason",
                condition=~Q(state="REFUSED") | ~Q(reason=""),
                violation_error_message=_("请写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.get_kind_display()}"
