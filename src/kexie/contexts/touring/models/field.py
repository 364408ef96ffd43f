"""What crews write down on the way: their phones, the logs of a caravan's days, and the notes a log is made of."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.caravan import Caravan, CaravanTrip
from kexie.ledger.models import Tenant


class FieldPhone(Tenant):
    """A phone that writes logs for one account. It is paired by a code that works once; of code and token digests are kept."""

    account = models.ForeignKey("access.Account", models.PROTECT, related_name="+", verbose_name=_("登记人"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("手机名称"), max_length=40)
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    # A code that was used stays known, so that whoever types it again is told so.
    code_used_at = models.DateTimeField(_("配对时间"), null=True, blank=True)
    token_digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("添加时间"))
    seen_at = models.DateTimeField(_("最近同步"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("现场手机")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="touring_fieldphone_token",
                fields=["association", "token_digest"],
                condition=~Q(token_digest=""),
            ),
            models.UniqueConstraint(
                name="touring_fieldphone_code",
                fields=["association", "code_digest"],
                condition=~Q(code_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FieldLog(Tenant):
    """What one caravan's crew wrote down on one day, from however many phones; it becomes drafts once, `trip` among them."""

    caravan = models.ForeignKey(Caravan, models.PROTECT, related_name="+", verbose_name=_("大篷车"))
    on = models.DateField(_("日期"))
    trip = models.ForeignKey(
        CaravanTrip, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("出车记录")
    )
    drafted_at = models.DateTimeField(_("生成草稿时间"), null=True, blank=True)
    # Why there are no drafts yet, or what could not be carried over into them.
    words = models.TextField(_("待办"), blank=True)

    class Meta:
        verbose_name = _("现场记录")
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_fieldlog_day", fields=["association", "caravan", "on"])
        ]

    def __str__(self) -> str:
        return f"{self.caravan} {self.on}"


class FieldNote(Tenant):
    """One thing a phone wrote down; its id is the phone's, so that what is sent twice is kept once. Never deleted."""

    class Kind(models.TextChoices):
        START = "START", _("出车")
        ARRIVE = "ARRIVE", _("到达")
        COUNT = "COUNT", _("人次")
        LEAVE = "LEAVE", _("离开")
        NOTE = "NOTE", _("备注")
        INCIDENT = "INCIDENT", _("途中情况")
        COST = "COST", _("费用")
        END = "END", _("收车")
        UNDO = "UNDO", _("撤回")

    log = models.ForeignKey(FieldLog, models.PROTECT, related_name="notes")
    phone = models.ForeignKey(FieldPhone, models.PROTECT, related_name="+")
    kind = models.CharField(_("类型"), max_length=8, choices=Kind.choices)
    at = models.DateTimeField(_("时间"))
    data: "models.JSONField[Any, Any]" = models.JSONField(_("内容"), default=dict)
    received_at = models.DateTimeField(_("收到时间"))
    set_aside_by = models.ForeignKey("access.Account", models.PROTECT, null=True, related_name="+")
    set_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("现场笔记")
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["log", "at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%H:%M}"
