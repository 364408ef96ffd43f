"""A contest (one edition of a series at one level) as announced, and the record that it was held."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import HeadCounted, Reference, Series, State


class Level(models.TextChoices):
    """The stages of a contest, from the school upwards (domain.md 3.1)."""

    SCHOOL = "SCHOOL", _("校级")
    COUNTY = "COUNTY", _("县级")
    CITY = "CITY", _("市级")
    PROVINCE = "PROVINCE", _("省级")
    NATION = "NATION", _("国家级")


class Contest(Reference):
    """One edition of a contest series at one level, announced by `unit`; results and holdings point at it."""

    Level = Level

    series = models.ForeignKey(Series, models.PROTECT, related_name="+", verbose_name=_("竞赛系列"))
    year = models.PositiveSmallIntegerField(_("年度"))
    edition = models.CharField(_("届次"), max_length=40, blank=True, help_text=_("例如：第十二届"))
    level = models.CharField(_("级别"), max_length=8, choices=Level.choices)
    registration_opens_on = models.DateField(_("报名开始"), null=True, blank=True)
    registration_closes_on = models.DateField(_("报名截止"), null=True, blank=True)
    final_on = models.DateField(_("终评日期"), null=True, blank=True)
    audience = models.CharField(_("参赛对象"), max_length=100, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("竞赛")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="contests_contest_once",
                fields=["association", "series", "year", "level", "unit"],
                violation_error_message=_("这个系列本年度、本级别、本单位的竞赛已经登记过。"),
            ),
            models.CheckConstraint(
                name="contests_contest_registration",
                condition=Q(registration_opens_on=None)
                | Q(registration_closes_on=None)
                | Q(registration_closes_on__gte=F("registration_opens_on")),
                violation_error_message=_("报名截止日期早于开始日期。"),
            ),
        ]


class ContestHolding(HeadCounted):
    """That a contest was held: `occurred_on` is the day of the final, `headcount` the 人次 who took part."""

    contest = models.ForeignKey(
        Contest, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "竞赛")
    )
    entries = models.PositiveIntegerField(_("参赛作品（件）"), null=True, blank=True)
    schools = models.PositiveIntegerField(_("参赛学校（所）"), null=True, blank=True)
    partner = models.CharField(_("联合主办单位"), max_length=200, blank=True)
    published_on = models.DateField(_("结果公布日期"), null=True, blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("竞赛举办记录")
        constraints: ClassVar = [
            *HeadCounted.Meta.constraints,
            models.UniqueConstraint(
                name="contests_holding_once",
                fields=["association", "contest"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这项竞赛已有举办记录；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="contests_holding_published",
                condition=Q(published_on=None) | Q(published_on__gte=F("occurred_on")),
                violation_error_message=_("结果公布日期早于竞赛日期。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.contest)
