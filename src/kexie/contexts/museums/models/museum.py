"""Museums, the stages they go through, and the days they stay closed against their pattern."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.states import MUSEUM_TRANSITIONS
from kexie.ledger.models import Record, Reference
from kexie.ledger.stages import check_stage


class Museum(Reference):
    """What is to be known of a museum beside its unit: size, opening pattern, caps. One per unit of kind MUSEUM."""

    class Level(models.TextChoices):
        CITY = "CITY", _("市级馆")
        COUNTY = "COUNTY", _("县级馆")

    level = models.CharField(_("级别"), max_length=6, choices=Level.choices)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=40, blank=True)
    floor_area = models.PositiveIntegerField(_("建筑面积（㎡）"), null=True, blank=True)
    exhibition_area = models.PositiveIntegerField(_("展教面积（㎡）"), null=True, blank=True)
    standard = models.CharField(_("建设标准"), max_length=40, blank=True, help_text=_("特大、大、中、小型"))
    open_weekdays = models.CharField(
        _("开放星期"),
        max_length=7,
        default="34567",
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?$", _("按顺序写开放的星期，周一为1，例如 34567。"))],
    )
    opens_on_holidays = models.BooleanField(_("法定节假日开放"), default=True)
    opens_at = models.TimeField(_("开馆时间"), null=True, blank=True)
    closes_at = models.TimeField(_("闭馆时间"), null=True, blank=True)
    last_entry_at = models.TimeField(_("停止入馆时间"), null=True, blank=True)
    instant_cap = models.PositiveIntegerField(_("瞬时最大承载量（人）"), null=True, blank=True)
    daily_cap = models.PositiveIntegerField(_("日最大接待量（人）"), null=True, blank=True)
    ticket = models.CharField(_("票务"), max_length=100, blank=True, help_text=_("例如：免费不免票"))

    class Meta(Reference.Meta):
        verbose_name = _("科技馆")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_museum_unit",
                fields=["association", "unit"],
                violation_error_message=_("这个单位已经登记过科技馆信息。"),
            ),
            models.CheckConstraint(
                name="museums_museum_areas",
                condition=Q(floor_area=None)
                | Q(exhibition_area=None)
                | Q(exhibition_area__lte=F("floor_area")),
                violation_error_message=_("展教面积不能大于建筑面积。"),
            ),
        ]


class MuseumStage(Record):
    """A museum enters a stage on a day; the latest of a museum's stages is its state."""

    class Stage(models.TextChoices):
        PLANNED = "PLANNED", _("规划立项")
        BUILDING = "BUILDING", _("在建")
        TRIAL = "TRIAL", _("试运行")
        OPEN = "OPEN", _("正式开放")
        WORKS = "WORKS", _("闭馆改造")
        CLOSED = "CLOSED", _("停止运行")

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage.choices)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("科技馆建设与开放阶段")

    def clean(self) -> None:
        """Refuse a stage that cannot follow the one before."""
        check_stage(self, entity="museum", transitions=MUSEUM_TRANSITIONS)


class ClosedDay(Record):
    """A day on which a museum stays closed although its pattern says open."""

    class Reason(models.TextChoices):
        MAINTENANCE = "MAINTENANCE", _("设备检修")
        POWER = "POWER", _("停水停电")
        WEATHER = "WEATHER", _("恶劣天气")
        EPIDEMIC = "EPIDEMIC", _("疫情防控")
        EVENT = "EVENT", _("专场活动")
        HOLIDAY = "HOLIDAY", _("节假日休馆")
        OTHER = "OTHER", _("其他")

    reason = models.CharField(_("原因"), max_length=11, choices=Reason.choices)
    notice = models.CharField(_("公告文字"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("临时闭馆日")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_closedday_once",
                fields=["association", "unit", "occurred_on"],
                condition=~Q(state="REVERSED"),
                violation_error_message=_("这一天的闭馆已经登记过。"),
            ),
        ]
