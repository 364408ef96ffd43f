"""Halls, exhibits, and whether an exhibit works."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.museums.states import EXHIBIT_TRANSITIONS
from kexie.kernel.ids import short_code
from kexie.ledger.models import Record, Reference
from kexie.ledger.stages import check_stage


def label_token() -> str:
    """Return the code on an exhibit's label: short enough to type, too many of them to guess (50 bits)."""
    return short_code(10)


class Hall(Reference):
    """A hall, theatre or workshop of a museum (`unit`)."""

    class Use(models.TextChoices):
        EXHIBITION = "EXHIBITION", _("常设展厅")
        THEATRE = "THEATRE", _("剧场/报告厅")
        WORKSHOP = "WORKSHOP", _("科学工作室")
        TEMPORARY = "TEMPORARY", _("临时展厅")

    use = models.CharField(_("用途"), max_length=10, choices=Use.choices)
    floor = models.CharField(_("楼层"), max_length=10, blank=True)
    area_m2 = models.PositiveIntegerField(_("面积（㎡）"), null=True, blank=True)
    seats = models.PositiveIntegerField(_("座位数"), null=True, blank=True)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地点")
    )

    class Meta(Reference.Meta):
        verbose_name = _("展厅与场地")


class Exhibit(Reference):
    """One exhibit; its `unit` is the museum that shows it."""

    number = models.CharField(_("展品编号"), max_length=40)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("展厅"))
    theme = models.CharField(_("主题"), max_length=60, blank=True)
    intro = models.TextField(
        _("介绍"), max_length=600, blank=True, help_text=_("观众扫标签看到的文字：这是什么，怎么玩。")
    )
    installed_on = models.DateField(_("安装日期"), null=True, blank=True)
    token = models.CharField(_("标签码"), max_length=12, default=label_token, editable=False)

    class Meta(Reference.Meta):
        verbose_name = _("展品")
        constraints: ClassVar = [
            models.UniqueConstraint(name="museums_exhibit_number", fields=["association", "unit", "number"]),
            models.UniqueConstraint(name="museums_exhibit_token", fields=["association", "token"]),
        ]


class ExhibitStage(Record):
    """An exhibit works, fails, works again or is taken away, since a day."""

    class Stage(models.TextChoices):
        WORKING = "WORKING", _("完好")
        FAULTY = "FAULTY", _("故障")
        REMOVED = "REMOVED", _("撤展")

    exhibit = models.ForeignKey(
        Exhibit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("one", "展品")
    )
    stage = models.CharField(_("状况"), max_length=7, choices=Stage.choices)
    cause = models.CharField(_("故障与处理"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("展品状况")

    def clean(self) -> None:
        """Refuse a stage that cannot follow the one before."""
        check_stage(self, entity="exhibit", transitions=EXHIBIT_TRANSITIONS)
