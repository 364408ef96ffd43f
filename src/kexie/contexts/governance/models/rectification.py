"""Rectification after an inspection: items, and the dated stages through which each is closed."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance import states
from kexie.ledger.models import Record, Reference
from kexie.ledger.stages import check_stage

BY_ANOTHER = _("责任人不能核验、退回或销号自己的事项，请由另一人办理。")


class RectificationItem(Reference):
    """A problem found by an inspection and the measure against it; `unit` is the department responsible."""

    class MeasureKind(models.TextChoices):
        IMMEDIATE = "IMMEDIATE", _("立行立改")
        DATED = "DATED", _("限期整改")
        LONG_TERM = "LONG_TERM", _("长期坚持")

    source = models.CharField(_("来源"), max_length=100, help_text=_("例如：2023年市委巡察反馈"))
    aspect = models.CharField(_("方面"), max_length=100)
    problem = models.TextField(_("问题"))
    measure = models.TextField(_("整改措施"))
    measure_kind = models.CharField(_("措施类型"), max_length=9, choices=MeasureKind.choices)
    responsible = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    deadline = models.DateField(_("完成时限"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("整改事项")


class RectificationStage(Record):
    """One step of an item. `responsible` is kept as it was that day, so that the rule below holds for ever."""

    Stage = states.RectificationStage

    item = models.ForeignKey(
        RectificationItem, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "整改事项")
    )
    stage = models.CharField(_("环节"), max_length=12, choices=states.RectificationStage.choices)
    responsible = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    checker = models.ForeignKey("people.Person", models.PROTECT, related_name="+", verbose_name=_("办理人"))
    finding = models.TextField(_("情况"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("整改进展")
        constraints: ClassVar[list[Any]] = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="governance_rectification_by_another",
                condition=~Q(stage__in=states.BY_ANOTHER) | ~Q(checker=F("responsible")),
                violation_error_message=BY_ANOTHER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_stage_display()}"

    def clean(self) -> None:
        """Refuse a jump, and a person responsible other than the item's."""
        super().clean()
        check_stage(self, entity="item", transitions=states.TRANSITIONS)
        known = (getattr(self, "item_id", None), getattr(self, "responsible_id", None))
        if all(known) and self.responsible_id != self.item.responsible_id:
            raise ValidationError({"responsible": _("责任人要与整改事项上的责任人一致。")})
