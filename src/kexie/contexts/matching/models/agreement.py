"""Agreements signed: `occurred_on` is the day of signing."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Record


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
        ]

    def __str__(self) -> str:
        return self.title
