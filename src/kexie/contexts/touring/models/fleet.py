"""What is kept of a caravan besides its trips: exhibits on board, papers, repairs, odometer readings."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan
from kexie.contexts.touring.models.maintenance import Condition
from kexie.contexts.touring.models.ranges import DateRange, UuidRange
from kexie.ledger.models import Reference, Tenant


class CaravanExhibit(Reference):
    """An exhibit or piece of equipment on board. `condition` follows from looking it over."""

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="exhibits", verbose_name=_("大篷车"))
    number = models.PositiveSmallIntegerField(_("展品编号"))
    kind = models.CharField(
        _("类别"), max_length=40, blank=True, help_text=_("例如：壁挂展品、实验箱、音响、供电")
    )
    condition = models.CharField(
        _("状况"), max_length=7, choices=Condition.choices, default=Condition.GOOD, editable=False
    )
    checked_on = models.DateField(_("最近查看"), null=True, blank=True, editable=False)
    finding = models.CharField(_("查看情况"), max_length=200, blank=True, editable=False)

    class Meta(Reference.Meta):
        verbose_name = _("车载展品")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_caravanexhibit_number",
                fields=["association", "caravan", "number"],
                violation_error_message=_("这辆车上已有这个编号，请换一个。"),
            )
        ]


class CaravanDocument(Tenant):
    """A paper of a vehicle, good through `valid_to` (none: without end). A renewal is a further row."""

    class Kind(models.TextChoices):
        REGISTRATION = "REGISTRATION", _("行驶证")
        INSPECTION = "INSPECTION", _("年检")
        COMPULSORY = "COMPULSORY", _("交强险")
        COMMERCIAL = "COMMERCIAL", _("商业保险")
        OTHER = "OTHER", _("其他证件")

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="documents", verbose_name=_("大篷车"))
    kind = models.CharField(_("证件"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("证号或保单号"), max_length=60, blank=True)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    scan = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("扫描件")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("车辆证件")
        ordering: ClassVar = ["valid_to", "id"]
        indexes: ClassVar = [models.Index(fields=["association", "valid_to"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_caravandocument_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("有效期不能早于生效日期。"),
            ),
            models.UniqueConstraint(
                name="touring_caravandocument_once",
                fields=["association", "caravan", "kind", "valid_from"],
                violation_error_message=_("这辆车这一天生效的同类证件已登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.get_kind_display()}"


class CaravanRepair(Tenant):
    """Days on which a vehicle stands in the workshop. `last_on` is known once it is back."""

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="repairs", verbose_name=_("大篷车"))
    first_on = models.DateField(_("送修日期"))
    expected_on = models.DateField(_("预计修好"), null=True, blank=True)
    last_on = models.DateField(_("修好日期"), null=True, blank=True)
    fault = models.CharField(_("维修原因"), max_length=200)
    result = models.CharField(_("处理结果"), max_length=200, blank=True)
    cost = models.DecimalField(_("费用（元）"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("车辆维修")
        ordering: ClassVar = ["-first_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="touring_caravanrepair_order",
                condition=Q(last_on=None) | Q(last_on__gte=F("first_on")),
                violation_error_message=_("修好日期不能早于送修日期。"),
            ),
            ExclusionConstraint(
                name="touring_caravanrepair_one",
                expressions=[
                    (UuidRange("caravan"), "&&"),
                    (DateRange("first_on", "last_on", Value("[]")), "&&"),
                ],
                violation_error_message=_("这辆车在这段时间里已登记维修。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.first_on}"


class OdometerReading(Tenant):
    """What the odometer showed on a day, read apart from trips. What looked wrong was explained in `note`."""

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="readings", verbose_name=_("大篷车"))
    on = models.DateField(_("日期"))
    km = models.PositiveIntegerField(_("里程表（公里）"))
    is_doubtful = models.BooleanField(_("与前后读数不合"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("里程表读数")
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_odometerreading_once",
                fields=["association", "caravan", "on"],
                violation_error_message=_("这一天的读数已登记过。"),
            ),
            models.CheckConstraint(
                name="touring_odometerreading_explained", condition=Q(is_doubtful=False) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.on} {self.km}"


class CaravanReminder(Tenant):
    """The reminder about a vehicle was sent: a paper ends in so many days (`ends_on`), or it may be replaced. Each is sent once."""

    class About(models.TextChoices):
        REGISTRATION = "REGISTRATION", _("行驶证")
        INSPECTION = "INSPECTION", _("年检")
        COMPULSORY = "COMPULSORY", _("交强险")
        COMMERCIAL = "COMMERCIAL", _("商业保险")
        OTHER = "OTHER", _("其他证件")
        YEARS = "YEARS", _("使用年限")
        KILOMETRES = "KILOMETRES", _("行驶里程")

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="reminders", verbose_name=_("大篷车"))
    about = models.CharField(_("提醒事项"), max_length=12, choices=About.choices)
    ends_on = models.DateField(_("到期日期"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("到期前天数"), default=0)
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("车辆提醒")
        ordering: ClassVar = ["-sent_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_caravanreminder_once",
                fields=["association", "caravan", "about", "ends_on", "days"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.get_about_display()}"
