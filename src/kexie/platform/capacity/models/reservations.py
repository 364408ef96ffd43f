"""Places taken: reservations, the seats of the persons in them, and the waiting list."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.kernel.ids import uuid7
from kexie.platform.capacity.models.offers import Offer


class Channel(models.TextChoices):
    """The quota from which places are taken."""

    PUBLIC = "PUBLIC", _("个人预约")
    GROUP = "GROUP", _("团队预约")
    WALK_IN = "WALK_IN", _("现场领票")
    PRIORITY = "PRIORITY", _("优先通道")


class Reservation(models.Model):
    """`size` places of an offer, taken under an idempotency `key` by `holder_id` (a visitor or an account).

    `details` is encrypted and belongs to the caller. `pools` and `amounts` say which counters were raised by how
    much, so that they can be lowered again. Not edited by hand: `kexie.platform.capacity.operations`.
    """

    class State(models.TextChoices):
        HELD = "HELD", _("待填写")
        CONFIRMED = "CONFIRMED", _("已预约")
        CANCELLED = "CANCELLED", _("已取消")
        EXPIRED = "EXPIRED", _("超时释放")
        USED = "USED", _("已入馆")
        NO_SHOW = "NO_SHOW", _("未到")

    ACTIVE = (State.HELD, State.CONFIRMED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    key = models.CharField(max_length=80)
    code = models.CharField(_("预约号"), max_length=12)
    # No constraint in the database: each booking would lock the offer's row, the hottest there is.
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_constraint=False)
    venue_id = models.UUIDField(_("场馆"))
    day = models.DateField(_("日期"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    holder_id = models.UUIDField(_("预约人"), null=True)
    size = models.SmallIntegerField(_("人数"))
    admitted = models.SmallIntegerField(_("已入馆人数"), default=0)
    pools = ArrayField(models.UUIDField())
    amounts = ArrayField(models.SmallIntegerField())
    details = models.BinaryField(default=b"")
    state = models.CharField(_("状态"), max_length=9, choices=State.choices)
    made_at = models.DateTimeField(_("预约时间"))
    held_until = models.DateTimeField(_("保留至"), null=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    end_reason = models.CharField(_("结束原因"), max_length=30, blank=True)
    moved_from_id = models.UUIDField(_("改签前的预约"), null=True)
    moves = models.SmallIntegerField(_("改签次数"), default=0)

    class Meta:
        verbose_name = pgettext_lazy("one", "预约")
        indexes: ClassVar = [
            models.Index(fields=["association_id", "venue_id", "day"], name="reservation_venue_day"),
            models.Index(
                fields=["association_id", "holder_id", "-made_at"],
                name="reservation_holder",
                condition=Q(holder_id__isnull=False),
            ),
            models.Index(fields=["offer", "state"], name="reservation_offer"),
            models.Index(fields=["held_until"], name="reservation_held", condition=Q(state="HELD")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="reservation_key", fields=["association_id", "key"]),
            models.UniqueConstraint(name="reservation_code", fields=["association_id", "code"]),
            models.CheckConstraint(name="reservation_size", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="reservation_admitted", condition=Q(admitted__gte=0) & Q(admitted__lte=F("size"))
            ),
            models.CheckConstraint(
                name="reservation_held_until", condition=~Q(state="HELD") | Q(held_until__isnull=False)
            ),
            models.CheckConstraint(
                name="reservation_ended",
                condition=Q(state__in=("HELD", "CONFIRMED"), ended_at=None)
                | Q(state__in=("CANCELLED", "EXPIRED", "USED", "NO_SHOW"), ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Seat(models.Model):
    """One person's place. `identity` is a keyed digest; within one `window` (a slot, a day) it stands once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="seats")
    window = models.UUIDField()
    identity = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("预约人员")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="seat_person_once",
                fields=["association_id", "window", "identity"],
                condition=Q(is_active=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Wish(models.Model):
    """Waiting for `size` places, all or nothing, in any of `offers`; an offer made is a hold with a deadline."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("候补中")
        OFFERED = "OFFERED", _("已有名额，待确认")
        TAKEN = "TAKEN", _("已转为预约")
        LAPSED = "LAPSED", _("已失效")
        WITHDRAWN = "WITHDRAWN", _("已退出")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association_id = models.UUIDField(_("所属科协"))
    key = models.CharField(max_length=80)
    offers = ArrayField(models.UUIDField())
    venue_id = models.UUIDField(_("场馆"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    holder_id = models.UUIDField(_("预约人"))
    size = models.SmallIntegerField(_("人数"))
    details = models.BinaryField(default=b"")
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(_("登记时间"))
    expires_at = models.DateTimeField(_("候补截止"))
    reservation = models.ForeignKey(Reservation, models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(_("给出名额时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    missed = models.SmallIntegerField(_("错过次数"), default=0)

    class Meta:
        verbose_name = _("候补")
        indexes: ClassVar = [
            models.Index(
                fields=["association_id", "venue_id", "made_at"],
                name="wish_waiting",
                condition=Q(state="WAITING"),
            ),
            models.Index(fields=["association_id", "holder_id"], name="wish_holder"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="wish_key", fields=["association_id", "key"]),
            models.CheckConstraint(name="wish_size", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="wish_offered",
                condition=~Q(state__in=("OFFERED", "TAKEN")) | Q(reservation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size} {self.get_state_display()}"
