"""Meetings of many firms and experts (对接会): who takes part, whom they wish to meet, and the timetable of talks."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Reference, Tenant

MOST_SLOTS, MOST_TABLES, MOST_TALKS = 24, 60, 24


def _small(label: Any, default: int, low: int, high: int) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(low), MaxValueValidator(high)]
    )


class Meeting(Reference):
    """A day on which firms and experts talk at tables, slot after slot.

    `edition` rises with every change of the timetable: whoever changes it says which one they saw. `score` and `bound`
    are what the engine reached and what it proved cannot be exceeded, in its own weights; `value` is the plain sum.
    """

    class Plan(models.TextChoices):
        NONE = "NONE", _("还没有排")
        WAITING = "WAITING", _("等待计算")
        RUNNING = "RUNNING", _("正在计算")
        READY = "READY", _("已排好")
        CANCELLED = "CANCELLED", _("计算已取消")
        FAILED = "FAILED", _("未算成")

    BUSY = (Plan.WAITING, Plan.RUNNING)

    event = models.ForeignKey(
        "matching.MatchEvent", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=pgettext_lazy("one", "对接活动"),
    )  # fmt: skip
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=120, blank=True)
    starts_at = models.TimeField(_("开始时间"), default=dt.time(9))
    minutes = _small(_("每场分钟数"), 25, 5, 180)
    gap = _small(_("场间分钟数"), 5, 0, 60)
    slots = _small(_("场次"), 8, 1, MOST_SLOTS)
    tables = _small(_("洽谈桌"), 20, 1, MOST_TABLES)
    pause_after = _small(_("第几场后休息"), 4, 0, MOST_SLOTS)
    pause_minutes = _small(_("休息分钟数"), 90, 0, 300)
    in_a_row = _small(_("专家最多连续几场"), 3, 1, MOST_SLOTS)
    edition = models.PositiveIntegerField(default=0, editable=False)
    plan = models.CharField(_("排表"), max_length=9, choices=Plan.choices, default=Plan.NONE)
    seconds = _small(_("最长计算秒数"), 60, 5, 600)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    value = models.IntegerField(_("满足分"), null=True, blank=True)
    score = models.FloatField(_("方案得分"), null=True, blank=True)
    bound = models.FloatField(_("得分上界"), null=True, blank=True)
    is_proven = models.BooleanField(_("已证明最优"), default=False)
    moved = models.PositiveSmallIntegerField(_("重排改动"), null=True, blank=True)
    message = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("对接会")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="matching_meeting_size",
                condition=Q(slots__gte=1, slots__lte=MOST_SLOTS, tables__gte=1, tables__lte=MOST_TABLES),
            )
        ]

    @property
    def runs(self) -> list[list[int]]:
        """The slots (from 0) that follow each other without the long pause."""
        cut = self.pause_after if 0 < self.pause_after < self.slots and self.pause_minutes else self.slots
        return [part for part in (list(range(cut)), list(range(cut, self.slots))) if part]

    def begins(self, slot: int) -> dt.datetime:
        """Return when a slot (from 0) begins, as the clock on the wall shows it."""
        late = self.pause_minutes - self.gap if len(self.runs) > 1 and slot in self.runs[1] else 0
        minutes = slot * (self.minutes + self.gap) + max(late, 0)
        return dt.datetime.combine(self.on, self.starts_at) + dt.timedelta(minutes=minutes)

    def hours(self, slot: int) -> str:
        """Return a slot's time: 9:00–9:25."""
        begins = self.begins(slot)
        ends = begins + dt.timedelta(minutes=self.minutes)
        return f"{begins.hour}:{begins:%M}–{ends.hour}:{ends:%M}"


