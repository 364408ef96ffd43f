"""Touring sets (流动科技馆), their stops, and how many came on each day of a stop."""

import datetime as dt
from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models.ranges import DateRange, UuidRange
from kexie.ledger.models import HeadCounted, Record, Reference, Tenant


class TouringSet(Reference):
    """One set of about fifty exhibits that moves from stop to stop."""

    serial = models.CharField(_("套编号"), max_length=40)
    theme = models.CharField(_("主题"), max_length=100, blank=True)
    edition = models.CharField(_("版本"), max_length=40, blank=True)
    exhibits = models.PositiveSmallIntegerField(_("展品件数"), null=True, blank=True)
    owner = models.CharField(_("产权单位"), max_length=100, blank=True)
    received_on = models.DateField(_("接收日期"), null=True, blank=True)
    returned_on = models.DateField(_("移交日期"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("流动科技馆展品（套）")
        constraints: ClassVar = [
            models.UniqueConstraint(name="touring_set_serial", fields=["association", "serial"])
        ]


class SetDays(Tenant):
    """The days a set is taken, written by triggers alone. `id` is that of the stop or arranged stop.

    A set is at one place at a time, on show, on its way or arranged to be. Rows are kept by triggers from stops and
    arranged stops, so no path around them exists, and one exclusion constraint holds over them all.
    """

    touring_set = models.ForeignKey(TouringSet, models.CASCADE, related_name="+")
    place = models.CharField(max_length=200)
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        verbose_name = _("展品占用的日子")
        indexes: ClassVar = [models.Index(fields=["association", "touring_set", "first_on"])]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="touring_setdays_one_place",
                expressions=[
                    (UuidRange("touring_set"), "&&"),
                    (DateRange("first_on", "last_on", Value("[]")), "&&"),
                ],
                violation_error_message=_("这套展品在这段时间里已安排在另一站。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.first_on}"

    @classmethod
    def taken(
        cls, touring_set: UUID | None, first: dt.date, last: dt.date, *, but: Collection[UUID] = ()
    ) -> "SetDays | None":
        """Return what a set is taken by on any of these days, besides the stops in `but`."""
        rows = cls.objects.filter(touring_set=touring_set, first_on__lte=last, last_on__gte=first)
        return rows.exclude(pk__in=but).order_by("first_on").first()

    @property
    def refusal(self) -> str:
        """What somebody is told who wants the set on these days."""
        values = {"place": self.place, "first": self.first_on, "last": self.last_on}
        return (
            gettext(
                "这套展品在这段时间里已安排在另一站：%(place)s（%(first)s至%(last)s，含换展）。请改日期，或换一套展品。"
            )
            % values
        )


class TourStop(Record):
    """A set stands at one venue from `occurred_on` to `ended_on` (planned as long as it runs), both included.

    `unit` hosts it. A set is at one place at a time: the database refuses stops of one set that share a day.
    """

    touring_set = models.ForeignKey(
        TouringSet, models.PROTECT, related_name="+", verbose_name=_("展品（套）")
    )
    venue = models.CharField(_("展出场馆"), max_length=120)
    venue_m2 = models.PositiveIntegerField(_("展出面积（㎡）"), null=True, blank=True)
    ended_on = models.DateField(_("闭展日期"), help_text=_("还在展出的填计划闭展日期；变了就更正这条记录。"))

    class Meta(Record.Meta):
        verbose_name = _("流动科技馆巡展站")
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="touring_tourstop_order", condition=Q(ended_on__gte=F("occurred_on"))
            ),
            ExclusionConstraint(
                name="touring_tourstop_one_place",
                expressions=[
                    (UuidRange("touring_set"), "&&"),
                    (DateRange("occurred_on", "ended_on", Value("[]")), "&&"),
                ],
                condition=~Q(state="REVERSED"),
                violation_error_message=_("这套展品在这段时间里已安排在另一站。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.occurred_on}"

    def clean(self) -> None:
        """Refuse a stop that ends before it begins, or on days on which the set is elsewhere."""
        if None in (self.ended_on, self.occurred_on):
            return
        if self.ended_on < self.occurred_on:
            raise ValidationError({"ended_on": _("闭展日期不能早于开展日期。")})
        taken = SetDays.taken(self.touring_set_id, self.occurred_on, self.ended_on, but=(self.pk,))
        if taken is not None:
            raise ValidationError({"occurred_on": taken.refusal})


class TourDailyLog(HeadCounted):
    """Visits to a stop on one day by one method; a day may have several, each person in one of them."""

    stop = models.ForeignKey(TourStop, models.PROTECT, related_name="+", verbose_name=_("巡展站"))
    groups = models.PositiveSmallIntegerField(_("团队批次"), null=True, blank=True)

    class Meta(HeadCounted.Meta):
        verbose_name = _("巡展日志")

    def clean(self) -> None:
        """Refuse a day outside the stop's."""
        if None not in (self.stop_id, self.occurred_on) and not self._is_within():
            raise ValidationError({"occurred_on": _("日期不在这一站的展期内。")})

    def _is_within(self) -> bool:
        return self.stop.occurred_on <= self.occurred_on <= self.stop.ended_on
