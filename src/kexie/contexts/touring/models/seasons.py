"""A season (巡展季): its days, limits and vans; and what the planner made of it."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan
from kexie.contexts.touring.models.sites import Site
from kexie.ledger.models import Tenant


class Season(Tenant):
    """A term's touring: from which day to which, how long crews work and drive, and how distances are known.

    Times are minutes; `starts_at` is when vans may leave. `unit` is the office that plans.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    name = models.CharField(_("巡展季"), max_length=60, help_text=_("例如：2026年秋季巡展"))
    starts_on = models.DateField(_("第一天"))
    ends_on = models.DateField(_("最后一天"))
    starts_at = models.TimeField(_("最早出车时间"), default="07:30")
    shift_minutes = models.PositiveSmallIntegerField(
        _("班时（分钟）"), default=540, validators=[MinValueValidator(120), MaxValueValidator(720)]
    )
    overtime_minutes = models.PositiveSmallIntegerField(
        _("可加班（分钟）"), default=60, validators=[MaxValueValidator(240)]
    )
    drive_minutes = models.PositiveSmallIntegerField(
        _("每天最多驾驶（分钟）"),
        default=300,
        validators=[MinValueValidator(30), MaxValueValidator(480)],
        help_text=_("法律规定24小时内累计驾驶不得超过8小时。"),
    )
    rest_minutes = models.PositiveSmallIntegerField(
        _("收车到第二天出车至少休息（分钟）"),
        default=600,
        validators=[MinValueValidator(480), MaxValueValidator(840)],
    )
    # Days on which nobody goes out, beside weekends and public holidays: ["2026-10-12", …]
    off_days: "models.JSONField[Any, Any]" = models.JSONField(_("全队休息日"), default=list, blank=True)
    weekends = models.BooleanField(_("周末和节假日也出车"), default=False)
    factor = models.DecimalField(
        _("道路系数"),
        max_digits=3,
        decimal_places=2,
        default="1.35",
        validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text=_("没有道路里程时，按直线距离乘以这个系数。"),
    )
    kmh = models.PositiveSmallIntegerField(
        _("平均车速（公里/时）"), default=45, validators=[MinValueValidator(10), MaxValueValidator(100)]
    )
    # None: as the crow flies × factor.
    roads = models.ForeignKey(
        "touring.RoadTable",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="used_by",
        verbose_name=_("道路里程表"),
    )
    published = models.ForeignKey(
        "touring.Plan",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("已发布的方案"),
    )
    made_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("巡展季")
        ordering: ClassVar = ["-starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_season_name",
                fields=["association", "unit", "name"],
                violation_error_message=_("已经有同名的巡展季。"),
            ),
            models.CheckConstraint(
                name="touring_season_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("最后一天不能早于第一天。"),
            ),
            models.CheckConstraint(name="touring_season_drive", condition=Q(drive_minutes__lte=480)),
        ]

    def __str__(self) -> str:
        return self.name


