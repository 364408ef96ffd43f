"""Who goes out with a caravan: licences, leave, hours at the wheel."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan
from kexie.contexts.touring.models.licences import LicenceClass
from kexie.contexts.touring.models.ranges import DateRange, Instants, UuidRange
from kexie.ledger.models import Reference, Tenant

LONGEST_SPELL = dt.timedelta(hours=4)


class CrewMember(Reference):
    """Somebody who drives or explains. No number of a licence is kept: class and last day are enough to plan."""

    class Job(models.TextChoices):
        DRIVER = "DRIVER", _("驾驶员")
        EDUCATOR = "EDUCATOR", _("辅导员")
        BOTH = "BOTH", _("驾驶员兼辅导员")

    DRIVES = (Job.DRIVER, Job.BOTH)

    job = models.CharField(_("岗位"), max_length=8, choices=Job.choices)
    licence_class = models.CharField(_("准驾车型"), max_length=2, choices=LicenceClass.choices, blank=True)
    licence_until = models.DateField(_("驾驶证有效期至"), null=True, blank=True)
    caravan = models.ForeignKey(
        Caravan, models.PROTECT, null=True, blank=True, related_name="crew", verbose_name=_("常随车辆")
    )
    left_on = models.DateField(_("离岗日期"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("大篷车队员")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_crewmember_licence",
                condition=Q(job="EDUCATOR") | ~Q(licence_class="") & Q(licence_until__isnull=False),
                violation_error_message=_("驾驶员要写明准驾车型和驾驶证有效期。"),
            )
        ]


class LicenceReminder(Tenant):
    """The reminder was sent that a driver's licence ends in so many days. Each is sent once."""

    member = models.ForeignKey(CrewMember, models.PROTECT, related_name="reminders", verbose_name=_("队员"))
    ends_on = models.DateField(_("到期日期"))
    days = models.PositiveSmallIntegerField(_("到期前天数"))
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("驾驶证提醒")
        ordering: ClassVar = ["-sent_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_licencereminder_once", fields=["association", "member", "ends_on", "days"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.ends_on}"


class CrewLeave(Tenant):
    """Days on which a member is away."""

    class Kind(models.TextChoices):
        ANNUAL = "ANNUAL", _("年休假")
        SICK = "SICK", _("病假")
        PERSONAL = "PERSONAL", _("事假")
        TRAINING = "TRAINING", _("培训")
        OTHER = "OTHER", _("其他")

    member = models.ForeignKey(CrewMember, models.PROTECT, related_name="leaves", verbose_name=_("队员"))
    kind = models.CharField(_("类型"), max_length=8, choices=Kind.choices)
    first_on = models.DateField(_("从"))
    last_on = models.DateField(_("到"))
    is_cancelled = models.BooleanField(_("已销假"), default=False)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("队员请假")
        ordering: ClassVar = ["-first_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_crewleave_order",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("最后一天不能早于第一天。"),
            ),
            ExclusionConstraint(
                name="touring_crewleave_once",
                expressions=[
                    (UuidRange("member"), "&&"),
                    (DateRange("first_on", "last_on", Value("[]")), "&&"),
                ],
                condition=Q(is_cancelled=False),
                violation_error_message=_("这几天已登记过请假。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.first_on}"


class DrivingSpell(Tenant):
    """A stretch at the wheel without a stop: at most four hours, and nobody drives two vehicles at once.

    What is driven in 24 hours, and what counts as a rest, `rules.driving` says; the operation refuses the rest.
    """

    member = models.ForeignKey(CrewMember, models.PROTECT, related_name="spells", verbose_name=_("驾驶员"))
    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="+", verbose_name=_("大篷车"))
    started_at = models.DateTimeField(_("开始驾驶"))
    ended_at = models.DateTimeField(_("停车"))
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("驾驶时段")
        ordering: ClassVar = ["-started_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_drivingspell_length",
                condition=Q(ended_at__gt=F("started_at"), ended_at__lte=F("started_at") + LONGEST_SPELL),
                violation_error_message=_("停车要晚于开始，一次连续驾驶不得超过4小时。"),
            ),
            ExclusionConstraint(
                name="touring_drivingspell_driver",
                expressions=[(UuidRange("member"), "&&"), (Instants("started_at", "ended_at"), "&&")],
                violation_error_message=_("这位驾驶员这段时间已登记驾驶。"),
            ),
            ExclusionConstraint(
                name="touring_drivingspell_vehicle",
                expressions=[(UuidRange("caravan"), "&&"), (Instants("started_at", "ended_at"), "&&")],
                violation_error_message=_("这辆车这段时间已由别人驾驶。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.started_at:%Y-%m-%d %H:%M}"
