"""Postings of staff to villages, and what the help came to. No data of helped persons, only totals by village."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import Record, State


class VillagePosting(Record):
    """That a person was posted to a village from `occurred_on` to `ended_on` (None: still there)."""

    class Role(models.TextChoices):
        FIRST_SECRETARY = "FIRST_SECRETARY", _("第一书记")
        TEAM_LEADER = "TEAM_LEADER", _("工作队长")
        MEMBER = "MEMBER", _("工作队员")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name=_("驻村人员"))
    village = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("帮扶村"))
    role = models.CharField(_("任职"), max_length=15, choices=Role.choices)
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    document_no = models.CharField(_("选派文号"), max_length=80, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("驻村选派")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="rural_posting_days",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("occurred_on")),
                violation_error_message=_("结束日期早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.village}"


class HelpResult(Record):
    """What the help in one village came to, as the acceptance of that year found it: totals only.

    `households` and `persons` are those lifted out of poverty by this acceptance, so that records add up.
    """

    village = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("帮扶村"))
    is_delisted = models.BooleanField(_("贫困村出列"), default=False)
    households = models.PositiveIntegerField(_("脱贫户数"), default=0)
    persons = models.PositiveIntegerField(_("脱贫人数"), default=0)
    document_no = models.CharField(_("验收文号"), max_length=80, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("帮扶成效")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="rural_help_persons",
                condition=Q(persons__gte=F("households")),
                violation_error_message=_("脱贫人数少于户数，请核对。"),
            ),
            models.UniqueConstraint(
                name="rural_help_delisted_once",
                fields=["association", "village"],
                condition=Q(is_delisted=True) & ~Q(state=State.REVERSED),
                violation_error_message=_("这个村已记为出列；要更正请先冲销原记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.occurred_on:%Y}"
