"""Survey sites on the situation of science workers, and the dated stages of their lives."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.workers.states import TRANSITIONS, SiteStage
from kexie.ledger.models import Record, Reference
from kexie.ledger.stages import check_stage


class SurveySite(Reference):
    """A host of the survey of science workers (domain.md 4.9); its stage is the latest stage record."""

    class Level(models.TextChoices):
        NATIONAL = "NATIONAL", _("中国科协站点")
        PROVINCE = "PROVINCE", _("省级站点")
        CITY = "CITY", _("市级站点")

    class HostKind(models.TextChoices):
        INSTITUTE = "INSTITUTE", _("科研院所")
        UNIVERSITY = "UNIVERSITY", _("高等院校")
        FIRM = "FIRM", _("大中型企业")
        HOSPITAL = "HOSPITAL", _("医疗卫生机构")
        SCHOOL = "SCHOOL", _("普通中学")
        PARK = "PARK", _("科技园区")
        ASSOCIATION = "ASSOCIATION", _("市、县级科协")
        SOCIETY = "SOCIETY", _("学会")

    level = models.CharField(_("站点级别"), max_length=8, choices=Level.choices)
    host_kind = models.CharField(_("站点类型"), max_length=11, choices=HostKind.choices)
    contact = models.CharField(_("联络员"), max_length=60, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("调查站点")
        constraints: ClassVar = [
            models.UniqueConstraint(name="workers_surveysite_name", fields=["association", "name"])
        ]


class SurveySiteStage(Record):
    """One step of a site, on the day it happened; `states.TRANSITIONS` says what may follow what."""

    Stage = SiteStage

    site = models.ForeignKey(
        SurveySite, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "调查站点")
    )
    stage = models.CharField(_("环节"), max_length=9, choices=SiteStage.choices)
    document = models.CharField(_("文件或文号"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("调查站点进展")

    def __str__(self) -> str:
        return f"{self.site} {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a stage that may not follow the site's latest one."""
        super().clean()
        check_stage(self, entity="site", transitions=TRANSITIONS)
