"""Range expressions for exclusion constraints, without the btree_gist extension (design.md section 6)."""

from typing import Any

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import BigIntegerField, F, Func, TextField, Value
from django.db.models.functions import Cast


class Same(Func):
    """One thing as a range, so that && means "the same thing": its id's hash, from itself to itself.

    Two ids share a hash once in 2^64 pairs; then one of the two would be refused without need.
    """

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, thing: Any, *rest: Any, **extra: Any) -> None:
        if rest:  # Django rebuilds expressions from their parts
            super().__init__(thing, *rest, **extra)
            return
        named = F(thing) if isinstance(thing, str) else thing
        key = Func(
            Cast(named, TextField()), Value(0), function="hashtextextended", output_field=BigIntegerField()
        )
        super().__init__(key, key, Value("[]"), **extra)
