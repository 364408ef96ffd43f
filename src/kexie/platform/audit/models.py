"""The audit log: who did what to what, when, from where and why."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class Entry(models.Model):
    """One line of the log. The database refuses to change it, and to delete it before its time.

    Tenant and actor are bare ids: this table stands below units and accounts, and outlives both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"), null=True)
    at = models.DateTimeField(_("时间"))
    actor_id = models.UUIDField(_("操作人编号"), null=True)
    actor_name = models.CharField(_("操作人"), max_length=150, blank=True)
    action = models.CharField(_("操作"), max_length=60)
    subject_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    subject_id = models.CharField(_("对象编号"), max_length=60, blank=True)
    subject_label = models.CharField(_("对象"), max_length=200, blank=True)
    succeeded = models.BooleanField(_("成功"), default=True)
    detail = models.JSONField(_("内容"), default=dict)
    reason = models.TextField(_("事由"), blank=True)
    ip = models.GenericIPAddressField(_("来源地址"), null=True)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["association_id", "-at"], name="entry_association_at"),
            models.Index(fields=["association_id", "actor_id", "-at"], name="entry_actor_at"),
            models.Index(fields=["association_id", "subject_type", "subject_id"], name="entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject_label}"
