"""Plans of the sets' rotation, the stops arranged, and the days they are open."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.applications import TourApplication
from kexie.contexts.touring.models.tour import TouringSet, TourStop
from kexie.contexts.touring.models.venues import TourVenue
from kexie.ledger.models import Tenant

WEDNESDAY_TO_SUNDAY = (2, 3, 4, 5, 6)


def open_by_default() -> list[int]:
    """Return the weekdays (Monday 0) on which a stop is usually open: two days are left for maintenance."""
    return list(WEDNESDAY_TO_SUNDAY)


class SetPlan(Tenant):
    """A plan from `first_on` to `last_on`. What it was computed from stays in `inputs`, so it can be computed again.

    `left` lists applications without a place: [{"name": county, "reason": words}]. `score` and `bound` are what the
    engine reached and what it proved cannot be exceeded.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("等待计算")
        RUNNING = "RUNNING", _("正在计算")
        READY = "READY", _("可用")
        CANCELLED = "CANCELLED", _("已取消")
        FAILED = "FAILED", _("未算成")
        ADOPTED = "ADOPTED", _("已采用")

    name = models.CharField(_("方案名称"), max_length=100)
    first_on = models.DateField(_("从"))
    last_on = models.DateField(_("到"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.WAITING)
    setup_days = models.PositiveSmallIntegerField(_("换展天数"), default=7)
    spacing_days = models.PositiveSmallIntegerField(_("同一县区间隔天数"), default=365)
    seconds = models.PositiveSmallIntegerField(_("最长计算秒数"), default=20)
    inputs = models.JSONField(_("计算依据"), default=dict)
    left = models.JSONField(_("未能排入"), default=list)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    score = models.BigIntegerField(_("方案得分"), null=True, blank=True)
    bound = models.BigIntegerField(_("得分上界"), null=True, blank=True)
    is_proven = models.BooleanField(_("已证明最优"), default=False)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("制定人"))
    made_at = models.DateTimeField(_("制定时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("区域换展方案")
        indexes: ClassVar = [models.Index(fields=["association", "made_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="touring_setplan_order", condition=Q(last_on__gt=F("first_on")))
        ]

    def __str__(self) -> str:
        return self.name


class SetPlanItem(Tenant):
    """A place in a plan: a set for an application, on show from `first_on` to `last_on`, both included.

    The set leaves the place before on `setup_on`; `km` is the way from there.
    """

    plan = models.ForeignKey(SetPlan, models.CASCADE, related_name="items", verbose_name=_("方案"))
    touring_set = models.ForeignKey(
        TouringSet, models.PROTECT, related_name="+", verbose_name=_("展品（套）")
    )
    application = models.ForeignKey(TourApplication, models.PROTECT, related_name="+", verbose_name=_("申请"))
    setup_on = models.DateField(_("开始换展"))
    first_on = models.DateField(_("开展日期"))
    last_on = models.DateField(_("闭展日期"))
    km = models.PositiveIntegerField(_("运输里程（公里）"), default=0)
    school_days = models.PositiveSmallIntegerField(_("其中上学日"), default=0)

    class Meta:
        verbose_name = _("方案中的一站")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_setplanitem_once", fields=["association", "plan", "application"]
            ),
            models.CheckConstraint(
                name="touring_setplanitem_order",
                condition=Q(last_on__gte=F("first_on"), first_on__gte=F("setup_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touring_set} {self.first_on}"


class PlannedTourStop(Tenant):
    """A stop arranged: until its record is written (`record`), it holds the set's days itself, from `setup_on` on."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("已安排")
        OPENED = "OPENED", _("已开展")
        CANCELLED = "CANCELLED", _("已取消")

    touring_set = models.ForeignKey(
        TouringSet, models.PROTECT, related_name="+", verbose_name=_("展品（套）")
    )
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    venue = models.ForeignKey(TourVenue, models.PROTECT, related_name="+", verbose_name=_("展出场馆"))
    application = models.ForeignKey(
        TourApplication, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("申请")
    )
    plan = models.ForeignKey(
        SetPlan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("方案")
    )
    setup_on = models.DateField(_("开始换展"))
    first_on = models.DateField(_("开展日期"))
    last_on = models.DateField(_("闭展日期"))
    open_weekdays = models.JSONField(_("每周开放"), default=open_by_default)
    carrier = models.CharField(_("承运单位"), max_length=100, blank=True)
    insurance = models.CharField(_("保险单号"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.PLANNED)
    record = models.ForeignKey(
        TourStop, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("巡展站")
    )

    class Meta:
        verbose_name = _("计划巡展站")
        indexes: ClassVar = [models.Index(fields=["association", "first_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_plannedtourstop_record", fields=["association", "record"]),
            models.CheckConstraint(
                name="touring_plannedtourstop_order",
                condition=Q(last_on__gte=F("first_on"), first_on__gte=F("setup_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue.name} {self.first_on}"


class StopDay(Tenant):
    """A day of a stop unlike its week: closed although it would be open, or the other way round."""

    stop = models.ForeignKey(PlannedTourStop, models.CASCADE, related_name="days", verbose_name=_("巡展站"))
    on = models.DateField(_("日期"))
    is_open = models.BooleanField(_("开放"), default=False)
    reason = models.CharField(_("原因"), max_length=100)

    class Meta:
        verbose_name = _("开放日历调整")
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_stopday_once", fields=["association", "stop", "on"])
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.reason}"
