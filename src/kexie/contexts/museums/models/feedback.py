"""What visitors say about their visit, and the ratings that count."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.voices import Voice
from kexie.ledger.models import Record, State

WORST, BEST = 1, 5
SATISFIED = 4  # this and better is a satisfied visitor
_ACCOUNT = "access.Account"


class Score(models.IntegerChoices):
    """The five points of the satisfaction question."""

    VERY_SATISFIED = 5, _("非常满意")
    SATISFIED = 4, _("满意")
    FAIR = 3, _("一般")
    DISSATISFIED = 2, _("不满意")
    VERY_DISSATISFIED = 1, _("非常不满意")


class Tag(models.TextChoices):
    """What the feedback is about."""

    EXHIBITS = "EXHIBITS", _("展品")
    SHOWS = "SHOWS", _("展演")
    STAFF = "STAFF", _("服务人员")
    BOOKING = "BOOKING", _("预约入馆")
    CLEAN = "CLEAN", _("环境卫生")
    QUEUE = "QUEUE", _("排队等候")
    SIGNS = "SIGNS", _("指引标识")
    ACCESS = "ACCESS", _("无障碍")


class Feedback(Voice):
    """A visitor's word about a visit. It is never deleted; what must not be shown is hidden with a reason."""

    class State(models.TextChoices):
        NEW = "NEW", _("待处理")
        ANSWERED = "ANSWERED", _("已答复")
        HIDDEN = "HIDDEN", _("已隐藏")

    unit = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    visited_on = models.DateField(_("参观日期"))
    score = models.PositiveSmallIntegerField(_("满意程度"), choices=Score.choices)
    tags = ArrayField(
        models.CharField(max_length=8, choices=Tag.choices), verbose_name=_("涉及方面"), default=list
    )
    text = models.TextField(_("想说的话"), blank=True)
    ticket = models.CharField(_("票号"), max_length=32, blank=True)
    is_visit = models.BooleanField(_("票号已核实"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.NEW)
    answer = models.TextField(_("答复"), blank=True)
    is_public = models.BooleanField(_("公开显示"), default=False)
    handled_by = models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, related_name="+", verbose_name=_("处理人")
    )
    handled_at = models.DateTimeField(_("处理时间"), null=True)
    hidden_reason = models.CharField(_("隐藏原因"), max_length=200, blank=True)

    class Meta(Voice.Meta):
        verbose_name = _("观众评价")
        indexes: ClassVar = [
            *Voice.Meta.indexes,
            models.Index(fields=["association", "unit", "said_at"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_feedback_code", fields=["association", "code"]),
            models.CheckConstraint(
                name="museums_feedback_score", condition=Q(score__gte=WORST, score__lte=BEST)
            ),
            models.CheckConstraint(
                name="museums_feedback_hidden",
                condition=(Q(state="HIDDEN", is_public=False) & ~Q(hidden_reason=""))
                | (~Q(state="HIDDEN") & Q(hidden_reason="")),
            ),
            models.CheckConstraint(
                name="museums_feedback_answered", condition=~Q(state="ANSWERED") | ~Q(answer="")
            ),
        ]


class Rating(Record):
    """One visitor's satisfaction, from 1 to 5, on the day of the visit (`occurred_on`)."""

    score = models.PositiveSmallIntegerField(
        _("满意程度"),
        choices=Score.choices,
        validators=[MinValueValidator(WORST), MaxValueValidator(BEST)],
    )
    is_visit = models.BooleanField(_("票号已核实"), default=False, editable=False)
    feedback = models.ForeignKey(
        Feedback,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("观众评价"),
    )

    class Meta(Record.Meta):
        verbose_name = _("满意度记录")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="museums_rating_once",
                fields=["association", "feedback"],
                condition=~Q(state=State.REVERSED),
            ),
            models.CheckConstraint(
                name="museums_rating_score", condition=Q(score__gte=WORST, score__lte=BEST)
            ),
        ]
