"""Faults of exhibits: what was reported, the work order that follows, and the repair as a record."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.exhibits import Exhibit
from kexie.contexts.museums.models.voices import Voice
from kexie.ledger.models import Record, State, Tenant

_ACCOUNT = "access.Account"


class FaultKind(models.TextChoices):
    """What is wrong, in a visitor's words."""

    NO_RESPONSE = "NO_RESPONSE", _("没有反应")
    STUCK = "STUCK", _("卡住或动不了")
    DISPLAY = "DISPLAY", _("屏幕或灯光不正常")
    SOUND = "SOUND", _("声音不正常")
    BROKEN = "BROKEN", _("零件损坏或缺失")
    UNSAFE = "UNSAFE", _("可能伤人")
    DIRTY = "DIRTY", _("脏污或漏水")
    OTHER = "OTHER", _("其他问题")


class Source(models.TextChoices):
    """Who noticed."""

    VISITOR = "VISITOR", _("观众")
    STAFF = "STAFF", _("工作人员")
    CHECK = "CHECK", _("巡检")


class Severity(models.TextChoices):
    """How soon it must work again."""

    LOW = "LOW", _("轻微")
    NORMAL = "NORMAL", _("一般")
    URGENT = "URGENT", _("紧急")


# Days from acceptance until a repair is due.
DUE_DAYS = {Severity.LOW: 14, Severity.NORMAL: 7, Severity.URGENT: 2}


class WorkOrder(Tenant):
    """The repair of one exhibit (维修工单), numbered within its museum (`unit`) and year."""

    class State(models.TextChoices):
        REPORTED = "REPORTED", _("待受理")
        ACCEPTED = "ACCEPTED", _("已受理")
        AT_WORK = "AT_WORK", _("维修中")
        WAITING_PARTS = "WAITING_PARTS", _("等备件")
        DONE = "DONE", _("待验收")
        VERIFIED = "VERIFIED", _("已修复")
        REJECTED = "REJECTED", _("不受理")
        DUPLICATE = "DUPLICATE", _("重复报修")

    OPEN = (State.REPORTED, State.ACCEPTED, State.AT_WORK, State.WAITING_PARTS, State.DONE)

    unit = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveIntegerField(_("序号"))
    exhibit = models.ForeignKey(
        Exhibit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "展品")
    )
    source = models.CharField(_("来源"), max_length=7, choices=Source.choices)
    kind = models.CharField(_("问题"), max_length=11, choices=FaultKind.choices)
    description = models.TextField(_("情况"), blank=True)
    is_unsafe = models.BooleanField(_("有安全隐患"), default=False)
    severity = models.CharField(_("紧急程度"), max_length=6, choices=Severity.choices, blank=True)
    state = models.CharField(_("状态"), max_length=13, choices=State.choices, default=State.REPORTED)
    reported_at = models.DateTimeField(_("报修时间"))
    reported_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("报修人")
    )
    accepted_at = models.DateTimeField(_("受理时间"), null=True)
    due_on = models.DateField(_("应修复日期"), null=True)
    assignee = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("维修人")
    )
    result = models.TextField(_("处理结果"), blank=True)
    cost = models.DecimalField(_("费用（元）"), max_digits=10, decimal_places=2, null=True)
    supplier = models.CharField(_("维修单位"), max_length=100, blank=True)
    done_at = models.DateTimeField(_("修好时间"), null=True)
    verified_at = models.DateTimeField(_("验收时间"), null=True)
    closed_reason = models.CharField(_("原因"), max_length=200, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("原工单")
    )

    class Meta:
        verbose_name = _("维修工单")
        indexes: ClassVar = [
            models.Index(fields=["association", "unit", "state", "due_on"]),
            models.Index(fields=["association", "exhibit", "state"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_workorder_number", fields=["association", "unit", "year", "number"]
            ),
            models.CheckConstraint(
                name="museums_workorder_reason",
                condition=~Q(state__in=("REJECTED", "DUPLICATE")) | ~Q(closed_reason=""),
            ),
            models.CheckConstraint(
                name="museums_workorder_original",
                condition=Q(state="DUPLICATE", duplicate_of__isnull=False)
                | (~Q(state="DUPLICATE") & Q(duplicate_of=None)),
            ),
            models.CheckConstraint(
                name="museums_workorder_accepted",
                condition=Q(state__in=("REPORTED", "REJECTED", "DUPLICATE"))
                | (Q(accepted_at__isnull=False, due_on__isnull=False) & ~Q(severity="")),
            ),
            models.CheckConstraint(
                name="museums_workorder_done",
                condition=~Q(state__in=("DONE", "VERIFIED")) | (Q(done_at__isnull=False) & ~Q(result="")),
            ),
            models.CheckConstraint(
                name="museums_workorder_verified",
                condition=Q(state="VERIFIED", verified_at__isnull=False)
                | (~Q(state="VERIFIED") & Q(verified_at=None)),
            ),
            models.CheckConstraint(name="museums_workorder_cost", condition=Q(cost=None) | Q(cost__gte=0)),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The order's number as people write it."""
        return f"WX{self.year}-{self.number:04}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in self.OPEN

    def is_late(self, day: dt.date) -> bool:
        """Whether it should have worked again before this day."""
        waits = self.is_open and self.state != self.State.DONE
        return waits and self.due_on is not None and self.due_on < day


class FaultReport(Voice):
    """One report of a fault; several may lead to one order. `contact` is encrypted and only given by choice."""

    unit = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="reports", verbose_name=_("工单"))
    source = models.CharField(_("来源"), max_length=7, choices=Source.choices)
    kind = models.CharField(_("问题"), max_length=11, choices=FaultKind.choices)
    text = models.TextField(_("补充说明"), blank=True)
    photo = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name=_("照片")
    )
    contact = models.BinaryField(_("联系方式"), null=True, editable=False)
    reported_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("报修人")
    )

    class Meta(Voice.Meta):
        verbose_name = _("报修")
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_faultreport_code", fields=["association", "code"])
        ]


class WorkNote(Tenant):
    """One line of an order's history: a move from state to state, or something worth knowing."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="notes", verbose_name=_("工单"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(_ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("经手人"))
    state = models.CharField(_("状态"), max_length=13, choices=WorkOrder.State.choices, blank=True)
    text = models.TextField(_("内容"), blank=True)

    class Meta:
        verbose_name = _("工单经过")
        indexes: ClassVar = [models.Index(fields=["association", "order", "at"])]

    def __str__(self) -> str:
        return self.text


class Repair(Record):
    """An exhibit works again on a day (`occurred_on`) after a fault reported on an earlier or the same day."""

    exhibit = models.ForeignKey(
        Exhibit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "展品")
    )
    kind = models.CharField(_("问题"), max_length=11, choices=FaultKind.choices)
    reported_on = models.DateField(_("报修日期"))
    in_time = models.BooleanField(_("按期修复"), default=True)
    cost = models.DecimalField(_("费用（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    order = models.ForeignKey(
        WorkOrder,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("工单"),
    )

    class Meta(Record.Meta):
        verbose_name = _("展品维修记录")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_repair_once",
                fields=["association", "order"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这张工单的维修已经记录过。"),
            ),
            models.CheckConstraint(
                name="museums_repair_order_of_days",
                condition=Q(reported_on__lte=F("occurred_on")),
                violation_error_message=_("修复日期不能早于报修日期。"),
            ),
        ]
