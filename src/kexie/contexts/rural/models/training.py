"""Farmers' training sessions, and the varieties and technologies promoted there and on bases."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.ledger.models import Activity, Record, Reference


class Training(Activity):
    """A training session for farmers: `subject` is the crop or animal, `speaker` the teacher."""

    KIND = Activity.Kind.TRAINING

    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(Activity.Kind.TRAINING)

    class Meta:
        proxy = True
        verbose_name = _("农业技术培训")


class PromotedItem(Reference):
    """A variety or technology; it is one item however often and wherever it is promoted."""

    class Kind(models.TextChoices):
        VARIETY = "VARIETY", _("新品种")
        TECHNOLOGY = "TECHNOLOGY", _("新技术")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    crop = models.CharField(_("作物或畜禽"), max_length=60)
    source = models.CharField(_("选育或研发单位"), max_length=120, blank=True)
    approval_no = models.CharField(_("审定或登记编号"), max_length=60, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("新品种新技术")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="rural_item_name",
                fields=["association", "kind", "name"],
                violation_error_message=_("同名的新品种或新技术已经登记过，请直接选用，不要重复登记。"),
            )
        ]


class Promotion(Record):
    """That an item was promoted by `unit`: at a training, on a base, or both."""

    item = models.ForeignKey(PromotedItem, models.PROTECT, related_name="+", verbose_name=_("新品种或新技术"))
    training = models.ForeignKey(
        Training, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("结合的培训")
    )
    backyard = models.ForeignKey(
        "rural.Backyard",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("one", "科技小院"),
    )
    base = models.CharField(_("示范基地"), max_length=120, blank=True)
    acreage_mu = models.DecimalField(
        _("推广面积（亩）"), max_digits=10, decimal_places=1, null=True, blank=True
    )
    households = models.PositiveIntegerField(_("带动农户（户）"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("新品种新技术推广")
        indexes: ClassVar = [*Record.Meta.indexes, models.Index(fields=["association", "item"])]

    def __str__(self) -> str:
        return f"{self.item} {self.occurred_on}"
