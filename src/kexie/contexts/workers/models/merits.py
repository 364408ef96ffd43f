"""Recommendations of persons, and results of awards and contests for science workers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Record


class Level(models.TextChoices):
    """At which level of government or of the association a thing happens."""

    NATIONAL = "NATIONAL", _("国家级")
    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("市级")
    COUNTY = "COUNTY", _("县级")


class Recommendation(Record):
    """A person was put forward for a post or an honour; `occurred_on` is the day of the letter."""

    class Target(models.TextChoices):
        CPPCC_MEMBER = "CPPCC_MEMBER", _("政协委员")
        DEPUTY = "DEPUTY", _("人大代表")
        CONGRESS_DELEGATE = "CONGRESS_DELEGATE", _("科协代表大会代表")
        HONOUR = "HONOUR", _("人才奖项和荣誉称号")
        EXPERT_POOL = "EXPERT_POOL", _("专家库、智库专家")

    class Outcome(models.TextChoices):
        ACCEPTED = "ACCEPTED", _("获任或入选")
        PENDING = "PENDING", _("待定")
        NOT_ACCEPTED = "NOT_ACCEPTED", _("未入选")

    target = models.CharField(_("推荐去向"), max_length=17, choices=Target.choices)
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name=_("被推荐人"))
    call = models.CharField(_("届次或奖项"), max_length=100, blank=True, help_text=_("例如：全国创新争先奖"))
    outcome = models.CharField(
        _("结果"), max_length=12, choices=Outcome.choices, default=Outcome.PENDING, blank=True
    )
    document = models.CharField(_("推荐文件"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("举荐推荐")
        indexes: ClassVar = [*Record.Meta.indexes, models.Index(fields=["association", "person"])]


class AwardResult(Record):
    """A prize that science workers won in an award or contest; `occurred_on` is the day of the decision.

    Awards and prizes are data (their own words), because every association takes part in others.
    """

    award = models.CharField(_("奖项或大赛"), max_length=100, help_text=_("例如：淮海科技奖"))
    edition = models.CharField(_("届次"), max_length=40, blank=True)
    prize = models.CharField(_("奖级"), max_length=60, help_text=_("例如：创新奖、二等奖"))
    project = models.CharField(_("项目"), max_length=200)
    holder = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("获奖单位")
    )
    holder_name = models.CharField(_("获奖者"), max_length=200)
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("评奖结果")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="workers_awardresult_once",
                fields=["association", "award", "edition", "prize", "project", "holder_name"],
                condition=models.Q(state="CONFIRMED"),
                violation_error_message=_("这项获奖结果已登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.prize} {self.project}"
