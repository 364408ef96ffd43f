"""What a change by hand did to a plan, kept so that it can be undone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from kexie.contexts.touring.models import Plan, PlannedStop
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.rules.season import Key, Nights, Routes, differing

MOST_STEPS = 20
MARKS = ("is_locked", "host_state", "host_code", "host_note")


@contextmanager
def undoable(plan: Plan, before: Routes, words: str) -> Iterator[None]:
    """Keep what a change does to the van's days it touches; `words` tell a person what was done."""
    marks, unserved, nights = _marks(plan), plan.unserved, queries.nights(plan)
    yield
    after = queries.nights(plan)
    moved = {key for key in {**nights, **after} if nights.get(key) != after.get(key)}
    changed = differing(before, queries.routes(plan))
    step = {
        "words": words,
        "days": [[van, day.isoformat(), list(before.get((van, day), ()))] for van, day in changed],
        "marks": [one for key in changed for one in marks[key]],
        "unserved": unserved,
        "nights": [[van, day.isoformat(), nights.get((van, day), "")] for van, day in sorted(moved)],
    }
    plan.undo = [*plan.undo, step][-MOST_STEPS:]
    plan.save(update_fields=["undo"])


def routes_before(routes: Routes, step: dict[str, Any]) -> Routes:
    """Return the plan as it was before a step, all that came since being undone already."""
    return {
        **routes,
        **{(van, dt.date.fromisoformat(day)): tuple(names) for van, day, names in step["days"]},
    }


def nights_before(nights: Nights, step: dict[str, Any]) -> Nights:
    """Return where vans stayed away before a step."""
    changed = {(van, dt.date.fromisoformat(day)): site for van, day, site in step.get("nights", ())}
    return {key: site for key, site in {**nights, **changed}.items() if site}


def days_of(step: dict[str, Any]) -> list[dt.date]:
    """Return the days that a step changed."""
    return [dt.date.fromisoformat(day) for _van, day, _old in (*step["days"], *step.get("nights", ()))]


def put_marks_back(plan: Plan, step: dict[str, Any]) -> None:
    """Give the stops back their locks and their hosts' answers."""
    for one in step["marks"]:
        rows = PlannedStop.objects.filter(trip__plan=plan, site=UUID(one["site"]), trip__day=one["day"])
        rows.update(**{name: one[name] for name in MARKS})


def _marks(plan: Plan) -> dict[Key, list[dict[str, Any]]]:
    """Return what stops are marked with, by van and day."""
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    rows = PlannedStop.objects.filter(association=plan.association_id, trip__plan=plan)
    for van, day, site, *marks in rows.values_list("trip__van_id", "trip__day", "site_id", *MARKS):
        one = {"site": str(site), "day": day.isoformat(), **dict(zip(MARKS, marks, strict=True))}
        found[str(van), day].append(one)
    return found