class SeasonVan(Tenant):
    """A caravan that takes part: where it stands at night, which counties it serves, when it cannot go."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="vans")
    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="+", verbose_name=_("大篷车"))
    longitude = models.DecimalField(_("驻地经度"), max_digits=9, decimal_places=6)
    latitude = models.DecimalField(_("驻地纬度"), max_digits=9, decimal_places=6)
    # Codes of the counties it serves; none: all.
    counties: "models.JSONField[Any, Any]" = models.JSONField(_("服务县区"), default=list, blank=True)
    # Days of repair and leave: ["2026-10-12", …]
    off_days: "models.JSONField[Any, Any]" = models.JSONField(_("停驶日"), default=list, blank=True)

    # None: as the season says.
    shift_minutes = models.PositiveSmallIntegerField(
        _("班时（分钟）"), null=True, blank=True, validators=[MinValueValidator(120), MaxValueValidator(720)]
    )
    overtime_minutes = models.PositiveSmallIntegerField(
        _("可加班（分钟）"), null=True, blank=True, validators=[MaxValueValidator(240)]
    )
    most_nights = models.PositiveSmallIntegerField(
        _("连续外宿最多（晚）"), default=0, validators=[MaxValueValidator(6)]
    )

    class Meta:
        verbose_name = _("参加的大篷车")
        ordering: ClassVar = ["caravan__name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_season_van", fields=["association", "season", "caravan"]),
            models.CheckConstraint(
                name="touring_season_van_point",
                condition=Q(longitude__range=(72, 138), latitude__range=(0.8, 56)),
                violation_error_message=_("坐标不在中国境内，请检查经度和纬度是否颠倒。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.caravan)


class Plan(Tenant):
    """One answer to a season. It grows while the planner works; by hand it changes until the season is over."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("排队中")
        RUNNING = "RUNNING", _("计算中")
        DONE = "DONE", _("已完成")
        CANCELLED = "CANCELLED", _("已停止")
        FAILED = "FAILED", _("未完成")

    BUSY = (State.WAITING, State.RUNNING)

    season = models.ForeignKey(Season, models.CASCADE, related_name="plans")
    number = models.PositiveSmallIntegerField(_("方案号"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.WAITING)
    seed = models.PositiveIntegerField(_("随机种子"), default=1)
    seconds = models.PositiveSmallIntegerField(_("计算时间（秒）"), default=60)
    source = models.CharField(_("里程来源"), max_length=300, blank=True)
    # [[seconds, missing, cost], …] of the best plan as it grew
    history: "models.JSONField[Any, Any]" = models.JSONField(_("过程"), default=list, blank=True)
    # [{"site": id, "missing": n, "reason": words}, …]
    unserved: "models.JSONField[Any, Any]" = models.JSONField(_("未安排"), default=list, blank=True)
    # Changes by hand that can be undone, the last at the end; see `operations.plan_steps`.
    undo: "models.JSONField[Any, Any]" = models.JSONField(_("可撤销的改动"), default=list, blank=True)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    is_stopping = models.BooleanField(_("要求停止"), default=False)
    made_by = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("建立时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("方案")
        ordering: ClassVar = ["-number", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_plan_number", fields=["association", "season", "number"])
        ]

    def __str__(self) -> str:
        return _("方案 %(n)s") % {"n": self.number}


class PlannedTrip(Tenant):
    """One van's day in a plan. Times are minutes after midnight."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="trips")
    van = models.ForeignKey(SeasonVan, models.CASCADE, related_name="+", verbose_name=_("大篷车"))
    day = models.DateField(_("日期"))
    leaves = models.PositiveSmallIntegerField(_("出车"))
    returns = models.PositiveSmallIntegerField(_("返回"))
    metres = models.PositiveIntegerField(_("里程（米）"))
    driving = models.PositiveSmallIntegerField(_("驾驶（分钟）"))
    overtime = models.PositiveSmallIntegerField(_("加班（分钟）"))
    # Where the van stays afterwards and sets out from the next day; None: at its depot.
    night = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("当晚住在")
    )

    class Meta:
        verbose_name = _("计划行程")
        ordering: ClassVar = ["day", "van_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_planned_trip_once", fields=["association", "plan", "van", "day"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.van} {self.day}"


class PlannedStop(Tenant):
    """A visit that is planned. A locked one never moves; a published one is put to its host."""

    class Host(models.TextChoices):
        NONE = "NONE", _("未通知")
        ASKED = "ASKED", _("待确认")
        CONFIRMED = "CONFIRMED", _("已确认")
        DECLINED = "DECLINED", _("请求改期")

    trip = models.ForeignKey(PlannedTrip, models.CASCADE, related_name="stops")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("巡展点位"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    begins = models.PositiveSmallIntegerField(_("开始"))
    ends = models.PositiveSmallIntegerField(_("结束"))
    is_locked = models.BooleanField(_("锁定"), default=False)
    host_state = models.CharField(_("接待方"), max_length=9, choices=Host.choices, default=Host.NONE)
    host_code = models.CharField(_("确认码"), max_length=22, blank=True)
    host_note = models.CharField(_("接待方留言"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("计划站次")
        ordering: ClassVar = ["trip_id", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_planned_stop_once", fields=["association", "trip", "site"]),
            models.CheckConstraint(name="touring_planned_stop_order", condition=Q(ends__gt=F("begins"))),
        ]
        indexes: ClassVar = [models.Index(name="touring_planned_stop_code", fields=["host_code"])]

    def __str__(self) -> str:
        return f"{self.site}"
