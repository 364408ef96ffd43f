"""By when a problem's next step is promised, and what that step is. The days are the association's own promise."""

import calendar
import datetime as dt

from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.states import ProblemState as Stage
from kexie.kernel.errors import Text

# The form check, counted from the day of posting.
CHECK_DAYS = 3
# Days from reaching a stage to the next; what is solved or closed waits for nothing.
# "": posted, and nobody has looked at it.
PROMISED: dict[str, int] = {
    "": CHECK_DAYS, Stage.COLLECTED: CHECK_DAYS, Stage.CHECKED: 5, Stage.PUBLISHED: 15, Stage.MATCHED: 20,
    Stage.VISITED: 30, Stage.INTENDED: 20, Stage.SIGNED: 15, Stage.WORKING: 180,
}  # fmt: skip
NEXT: dict[str, Text] = {
    "": _("受理并审核"), Stage.COLLECTED: _("审核"), Stage.CHECKED: _("发布"), Stage.PUBLISHED: _("匹配专家"),
    Stage.MATCHED: _("上门对接"), Stage.VISITED: _("签约或攻关"),
    Stage.INTENDED: _("促成签约"), Stage.SIGNED: _("开始攻关"),
    Stage.WORKING: _("请企业确认结果"),
}  # fmt: skip
# What the firm may say of the result: only while somebody has been there and nothing is settled.
FIRM_SPEAKS = frozenset({Stage.VISITED, Stage.WORKING})
# Keepers are told so many days before a promised day.
REMINDED_BEFORE = 1
# Months after a problem was solved at which the firm is asked how it goes.
FOLLOWED_UP = (3, 6, 12)
ENDED = frozenset({Stage.SOLVED, Stage.CLOSED})
# Until it is checked the firm may still change what it wrote.
OPEN_TO_FIRM = frozenset({"", Stage.COLLECTED})


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
