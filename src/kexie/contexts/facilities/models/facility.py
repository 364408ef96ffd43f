"""Facilities, the stages they go through, and visits to them."""

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.states import FACILITY_TRANSITIONS
from kexie.kernel.errors import Text
from kexie.ledger.models import HeadCounted, Record, Reference, State
from kexie.ledger.stages import check_stage


class FacilityKind(models.TextChoices):
    """What a facility is."""

    CAMPUS_MUSEUM = "CAMPUS_MUSEUM", _("校园科技馆")
    RURAL_ROOM = "RURAL_ROOM", _("乡村科普活动室")
    COMMUNITY_ROOM = "COMMUNITY_ROOM", _("社区科普活动室")
    GALLERY = "GALLERY", _("科普画廊")
    E_STATION = "E_STATION", _("科普中国e站")
    BASE = "BASE", _("科普基地")


class Facility(Reference):
    """One facility. `unit` looks after it, `host` is where it stands; lengths allow either threshold of the returns."""

    Kind = FacilityKind

    kind = models.CharField(_("类别"), max_length=14, choices=FacilityKind.choices)
    host = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在单位")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    keeper = models.CharField(_("管理员"), max_length=40, blank=True)
    opening = models.CharField(_("开放时间"), max_length=100, blank=True)
    length_m = models.DecimalField(_("长度（米）"), max_digits=7, decimal_places=1, null=True, blank=True)
    area_m2 = models.DecimalField(_("面积（㎡）"), max_digits=9, decimal_places=1, null=True, blank=True)
    exhibits = models.PositiveSmallIntegerField(_("展品件数"), null=True, blank=True)
    funding = models.CharField(_("资金来源"), max_length=60, blank=True)
    directions = models.CharField(
        _("怎么去"), max_length=200, blank=True, help_text=_("公交线路、下车站、进门走哪边；网页上公开显示。")
    )
    phone = models.CharField(
        _("公开电话"), max_length=30, blank=True, help_text=_("只填单位电话，网页上公开显示。")
    )
    longitude = models.DecimalField(
        _("经度"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("WGS-84，例如115.8142。"),
    )
    latitude = models.DecimalField(
        _("纬度"), max_digits=9, decimal_places=6, null=True, blank=True, help_text=_("WGS-84，例如32.8908。")
    )

    class Meta(Reference.Meta):
        verbose_name = _("科普设施")
        indexes: ClassVar = [*Reference.Meta.indexes, models.Index(fields=["association", "kind"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="facilities_facility_point",
                condition=Q(longitude=None, latitude=None)
                | Q(
                    # Said apart, because a comparison with nothing is neither true nor false to a constraint.
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(73, 136),
                    latitude__range=(3, 54),
                ),
                violation_error_message=_("坐标不在中国境内，请检查经度和纬度是否颠倒。"),
            )
        ]


class OfFacility(models.Model):
    """A record about a facility; it keeps the facility's kind of that day, whatever the list says later."""

    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科普设施")
    )
    facility_kind = models.CharField(_("类别"), max_length=14, choices=FacilityKind.choices, editable=False)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Take over the facility's kind."""
        if self.facility_id is not None:
            self.facility_kind = self.facility.kind


# Whoever ends the work of a facility says why, and by what; who gives its things away says to whom.
STAGE_NEEDS: Mapping[str, tuple[str, ...]] = {
    "SUSPENDED": ("reason",),
    "WITHDRAWN": ("reason", "document"),
    "TRANSFERRED": ("reason", "document", "receiver"),
}
STAGE_ASKS: Mapping[str, Text] = {
    "reason": _("停用、摘牌或移交要写明原因。"),
    "document": _("摘牌或移交要写明依据：文号、会议纪要或移交清单的编号。"),
    "receiver": _("资产移交要写明接收单位。"),
}


class FacilityStage(OfFacility, Record):
    """A facility enters a stage on a day; the latest is its state, ACCEPTED once is "ever built"."""

    class Stage(models.TextChoices):
        PROPOSED = "PROPOSED", _("申报")
        BUILDING = "BUILDING", _("建设中")
        ACCEPTED = "ACCEPTED", _("验收建成")
        OPERATING = "OPERATING", _("运行")
        SUSPENDED = "SUSPENDED", _("停用整改")
        WITHDRAWN = "WITHDRAWN", _("摘牌撤销")
        TRANSFERRED = "TRANSFERRED", _("资产移交")

    stage = models.CharField(_("阶段"), max_length=11, choices=Stage.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    # Empty in records from before: what is empty changes no hash.
    document = models.CharField(
        _("依据"), max_length=80, blank=True, help_text=_("文号、会议纪要、验收单或移交清单的编号。")
    )
    receiver = models.CharField(_("接收单位"), max_length=100, blank=True, help_text=_("资产移交给谁。"))

    class Meta(Record.Meta):
        verbose_name = _("设施建设与运行阶段")

    def __str__(self) -> str:
        return f"{self.facility} {self.get_stage_display()} {self.occurred_on}"

    def clean(self) -> None:
        """Take over the kind; refuse a stage without its grounds, one to come, and one that cannot stand where it is."""
        super().clean()
        needs = STAGE_NEEDS.get(self.stage, ())
        if lacking := {name: STAGE_ASKS[name] for name in needs if not getattr(self, name)}:
            raise ValidationError(lacking)
        day, at = (
            getattr(self, "occurred_on", None),
            getattr(self, "recorded_at", None),
        )  # a form may lack both
        if day is not None and at is not None and day > timezone.localdate(at):
            raise ValidationError({"occurred_on": _("日期不能晚于今天。")})
        check_stage(self, entity="facility", transitions=FACILITY_TRANSITIONS)


class FacilityVisits(OfFacility, HeadCounted):
    """Visits to a facility on one day (one session, or what the keeper counted), or in the month that ends that day."""

    class Span(models.TextChoices):
        MONTH = "MONTH", _("整月合计")

    theme = models.CharField(_("活动内容"), max_length=120, blank=True)
    # Empty for a day: what is empty changes no hash of records written before there were months.
    span = models.CharField(_("记录范围"), max_length=5, choices=Span.choices, blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("设施参观记录")
        constraints: ClassVar = [
            *HeadCounted.Meta.constraints,
            models.UniqueConstraint(
                name="facilities_visits_one_month",
                fields=["association", "facility", "occurred_on"],
                condition=Q(span="MONTH") & ~Q(state=State.REVERSED),
                violation_error_message=_("这个月的合计已经登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.occurred_on}"

    def clean(self) -> None:
        """Take over the kind; refuse a month beside days of it, and days beside their month."""
        super().clean()
        if not all((self.facility_id, self.occurred_on)):
            return  # the fields themselves say what is missing
        if self.span and self.occurred_on != month_end(self.occurred_on):
            raise ValidationError({"occurred_on": gettext("整月合计请填当月最后一天。")})
        if self._counted_otherwise():
            raise ValidationError(
                {
                    "occurred_on": gettext(
                        "这个月已按另一种方式登记：整月合计和每日记录不能并存，否则会重复计数。"
                    )
                }
            )

    def _counted_otherwise(self) -> bool:
        first, last = self.occurred_on.replace(day=1), month_end(self.occurred_on)
        same = FacilityVisits.objects.filter(facility_id=self.facility_id, occurred_on__range=(first, last))
        same = same.exclude(state=State.REVERSED).exclude(pk=self.pk)
        return same.filter(span="").exists() if self.span else same.exclude(span="").exists()


def month_end(day: dt.date) -> dt.date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