class Part(Tenant):
    """What a problem and an expert have in common at a meeting: loads, presence, invitation, the door.

    Slots count from 1 here, as people count. `code` is what is said at the door.
    """

    class Answer(models.TextChoices):
        OPEN = "OPEN", _("未答复")
        YES = "YES", _("参加")
        NO = "NO", _("不参加")

    least = _small(_("至少谈几场"), 1, 0, MOST_TALKS)
    most = _small(_("最多谈几场"), 4, 1, MOST_TALKS)
    first_slot = _small(_("从第几场起到场"), 1, 1, MOST_SLOTS)
    last_slot = _small(_("到第几场止"), MOST_SLOTS, 1, MOST_SLOTS)
    code = models.CharField(_("签到码"), max_length=6)
    answer = models.CharField(_("答复"), max_length=4, choices=Answer.choices, default=Answer.OPEN)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    invited_at = models.DateTimeField(_("邀请时间"), null=True, blank=True)
    # The talks they were told of last, as `operations.meeting_notices.own_talks` says them.
    told_talks: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    arrived_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    out_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    out_why = models.CharField(_("退出原因"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def rules(name: str, whom: str) -> list[Any]:
        """Return the constraints of either kind of part."""
        return [
            models.UniqueConstraint(
                name=f"matching_{name}_once", fields=["association", "meeting", whom],
                violation_error_message=_("已经在这场对接会里。"),
            ),
            models.UniqueConstraint(name=f"matching_{name}_code", fields=["association", "meeting", "code"]),
            models.CheckConstraint(
                name=f"matching_{name}_loads", condition=Q(most__gte=F("least")),
                violation_error_message=_("最多谈几场不能少于至少谈几场。"),
            ),
            models.CheckConstraint(
                name=f"matching_{name}_there", condition=Q(last_slot__gte=F("first_slot"), first_slot__gte=1),
                violation_error_message=_("离场不能早于到场。"),
            ),
        ]  # fmt: skip


class MeetingProblem(Part):
    """A problem on a meeting's list; its firm sits at the table."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="problems", verbose_name=pgettext_lazy("one", "对接会")
    )
    problem = models.ForeignKey(
        "matching.Problem", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "技术难题")
    )

    class Meta:
        verbose_name = _("参会难题")
        constraints: ClassVar = Part.rules("meetingproblem", "problem")

    def __str__(self) -> str:
        return str(self.problem)


class MeetingExpert(Part):
    """An expert at a meeting."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="experts", verbose_name=pgettext_lazy("one", "对接会")
    )
    expert = models.ForeignKey("matching.Expert", models.PROTECT, related_name="+", verbose_name=_("专家"))

    class Meta:
        verbose_name = _("参会专家")
        constraints: ClassVar = Part.rules("meetingexpert", "expert")

    def __str__(self) -> str:
        return str(self.expert)


class MeetingWish(Tenant):
    """That a firm wants to meet an expert, or an expert a firm; rank 1 is wished for most."""

    class Side(models.TextChoices):
        FIRM = "FIRM", _("企业希望")
        EXPERT = "EXPERT", _("专家希望")

    problem = models.ForeignKey(MeetingProblem, models.CASCADE, related_name="wishes", verbose_name=_("难题"))
    expert = models.ForeignKey(MeetingExpert, models.CASCADE, related_name="wishes", verbose_name=_("专家"))
    side = models.CharField(_("谁的意愿"), max_length=6, choices=Side.choices)
    rank = models.PositiveSmallIntegerField(_("第几意愿"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("对接意愿")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_meetingwish_once", fields=["association", "problem", "expert", "side"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.rank}"


class MeetingTalk(Tenant):
    """A talk at a table in a slot (both from 0), and what came of it."""

    class Outcome(models.TextChoices):
        OPEN = "", _("未登记")
        ABSENT = "ABSENT", _("没有谈成")
        TALKED = "TALKED", _("已洽谈")
        FOLLOW_UP = "FOLLOW_UP", _("继续跟进")
        INTENTION = "INTENTION", _("达成意向")

    # They met: the expert's service is counted.
    MET = (Outcome.TALKED, Outcome.FOLLOW_UP, Outcome.INTENTION)

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="talks", verbose_name=pgettext_lazy("one", "对接会")
    )
    slot = models.PositiveSmallIntegerField(_("场次"))
    table = models.PositiveSmallIntegerField(_("桌号"))
    problem = models.ForeignKey(MeetingProblem, models.CASCADE, related_name="talks", verbose_name=_("难题"))
    expert = models.ForeignKey(MeetingExpert, models.CASCADE, related_name="talks", verbose_name=_("专家"))
    is_locked = models.BooleanField(_("已锁定"), default=False)
    outcome = models.CharField(_("结果"), max_length=9, choices=Outcome.choices, blank=True)
    said = models.CharField(_("洽谈要点"), max_length=300, blank=True)
    stage = models.ForeignKey(
        "matching.ProblemStage", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("难题进展"),
    )  # fmt: skip
    # Two talks of a firm with one expert share it: a person at a firm on a day is counted once.
    visit = models.ForeignKey(
        "matching.ExpertVisit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("专家服务记录"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("洽谈")
        # Two talks that change places are both at one place for a moment: looked at when the transaction ends.
        constraints: ClassVar = [
            *(
                models.UniqueConstraint(
                    name=f"matching_meetingtalk_{name}",
                    fields=["association", "meeting", "slot", name],
                    deferrable=Deferrable.DEFERRED,
                )
                for name in ("table", "problem", "expert")
            ),
            models.UniqueConstraint(
                name="matching_meetingtalk_pair",
                fields=["association", "problem", "expert"],
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot + 1} · {self.table + 1}"


class MeetingGuest(Tenant):
    """Somebody who came without being on the list."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="guests", verbose_name=pgettext_lazy("one", "对接会")
    )
    name = models.CharField(_("姓名"), max_length=60)
    employer = models.CharField(_("单位"), max_length=120, blank=True)
    arrived_at = models.DateTimeField(_("签到时间"))

    class Meta:
        verbose_name = _("现场来宾")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="matching_meetingguest_once", fields=["association", "meeting", "name", "employer"]
            )
        ]

    def __str__(self) -> str:
        return self.name
