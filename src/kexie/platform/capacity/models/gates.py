"""Gates: the devices that scan, who went in and out, and the running count of a venue's day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models.reservations import Reservation


class Device(models.Model):
    """A phone or tablet that checks people in at a venue.

    `token_digest` finds it by its bearer token; `key` (encrypted) is the AES key its day list is encrypted under.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    name = models.CharField(_("设备名称"), max_length=40)
    gate = models.CharField(_("入口"), max_length=40, blank=True)
    token_digest = models.CharField(max_length=64, blank=True)
    key = models.BinaryField(default=b"")
    pairing_digest = models.CharField(max_length=64, blank=True)
    pairing_until = models.DateTimeField(null=True)
    made_by_id = models.UUIDField(_("添加人"), null=True)
    made_at = models.DateTimeField(_("添加时间"))
    paired_at = models.DateTimeField(_("配对时间"), null=True)
    seen_at = models.DateTimeField(_("最近同步"), null=True)
    skew_ms = models.IntegerField(_("时钟偏差（毫秒）"), default=0)
    pending = models.IntegerField(_("待同步条数"), default=0)
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    revoked_by_id = models.UUIDField(_("停用人"), null=True)
    revoke_reason = models.CharField(_("停用原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("核验设备")
        indexes: ClassVar = [models.Index(fields=["association_id", "venue_id"], name="device_venue")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="device_token", fields=["token_digest"], condition=~Q(token_digest="")
            ),
            models.UniqueConstraint(
                name="device_pairing", fields=["pairing_digest"], condition=~Q(pairing_digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """Some people going in or out at a gate, as a device saw it; `id` is made on the device, so it counts once.

    A passage with a reservation checks that many of its party in; one without counts walk-ins or people leaving.
    """

    class Direction(models.TextChoices):
        IN = "IN", _("入馆")
        OUT = "OUT", _("离馆")

    class Kind(models.TextChoices):
        TICKET = "TICKET", _("预约核验")
        WALK_IN = "WALK_IN", _("现场散客")
        CHILD = "CHILD", _("儿童")
        ELDER = "ELDER", _("老年人")
        PRIORITY = "PRIORITY", _("优先通道")
        COUNT = "COUNT", _("计数")

    class Verdict(models.TextChoices):
        COUNTED = "COUNTED", _("已计入")
        DOUBLE = "DOUBLE", _("重复核验")
        REFUSED = "REFUSED", _("未放行")
        OVERRIDE = "OVERRIDE", _("值班人员放行")

    id = models.UUIDField(primary_key=True, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    day = models.DateField(_("日期"))
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    reservation = models.ForeignKey(Reservation, models.PROTECT, null=True, related_name="passages")
    direction = models.CharField(_("方向"), max_length=3, choices=Direction.choices)
    kind = models.CharField(_("类型"), max_length=8, choices=Kind.choices)
    count = models.SmallIntegerField(_("人数"))
    verdict = models.CharField(_("结果"), max_length=8, choices=Verdict.choices)
    at = models.DateTimeField(_("发生时间"))
    sequence = models.BigIntegerField(default=0)
    received_at = models.DateTimeField(_("收到时间"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by_id = models.UUIDField(_("经手人"), null=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True)
    settled_by_id = models.UUIDField(_("处理人"), null=True)

    class Meta:
        verbose_name = _("入离馆")
        indexes: ClassVar = [
            models.Index(fields=["association_id", "venue_id", "day"], name="passage_venue_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="passage_count", condition=Q(count__gt=0)),
            models.CheckConstraint(
                name="passage_ticket",
                condition=Q(kind="TICKET", reservation__isnull=False) | ~Q(kind="TICKET"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.count}"


class Tally(models.Model):
    """How many went in and out of a venue on a day; kept with the passages, and recomputable from them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    day = models.DateField(_("日期"))
    entered = models.IntegerField(_("入馆"), default=0)
    left = models.IntegerField(_("离馆"), default=0)
    walk_ins = models.IntegerField(_("散客入馆"), default=0)

    class Meta:
        verbose_name = _("入离馆计数")
        constraints: ClassVar = [
            models.UniqueConstraint(name="tally_day", fields=["association_id", "venue_id", "day"])
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.entered}-{self.left}"

    @property
    def inside(self) -> int:
        """How many are inside by the count; people who left uncounted stay in it until the day is closed."""
        return max(self.entered - self.left, 0)
