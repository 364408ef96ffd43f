"""What can be reserved, and the counted places of it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.kernel.ids import uuid7


class Offer(models.Model):
    """A time at a venue for which places can be reserved: a museum's slot, a show, a day of a camp.

    Tenant, venue and resource are bare ids: this table stands below them. While an offer is not cancelled, the
    database refuses another one of the same resource (a hall) at an overlapping time.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("开放预约")
        CLOSED = "CLOSED", _("暂停预约")
        CANCELLED = "CANCELLED", _("已取消")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    venue_id = models.UUIDField(_("场馆"))
    resource_id = models.UUIDField(_("场地"), null=True)
    label = models.CharField(_("名称"), max_length=100, blank=True)
    day = models.DateField(_("日期"))
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    last_entry_at = models.DateTimeField(_("停止入场时间"))
    opens_at = models.DateTimeField(_("开始预约时间"))
    closes_at = models.DateTimeField(_("停止预约时间"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    # Pools of several offers (a day's cap), besides the offer's own.
    # How long a place that became free is kept for who waited.
    wish_minutes = models.PositiveSmallIntegerField(_("候补确认分钟"), default=30)
    shared = ArrayField(models.UUIDField(), default=list)

    class Meta:
        verbose_name = _("可预约时段")
        indexes: ClassVar = [
            models.Index(fields=["association_id", "venue_id", "day"], name="offer_venue_day")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="offer_times",
                condition=Q(starts_at__lt=F("ends_at"))
                & Q(last_entry_at__gt=F("starts_at"))
                & Q(last_entry_at__lte=F("ends_at"))
                & Q(opens_at__lt=F("closes_at"))
                & Q(closes_at__lte=F("ends_at")),
                violation_error_message=_("时段的开始、停止入场、结束时间应依次往后，停止预约不晚于结束。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.starts_at:%Y-%m-%d %H:%M}"


class Pool(models.Model):
    """Counted places. `channel` is the quota it is for; "" is the offer's total. Never more taken than there are.

    `wanted` is what staff decided. When it was lowered below what is taken, `capacity` stays at `taken` and sinks
    with each place given back. A pool without an offer is shared by several (a day's cap) or limits one visitor
    (`drop_on`: the day from which it may be deleted).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    offer = models.ForeignKey(Offer, models.CASCADE, null=True, related_name="pools")
    channel = models.CharField(_("渠道"), max_length=10, blank=True)
    capacity = models.IntegerField(_("名额"))
    wanted = models.IntegerField(_("设定名额"))
    taken = models.IntegerField(_("已占用"), default=0)
    is_open = models.BooleanField(_("开放预约"), default=True)
    drop_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("名额")
        indexes: ClassVar = [
            models.Index(fields=["drop_on"], name="pool_drop_on", condition=Q(drop_on__isnull=False))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pool_never_oversold", condition=Q(taken__gte=0) & Q(taken__lte=F("capacity"))
            ),
            models.CheckConstraint(
                name="pool_wanted", condition=Q(wanted__gte=0) & Q(wanted__lte=F("capacity"))
            ),
            models.UniqueConstraint(name="pool_channel", fields=["offer", "channel"]),
        ]

    def __str__(self) -> str:
        return f"{self.taken}/{self.capacity}"

    @property
    def left(self) -> int:
        """How many places may still be taken."""
        return self.capacity - self.taken
