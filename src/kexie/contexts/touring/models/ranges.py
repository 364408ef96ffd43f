"""Range expressions for exclusion constraints, without the btree_gist extension (design.md section 6)."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db.models import F, Func, TextField, Value

# PostgreSQL has no range over uuid of its own; the first migration creates one.
CREATE_UUID_RANGE = "CREATE TYPE kexie_uuidrange AS RANGE (subtype = uuid)"
DROP_UUID_RANGE = "DROP TYPE kexie_uuidrange"


class UuidRange(Func):
    """One thing as a range, so that && means "the same thing"."""

    function = "kexie_uuidrange"
    output_field = TextField()

    def __init__(self, thing: Any, **extra: Any) -> None:
        named = F(thing) if isinstance(thing, str) else thing
        super().__init__(named, named, Value("[]"), **extra)


class DateRange(Func):
    """The days from first to last, both included."""

    function = "daterange"
    output_field = DateRangeField()


class Moments(Func):
    """The time from date + time up to date + time."""

    template = "tsrange(%(expressions)s, '[)')"
    output_field = DateTimeRangeField()


class Instants(Func):
    """The time from one moment up to another."""

    template = "tstzrange(%(expressions)s, '[)')"
    output_field = DateTimeRangeField()
