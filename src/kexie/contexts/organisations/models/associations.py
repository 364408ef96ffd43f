"""Associations inside firms, universities and parks, county-level associations, and the stages of both."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.organisations import states
from kexie.ledger.models import Record, Reference
from kexie.ledger.stages import check_stage


class GrassrootsAssociation(Reference):
    """An association inside a firm, a university or a park; its stage is the latest stage record."""

    class Kind(models.TextChoices):
        ENTERPRISE = "ENTERPRISE", _("企业科协")
        UNIVERSITY = "UNIVERSITY", pgettext_lazy("one", "高校科协")
        PARK = "PARK", pgettext_lazy("one", "园区科协")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    host = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("所在单位"))
    industry = models.CharField(_("行业"), max_length=60, blank=True)
    chair = models.CharField(_("主席"), max_length=60, blank=True)
    secretary = models.CharField(_("秘书长"), max_length=60, blank=True)
    members = models.PositiveIntegerField(_("会员数"), null=True, blank=True)
    term_ends_on = models.DateField(_("本届届满"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("基层科协")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="organisations_grassroots_host",
                fields=["association", "kind", "host"],
                violation_error_message=_("这个单位已登记过同类科协，请在原有的科协下登记进展。"),
            )
        ]


class AssociationStage(Record):
    """One step of an enterprise, university or park association; `area` is where its host is."""

    Stage = states.AssociationStage

    grassroots = models.ForeignKey(
        GrassrootsAssociation, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "基层科协")
    )
    stage = models.CharField(_("环节"), max_length=9, choices=states.AssociationStage.choices)
    document = models.CharField(_("批复文号"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("基层科协进展")
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(
                fields=["association", "grassroots", "occurred_on"], name="organisations_stage_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grassroots} {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a stage that may not follow the association's latest one."""
        super().clean()
        check_stage(self, entity="grassroots", transitions=states.ASSOCIATION_TRANSITIONS)


class CountyAssociationStage(Record):
    """A county-level association was established or dissolved; `area` is its county."""

    Stage = states.CountyStage

    stage = models.CharField(_("环节"), max_length=11, choices=states.CountyStage.choices)
    document = models.CharField(_("文件"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("县级科协建立情况")

    def __str__(self) -> str:
        return f"{self.area} {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a stage that may not follow the county's latest one."""
        super().clean()
        check_stage(self, entity="area", transitions=states.COUNTY_TRANSITIONS)
