"""Draws: scarce slots given out by lot, so that whoever looks can check that nobody was preferred."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models.slots import Slot
from kexie.ledger.models import Tenant
from kexie.platform.capacity.models import Reservation


class Draw(Tenant):
    """A draw for the public places of a slot. Its seed is secret until drawn; `commitment` is the seed's SHA-256.

    Entries are taken from `opens_at` until `closes_at`; then one operation ranks them all.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("接受登记")
        DRAWN = "DRAWN", _("已抽签")
        CANCELLED = "CANCELLED", _("已取消")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+", verbose_name=_("时段"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    opens_at = models.DateTimeField(_("开始登记时间"))
    closes_at = models.DateTimeField(_("抽签时间"))
    commitment = models.CharField(_("种子承诺"), max_length=64)
    sealed = models.BinaryField(default=b"", editable=False)
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("实际抽签时间"), null=True)

    class Meta:
        verbose_name = _("抽签")
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_draw_slot", fields=["association", "slot"]),
            models.CheckConstraint(name="museums_draw_times", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(
                name="museums_draw_revealed",
                condition=Q(state="DRAWN", drawn_at__isnull=False) & ~Q(seed="")
                | ~Q(state="DRAWN") & Q(seed=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {Draw.State(self.state).label}"


class LotteryEntry(Tenant):
    """A visitor's entry for a party of `size`. `lots`: how many lots it draws, the best counts; earlier losers have more.

    `reservation` are the places won, held until somebody says who comes.
    """

    class Outcome(models.TextChoices):
        NONE = "", _("待抽签")
        WON = "WON", _("中签")
        LOST = "LOST", _("未中签")

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", verbose_name=_("抽签"))
    visitor_id = models.UUIDField(_("登记人"))
    number = models.CharField(_("签号"), max_length=12)
    size = models.PositiveSmallIntegerField(_("人数"))
    lots = models.PositiveSmallIntegerField(_("签数"), default=1)
    made_at = models.DateTimeField(_("登记时间"))
    rank = models.PositiveIntegerField(_("名次"), null=True)
    outcome = models.CharField(_("结果"), max_length=4, choices=Outcome.choices, blank=True)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, related_name="+", verbose_name=_("预约")
    )

    class Meta:
        verbose_name = _("抽签登记")
        indexes: ClassVar = [models.Index(fields=["association", "visitor_id", "-made_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_entry_once", fields=["association", "draw", "visitor_id"]),
            models.UniqueConstraint(name="museums_entry_number", fields=["association", "draw", "number"]),
            models.CheckConstraint(name="museums_entry_size", condition=Q(size__gt=0, lots__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number
