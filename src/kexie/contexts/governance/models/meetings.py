"""Meetings for study. They are counted as meetings; hours of study are never counted (domain.md 0.1 item 8)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import HeadCounted


class LearningMeeting(HeadCounted):
    """A meeting of the Party group, a centre-group study or a branch meeting; `headcount` is who attended."""

    class Kind(models.TextChoices):
        PARTY_GROUP = "PARTY_GROUP", _("党组会")
        CENTRE_GROUP = "CENTRE_GROUP", _("理论学习中心组学习")
        BRANCH = "BRANCH", _("三会一课")
        THEME_DAY = "THEME_DAY", _("主题党日")
        SEMINAR = "SEMINAR", _("专题研讨")
        TALK = "TALK", _("廉政谈话和警示教育")

    meeting_kind = models.CharField(_("会议类型"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("会议名称"), max_length=200)
    has_first_topic = models.BooleanField(_("有“第一议题”"), default=False)
    first_topic = models.CharField(_("第一议题"), max_length=300, blank=True)
    agenda = models.TextField(_("议程"), blank=True)
    absent = models.PositiveSmallIntegerField(_("请假人数"), null=True, blank=True)
    resolutions = models.TextField(_("议定事项"), blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("学习会议")
        constraints: ClassVar = [
            *HeadCounted.Meta.constraints,
            models.CheckConstraint(
                name="governance_learningmeeting_topic",
                condition=Q(has_first_topic=False, first_topic="")
                | Q(has_first_topic=True) & ~Q(first_topic=""),
                violation_error_message=_("勾选“第一议题”时请写明学习内容；没有就都留空。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
