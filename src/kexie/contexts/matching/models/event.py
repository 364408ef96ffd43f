"""Match events, the industries they were about, and experts' visits to firms."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Activity, Record


class MatchEvent(Activity):
    """An event that brings firms and experts together."""

    KIND = Activity.Kind.MATCH_EVENT

    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(Activity.Kind.MATCH_EVENT)

    class Meta:
        proxy = True
        verbose_name = _("对接活动")


class EventIndustry(Record):
    """That an event was about an industry; one record for each industry."""

    event = models.ForeignKey(
        MatchEvent, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "对接活动")
    )
    industry = models.ForeignKey(
        "matching.Industry", models.PROTECT, related_name="+", verbose_name=_("产业")
    )

    class Meta(Record.Meta):
        verbose_name = _("对接活动涉及产业")

    def __str__(self) -> str:
        return f"{self.event} · {self.industry}"


class ExpertVisit(Record):
    """That an expert met a firm, at an event or on its premises."""

    expert = models.ForeignKey("matching.Expert", models.PROTECT, related_name="+", verbose_name=_("专家"))
    firm = models.ForeignKey(
        "units.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "企业"),
    )
    event = models.ForeignKey(
        MatchEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "对接活动"),
    )
    problem = models.ForeignKey(
        "matching.Problem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "技术难题"),
    )
    team_visit = models.ForeignKey(
        "matching.TeamVisit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="experts",
        verbose_name=_("服务团走访"),
    )
    topic = models.CharField(_("服务内容"), max_length=200, blank=True)
    outcome = models.CharField(_("结果"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("专家服务记录")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="matching_visit_somewhere",
                condition=Q(firm__isnull=False) | Q(event__isnull=False),
                violation_error_message=_("请选择企业或对接活动，至少一项。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.occurred_on}"
