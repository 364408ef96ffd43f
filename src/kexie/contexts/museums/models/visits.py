"""Daily visits: the largest table of the platform."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kexie.ledger.models import HeadCounted


class DailyVisits(HeadCounted):
    """Visits to a museum (`unit`) in one slot of one day, counted by one method.

    A slot has as many rows as ways in which people came (gate, group list, counter); each person stands in one.
    """

    class Slot(models.TextChoices):
        MORNING = "MORNING", _("上午")
        AFTERNOON = "AFTERNOON", _("下午")
        EVENING = "EVENING", _("夜场")
        DAY = "DAY", _("全天")

    slot = models.CharField(_("时段"), max_length=9, choices=Slot.choices)

    class Meta(HeadCounted.Meta):
        verbose_name = _("参观日记录")
        # Sums by day, method and unit read this index alone, so it stands in for the plain one by unit and day.
        indexes: ClassVar = [
            # With the identifier, so that the first of a day's thousands of records is found without the others.
            models.Index(name="museums_visits_day", fields=["association", "occurred_on", "id"]),
            models.Index(
                name="museums_visits_cover",
                fields=["association", "unit", "occurred_on"],
                include=["state", "headcount", "method"],
            ),
        ]
