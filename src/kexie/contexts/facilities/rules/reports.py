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
