"""The rules of booking, as data of each museum, with effect from a day (domain.md 2.3)."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.museum import Museum
from kexie.ledger.models import Tenant

_ONE = [MinValueValidator(1)]


def _count(label: Any, default: int | None, **options: Any) -> "models.PositiveSmallIntegerField[Any, Any]":
    empty = default is None
    return models.PositiveSmallIntegerField(label, default=default, null=empty, blank=empty, **options)


class BookingRules(Tenant):
    """What holds for visits from `valid_from` on, until the museum's next rules. An empty number means no limit."""

    class Window(models.TextChoices):
        SLOT = "SLOT", _("同一时段只能预约一次")
        DAY = "DAY", _("同一天在本馆只能预约一次")
        CITY_DAY = "CITY_DAY", _("同一天在全市各馆只能预约一次")

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    valid_from = models.DateField(_("生效日期"))
    # When one may book.
    horizon_days = _count(_("提前放票天数"), 7, help_text=_("例如 7：提前7天放票；0 为当天放票。"))
    release_at = models.TimeField(_("放票时间"), default=dt.time(12))
    wave_seconds = _count(
        _("放票分批放行秒数"),
        None,
        help_text=_("例如 60：放票后60秒内，每个账号按随机次序放行，快慢与手速无关；不填则同时放行。"),
        validators=[*_ONE, MaxValueValidator(600)],
    )
    closes_minutes = _count(_("停止预约提前分钟"), 0, help_text=_("停止入场前多少分钟停止预约。"))
    hold_minutes = _count(_("名额保留分钟"), 10, validators=[*_ONE, MaxValueValidator(60)])
    offer_minutes = _count(_("候补确认分钟"), 30, validators=[*_ONE, MaxValueValidator(1440)])
    uses_lottery = models.BooleanField(_("热门时段抽签"), default=False)
    # Who and how many.
    max_party = _count(_("每单最多人数"), 5, validators=_ONE)
    max_orders_a_day = _count(_("同一账号每天最多几单"), 1, help_text=_("按参观日期计算。"))
    max_people_a_day = _count(_("同一账号每天最多几人"), 5, help_text=_("按参观日期计算。"))
    identity_window = models.CharField(
        _("同一证件"), max_length=8, choices=Window.choices, default=Window.DAY
    )
    child_age = _count(_("须成人陪同的年龄（岁以下）"), 14)
    children_an_adult = _count(_("每名成人最多陪同儿童"), None)
    elder_age = _count(_("须陪同的高龄（岁以上）"), None)
    counts_children = models.BooleanField(_("儿童计入人数"), default=True)
    early_minutes = _count(
        _("提前入馆分钟"),
        30,
        help_text=_("时段开始前多少分钟起可以入馆；0 为到点才能入馆。"),
        validators=[MaxValueValidator(240)],
    )
    # Changing one's mind.
    cancel_minutes = _count(_("开场前多少分钟可取消或改签"), 60)
    cancels_a_day = _count(_("每天最多取消"), None)
    cancels_a_week = _count(_("每周最多取消"), None)
    cancels_a_month = _count(_("每月最多取消"), None)
    cancels_a_year = _count(_("每年最多取消"), None)
    max_moves = _count(_("每单最多改签次数"), 1)
    # Not coming.
    no_shows = _count(_("爽约几次后限制预约"), 3)
    no_show_days = _count(_("爽约累计天数"), 365, help_text=_("只计算最近多少天内的爽约；不填为一直累计。"))
    block_days = _count(_("限制预约天数"), 30, validators=_ONE)
    no_show_from = models.CharField(
        _("何为爽约"),
        max_length=5,
        choices=[("ALL", _("整单无人到馆")), ("ANY", _("有人未到即计"))],
        default="ALL",
    )
    # Groups.
    group_min = _count(_("团队最少人数"), 15, validators=_ONE)
    group_max = _count(_("团队最多人数"), 200)
    group_a_day = _count(_("每天团队总人数上限"), None)
    group_days_ahead = _count(_("团队提前天数"), 3)
    group_horizon_days = _count(_("团队最早提前天数"), 30)
    group_needs_approval = models.BooleanField(_("团队须审核"), default=True)
    group_people_a_leader = _count(_("每名带队老师最多带几人"), None)
    # Others.
    priority_note = models.CharField(
        _("优先人群"), max_length=200, default="老年人、残疾人、现役军人、消防救援人员、孕妇", blank=True
    )
    visitor_note = models.TextField(_("给观众的补充说明"), blank=True)
    made_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("设置人")
    )
    made_at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = _("预约规则")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_rules_once",
                fields=["association", "museum", "valid_from"],
                violation_error_message=_("这一天生效的规则已经有了，请修改那一份或换一个日期。"),
            ),
            models.CheckConstraint(
                name="museums_rules_group",
                condition=Q(group_min__lte=F("group_max")),
                violation_error_message=_("团队最少人数不能大于最多人数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.museum} {self.valid_from}"
