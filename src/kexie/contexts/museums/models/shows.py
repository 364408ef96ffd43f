"""Shows held, and the times at which they are regularly on."""

import datetime as dt
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.models.exhibits import Hall
from kexie.ledger.models import Activity, Reference, Series


class Show(Activity):
    """A popular-science show at a museum: `series` is the show, `place` the theatre, `held` False if cancelled."""

    KIND = Activity.Kind.SHOW

    objects: ClassVar[models.Manager[Any]] = Activity.proxy_manager(Activity.Kind.SHOW)

    class Meta:
        proxy = True
        verbose_name = _("科普展演")


class ShowTime(Reference):
    """A show regularly on at one time on some weekdays; what was really held is recorded as a Show."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="+", verbose_name=_("展演"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("场地"))
    weekdays = models.CharField(
        _("星期"),
        max_length=7,
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?$", _("按顺序写星期，周一为1，例如 34567。"))],
    )
    starts_at = models.TimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=30)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name = _("固定场次")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="museums_showtime_window",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("截止日期不能早于起始日期。"),
            )
        ]

    def is_on(self, day: dt.date) -> bool:
        """Whether the show is regularly on that day (whether the museum opens is another question)."""
        within = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return within and str(day.isoweekday()) in self.weekdays
