"""Prizes won in contests. Of minors only a masked name and the school are kept (domain.md 3.5)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.contests.models.contest import Contest
from kexie.ledger.models import Record


class ContestResult(Record):
    """One prize of one entry; `occurred_on` is the day the result was published."""

    class Category(models.TextChoices):
        INNOVATION = "INNOVATION", _("科技创新成果")
        PAINTING = "PAINTING", _("科学幻想绘画")
        PRACTICE = "PRACTICE", _("科技实践活动")
        TUTOR = "TUTOR", _("科技辅导员创新成果")
        ROBOT = "ROBOT", _("机器人")
        EXPERIMENT = "EXPERIMENT", _("创新实验与作品")

    class Group(models.TextChoices):
        PRIMARY = "PRIMARY", _("小学组")
        JUNIOR = "JUNIOR", _("初中组")
        SENIOR = "SENIOR", _("高中组")
        UNIVERSITY = "UNIVERSITY", _("大学组")
        TEACHER = "TEACHER", _("教师组")

    class Grade(models.TextChoices):
        FIRST = "FIRST", _("一等奖")
        SECOND = "SECOND", _("二等奖")
        THIRD = "THIRD", _("三等奖")
        MERIT = "MERIT", _("优秀奖")

    contest = models.ForeignKey(
        Contest, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "竞赛")
    )
    title = models.CharField(_("作品名称"), max_length=200)
    category = models.CharField(_("项目类别"), max_length=10, choices=Category.choices)
    group = models.CharField(_("组别"), max_length=10, choices=Group.choices)
    grade = models.CharField(_("奖级"), max_length=6, choices=Grade.choices)
    school = models.ForeignKey(
        "units.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("学校")
    )
    pupil = models.CharField(
        _("学生（隐去姓名）"), max_length=60, blank=True, help_text=_("未成年人只写隐去的姓名，例如：王*宁")
    )
    tutor = models.CharField(_("辅导教师"), max_length=60, blank=True)
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("竞赛获奖结果")
        indexes: ClassVar = [*Record.Meta.indexes, models.Index(fields=["association", "contest"])]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="contests_result_pupil_masked",
                condition=Q(pupil="") | Q(pupil__contains="*"),
                violation_error_message=_("未成年人的姓名要隐去，例如：王*宁。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
