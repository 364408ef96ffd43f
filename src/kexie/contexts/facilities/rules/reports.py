"""Yearly reports: when they are due, and what is asked besides what the records say."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.rules.questions import LINES, WHOLE, Question

# Keys shared with the questions of an application: a renewal begins with what was reported last.
QUESTIONS: tuple[Question, ...] = (
    Question(key="full_time", label=_("专职科普人员（人）"), kind=WHOLE, most=9999),
    Question(key="volunteers", label=_("兼职和志愿者（人）"), kind=WHOLE, most=99999),
    Question(key="funds", label=_("当年科普经费（万元）"), kind=WHOLE, most=999999),
    Question(key="renewal", label=_("当年更新展项比例（%）"), kind=WHOLE, most=100, required=False),
    Question(key="done", label=_("做得好的一件事"), kind=LINES, most=500),
    Question(key="problems", label=_("困难和打算"), kind=LINES, most=500, required=False),
)
CARRIED = ("full_time", "volunteers", "funds", "renewal")


def due(year: int) -> dt.date:
    """Return the last day for the report of a year."""
    return dt.date(year + 1, 1, 31)


# Days before the last day; 0 is that day. There is nothing to catch up on afterwards: the list of late ones says it.
REMINDED_BEFORE = (30, 7, 0)


def reminder_due(day: dt.date) -> tuple[int, int] | None:
    """Return the year that is to be reported and which reminder is due on a day; None outside that month."""
    year = day.year - 1
    left = (due(year) - day).days
    days = min((one for one in REMINDED_BEFORE if 0 <= left <= one), default=None)
    return None if days is None else (year, days)
