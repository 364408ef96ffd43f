"""Texts that were checked, and what people decided about their claims."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Tenant


class CheckedText(Tenant):
    """A text as it was given for checking. `digest` is SHA-256 of the text; `as_of` the last day that counts."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))
    digest = models.CharField(_("摘要"), max_length=64, editable=False)
    word = models.ForeignKey(
        "files.StoredFile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Word 文件"),
    )
    as_of = models.DateField(_("截止日"))
    created_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    created_at = models.DateTimeField(_("提交时间"))
    checked_at = models.DateTimeField(_("最近核对"))
    counts = models.JSONField(_("结果"), default=dict)

    class Meta:
        verbose_name = _("核对的文稿")
        ordering: ClassVar = ["-checked_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["association", "-checked_at"], name="claims_text_latest")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "unit", "digest"], name="claims_text_once_in_a_unit"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Correction(Tenant):
    """What a person decided about one claim of a text: another figure, no claim at all, or outside the records.

    `start` and `end` are the claim's half-open span in the text, in characters. `filters` are pairs of dimension
    and value. Without `since` the figure is cumulative.
    """

    class Kind(models.TextChoices):
        FIGURE = "FIGURE", _("对应这个指标")
        OUTSIDE = "OUTSIDE", _("台账以外，另有来源")
        NO_CLAIM = "NO_CLAIM", _("不是需要核对的数")

    checked_text = models.ForeignKey(
        CheckedText, models.CASCADE, related_name="corrections", verbose_name=_("文稿")
    )
    start = models.PositiveIntegerField(_("起"))
    end = models.PositiveIntegerField(_("止"))
    kind = models.CharField(_("判定"), max_length=10, choices=Kind.choices)
    measure = models.CharField(_("指标"), max_length=80, blank=True)
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)
    area = models.CharField(_("地区"), max_length=12, blank=True)
    place = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    filters = models.JSONField(_("分类"), default=list)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("判定人")
    )
    decided_at = models.DateTimeField(_("判定时间"))

    class Meta:
        verbose_name = _("核对更正")
        ordering: ClassVar = ["checked_text", "start"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "checked_text", "start", "end"], name="claims_one_correction"
            ),
            models.CheckConstraint(name="claims_correction_has_a_span", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(
                name="claims_figure_names_its_measure", condition=~Q(kind="FIGURE") | ~Q(measure="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start}–{self.end}"
