"""What keeps a facility running: when it is open, what it owns, its photographs, and faults that people report."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.facilities.models.facility import Facility
from kexie.ledger.models import Tenant
from kexie.ledger.models.voices import Voice

_ACCOUNT = "access.Account"
SUNDAY = 6


class _OfFacility(Tenant):
    facility = models.ForeignKey(
        Facility, models.CASCADE, related_name="+", verbose_name=pgettext_lazy("one", "科普设施")
    )

    class Meta:
        abstract = True


class OpenHours(_OfFacility):
    """The hours of one weekday (Monday 0) of every week, with a pause at noon or none."""

    weekday = models.PositiveSmallIntegerField(_("星期"))
    opens = models.TimeField(_("开门"))
    closes = models.TimeField(_("关门"))
    pause_from = models.TimeField(_("午休从"), null=True, blank=True)
    pause_to = models.TimeField(_("午休到"), null=True, blank=True)

    class Meta:
        verbose_name = _("每周开放时间")
        ordering: ClassVar = ["weekday"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_openhours_once", fields=["association", "facility", "weekday"]
            ),
            models.CheckConstraint(
                name="facilities_openhours_times",
                condition=Q(opens__lt=F("closes"), weekday__lte=SUNDAY),
                violation_error_message=_("关门时间要晚于开门时间。"),
            ),
            models.CheckConstraint(
                name="facilities_openhours_pause",
                condition=Q(pause_from=None, pause_to=None)
                | Q(
                    pause_from__isnull=False,
                    pause_to__isnull=False,
                    opens__lt=F("pause_from"),
                    pause_from__lt=F("pause_to"),
                    pause_to__lt=F("closes"),
                ),
                violation_error_message=_("午休要在开门和关门之间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class OpenDay(_OfFacility):
    """A day unlike its week: closed, or open from one time to another."""

    on = models.DateField(_("日期"))
    opens = models.TimeField(_("开门"), null=True, blank=True)
    closes = models.TimeField(_("关门"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=100)

    class Meta:
        verbose_name = _("开放变更日")
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="facilities_openday_once", fields=["association", "facility", "on"]),
            models.CheckConstraint(
                name="facilities_openday_times",
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                violation_error_message=_("关门时间要晚于开门时间；当天不开放就都不填。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.reason}"

    @property
    def is_open(self) -> bool:
        """Whether the facility is open at some time of the day."""
        return self.opens is not None


class Asset(_OfFacility):
    """Something that the facility was equipped with, until it is handed on or written off."""

    class State(models.TextChoices):
        IN_USE = "IN_USE", _("在用")
        IDLE = "IDLE", _("闲置")
        MOVED = "MOVED", _("已移交")
        SCRAPPED = "SCRAPPED", _("已报废")

    number = models.CharField(_("资产编号"), max_length=40)
    name = models.CharField(_("名称"), max_length=100)
    quantity = models.PositiveSmallIntegerField(_("数量"), default=1)
    value = models.DecimalField(_("原值（元）"), max_digits=11, decimal_places=2, null=True, blank=True)
    bought_on = models.DateField(_("购置日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.IN_USE)
    note = models.CharField(_("去向或说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("设施资产")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_asset_number",
                fields=["association", "facility", "number"],
                violation_error_message=_("这处设施已有这个资产编号。"),
            ),
            models.CheckConstraint(
                name="facilities_asset_gone",
                condition=Q(state__in=("IN_USE", "IDLE")) | ~Q(note=""),
                violation_error_message=_("移交或报废要写明去向。"),
            ),
            models.CheckConstraint(name="facilities_asset_some", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class FacilityPhoto(_OfFacility):
    """A photograph of the facility; public ones stand on its page."""

    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name=_("照片"))
    caption = models.CharField(_("说明"), max_length=100)
    is_public = models.BooleanField(_("在网页上公开"), default=False)
    added_by = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("设施照片")
        ordering: ClassVar = ["added_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="facilities_photo_once", fields=["association", "facility", "file"])
        ]

    def __str__(self) -> str:
        return self.caption


class FacilityFault(Voice):
    """Something wrong at a facility, as somebody standing before it reported it."""

    class Kind(models.TextChoices):
        CLOSED = "CLOSED", _("该开放时没有开放")
        BROKEN = "BROKEN", _("展品或设备坏了")
        UNSAFE = "UNSAFE", _("有安全隐患")
        DIRTY = "DIRTY", _("脏乱或破损")
        OUTDATED = "OUTDATED", _("内容过时或看不清")
        OTHER = "OTHER", _("其他")

    class State(models.TextChoices):
        REPORTED = "REPORTED", _("待受理")
        ACCEPTED = "ACCEPTED", _("处理中")
        DONE = "DONE", _("已解决")
        REJECTED = "REJECTED", _("不需要处理")

    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科普设施")
    )
    kind = models.CharField(_("问题"), max_length=8, choices=Kind.choices)
    text = models.TextField(_("补充说明"), blank=True)
    photo = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, related_name="+", verbose_name=_("照片")
    )
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.REPORTED)
    answer = models.CharField(_("处理情况"), max_length=300, blank=True)
    # Set where a check found it; what the public reports has none.
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    check_of = models.ForeignKey(
        "facilities.SampleCheck",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="faults",
        verbose_name=_("抽中的设施"),
    )
    handled_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("处理人")
    )
    handled_at = models.DateTimeField(_("处理时间"), null=True)

    class Meta(Voice.Meta):
        verbose_name = _("设施问题")
        indexes: ClassVar = [*Voice.Meta.indexes, models.Index(fields=["association", "facility", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(name="facilities_fault_code", fields=["association", "code"]),
            models.CheckConstraint(
                name="facilities_fault_answered",
                condition=Q(state="REPORTED", handled_at=None)
                | Q(state="ACCEPTED", handled_at__isnull=False)
                | Q(state__in=("DONE", "REJECTED"), handled_at__isnull=False) & ~Q(answer=""),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.state in {self.State.REPORTED, self.State.ACCEPTED}
