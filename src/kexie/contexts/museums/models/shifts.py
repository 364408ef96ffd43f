"""Volunteers and their shifts at a museum."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.ranges import Same
from kexie.foundation.people.masking import mask_name, mask_phone
from kexie.ledger.models import Record, Reference, State, Tenant
from kexie.platform import crypto

MOST_HOURS = 12
_ACCOUNT = "access.Account"


class Volunteer(Reference):
    """Somebody who helps at a museum (`unit`). The telephone number is encrypted; its keyed hash finds it again."""

    phone = models.BinaryField(_("手机号码"), null=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_active = models.BooleanField(_("仍在服务"), default=True)

    class Meta(Reference.Meta):
        verbose_name = _("志愿者")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_volunteer_once",
                fields=["association", "unit", "phone_digest"],
                condition=~Q(phone_digest=""),
                violation_error_message=_("这个手机号码的志愿者已经登记过。"),
            )
        ]

    def __str__(self) -> str:
        return mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        """The number with its middle starred, or nothing."""
        return mask_phone(crypto.decrypt(bytes(self.phone)).decode()) if self.phone else ""


class Shift(Tenant):
    """A post at a museum for some hours of a day, with the number of volunteers wanted."""

    unit = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    on = models.DateField(_("日期"))
    starts_at = models.TimeField(_("开始时间"))
    ends_at = models.TimeField(_("结束时间"))
    post = models.CharField(_("岗位"), max_length=40)
    places = models.PositiveSmallIntegerField(_("需要人数"))
    # Kept beside `places` so that the database itself refuses one volunteer too many.
    taken = models.PositiveSmallIntegerField(_("已安排"), default=0, editable=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, editable=False)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("志愿服务班次")
        indexes: ClassVar = [models.Index(fields=["association", "unit", "on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="museums_shift_hours",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                name="museums_shift_places",
                condition=Q(places__gte=1, taken__lte=F("places")),
                violation_error_message=_("人数已满。"),
            ),
            models.CheckConstraint(
                name="museums_shift_cancelled",
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.starts_at:%H:%M}–{self.ends_at:%H:%M} {self.post}"

    @property
    def free(self) -> int:
        """How many volunteers are still wanted."""
        return self.places - self.taken

    @property
    def begins(self) -> dt.datetime:
        """The moment it begins."""
        return timezone.make_aware(dt.datetime.combine(self.on, self.starts_at))

    @property
    def ends(self) -> dt.datetime:
        """The moment it ends."""
        return timezone.make_aware(dt.datetime.combine(self.on, self.ends_at))


class SignUp(Tenant):
    """A volunteer's place in a shift. `during` repeats the shift's time, so that the database sees overlaps."""

    class State(models.TextChoices):
        INVITED = "INVITED", _("待本人确认")
        CONFIRMED = "CONFIRMED", _("已确认参加")
        ATTENDED = "ATTENDED", _("已到岗")
        ABSENT = "ABSENT", _("未到岗")
        DECLINED = "DECLINED", _("本人不能参加")
        CANCELLED = "CANCELLED", _("已取消")

    HELD = (State.INVITED, State.CONFIRMED, State.ATTENDED, State.ABSENT)

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ups", verbose_name=_("班次"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="sign_ups", verbose_name=_("志愿者")
    )
    during = DateTimeRangeField(_("时间"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.INVITED)
    invited_at = models.DateTimeField(_("安排时间"))
    invited_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("安排人")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("志愿服务安排")
        indexes: ClassVar = [
            models.Index(fields=["association", "shift", "state"]),
            models.Index(fields=["association", "volunteer", "state"]),
        ]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="museums_signup_no_overlap",
                expressions=[(Same("volunteer"), "&&"), ("during", "&&")],
                condition=Q(state__in=("INVITED", "CONFIRMED", "ATTENDED", "ABSENT")),
                violation_error_message=_("这位志愿者在这段时间里已有另一个班次。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.during.lower:%m-%d}"


class VolunteerDuty(Record):
    """A volunteer served some hours on a day."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+", verbose_name=_("志愿者"))
    post = models.CharField(_("岗位"), max_length=40)
    hours = models.DecimalField(_("服务时长（小时）"), max_digits=4, decimal_places=1)
    sign_up = models.ForeignKey(
        SignUp,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("班次安排"),
    )

    class Meta(Record.Meta):
        verbose_name = _("志愿服务记录")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_duty_once",
                fields=["association", "sign_up"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这个班次的服务时长已经记录过。"),
            ),
            models.CheckConstraint(
                name="museums_duty_hours",
                condition=Q(hours__gt=0, hours__lte=MOST_HOURS),
                violation_error_message=_("一天的服务时长应大于0、不超过12小时。"),
            ),
        ]
