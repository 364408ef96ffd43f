"""The times at which people come: the weekly arrangement, special days, and the slots made from them."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.exhibits import Hall
from kexie.contexts.museums.models.museum import Museum
from kexie.ledger.models import Reference, Series, Tenant
from kexie.platform.capacity.models import Offer


class DayKind(models.TextChoices):
    """What kind of day an arrangement is for."""

    ANY = "ANY", _("所有开放日")
    WORKDAY = "WORKDAY", _("平日")
    REST = "REST", _("周末和节假日")


class Allotment(models.TextChoices):
    """How the public's places of a slot are given out; empty: as what stands above it says (pattern, then rules)."""

    AS_RULED = "", _("按预约规则")
    DRAW = "DRAW", _("抽签")
    FIRST = "FIRST", _("先到先得")


class SlotPattern(Reference):
    """A time that recurs on a museum's open days, with its places; slots are made from it ahead of time.

    `capacity` is all places of the slot; the quotas (`public` and so on) say how many of them each channel may take
    at most; an empty quota is limited by the total alone.
    """

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    weekdays = models.CharField(
        _("星期"),
        max_length=7,
        default="1234567",
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?$", _("按顺序写星期，周一为1，例如 34567。"))],
    )
    day_kind = models.CharField(_("适用日期"), max_length=7, choices=DayKind.choices, default=DayKind.ANY)
    starts_at = models.TimeField(_("开始时间"))
    ends_at = models.TimeField(_("结束时间"))
    last_entry_at = models.TimeField(_("停止入场时间"))
    capacity = models.PositiveIntegerField(_("总名额"))
    public = models.PositiveIntegerField(_("个人预约名额"), null=True, blank=True)
    group = models.PositiveIntegerField(_("团队预约名额"), null=True, blank=True)
    walk_in = models.PositiveIntegerField(_("现场名额"), null=True, blank=True)
    priority = models.PositiveIntegerField(_("优先名额"), null=True, blank=True)
    allotment = models.CharField(
        _("名额分配"), max_length=5, choices=Allotment.choices, blank=True, default=""
    )
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("时段安排")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="museums_pattern_times",
                condition=Q(starts_at__lt=F("ends_at"), last_entry_at__gt=F("starts_at"))
                & Q(last_entry_at__lte=F("ends_at")),
                violation_error_message=_("开始、停止入场、结束时间应依次往后。"),
            ),
            models.CheckConstraint(
                name="museums_pattern_window",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("截止日期不能早于起始日期。"),
            ),
        ]


class SpecialDay(Tenant):
    """A museum opens on this day although its pattern says closed (a make-up workday, a festival evening).

    Days that stay closed are `ClosedDay` records: they count as work; an extra opening shows in the visits.
    """

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    day = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("设置人"))
    made_at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = _("加开日")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_special_day",
                fields=["association", "museum", "day"],
                violation_error_message=_("这一天已经设为加开日。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.museum} {self.day}"


class Slot(Tenant):
    """What a museum offers at a time: entry, or a show with places of its own. Times and places stand in `offer`."""

    class Kind(models.TextChoices):
        ENTRY = "ENTRY", _("入馆")
        SHOW = "SHOW", _("展演与活动")

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", verbose_name=_("可预约时段"))
    kind = models.CharField(_("类别"), max_length=5, choices=Kind.choices)
    pattern = models.ForeignKey(
        SlotPattern, models.PROTECT, null=True, related_name="+", verbose_name=_("时段安排")
    )
    show_time = models.ForeignKey(
        "museums.ShowTime", models.PROTECT, null=True, related_name="+", verbose_name=_("固定场次")
    )
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="+", verbose_name=_("展演"))
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name=_("场地"))
    title = models.CharField(_("名称"), max_length=100, blank=True)
    presenter = models.CharField(_("主讲"), max_length=100, blank=True)
    audience = models.CharField(_("适合人群"), max_length=100, blank=True)
    needs_booking = models.BooleanField(_("需要预约"), default=True)
    # Closed because the museum is closed that day; it opens again by itself when the day does.
    by_calendar = models.BooleanField(default=False, editable=False)
    reason = models.CharField(_("停开原因"), max_length=200, blank=True)
    # Set for this slot alone; empty: as its pattern, else the rules, say.
    allotment = models.CharField(
        _("名额分配"), max_length=5, choices=Allotment.choices, blank=True, default=""
    )
    # The ledger's activity that says what was really held.
    record_id = models.UUIDField(_("活动记录"), null=True, editable=False)

    class Meta:
        verbose_name = _("时段")
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_slot_offer", fields=["association", "offer"]),
            models.CheckConstraint(
                name="museums_slot_show", condition=Q(kind="ENTRY") | Q(hall__isnull=False)
            ),
            models.CheckConstraint(name="museums_slot_source", condition=Q(pattern=None) | Q(show_time=None)),
        ]

    def __str__(self) -> str:
        return self.title or str(self.offer)
