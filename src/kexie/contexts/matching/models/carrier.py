"""Service carriers (服务载体): standing links between societies and firms, and their stages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.states import CARRIER_TRANSITIONS, CarrierState
from kexie.ledger.models import Record, Reference, State
from kexie.ledger.stages import check_stage


class ServiceCarrier(Reference):
    """A station or base at a host; whether it runs is said by its stages."""

    class Kind(models.TextChoices):
        EXPERT_STATION = "EXPERT_STATION", _("学会专家服务站")
        SOCIETY_STATION = "SOCIETY_STATION", _("学会服务站")
        HOME_BASE = "HOME_BASE", _("海智工作基地")
        HOME_STATION = "HOME_STATION", _("海智工作站")
        ACADEMICIAN_STATION = "ACADEMICIAN_STATION", _("院士专家工作站")
        INNOVATION_BASE = "INNOVATION_BASE", _("协同创新基地")

    class Level(models.TextChoices):
        NATION = "NATION", _("国家级")
        PROVINCE = "PROVINCE", _("省级")
        CITY = "CITY", _("市级")

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    level = models.CharField(_("级别"), max_length=8, choices=Level.choices)
    host = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("建站单位"))
    society = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("学会")
    )
    field = models.CharField(_("服务领域"), max_length=120, blank=True)
    agreement = models.ForeignKey(
        "matching.Agreement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("建站协议"),
    )

    class Meta(Reference.Meta):
        verbose_name = _("服务载体")


class CarrierStage(Record):
    """A dated step of a carrier: applied for, checked, approved, established, renewed, suspended, closed."""

    Stage = CarrierState

    carrier = models.ForeignKey(
        ServiceCarrier, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "服务载体")
    )
    stage = models.CharField(_("阶段"), max_length=11, choices=CarrierState.choices)
    document_no = models.CharField(_("批文或协议编号"), max_length=80, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("服务载体状态")
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["association", "carrier", "occurred_on"]),
        ]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="matching_carrier_established_once",
                fields=["association", "carrier"],
                condition=Q(stage=CarrierState.ESTABLISHED) & ~Q(state=State.REVERSED),
                violation_error_message=_("这个载体已有“建立”记录；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="matching_carrier_closed_reason",
                condition=~Q(stage__in=["SUSPENDED", "CLOSED", "REFUSED"]) | ~Q(reason=""),
                violation_error_message=_("未通过、暂停或撤销请写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} · {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a step that may not follow the carrier's last confirmed one."""
        super().clean()
        check_stage(self, entity="carrier", transitions=CARRIER_TRANSITIONS)
