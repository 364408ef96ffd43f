"""A school or village asks for a caravan."""

import json
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.sites import Site
from kexie.foundation.people.masking import mask_name, mask_phone
from kexie.kernel.ids import short_code
from kexie.ledger.models import Tenant
from kexie.platform import crypto

MOST_PEOPLE = 20_000


def new_code() -> str:
    """Return a reference for whoever asks; nobody guesses it."""
    return short_code(12)


class CaravanRequest(Tenant):
    """What was asked for, by whom, and what became of it. `unit` is the office that answers.

    Name and telephone number of whoever asks are encrypted together; `phone_digest` finds the same number again.
    Whoever knows `code` follows the request.
    """

    class Kind(models.TextChoices):
        SCHOOL = "SCHOOL", _("学校")
        VILLAGE = "VILLAGE", _("村")
        COMMUNITY = "COMMUNITY", _("社区")
        OTHER = "OTHER", _("其他单位")

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("待受理")
        ASKED = "ASKED", _("待补充")
        ACCEPTED = "ACCEPTED", _("已受理")
        REFUSED = "REFUSED", _("未受理")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    class Condition(models.TextChoices):
        LEVEL_GROUND = "LEVEL_GROUND", _("有平整空地（约10米×20米）")
        POWER = "POWER", _("能接220伏电源")
        HALL = "HALL", _("有室内场地，下雨也能办")
        LARGE_VEHICLE = "LARGE_VEHICLE", _("大车能开进来")

    OPEN = (State.SUBMITTED, State.ASKED)

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name=_("乡镇（街道）"))
    code = models.CharField(_("申请编号"), max_length=16, default=new_code, editable=False)
    kind = models.CharField(_("单位类型"), max_length=9, choices=Kind.choices)
    name = models.CharField(_("学校或村（社区）名称"), max_length=100)
    address = models.CharField(_("详细地址"), max_length=200, blank=True)
    contact = models.BinaryField(_("联系人"), editable=False)
    phone_digest = models.CharField(_("电话摘要"), max_length=64, editable=False)
    wished_from = models.DateField(_("希望从"))
    wished_to = models.DateField(_("希望到"))
    people = models.PositiveIntegerField(
        _("预计参加人数"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    conditions: "models.JSONField[Any, Any]" = models.JSONField(_("场地条件"), default=list, blank=True)
    note = models.CharField(_("其他说明"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=State.choices, default=State.SUBMITTED)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    reply = models.CharField(_("补充说明"), max_length=500, blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("巡展点位")
    )
    origin = models.CharField(_("网络摘要"), max_length=64, blank=True, editable=False)
    made_at = models.DateTimeField(_("提交时间"))
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理人")
    )

    class Meta:
        verbose_name = _("大篷车申请")
        ordering: ClassVar = ["-made_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["association", "state", "made_at"]),
            models.Index(fields=["association", "phone_digest"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_caravanrequest_code", fields=["association", "code"]),
            models.UniqueConstraint(
                name="touring_caravanrequest_one_open",
                fields=["association", "area", "name"],
                condition=Q(state__in=("SUBMITTED", "ASKED")),
                violation_error_message=_(
                    "这个单位已有一份申请正在办理，请用原来的查询链接补充说明，不用再交。"
                ),
            ),
            models.CheckConstraint(
                name="touring_caravanrequest_days",
                condition=Q(wished_to__gte=F("wished_from")),
                violation_error_message=_("最晚的日期不能早于最早的日期。"),
            ),
            models.CheckConstraint(
                name="touring_caravanrequest_site", condition=~Q(state="ACCEPTED") | Q(site__isnull=False)
            ),
            models.CheckConstraint(
                name="touring_caravanrequest_reason",
                condition=~Q(state__in=("ASKED", "REFUSED")) | ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def seal_contact(self, *, name: str, phone: str) -> None:
        """Keep who asks, encrypted, and the digest of the number."""
        self.contact = crypto.encrypt(json.dumps([name, phone]).encode(), context=self.pk.bytes)
        self.phone_digest = crypto.keyed_digest(phone)

    def open_contact(self) -> tuple[str, str]:
        """Return name and number in clear: for notices, and for the site's own sealed contact."""
        name, phone = json.loads(crypto.decrypt(bytes(self.contact), context=self.pk.bytes))
        return name, phone

    @property
    def masked_contact(self) -> str:
        """Who asks, as pages show it."""
        name, phone = self.open_contact()
        return f"{mask_name(name)} {mask_phone(phone)}"

    @property
    def conditions_in_words(self) -> list[str]:
        """What the place offers."""
        return [str(self.Condition(one).label) for one in self.conditions]
