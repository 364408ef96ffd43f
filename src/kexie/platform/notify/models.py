"""Messages to people, and what became of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7
from kexie.platform.notify.states import State


class Channel(models.TextChoices):
    """How a notice reaches somebody. One that goes by SMS is also shown to whoever has an account."""

    SMS = "SMS", _("短信")
    INBOX = "INBOX", _("站内")


class To(models.TextChoices):
    """Whom a notice is for."""

    VISITOR = "VISITOR", _("观众")
    ACCOUNT = "ACCOUNT", _("工作人员")
    PHONE = "PHONE", _("手机号码")


class Problem(models.TextChoices):
    """Why a notice did not go out; never with anything personal."""

    NO_GATEWAY = "NO_GATEWAY", _("没有接通短信网关")
    NO_PHONE = "NO_PHONE", _("收件人没有手机号码")
    TOO_LATE = "TOO_LATE", _("已过有效时间")
    UNREACHABLE = "UNREACHABLE", _("短信网关没有应答")
    REFUSED = "REFUSED", _("短信网关拒绝")
    BROKEN = "BROKEN", _("短信网关出错")
    UNREADABLE = "UNREADABLE", _("内容无法解密")


class Notice(models.Model):
    """A message to one person.

    Tenant and recipient are bare ids: this table stands below units, visitors and accounts. `sealed` holds title
    and text in each language, encrypted and bound to this row, as does `phone` where the number alone is known.
    """

    Channel = Channel

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    to = models.CharField(_("收件人"), max_length=8, choices=To.choices)
    to_id = models.UUIDField(_("收件人编号"), null=True)
    phone = models.BinaryField(_("手机号码"), null=True, editable=False)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    template = models.CharField(_("模板"), max_length=40)
    sealed = models.BinaryField(editable=False)
    is_urgent = models.BooleanField(_("紧急"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    problem = models.CharField(_("原因"), max_length=12, choices=Problem.choices, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    next_try_at = models.DateTimeField(_("下次发送"), null=True)
    expires_at = models.DateTimeField(_("有效至"), null=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="notice_due", condition=Q(state=State.QUEUED)),
            models.Index(fields=["association_id", "to", "to_id", "-created_at"], name="notice_recipient"),
            models.Index(fields=["association_id", "-created_at"], name="notice_association"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notice_has_one_recipient",
                condition=Q(to=To.PHONE, to_id=None, phone__isnull=False)
                | ~Q(to=To.PHONE) & Q(to_id__isnull=False, phone=None),
            ),
            models.CheckConstraint(
                name="notice_queued_has_a_time",
                condition=Q(state=State.QUEUED, next_try_at__isnull=False) | ~Q(state=State.QUEUED),
            ),
            models.CheckConstraint(
                name="notice_sent_has_a_time", condition=Q(sent_at__isnull=False) | ~Q(state=State.SENT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.get_state_display()}"
