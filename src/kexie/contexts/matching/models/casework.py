"""What is done about a problem beside its stages: what it is about, what is the same, questions, reminders, follow-ups."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.matching.models.problem import Problem
from kexie.contexts.matching.states import ProblemState
from kexie.kernel import disciplines, industries
from kexie.ledger.models import Tenant


class ProblemTerm(Tenant):
    """An industry, a discipline or a keyword of a problem: proposed with the phrases that speak for it, kept, dropped or added."""

    class Kind(models.TextChoices):
        INDUSTRY = "INDUSTRY", _("国民经济行业")
        DISCIPLINE = "DISCIPLINE", _("学科分类")
        KEYWORD = "KEYWORD", _("关键词")

    class Decision(models.TextChoices):
        KEPT = "KEPT", _("采用")
        DROPPED = "DROPPED", _("不采用")

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="terms", verbose_name=pgettext_lazy("one", "技术难题")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    # A division of GB/T 4754, a code of GB/T 13745, or the keyword itself.
    value = models.CharField(_("内容"), max_length=60)
    phrases = ArrayField(models.CharField(max_length=60), verbose_name=_("依据"), default=list, blank=True)
    is_proposed = models.BooleanField(_("系统建议"), default=False)
    decision = models.CharField(_("处理"), max_length=7, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )

    class Meta:
        verbose_name = _("难题分类")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_term_once", fields=["association", "problem", "kind", "value"]
            ),
            models.CheckConstraint(
                name="matching_term_from_somebody",
                condition=Q(is_proposed=True) | ~Q(decision=""),
            ),
            models.CheckConstraint(
                name="matching_term_decided",
                condition=Q(decision="", decided_at=None) | ~Q(decision="") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The term in words."""
        if self.kind == self.Kind.INDUSTRY:
            return industries.label(self.value)
        return disciplines.label(self.value) if self.kind == self.Kind.DISCIPLINE else self.value


class SameProblem(Tenant):
    """That a problem says the same as an earlier one; undone it counts no more."""

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="same_as", verbose_name=pgettext_lazy("one", "技术难题")
    )
    other = models.ForeignKey(
        Problem, models.PROTECT, related_name="repeated_by", verbose_name=_("先前的难题")
    )
    linked_at = models.DateTimeField(_("关联时间"))
    linked_by = models.ForeignKey(
        "access.Account", models.PROTECT, related_name="+", verbose_name=_("关联人")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )

    class Meta:
        verbose_name = _("相同难题")
        constraints: ClassVar = [
            models.CheckConstraint(name="matching_same_not_itself", condition=~Q(problem=F("other"))),
            models.UniqueConstraint(
                name="matching_same_once", fields=["association", "problem"], condition=Q(undone_at=None),
                violation_error_message=_("这个难题已经关联到另一个，请先撤销。"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.problem.number} = {self.other.number}"


class ProblemQuestion(Tenant):
    """What the firm is asked to make clear before its problem goes on, and its answer."""

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="questions", verbose_name=pgettext_lazy("one", "技术难题")
    )
    words = models.TextField(_("退回说明"))
    asked_at = models.DateTimeField(_("退回时间"))
    asked_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("退回人"))
    answer = models.TextField(_("企业答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("答复人")
    )

    class Meta:
        verbose_name = _("退回补充")
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_question_one_open", fields=["association", "problem"], condition=Q(answered_at=None),
                violation_error_message=_("已经退回过，正在等企业答复。"),
            ),
            models.CheckConstraint(
                name="matching_question_answered",
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False) & ~Q(answer=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.problem.number} {self.asked_at:%Y-%m-%d}"


class ProblemReminder(Tenant):
    """That whoever looks after a problem was reminded of a promised day, or of a follow-up; each once."""

    class Kind(models.TextChoices):
        SOON = "SOON", _("快到承诺日期")
        LATE = "LATE", _("超过承诺日期")
        FOLLOW = "FOLLOW", _("到期回访")

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="reminders", verbose_name=pgettext_lazy("one", "技术难题")
    )
    kind = models.CharField(_("提醒"), max_length=6, choices=Kind.choices)
    stage = models.CharField(_("阶段"), max_length=9, choices=ProblemState.choices, blank=True)
    due_on = models.DateField(_("到期日期"))
    told = models.PositiveSmallIntegerField(_("通知人数"))
    sent_at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("难题提醒")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_problem_reminder_once",
                fields=["association", "problem", "kind", "stage", "due_on"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.problem.number} {self.get_kind_display()}"


class FollowUp(Tenant):
    """A question to the firm some months after its problem was solved, and what it said."""

    class Result(models.TextChoices):
        HOLDS = "HOLDS", _("一直管用")
        PARTLY = "PARTLY", _("部分管用")
        BACK = "BACK", _("问题又出现")
        UNREACHED = "UNREACHED", _("联系不上")

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="follow_ups", verbose_name=pgettext_lazy("one", "技术难题")
    )
    months = models.PositiveSmallIntegerField(_("解决后月数"))
    due_on = models.DateField(_("应回访日期"))
    result = models.CharField(_("回访结果"), max_length=9, choices=Result.choices, blank=True)
    said = models.TextField(_("企业怎么说"), blank=True)
    person = models.CharField(_("受访人"), max_length=60, blank=True)
    done_on = models.DateField(_("回访日期"), null=True, blank=True)
    done_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回访人")
    )

    class Meta:
        verbose_name = _("难题回访")
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="matching_follow_once", fields=["association", "problem", "months"]),
            models.CheckConstraint(
                name="matching_follow_done",
                condition=Q(result="", done_on=None) | ~Q(result="") & Q(done_on__isnull=False),
                violation_error_message=_("请选择回访结果并写明日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem.number} · {self.months}"
