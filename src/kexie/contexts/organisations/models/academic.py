"""Academic events in the making: the call, the programme, who takes part, papers, costs; what was held is a record."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.organisations.models.events import AcademicEvent
from kexie.contexts.organisations.states import ConferenceState
from kexie.ledger.models import Record, Reference, State, Tenant


class Conference(Reference):
    """An academic event that a society prepares; `unit` is the society, `name` the title of the event."""

    State = ConferenceState

    host = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位")
    )
    theme = models.CharField(_("主题"), max_length=200, blank=True)
    call = models.TextField(_("征文和参会通知"), blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    papers_until = models.DateField(_("征文截止"), null=True, blank=True)
    register_until = models.DateField(_("报名截止"), null=True, blank=True)
    venue = models.CharField(_("会场"), max_length=120, blank=True)
    capacity = models.PositiveIntegerField(_("最多人数"), null=True, blank=True)
    budget = models.DecimalField(_("预算（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(
        _("阶段"), max_length=9, choices=ConferenceState.choices, default=ConferenceState.PLANNED
    )
    why_cancelled = models.CharField(_("取消原因"), max_length=200, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("学术活动筹备")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisations_conference_days",
                condition=Q(ends_on__gte=F("starts_on"))
                & (Q(papers_until=None) | Q(papers_until__lte=F("starts_on")))
                & (Q(register_until=None) | Q(register_until__lte=F("ends_on"))),
                violation_error_message=_("日期有先后：征文截止不晚于开始，报名截止和开始不晚于结束。"),
            ),
            models.CheckConstraint(
                name="organisations_conference_cancelled",
                condition=~Q(state="CANCELLED") | ~Q(why_cancelled=""),
                violation_error_message=_("取消要写明原因。"),
            ),
        ]


class _Part(Tenant):
    """Something that belongs to a conference."""

    conference = models.ForeignKey(
        Conference, models.CASCADE, related_name="%(class)ss", verbose_name=_("学术活动筹备")
    )

    class Meta:
        abstract = True


class Session(_Part):
    """One item of the programme: a room, a time, a speaker."""

    on = models.DateField(_("日期"))
    starts_at = models.TimeField(_("开始时间"))
    ends_at = models.TimeField(_("结束时间"))
    room = models.CharField(_("会议室"), max_length=60, blank=True)
    title = models.CharField(_("内容"), max_length=200)
    speaker = models.CharField(_("报告人"), max_length=100, blank=True)
    chair = models.CharField(_("主持人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("议程")
        ordering: ClassVar = ["on", "starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisations_session_times",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("结束时间要晚于开始时间。"),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Guest(_Part):
    """Somebody who registered; only name and unit are asked for."""

    name = models.CharField(_("姓名"), max_length=60)
    employer = models.CharField(_("工作单位"), max_length=120, blank=True)
    registered_on = models.DateField(_("报名日期"))
    came = models.BooleanField(_("已到会"), default=False)

    class Meta:
        verbose_name = _("参会人员")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="organisations_guest_once",
                fields=["association", "conference", "name", "employer"],
                violation_error_message=_("这个人已经报过名。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Paper(_Part):
    """A paper handed in, what reviewers said, what was decided, and where it stands in the programme."""

    class Decision(models.TextChoices):
        PENDING = "PENDING", _("待评审")
        REVISE = "REVISE", _("修改后再审")
        ACCEPTED = "ACCEPTED", _("录用")
        REJECTED = "REJECTED", _("不录用")

    class Award(models.TextChoices):
        FIRST = "FIRST", _("一等奖")
        SECOND = "SECOND", _("二等奖")
        THIRD = "THIRD", _("三等奖")
        MERIT = "MERIT", _("优秀论文")

    title = models.CharField(_("题名"), max_length=200)
    authors = models.CharField(_("作者"), max_length=200)
    employer = models.CharField(_("作者单位"), max_length=200, blank=True)
    submitted_on = models.DateField(_("投稿日期"))
    file = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("附件")
    )
    decision = models.CharField(
        _("评审结论"), max_length=8, choices=Decision.choices, default=Decision.PENDING
    )
    decided_words = models.CharField(_("结论说明"), max_length=300, blank=True)
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="papers", verbose_name=_("议程")
    )
    award = models.CharField(_("奖项"), max_length=6, choices=Award.choices, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("many", "论文")
        ordering: ClassVar = ["submitted_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisations_paper_accepted_first",
                condition=Q(decision="ACCEPTED") | Q(session=None, award=""),
                violation_error_message=_("录用的论文才能排进议程或评奖。"),
            ),
            models.UniqueConstraint(
                name="organisations_paper_once",
                fields=["association", "conference", "title", "authors"],
                violation_error_message=_("这篇论文已经登记过。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PaperReview(Tenant):
    """What one reviewer said of a paper."""

    paper = models.ForeignKey(
        Paper, models.CASCADE, related_name="reviews", verbose_name=pgettext_lazy("one", "论文")
    )
    reviewer = models.CharField(_("评审人"), max_length=60)
    opinion = models.CharField(_("意见"), max_length=8, choices=Paper.Decision.choices[1:])
    words = models.CharField(_("评语"), max_length=500, blank=True)
    reviewed_on = models.DateField(_("评审日期"))

    class Meta:
        verbose_name = _("论文评审")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="organisations_review_once",
                fields=["association", "paper", "reviewer"],
                violation_error_message=_("这位评审人已经评过这篇论文。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper} · {self.reviewer}"


class ConferenceCost(_Part):
    """What something cost."""

    item = models.CharField(_("开支项目"), max_length=100)
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2)
    spent_on = models.DateField(_("开支日期"))

    class Meta:
        verbose_name = _("学术活动开支")
        ordering: ClassVar = ["spent_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisations_cost_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("金额要大于零。"),
            )
        ]

    def __str__(self) -> str:
        return self.item


class AcademicOutcome(Record):
    """What an academic event came to; its number of people stands in the event's own record."""

    event = models.ForeignKey(
        AcademicEvent,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("one", "学术研讨论坛"),
    )
    conference = models.ForeignKey(
        Conference,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outcomes",
        verbose_name=_("学术活动筹备"),
    )
    papers_submitted = models.PositiveIntegerField(_("收到论文（篇）"), default=0)
    papers_accepted = models.PositiveIntegerField(_("录用论文（篇）"), default=0)
    papers_awarded = models.PositiveIntegerField(_("获奖论文（篇）"), default=0)
    cost = models.DecimalField(_("开支（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    outcome = models.CharField(_("主要成果"), max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("学术活动成果")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="organisations_outcome_once",
                fields=["association", "event"],
                condition=~Q(state=State.REVERSED),
                violation_error_message=_("这次活动已经登记过成果；要更正请先冲销原记录。"),
            ),
            models.CheckConstraint(
                name="organisations_outcome_papers",
                condition=Q(
                    papers_accepted__lte=F("papers_submitted"), papers_awarded__lte=F("papers_accepted")
                ),
                violation_error_message=_("录用不多于收到的，获奖不多于录用的。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.outcome}"
