"""Spare parts: what the museum keeps, and every movement of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models.workorders import WorkOrder
from kexie.ledger.models import Reference, Tenant


class Spare(Reference):
    """A part a museum (`unit`) keeps. `stock` is the sum of its movements and is changed by them alone."""

    spec = models.CharField(_("规格型号"), max_length=100, blank=True)
    measure = models.CharField(_("计量单位"), max_length=10, default="个")
    location = models.CharField(_("存放位置"), max_length=60, blank=True)
    reorder_level = models.PositiveIntegerField(
        _("补货线"), default=0, help_text=_("库存到了这个数就该补货。")
    )
    stock = models.IntegerField(_("库存"), default=0, editable=False)

    class Meta(Reference.Meta):
        verbose_name = _("备件")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="museums_spare_once",
                fields=["association", "unit", "name", "spec"],
                violation_error_message=_("这种备件已经登记过，请直接办理入库。"),
            ),
            models.CheckConstraint(
                name="museums_spare_stock",
                condition=Q(stock__gte=0),
                violation_error_message=_("库存不够。"),
            ),
        ]

    @property
    def is_low(self) -> bool:
        """Whether it is time to buy more."""
        return self.stock <= self.reorder_level


class SpareMovement(Tenant):
    """Parts came in, went out, or were counted: `change` leads to `after`. Never edited; a count puts things right."""

    class Kind(models.TextChoices):
        IN = "IN", _("入库")
        OUT = "OUT", _("领用")
        COUNT = "COUNT", _("盘点")

    spare = models.ForeignKey(Spare, models.PROTECT, related_name="movements", verbose_name=_("备件"))
    kind = models.CharField(_("类型"), max_length=5, choices=Kind.choices)
    change = models.IntegerField(_("数量"))
    after = models.PositiveIntegerField(_("结存"))
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="movements", verbose_name=_("工单")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("经手人")
    )

    class Meta:
        verbose_name = _("备件出入库")
        indexes: ClassVar = [
            models.Index(fields=["association", "spare", "at"]),
            models.Index(fields=["association", "order"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="museums_sparemovement_sign",
                condition=Q(kind="IN", change__gt=0) | Q(kind="OUT", change__lt=0) | Q(kind="COUNT"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.change:+}"
