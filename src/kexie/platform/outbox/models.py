"""What happened, and what each consumer has yet to do about it."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened; never changed afterwards.

    Tenant and subject are bare ids: this table stands below both. Rows may be inserted without Django: whatever is
    not id, association_id, kind, subject_id, payload and at has a default in the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    kind = models.CharField(_("事件"), max_length=60)
    subject_id = models.UUIDField(_("对象编号"))
    payload = models.JSONField(_("内容"), default=dict)  # no personal data
    at = models.DateTimeField(_("时间"))
    handed_at = models.DateTimeField(_("分发时间"), null=True)  # when each consumer got its handover

    class Meta:
        verbose_name = _("事件")
        verbose_name_plural = _("事件")
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="outbox_event_fresh", condition=Q(handed_at__isnull=True)),
            BrinIndex(fields=["at"], name="outbox_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Handover(models.Model):
    """One event that one consumer has yet to handle; deleted once it has. Parked when it failed too often."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    consumer = models.CharField(_("接收方"), max_length=40)
    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("事件"), related_name="handovers")
    due_at = models.DateTimeField(_("下次处理"))
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    error = models.CharField(_("错误"), max_length=300, blank=True)
    parked_at = models.DateTimeField(_("搁置时间"), null=True)

    class Meta:
        verbose_name = _("待处理事件")
        verbose_name_plural = _("待处理事件")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association_id", "consumer", "event"], name="handover_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["consumer", "due_at", "id"], name="handover_due", condition=Q(parked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"
