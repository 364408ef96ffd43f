"""Stops of the sets are arranged, opened, logged and cancelled. A set is never at two places at once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    GroupVisit,
    PlannedTourStop,
    SetDays,
    StopDay,
    TourApplication,
    TourDailyLog,
    TouringSet,
    TourStop,
    TourVenue,
)
from kexie.contexts.touring.operations.sets_common import locked, note, require_city
from kexie.contexts.touring.rules.calendar import is_open
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger

State = PlannedTourStop.State
_ONE_PLACE = "touring_setdays_one_place"


class StopRefused(UserError):
    """The stop cannot be like this."""


def arrange(
    *,
    touring_set_id: UUID,
    venue_id: UUID,
    setup_on: dt.date,
    first_on: dt.date,
    last_on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    **more: Any,
) -> PlannedTourStop:
    """Arrange a stop. Raises StopRefused, naming the other stop, where the set is taken on some of the days.

    `more` are further values of the stop: application, plan, open_weekdays, carrier, insurance.
    """
    _check_days(setup_on, first_on, last_on)
    try:
        with transaction.atomic():
            touring_set = locked(TouringSet, touring_set_id, scope)
            require_city(scope, touring_set.association)
            _require_free(touring_set_id, setup_on, last_on)
            venue = locked(TourVenue, venue_id, scope)
            _require_open_venue(venue, first_on, last_on)
            made = PlannedTourStop.objects.create(
                association_id=touring_set.association_id, touring_set=touring_set, venue=venue,
                unit=venue.unit, setup_on=setup_on, first_on=first_on, last_on=last_on, **more,
            )  # fmt: skip
            note(made, "arrange_stop", actor=actor, now=now, first=str(first_on), last=str(last_on))
            return made
    except IntegrityError as refused:
        if _ONE_PLACE not in str(refused):
            raise
        # Somebody was faster between our look and our writing.
        _require_free(touring_set_id, setup_on, last_on)
        raise


@transaction.atomic
def cancel(*, stop_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> PlannedTourStop:
    """Cancel a stop that has not opened; its days are free again and its application waits again."""
    stop = locked(PlannedTourStop, stop_id, scope)
    require_city(scope, stop.association)
    if stop.state != State.PLANNED:
        raise StopRefused(_("已开展或已取消的巡展站不能再取消；已开展的请在台账里冲销记录。"))
    stop.state = State.CANCELLED
    stop.save(update_fields=["state"])
    if stop.application is not None:
        stop.application.state = TourApplication.State.ACCEPTED
        stop.application.save(update_fields=["state"])
    note(stop, "cancel_stop", actor=actor, now=now)
    return stop


@transaction.atomic
def open_stop(*, stop_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TourStop:
    """Write the stop's record as a draft: from now on the record holds the set's days."""
    stop = locked(PlannedTourStop, stop_id, scope)
    if stop.state != State.PLANNED:
        raise StopRefused(_("这一站已经开展或取消，请刷新后再看。"))
    stop.state = State.OPENED
    stop.save(update_fields=["state"])
    record = ledger.draft(
        record=TourStop(
            unit=stop.unit, area=stop.unit.area, touring_set=stop.touring_set, venue=stop.venue.name,
            venue_m2=stop.venue.area_m2, occurred_on=stop.first_on, ended_on=stop.last_on,
        ),
        actor=actor, now=now, scope=scope,
    )  # fmt: skip
    stop.record = record
    stop.save(update_fields=["record"])
    note(stop, "open_stop", actor=actor, now=now)
    return record


@transaction.atomic
def set_week(
    *, stop_id: UUID, weekdays: Sequence[int], actor: Account, now: dt.datetime, scope: Scope
) -> PlannedTourStop:
    """Say on which weekdays (Monday 0) a stop is open."""
    stop = locked(PlannedTourStop, stop_id, scope)
    if not weekdays:
        raise StopRefused(fields={"weekdays": _("每周至少开放一天。")})
    stop.open_weekdays = sorted(weekdays)
    stop.save(update_fields=["open_weekdays"])
    note(stop, "set_stop_week", actor=actor, now=now, weekdays=stop.open_weekdays)
    return stop


@transaction.atomic
def set_day(
    *, stop_id: UUID, on: dt.date, is_open: bool, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> StopDay:
    """Open or close a stop on one day, unlike its week."""
    stop = locked(PlannedTourStop, stop_id, scope)
    _require_within(stop, on)
    day, _made = StopDay.objects.update_or_create(
        association_id=stop.association_id, stop=stop, on=on, defaults={"is_open": is_open, "reason": reason}
    )
    note(stop, "set_stop_day", actor=actor, now=now, on=str(on), is_open=is_open)
    return day


@transaction.atomic
def log_day(
    *,
    stop_id: UUID,
    on: dt.date,
    method: str,
    headcount: int,
    groups: int | None,
    text: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TourDailyLog:
    """Draft the log of a day by one method. A closed day needs a word why people came."""
    stop = locked(PlannedTourStop, stop_id, scope)
    record = stop.record
    if record is None:
        raise StopRefused(_("这一站还没有开展：请先办理“开展”，再记日志。"))
    _require_within(stop, on)
    if on > timezone.localdate(now):
        raise StopRefused(fields={"on": _("还没到这一天，不能先记人次。")})
    if not text and not is_open(stop, on, {day.on: day.is_open for day in stop.days.all()}):
        raise StopRefused(fields={"text": _("这一天按开放日历不开放，请在说明里写明原因（例如学校包场）。")})
    if (
        TourDailyLog.objects.filter(stop=record, occurred_on=on, method=method)
        .exclude(state="REVERSED")
        .exists()
    ):
        raise StopRefused(fields={"method": _("这一天按这种方法已记过，请到台账更正那一条，或换计数方法。")})
    entry = TourDailyLog(
        unit=stop.unit, area=record.area, stop=record, occurred_on=on, method=method, headcount=headcount,
        groups=groups, note=text,
    )  # fmt: skip
    return ledger.draft(record=entry, actor=actor, now=now, scope=scope)


@transaction.atomic
def book_group(
    *, stop_id: UUID, on: dt.date, school: str, booked: int, actor: Account, now: dt.datetime, scope: Scope
) -> GroupVisit:
    """Book a group for an open day of a stop."""
    stop = locked(PlannedTourStop, stop_id, scope)
    _require_within(stop, on)
    if not is_open(stop, on, {day.on: day.is_open for day in stop.days.all()}):
        raise StopRefused(fields={"on": _("这一天不开放，请换一个开放日，或先调整开放日历。")})
    if stop.groups.filter(on=on, school=school, is_cancelled=False).exists():
        raise StopRefused(fields={"school": _("这个团体当天已登记过。")})
    made = GroupVisit.objects.create(
        association_id=stop.association_id, stop=stop, on=on, school=school, booked=booked
    )
    note(made, "book_group", actor=actor, now=now, on=str(on))
    return made


@transaction.atomic
def close_group(
    *, group_id: UUID, came: int | None, actor: Account, now: dt.datetime, scope: Scope
) -> GroupVisit:
    """Say how many of a group came, or (None) that the visit was cancelled."""
    found = locked(GroupVisit, group_id, scope, unit="stop__unit")
    found.came, found.is_cancelled = came, came is None
    found.save(update_fields=["came", "is_cancelled"])
    note(found, "close_group", actor=actor, now=now, came=came)
    return found


def _check_days(setup_on: dt.date, first_on: dt.date, last_on: dt.date) -> None:
    if first_on < setup_on:
        raise StopRefused(fields={"setup_on": _("开始换展的日期不能晚于开展日期。")})
    if last_on < first_on:
        raise StopRefused(fields={"last_on": _("闭展日期不能早于开展日期。")})


def _require_free(touring_set_id: UUID, first: dt.date, last: dt.date) -> None:
    taken = SetDays.taken(touring_set_id, first, last)
    if taken is not None:
        raise StopRefused(fields={"setup_on": taken.refusal})


def _require_open_venue(venue: TourVenue, first: dt.date, last: dt.date) -> None:
    closure = venue.closures.filter(first_on__lte=last, last_on__gte=first).order_by("first_on").first()
    if closure is not None:
        values = {"first": closure.first_on, "last": closure.last_on, "reason": closure.reason}
        raise StopRefused(
            fields={"first_on": _("场馆%(first)s至%(last)s不可用（%(reason)s），请改日期或换场馆。") % values}
        )


def _require_within(stop: PlannedTourStop, on: dt.date) -> None:
    if not stop.first_on <= on <= stop.last_on:
        values = {"first": stop.first_on, "last": stop.last_on}
        raise StopRefused(fields={"on": _("日期要在展期内（%(first)s至%(last)s）。") % values})
