"""Checks by sample: facilities drawn by lot, who goes to which, and what was found there as records."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.facilities.models.facility import Facility, OfFacility
from kexie.ledger.models import Record, Tenant

_ACCOUNT = "access.Account"


class CheckSample(Tenant):
    """A draw: `frame` lists everything that could be drawn that day (id, name, stratum), so that anybody can redraw it.

    A facility's place in its stratum is the order of SHA-256 over seed and id; the first `per_stratum` are drawn.
    """

    class By(models.TextChoices):
        COUNTY = "COUNTY", _("按县（市、区）分层")
        KIND = "KIND", _("按类别分层")
        BOTH = "BOTH", _("按县（市、区）和类别分层")

    class State(models.TextChoices):
        OPEN = "OPEN", _("抽查中")
        CLOSED = "CLOSED", _("已结束")
        CANCELLED = "CANCELLED", _("已取消")

    name = models.CharField(_("抽查名称"), max_length=60)
    by = models.CharField(_("分层方式"), max_length=6, choices=By.choices)
    per_stratum = models.PositiveSmallIntegerField(_("每层抽几处"))
    seed = models.CharField(_("随机种子"), max_length=64)
    frame = models.JSONField(_("抽样名单"), default=list)
    until = models.DateField(_("检查截止日"))
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.OPEN)
    reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    drawn_by = models.ForeignKey(_ACCOUNT, models.PROTECT, related_name="+", verbose_name=_("抽样人"))
    drawn_at = models.DateTimeField(_("抽样时间"))

    class Meta:
        verbose_name = _("设施抽查")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_sample_name",
                fields=["association", "name"],
                violation_error_message=_("已有同名的抽查，请换个名称。"),
            ),
            models.CheckConstraint(name="facilities_sample_some", condition=Q(per_stratum__gte=1)),
            models.CheckConstraint(
                name="facilities_sample_cancelled", condition=~Q(state="CANCELLED") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FacilityCheck(OfFacility, Record):
    """What a checker found at a facility on a day. `sample` names the draw, "" for a check outside any."""

    class Result(models.TextChoices):
        GOOD = "GOOD", _("合格")
        FAULTS = "FAULTS", _("有问题")
        CLOSED = "CLOSED", _("该开放时没有开放")

    result = models.CharField(_("检查结果"), max_length=6, choices=Result.choices)
    found = models.PositiveSmallIntegerField(_("问题项数"), default=0)
    sample = models.CharField(_("抽查名称"), max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("设施检查")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="facilities_check_result",
                condition=Q(result="GOOD", found=0) | Q(result__in=("FAULTS", "CLOSED"), found__gte=1),
                violation_error_message=_("合格的没有问题项，不合格的至少有一项。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.occurred_on}"


class SampleCheck(Tenant):
    """A facility that was drawn. `answers` are by key of `rules.checks`; `record` is what went into the ledger."""

    class State(models.TextChoices):
        TODO = "TODO", _("待检查")
        DONE = "DONE", _("已检查")
        CANCELLED = "CANCELLED", _("不查了")

    sample = models.ForeignKey(CheckSample, models.CASCADE, related_name="checks", verbose_name=_("设施抽查"))
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科普设施")
    )
    stratum = models.CharField(_("层"), max_length=80)
    place = models.PositiveSmallIntegerField(_("层内顺序"))
    checker = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("检查人")
    )
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.TODO)
    answers: "models.JSONField[dict[str, Any]]" = models.JSONField(_("检查内容"), default=dict, blank=True)
    record = models.ForeignKey(
        FacilityCheck, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("设施检查")
    )
    visits = models.PositiveSmallIntegerField(_("去过几次"), default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("检查时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽中的设施")
        ordering: ClassVar = ["stratum", "place"]
        indexes: ClassVar = [models.Index(fields=["association", "checker", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="facilities_samplecheck_once", fields=["association", "sample", "facility"]
            ),
            models.CheckConstraint(
                name="facilities_samplecheck_done",
                condition=Q(state="DONE", record__isnull=False, checked_at__isnull=False)
                | (~Q(state="DONE") & Q(record=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample} {self.facility}"
