"""Statutory holidays and make-up workdays, as the State Council sets them each year."""

import datetime as dt

import chinese_calendar

_SATURDAY = 5


def is_holiday(day: dt.date) -> bool:
    """Whether the day belongs to a statutory holiday; years the calendar does not know yet have none."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(is_off and name)


def is_day_off(day: dt.date) -> bool:
    """Whether people do not work on the day; in years the calendar does not know, at weekends."""
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.weekday() >= _SATURDAY
