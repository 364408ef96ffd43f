"""What a change by hand did to a plan, kept so that it can be undone."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules.season import Routes

MOST_STEPS = 20
MARKS = ("is_locked", "host_state", "host_code", "host_note")


@contextmanager
def undoable(plan: Plan, words: str) -> Iterator[None]:
    """Keep what a change does to the van's days it touches; `words` tell a person what was done."""
    stops, unserved = list(queries.stops(plan)), plan.unserved
    before = queries.routes(plan)
    yield
    after = queries.routes(plan)
    changed = {key for key in {**before, **after} if before.get(key, ()) != after.get(key, ())}
    step = {
        "words": words,
        "days": [[van, day.isoformat(), list(before.get((van, day), ()))] for van, day in sorted(changed)],
        "marks": [_marks(one) for one in stops if (str(one.trip.van_id), one.trip.day) in changed],
        "unserved": unserved,
    }
    plan.undo = [*plan.undo, step][-MOST_STEPS:]
    plan.save(update_fields=["undo"])


def routes_before(plan: Plan, step: dict[str, Any]) -> Routes:
    """Return the plan as it was before a step, all that came since being undone already."""
    return {
        **queries.routes(plan),
        **{(van, dt.date.fromisoformat(day)): tuple(names) for van, day, names in step["days"]},
    }


def days_of(step: dict[str, Any]) -> list[dt.date]:
    """Return the days that a step changed."""
    return [dt.date.fromisoformat(day) for _van, day, _names in step["days"]]


def put_marks_back(plan: Plan, step: dict[str, Any]) -> None:
    """Give the stops back their locks and their hosts' answers."""
    for one in step["marks"]:
        rows = PlannedStop.objects.filter(trip__plan=plan, site=UUID(one["site"]), trip__day=one["day"])
        rows.update(**{name: one[name] for name in MARKS})


def _marks(one: PlannedStop) -> dict[str, Any]:
    return {
        "site": str(one.site_id),
        "day": one.trip.day.isoformat(),
        **{name: getattr(one, name) for name in MARKS},
    }
