"""Files kept once by content."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class StoredFile(models.Model):
    """A file of one association, found in KEXIE_HOME/files by the SHA-256 digest of its content.

    What it belongs to is said by the tables that point here; who may read it, by the readers they register
    (`files.rules`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    digest = models.CharField(_("摘要"), max_length=64)
    name = models.CharField(_("文件名"), max_length=150)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("字节数"))
    uploaded_by_id = models.UUIDField(_("上传人"), null=True)
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering: ClassVar = ["-uploaded_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association_id", "digest"], name="file_stored_once")
        ]

    def __str__(self) -> str:
        return self.name
