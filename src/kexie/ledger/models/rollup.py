"""Caches of sums and counts: deltas written beside each record, and the cells that a fold moves them into."""

from typing import ClassVar

from django.db import models

from kexie.kernel.ids import uuid7
from kexie.ledger.models.record import Tenant


class CellColumns(models.Model):
    """The coordinates of an additive cell. No foreign keys to check: the record beside it was checked."""

    measure = models.CharField(max_length=80)
    unit = models.ForeignKey(
        "units.Unit",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    area = models.ForeignKey(
        "areas.Area",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    method = models.CharField(max_length=8, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=2)
    rows = models.IntegerField()
    association = models.ForeignKey(
        "units.Unit",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class Delta(CellColumns):
    """What one confirmation (or, with minus signs, one reversal) adds to one cell; folded away soon after."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["association", "measure", "day"])]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class MonthCell(CellColumns):
    """The sum of a measure over one month, unit, area and method; `day` is the first of the month."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="ledger_monthcell_key",
                fields=["association", "measure", "unit", "day", "area", "method"],
            )
        ]
        indexes: ClassVar = [models.Index(fields=["association", "measure", "day"])]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class DayCell(CellColumns):
    """The same by day, kept only since `FoldState.days_since`: closed months are asked by month."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="ledger_daycell_key",
                fields=["association", "measure", "unit", "day", "area", "method"],
            )
        ]
        indexes: ClassVar = [models.Index(fields=["association", "measure", "day"])]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class FoldState(Tenant):
    """Since which day an association's day cells are complete."""

    days_since = models.DateField()
    folded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="ledger_foldstate_one", fields=["association"])]

    def __str__(self) -> str:
        return f"{self.days_since}"
