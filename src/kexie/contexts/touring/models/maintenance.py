"""The exhibits of a touring set, what is wrong with them, and the tickets by which that is put right."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.tour import TouringSet
from kexie.ledger.models import Reference, Tenant


class Condition(models.TextChoices):
    """How an exhibit is: the words of handover lists and of the condition report."""

    GOOD = "GOOD", _("完好")
    WORN = "WORN", _("可用，有磨损")
    FAULTY = "FAULTY", _("故障")
    MISSING = "MISSING", _("缺失")


class SetExhibit(Reference):
    """One exhibit of a set, known by its number there. `condition` follows from handovers and tickets."""

    touring_set = models.ForeignKey(
        TouringSet, models.PROTECT, related_name="+", verbose_name=_("展品（套）")
    )
    number = models.PositiveSmallIntegerField(_("展品编号"))
    zone = models.CharField(_("展区"), max_length=40, blank=True)
    condition = models.CharField(
        _("状况"), max_length=7, choices=Condition.choices, default=Condition.GOOD, editable=False
    )
    checked_on = models.DateField(_("最近查看"), null=True, blank=True, editable=False)

    class Meta(Reference.Meta):
        verbose_name = _("流动科技馆展品")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_setexhibit_number",
                fields=["association", "touring_set", "number"],
                violation_error_message=_("这套展品里已有这个编号，请换一个。"),
            )
        ]


class SetTicket(Tenant):
    """A fault of an exhibit and its repair: open until it is repaired (DONE) or taken out (REMOVED)."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("待处理")
        DONE = "DONE", _("已修好")
        REMOVED = "REMOVED", _("停用撤展")

    exhibit = models.ForeignKey(SetExhibit, models.PROTECT, related_name="tickets", verbose_name=_("展品"))
    state = models.CharField(_("状态"), max_length=7, choices=State.choices, default=State.OPEN)
    fault = models.CharField(_("故障情况"), max_length=200)
    reported_on = models.DateField(_("发现日期"))
    reported_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("报修人")
    )
    result = models.CharField(_("处理结果"), max_length=200, blank=True)
    cost = models.DecimalField(_("费用（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("展品维修单")
        indexes: ClassVar = [models.Index(fields=["association", "state", "reported_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_setticket_closed",
                condition=Q(state="OPEN", closed_on=None) | ~Q(state="OPEN") & Q(closed_on__isnull=False),
            ),
            models.UniqueConstraint(
                name="touring_setticket_one_open",
                fields=["association", "exhibit"],
                condition=Q(state="OPEN"),
                violation_error_message=_("这件展品已有一张未办结的维修单。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exhibit} {self.fault}"
