"""Agreements signed: `occurred_on` is the day of signing."""

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Record, State


class Agreement(Record):
    """A signed agreement between the association or a firm and a partner."""

    class Kind(models.TextChoices):
        SOCIETY = "SOCIETY", _("省级学会合作协议")
        RESEARCH = "RESEARCH", pgettext_lazy("one", "产学研合作协议")
        TECHNOLOGY = "TECHNOLOGY", pgettext_lazy("one", "技术合同")
        STRATEGIC = "STRATEGIC", _("战略合作协议")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("协议名称"), max_length=200)
    number = models.CharField(_("协议编号"), max_length=60, blank=True)
    partner_unit = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("合作单位")
    )
    partner = models.CharField(_("合作方"), max_length=200, blank=True, help_text=_("合作单位未登记时写名称"))
    others = models.CharField(
        _("其他签约方"), max_length=300, blank=True, help_text=_("三方以上协议的其他各方，用顿号分开")
    )
    firm = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签约企业")
    )
    expert = models.ForeignKey(
        "matching.Expert", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签约专家")
    )
    event = models.ForeignKey(
        "matching.MatchEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("签约活动"),
    )
    problem = models.ForeignKey(
        "matching.Problem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "技术难题"),
    )
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("续签的协议")
    )

    class Meta(Record.Meta):
        verbose_name = _("合作协议")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="matching_agreement_valid",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("occurred_on")),
                violation_error_message=_("有效期早于签订日期。"),
            ),
            models.CheckConstraint(
                name="matching_agreement_partner",
                condition=Q(partner_unit__isnull=False) | ~Q(partner="") | Q(expert__isnull=False),
                violation_error_message=_("请写明合作单位、合作方或签约专家。"),
            ),
            models.CheckConstraint(
                name="matching_agreement_firm",
                condition=~Q(kind__in=["RESEARCH", "TECHNOLOGY"]) | Q(firm__isnull=False),
                violation_error_message=_("产学研合作协议和技术合同要选签约企业。"),
            ),
            models.CheckConstraint(
                name="matching_agreement_renews_other", condition=Q(renews=None) | ~Q(renews=F("id"))
            ),
            models.UniqueConstraint(
                name="matching_agreement_renewed_once",
                fields=["association", "renews"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这份协议已经续签过；请从最近的一份续签。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a renewal that is not signed after what it renews."""
        super().clean()
        before, day = self.renews, _day(self)
        if before is not None and day is not None and day <= before.occurred_on:
            raise ValidationError({"occurred_on": _("续签日期要晚于原协议的签订日期。")})


class AgreementEnd(Record):
    """That an agreement is over before its day; `occurred_on` is the first day on which it is not in force."""

    class Cause(models.TextChoices):
        EARLY = "EARLY", _("提前终止")
        RENEWED = "RENEWED", _("由续签的协议接替")

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="ends", verbose_name=pgettext_lazy("one", "合作协议")
    )
    cause = models.CharField(_("情形"), max_length=7, choices=Cause.choices, default=Cause.EARLY)
    reason = models.CharField(_("终止原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("合作协议终止")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="matching_agreement_end_once",
                fields=["association", "agreement"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这份协议已有终止记录；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="matching_agreement_end_reason",
                condition=~Q(cause="EARLY") | ~Q(reason=""),
                violation_error_message=_("提前终止要写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.get_cause_display()}"

    def clean(self) -> None:
        """Refuse a day outside the agreement's term."""
        super().clean()
        agreement: Agreement | None = getattr(self, "agreement", None)
        day = _day(self)
        if agreement is None or day is None:
            return
        if day < agreement.occurred_on or (agreement.valid_to is not None and day > agreement.valid_to):
            raise ValidationError({"occurred_on": _("终止日期要在协议的有效期之内。")})


def _day(record: Record) -> dt.date | None:
    """Return the record's day; a form left empty has none yet."""
    day: dt.date | None = record.occurred_on
    return day
