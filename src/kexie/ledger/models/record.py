"""What every record is: who, where, when, in which state, written and confirmed by whom."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.kernel.ids import uuid7


class State(models.TextChoices):
    """States of a record; `kexie.ledger.states.TRANSITIONS` says which follow which."""

    DRAFT = "DRAFT", _("草稿")
    CONFIRMED = "CONFIRMED", _("已确认")
    REVERSED = "REVERSED", _("已冲销")


class Method(models.TextChoices):
    """How people were counted; every 人次 names one (domain.md section 8)."""

    GATE = "GATE", _("闸机/核销")
    BOOKING = "BOOKING", _("预约签到")
    ROSTER = "ROSTER", _("花名册")
    COUNTER = "COUNTER", _("计数器")
    SAMPLE = "SAMPLE", _("抽样推算")
    HOST = "HOST", _("主办方估计")


class Tenant(models.Model):
    """A row that belongs to one association, with a time-ordered identifier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", models.PROTECT, related_name="+", verbose_name=_("所属科协")
    )

    class Meta:
        abstract = True


class Reference(Tenant):
    """Reference data that records point at: a hall, a vehicle, an expert. Edited freely, never counted as work."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    area = models.ForeignKey(
        "areas.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所在地区"),
    )
    name = models.CharField(_("名称"), max_length=200)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        abstract = True
        indexes: ClassVar = [models.Index(fields=["association", "name"])]

    def __str__(self) -> str:
        return self.name


class Record(Tenant):
    """One statement that something happened or exists.

    A confirmed record is never edited or deleted: `kexie.ledger.operations.reverse` takes it back with a reason
    and another record says what is right. `kexie.ledger.guards` enforces that in the database.
    """

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name=_("地区"))
    place = models.ForeignKey(
        "places.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("地点"),
    )
    occurred_on = models.DateField(_("日期"))
    state = models.CharField(
        _("状态"),
        max_length=9,
        choices=State.choices,
        default=State.DRAFT,
        editable=False,
    )
    note = models.TextField(_("说明"), blank=True)
    # Null, not "", for records without a source: many may have none, and each key stands once.
    source_key = models.CharField(_("来源编号"), max_length=120, null=True, blank=True, editable=False)  # noqa: DJ001
    recorded_by = models.ForeignKey(
        "access.Account",
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("填报人"),
    )
    recorded_at = models.DateTimeField(_("填报时间"), editable=False)
    confirmed_by = models.ForeignKey(
        "access.Account",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("确认人"),
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, editable=False)
    reversed_by = models.ForeignKey(
        "access.Account",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("冲销人"),
    )
    reversed_at = models.DateTimeField(_("冲销时间"), null=True, editable=False)
    reversal_reason = models.TextField(_("冲销原因"), blank=True, editable=False)
    corrects = models.UUIDField(_("更正的记录"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(fields=["association", "occurred_on"]),
            models.Index(fields=["association", "unit", "occurred_on"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_confirmed",
                condition=Q(state=State.DRAFT, confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(state=State.DRAFT),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reversed",
                condition=Q(reversed_at=None, reversed_by=None, reversal_reason="") & ~Q(state=State.REVERSED)
                | Q(
                    state=State.REVERSED,
                    reversed_at__isnull=False,
                    reversed_by__isnull=False,
                )
                & ~Q(reversal_reason=""),
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_source",
                fields=["association", "source_key"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.occurred_on}"


class HeadCounted(Record):
    """A record that counts people (人次) and says by which method; a missing count stays missing."""

    headcount = models.PositiveIntegerField(pgettext_lazy("field", "人次"), null=True, blank=True)
    method = models.CharField(_("计数方法"), max_length=8, choices=Method.choices, blank=True)
    count_basis = models.CharField(_("计数依据"), max_length=200, blank=True)

    class Meta(Record.Meta):
        abstract = True
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_method",
                condition=Q(headcount=None, method="") | Q(headcount__isnull=False) & ~Q(method=""),
                violation_error_message=_("填了人次就要选计数方法；没有计数就都留空。"),
            ),
        ]
