"""What the forms of the season's settings read: lists of days, hours of a week, market days."""

import datetime as dt
import itertools
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.desk.forms import Words
from kexie.kernel import text

_SEPARATORS = re.compile(r"[\s,，、;；]+")
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|至|到)\s*")
LAST_MINUTE = 24 * 60 - 1


class Days(Words):
    """Days, as 2026-10-12 or 2026年10月12日, single or from one to another, with spaces or commas between."""

    def __init__(self, **options: Any) -> None:
        hint = gettext_lazy("用空格分开，一段写成 2026-10-01~2026-10-07")
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(
            **{"help_text": hint, "required": False, "max_length": 4000, "widget": widget, **options}
        )

    def prepare_value(self, value: Any) -> Any:
        """Show kept days in words."""
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the days, in order and once each."""
        words = [word for word in _SEPARATORS.split(super().clean(value)) if word]
        return sorted({day.isoformat() for word in words for day in _days(word)})


class Hours(Words):
    """Hours of a day: 08:30-11:30 14:00-16:30; empty is closed."""

    def prepare_value(self, value: Any) -> Any:
        """Show kept hours in words."""
        return " ".join(f"{a}-{b}" for a, b in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the hours as pairs, in order and apart."""
        found = [_hours(word) for word in _SEPARATORS.split(super().clean(value)) if word]
        for (_first, end), (start, _last) in itertools.pairwise(found):
            if start < end:
                raise forms.ValidationError(_("时段要按先后写，不能重叠。"))
        return [list(one) for one in found]


class Numbers(Words):
    """Whole numbers with spaces or commas between."""

    def prepare_value(self, value: Any) -> Any:
        """Show kept numbers in words."""
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the numbers, in order and once each."""
        words = [word for word in _SEPARATORS.split(text.half_width(super().clean(value))) if word]
        if wrong := [word for word in words if not word.isdecimal()]:
            raise forms.ValidationError(_("“%(word)s”不是数字，请写成 1 4 7。") % {"word": wrong[0]})
        return sorted({int(word) for word in words})


def _days(word: str) -> list[dt.date]:
    parts = re.split(r"[~～至到]", word)
    try:
        first, last = text.date(parts[0]), text.date(parts[-1])
    except ValueError:
        raise forms.ValidationError(_("“%(word)s”不是日期，请写成 2026-10-12。") % {"word": word}) from None
    if not 0 <= (last - first).days <= 366:  # noqa: PLR2004 -- a year of days off is a slip of the pen
        raise forms.ValidationError(_("“%(word)s”的起止日期不对，请核对。") % {"word": word})
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _hours(word: str) -> tuple[str, str]:
    parts = _RANGE.split(text.half_width(word))
    try:
        first, last = (dt.time.fromisoformat(one.zfill(5)) for one in parts)
    except ValueError:
        raise forms.ValidationError(_("“%(word)s”不是时段，请写成 08:30-11:30。") % {"word": word}) from None
    if first >= last:
        raise forms.ValidationError(_("“%(word)s”的结束时间要晚于开始时间。") % {"word": word})
    return f"{first:%H:%M}", f"{last:%H:%M}"
