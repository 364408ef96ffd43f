"""Changes of many slots at once: what was asked, how far it is, what became of those booked."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.models.museum import Museum
from kexie.ledger.models import Tenant


class SlotChange(Tenant):
    """One change of `slots`. `values` is what they are to be; `before` (by slot) what they were, for undoing it.

    `done` of `total` slots are dealt with; `outcome` counts reservations cancelled, moved and kept.
    """

    class Kind(models.TextChoices):
        PLACES = "PLACES", _("调整名额")
        TIMES = "TIMES", _("调整时间")
        CLOSE = "CLOSE", _("暂停预约")
        OPEN = "OPEN", _("恢复预约")
        ALLOT = "ALLOT", _("改名额分配（抽签或先到先得）")
        CANCEL = "CANCEL", _("取消时段")
        CLOSE_DAY = "CLOSE_DAY", _("闭馆")

    class Policy(models.TextChoices):
        REFUSE = "REFUSE", _("有人受影响就不改")
        KEEP = "KEEP", _("保留已预约的")
        CANCEL = "CANCEL", _("取消预约并通知")
        MOVE = "MOVE", _("改到其他时段并通知")

    class State(models.TextChoices):
        WAITING = "WAITING", _("等待执行")
        RUNNING = "RUNNING", _("正在执行")
        DONE = "DONE", _("已完成")
        FAILED = "FAILED", _("未执行")
        UNDONE = "UNDONE", _("已撤销")

    RUNS = (State.WAITING, State.RUNNING)

    museum = models.ForeignKey(
        Museum, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "科技馆")
    )
    kind = models.CharField(_("操作"), max_length=9, choices=Kind.choices)
    policy = models.CharField(_("对已预约的"), max_length=6, choices=Policy.choices)
    slots = ArrayField(models.UUIDField())
    targets = ArrayField(models.UUIDField(), default=list)
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    notice = models.CharField(_("通知内容"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("时段数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    made_by = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("操作人"))
    made_at = models.DateTimeField(_("提交时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    undone_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("撤销人")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("时段调整")
        indexes: ClassVar = [models.Index(fields=["association", "museum", "-made_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="museums_change_done", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="museums_change_undone", condition=~Q(state="UNDONE") | Q(undone_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.total}"
