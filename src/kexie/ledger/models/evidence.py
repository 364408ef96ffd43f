"""What stands behind a record: files, and answers to plausibility questions."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models.record import Tenant


class Evidence(Tenant):
    """A file that supports a record; it may be added after confirmation, never removed from a confirmed one."""

    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    added_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("上传人"))
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("佐证材料")
        indexes: ClassVar = [models.Index(fields=["association", "record_id"])]

    def __str__(self) -> str:
        return self.caption or str(self.file_id)


class PlausibilityNote(Tenant):
    """A value outside its band asks "what method, what scope?"; it never blocks and never accuses."""

    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    field = models.CharField(max_length=60)
    question = models.CharField(_("请说明"), max_length=300)
    asked_at = models.DateTimeField(_("提出时间"))
    answer = models.TextField(_("说明"), blank=True)
    answered_by = models.ForeignKey(
        "access.Account",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("说明人"),
    )
    answered_at = models.DateTimeField(_("说明时间"), null=True)

    class Meta:
        verbose_name = _("合理性说明")
        constraints: ClassVar = [
            models.UniqueConstraint(name="ledger_note_once", fields=["association", "record_id", "field"])
        ]

    def __str__(self) -> str:
        return self.question
