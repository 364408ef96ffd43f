"""Science and technology backyards (科技小院) and their stages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.rural.states import BACKYARD_TRANSITIONS, BackyardState
from kexie.ledger.models import Record, Reference, State
from kexie.ledger.stages import check_stage


class Backyard(Reference):
    """A place where professors and graduates of a university live and work with a village on one crop."""

    crop = models.CharField(_("产业或作物"), max_length=60)
    host = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("依托村或单位")
    )
    university = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("共建院校")
    )
    chief_expert = models.CharField(_("首席专家"), max_length=60, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("科技小院")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="rural_backyard_name",
                fields=["association", "name"],
                violation_error_message=_("这个科技小院已经登记过。"),
            )
        ]


class BackyardStage(Record):
    """A dated step of a backyard; `states.BACKYARD_TRANSITIONS` says what may follow what."""

    Stage = BackyardState

    backyard = models.ForeignKey(
        Backyard, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技小院")
    )
    stage = models.CharField(_("阶段"), max_length=9, choices=BackyardState.choices)
    document_no = models.CharField(_("批复文号"), max_length=80, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("科技小院状态")
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["association", "backyard", "occurred_on"]),
        ]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="rural_backyard_approved_once",
                fields=["association", "backyard"],
                condition=Q(stage=BackyardState.APPROVED) & ~Q(state=State.REVERSED),
                violation_error_message=_("这个科技小院已有批复记录；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="rural_backyard_reason",
                condition=~Q(stage__in=["SUSPENDED", "WITHDRAWN"]) | ~Q(reason=""),
                violation_error_message=_("暂停或撤销请写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.backyard} · {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a step that may not follow the backyard's last confirmed one."""
        super().clean()
        check_stage(self, entity="backyard", transitions=BACKYARD_TRANSITIONS)
