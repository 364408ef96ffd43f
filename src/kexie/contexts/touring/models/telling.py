"""A round in which the hosts of a season are told what they do not know yet."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.seasons import Season
from kexie.ledger.models import Tenant


class Telling(Tenant):
    """How far a round is. Who was told what stands in `ToldVisit`; this only counts, so it can break off anywhere.

    `site_url` is where hosts reach this site: a task has no request to take it from.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("排队中")
        RUNNING = "RUNNING", _("正在通知")
        DONE = "DONE", _("已完成")
        STOPPED = "STOPPED", _("已停止")
        FAILED = "FAILED", _("未完成")

    BUSY = (State.WAITING, State.RUNNING)

    season = models.ForeignKey(Season, models.CASCADE, related_name="tellings")
    state = models.CharField(_("状态"), max_length=7, choices=State.choices, default=State.WAITING)
    site_url = models.URLField(_("网站地址"))
    total = models.PositiveIntegerField(_("要通知的站次"))
    sent = models.PositiveIntegerField(_("短信"), default=0)
    to_call = models.PositiveIntegerField(_("待打电话"), default=0)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("操作人"))
    made_at = models.DateTimeField(_("提交时间"))
    beat_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("通知接待方")
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["association", "season", "-made_at"])]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="touring_telling_once",
                fields=["association", "season"],
                condition=Q(state__in=("WAITING", "RUNNING")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.done}/{self.total}"

    @property
    def done(self) -> int:
        """How many hosts have been dealt with."""
        return self.sent + self.to_call

    @property
    def is_busy(self) -> bool:
        """Whether it waits or goes on."""
        return self.state in self.BUSY
