"""What the desk writes down about a day: counts by hand, and at its end what the day came to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import HeadCounted, Record, State, Tenant
from kexie.platform.capacity.models import Channel

# What the source keys of a day's own records begin with.
DAY_PREFIX = "daycount:"


class HandCount(Tenant):
    """People counted by hand at a moment: those inside, or what the counter at the door says since opening."""

    class Kind(models.TextChoices):
        INSIDE = "INSIDE", _("馆内人数")
        COUNTER = "COUNTER", _("门口计数器当日累计")

    unit = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    kind = models.CharField(_("数什么"), max_length=7, choices=Kind.choices)
    day = models.DateField(_("日期"))
    at = models.DateTimeField(_("时间"))
    count = models.PositiveIntegerField(_("人数"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("经手人"))

    class Meta:
        verbose_name = _("人工计数")
        indexes: ClassVar = [models.Index(fields=["association", "unit", "day", "-at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.count}"


class DayCount(Record):
    """A museum's day as the desk confirmed it: what gates and hands counted, and how the difference is explained.

    `peak` is the most people inside at once, `cap` how many there may be; `offered` the places of all slots.
    """

    offered = models.PositiveIntegerField(_("投放名额"), default=0)
    tickets = models.PositiveIntegerField(_("凭预约入馆"), default=0)
    walk_ins = models.PositiveIntegerField(_("散客入馆"), default=0)
    left = models.PositiveIntegerField(_("离馆"), default=0)
    counter = models.PositiveIntegerField(_("计数器读数"), null=True, blank=True)
    peak = models.PositiveIntegerField(_("最多同时在馆"), null=True, blank=True)
    peak_at = models.TimeField(_("最多时刻"), null=True, blank=True)
    cap = models.PositiveIntegerField(_("瞬时承载量"), null=True, blank=True)
    is_over = models.BooleanField(_("超过承载量"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("当日核对")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_daycount_once",
                fields=["association", "unit", "occurred_on"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这一天已经核对过；要改正，请在当日核对页面更正。"),
            ),
        ]


class BookingDay(Record):
    """What became of a day's reservations: one row for each slot, channel and outcome."""

    class Outcome(models.TextChoices):
        ARRIVED = "ARRIVED", _("到馆")
        NO_SHOW = "NO_SHOW", _("未到")
        CANCELLED = "CANCELLED", _("已取消")

    starts_at = models.TimeField(_("时段开始"))
    ends_at = models.TimeField(_("时段结束"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    outcome = models.CharField(_("结果"), max_length=9, choices=Outcome.choices)
    bookings = models.PositiveIntegerField(_("预约单数"))
    people = models.PositiveIntegerField(_("人数"))

    class Meta(Record.Meta):
        verbose_name = _("预约履约")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_bookingday_once",
                fields=["association", "unit", "occurred_on", "starts_at", "channel", "outcome"],
                condition=~Q(state=State.REVERSED),
            ),
            models.CheckConstraint(name="museums_bookingday_times", condition=Q(starts_at__lt=F("ends_at"))),
        ]


class HourEntries(HeadCounted):
    """How many people came in within one hour of a day (`hour` 9 is from 9:00 to before 10:00)."""

    hour = models.PositiveSmallIntegerField(_("小时"))

    class Meta(HeadCounted.Meta):
        verbose_name = _("分小时入馆")
        constraints: ClassVar = [
            *HeadCounted.Meta.constraints,
            models.UniqueConstraint(
                name="museums_hourentries_once",
                fields=["association", "unit", "occurred_on", "hour"],
                condition=~Q(state=State.REVERSED),
            ),
            models.CheckConstraint(name="museums_hourentries_hour", condition=Q(hour__lt=24)),
        ]
