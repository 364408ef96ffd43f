"""Addresses that want to be told what happens, and each telling."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7
from kexie.platform import crypto


class Endpoint(models.Model):
    """An address of another system, told of events of some kinds at one unit and everything below it.

    The secret with which messages are signed is kept encrypted, because each signature needs it.
    """

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("推送中")
        PAUSED = "PAUSED", _("已暂停")
        REVOKED = "REVOKED", _("已撤销")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    unit = models.ForeignKey("units.Unit", verbose_name=_("范围"), on_delete=models.PROTECT, related_name="+")
    # The client that made it and alone manages it through the API; None: made by the system administrator.
    client = models.ForeignKey(
        "access.ApiClient",
        verbose_name=_("接口客户端"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    key = models.CharField(max_length=80, blank=True, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    url = models.URLField(_("推送地址"), max_length=500)
    kinds = models.JSONField(_("事件"), default=list)
    sealed = models.BinaryField(editable=False)
    state = models.CharField(_("状态"), max_length=7, choices=State.choices, default=State.ACTIVE)
    failures = models.PositiveIntegerField(_("连续失败次数"), default=0)
    paused_by_failures = models.BooleanField(default=False, editable=False)
    quiet_until = models.DateTimeField(_("下次推送不早于"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("最近成功"), null=True)
    created_at = models.DateTimeField(_("创建时间"))
    created_by_id = models.UUIDField(null=True, editable=False)
    ended_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("推送地址")
        verbose_name_plural = _("推送地址")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "client", "key"], name="endpoint_key_once", condition=~Q(key="")
            ),
            models.CheckConstraint(
                name="endpoint_ended_when_revoked",
                condition=Q(state="REVOKED", ended_at__isnull=False) | ~Q(state="REVOKED") & Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """What signs the messages."""
        return crypto.decrypt(bytes(self.sealed), context=self.pk.bytes).decode()


class Delivery(models.Model):
    """One event told to one endpoint: tried until it is accepted or three days have passed."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("待推送")
        DELIVERED = "DELIVERED", _("已送达")
        FAILED = "FAILED", _("未送达")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+", editable=False)
    endpoint = models.ForeignKey(
        Endpoint, verbose_name=_("推送地址"), on_delete=models.CASCADE, related_name="deliveries"
    )
    event_id = models.UUIDField(_("事件编号"))
    kind = models.CharField(_("事件"), max_length=60)
    body = models.TextField(_("内容"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    created_at = models.DateTimeField(_("时间"))
    expires_at = models.DateTimeField(_("不再重试"))
    next_try_at = models.DateTimeField(_("下次推送"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    status_code = models.PositiveSmallIntegerField(_("状态码"), null=True)
    error = models.CharField(_("错误"), max_length=200, blank=True)
    excerpt = models.CharField(_("响应"), max_length=1000, blank=True)
    duration_ms = models.PositiveIntegerField(_("耗时（毫秒）"), null=True)

    class Meta:
        verbose_name = _("推送记录")
        verbose_name_plural = _("推送记录")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["association", "endpoint", "event_id"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_waits_or_is_finished",
                condition=Q(state="WAITING", next_try_at__isnull=False, finished_at=None)
                | ~Q(state="WAITING") & Q(next_try_at=None, finished_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_try_at"], name="delivery_due", condition=Q(state="WAITING")
            ),
            models.Index(fields=["endpoint", "-created_at"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
