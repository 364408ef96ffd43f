"""What people did with their reservations, and who may not reserve for a while."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class Conduct(models.Model):
    """A no-show or a cancellation, counted against `subject`: the digest of a person or of an account."""

    class Kind(models.TextChoices):
        NO_SHOW = "NO_SHOW", _("爽约")
        CANCELLED = "CANCELLED", _("取消")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    subject = models.CharField(max_length=64)
    kind = models.CharField(_("类型"), max_length=9, choices=Kind.choices)
    reservation_id = models.UUIDField(_("预约"))
    at = models.DateTimeField(_("时间"))
    forgiven_at = models.DateTimeField(_("免记时间"), null=True)
    forgiven_by_id = models.UUIDField(_("免记人"), null=True)
    forgiven_reason = models.CharField(_("免记原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("履约记录")
        indexes: ClassVar = [
            models.Index(fields=["association_id", "subject", "venue_id", "-at"], name="conduct_subject"),
            models.Index(fields=["association_id", "venue_id", "-at"], name="conduct_venue"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="conduct_once", fields=["association_id", "reservation_id", "subject", "kind"]
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Block(models.Model):
    """Somebody may not reserve at a venue until a moment, for a reason; may be lifted, and appealed against."""

    class Appeal(models.TextChoices):
        NONE = "", _("未申诉")
        OPEN = "OPEN", _("申诉待处理")
        GRANTED = "GRANTED", _("申诉成立")
        REFUSED = "REFUSED", _("申诉未通过")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    subject = models.CharField(max_length=64)
    holder_id = models.UUIDField(_("预约人"), null=True)
    since = models.DateTimeField(_("起始时间"))
    until = models.DateTimeField(_("解除时间"))
    reason = models.CharField(_("原因"), max_length=200)
    made_by_id = models.UUIDField(_("设置人"), null=True)
    lifted_at = models.DateTimeField(_("提前解除时间"), null=True)
    lifted_by_id = models.UUIDField(_("解除人"), null=True)
    lift_reason = models.CharField(_("解除原因"), max_length=200, blank=True)
    appeal = models.CharField(_("申诉"), max_length=7, choices=Appeal.choices, blank=True)
    appeal_text = models.BinaryField(default=b"")
    appealed_at = models.DateTimeField(_("申诉时间"), null=True)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by_id = models.UUIDField(_("答复人"), null=True)

    class Meta:
        verbose_name = _("限制预约")
        indexes: ClassVar = [
            models.Index(fields=["association_id", "subject", "until"], name="block_subject"),
            models.Index(fields=["association_id", "venue_id", "-since"], name="block_venue"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="block_period", condition=Q(since__lt=F("until"))),
            models.CheckConstraint(name="block_lifted", condition=Q(lifted_at=None) | ~Q(lift_reason="")),
        ]

    def __str__(self) -> str:
        return self.reason
