"""Templates that officials edit in Word, the documents made from them, and the answers each was made from."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant
from kexie.reporting.writing.states import Stage


class DocumentTemplate(Tenant):
    """A Word file with tags. A changed file is a further version; documents keep the one they were made from."""

    class Kind(models.TextChoices):
        REPORT = "REPORT", _("工作报告")
        LETTER = "LETTER", _("函")
        NOTICE = "NOTICE", _("通知")
        MINUTES = "MINUTES", _("纪要")

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    name = models.CharField(_("模板名称"), max_length=80)
    kind = models.CharField(_("文种"), max_length=7, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    added_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("上传人"))
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("文稿模板")
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "unit", "name", "version"], name="writing_one_of_a_version"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WrittenDocument(Tenant):
    """A document for a unit's period, days from `since` to before `until`, as known at a moment.

    `seen` is what its maker may see, `words` are what was filled in, by the template's name for it; `form` says how it looks (organ, number, red_head,
    keep_paragraphs, appendix). `done` of `total` answers are there.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    template = models.ForeignKey(
        DocumentTemplate, models.PROTECT, related_name="documents", verbose_name=_("模板")
    )
    title = models.CharField(_("标题"), max_length=120)
    since = models.DateField(_("起始日"))
    until = models.DateField(_("截止日次日"))
    known_at = models.DateTimeField(_("所知时刻"))
    seen = models.JSONField(_("可见范围"), default=dict)
    words = models.JSONField(_("填写内容"), default=dict)
    form = models.JSONField(_("版式"), default=dict)
    stage = models.CharField(_("状态"), max_length=9, choices=Stage.choices, default=Stage.RUNNING)
    done = models.PositiveIntegerField(_("已取数"), default=0)
    total = models.PositiveIntegerField(_("共需取数"), default=0)
    failure = models.CharField(_("没有做成的原因"), max_length=300, blank=True)
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name=_("Word 文件")
    )
    pdf = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name=_("PDF 文件")
    )
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("生成人"))
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = _("文稿")
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["association", "-made_at"], name="writing_document_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(name="writing_has_days", condition=Q(since__lt=F("until"))),
            models.CheckConstraint(
                name="writing_done_has_a_file", condition=~Q(stage=Stage.DONE) | Q(file__isnull=False)
            ),
            models.CheckConstraint(
                name="writing_failed_says_why", condition=~Q(stage=Stage.FAILED) | ~Q(failure="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Answer(Tenant):
    """What a template asked for (`ask`, as text) and what was answered, once for each document."""

    document = models.ForeignKey(
        WrittenDocument, models.CASCADE, related_name="answers", verbose_name=_("文稿")
    )
    ask = models.TextField(_("要什么"))
    data = models.JSONField(_("答案"))

    class Meta:
        verbose_name = _("文稿取数")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "document", "ask"], name="writing_answered_once")
        ]

    def __str__(self) -> str:
        return self.ask
