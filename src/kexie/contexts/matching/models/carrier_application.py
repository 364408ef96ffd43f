"""What a firm itself applies for: a carrier of a kind and level, and what it shows for each condition."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models.carrier import ServiceCarrier
from kexie.contexts.matching.states import OPEN_APPLICATIONS
from kexie.contexts.matching.states import CarrierApplicationState as AppliedState
from kexie.ledger.models import Tenant

_WITH_REASON = (AppliedState.RETURNED, AppliedState.REFUSED)


class CarrierApplication(Tenant):
    """A firm's own application; what it shows is looked at, sent back or taken up, and taking it up makes the carrier."""

    State = AppliedState

    firm = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    kind = models.CharField(_("类别"), max_length=20, choices=ServiceCarrier.Kind.choices)
    level = models.CharField(_("级别"), max_length=8, choices=ServiceCarrier.Level.choices)
    name = models.CharField(_("名称"), max_length=200)
    society = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("学会")
    )
    field = models.CharField(_("服务领域"), max_length=120, blank=True)
    words = models.CharField(_("申请说明"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=AppliedState.choices, default=AppliedState.SENT)
    # Counted up with every change, so that nobody takes up what they did not see.
    edition = models.PositiveSmallIntegerField(_("版本"), default=1)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("提交时间"))
    sent_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("提交人"))
    carrier = models.ForeignKey(
        ServiceCarrier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建立的载体")
    )

    class Meta:
        verbose_name = _("建站申请")
        indexes: ClassVar = [models.Index(fields=["association", "state", "sent_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_application_one_open",
                fields=["association", "firm", "kind"],
                condition=Q(state__in=OPEN_APPLICATIONS),
                violation_error_message=_(
                    "贵单位这一类已有一份申请在办，请打开那一份修改，或撤回后重新申请。"
                ),
            ),
            models.UniqueConstraint(
                name="matching_application_carrier_once", fields=["association", "carrier"]
            ),
            models.CheckConstraint(
                name="matching_application_reason",
                condition=~Q(state__in=_WITH_REASON) | ~Q(reason=""),
                violation_error_message=_("退回或不予受理请写明原因。"),
            ),
            models.CheckConstraint(
                name="matching_application_carrier",
                condition=Q(state=AppliedState.ACCEPTED, carrier__isnull=False)
                | ~Q(state=AppliedState.ACCEPTED) & Q(carrier=None),
            ),
            models.CheckConstraint(
                name="matching_application_society",
                condition=~Q(kind=ServiceCarrier.Kind.EXPERT_STATION) | Q(society__isnull=False),
                violation_error_message=_("学会专家服务站要选建站的学会。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationFact(Tenant):
    """What an application shows for one condition."""

    application = models.ForeignKey(
        CarrierApplication, models.CASCADE, related_name="facts", verbose_name=_("建站申请")
    )
    key = models.CharField(_("条件"), max_length=20)
    value = models.PositiveIntegerField(_("数值"), null=True, blank=True)
    evidence = models.CharField(_("证明材料"), max_length=300)
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("附件")
    )

    class Meta:
        verbose_name = _("申请材料")
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_fact_once", fields=["association", "application", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.key}"


class ApplicationStep(Tenant):
    """One step of an application: who did what, when and why."""

    application = models.ForeignKey(
        CarrierApplication, models.CASCADE, related_name="steps", verbose_name=_("建站申请")
    )
    state = models.CharField(_("状态"), max_length=9, choices=AppliedState.choices)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("办理人"))

    class Meta:
        verbose_name = _("申请经过")
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_state_display()}"
