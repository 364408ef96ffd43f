"""The demonstration's meeting: forty problems and sixty experts, a week after the last day; everything is made up."""

import datetime as dt
import random
from typing import Any

from kexie.contexts.matching.models import Meeting, Problem
from kexie.contexts.matching.operations import meetings as operations
from kexie.contexts.matching.queries import meetings as queries
from kexie.ledger.demo import DemoCity

PROBLEMS, EXPERTS = 40, 60
_LATE, _EARLY = 0.15, 0.2  # shares of experts who come after the pause, or leave at it


def hold(city: DemoCity) -> int:
    """Set the meeting up with loads, presence and wishes; return how many take part. It is planned by pressing the button."""
    by: dict[str, Any] = {"actor": city.accounts["WORKERS_DEPARTMENT"], "now": city.now, "scope": city.scope}
    meeting = operations.add(
        name="产学研对接会（演示）", on=city.today + dt.timedelta(days=7), place="会展中心二楼", event=None,
        starts_at=dt.time(9), minutes=25, gap=5, slots=8, tables=20, pause_after=4, pause_minutes=90, in_a_row=3,
        seconds=60, note="演示数据，虚构", **by,
    )  # fmt: skip
    problems = Problem.objects.filter(city.scope.q()).order_by("-number").values_list("pk", flat=True)
    people = queries.experts_to_add(city.scope, meeting, today=city.today).values_list("pk", flat=True)
    operations.add_problems(meeting_id=meeting.pk, problems=list(problems[:PROBLEMS]), **by)
    operations.add_experts(meeting_id=meeting.pk, experts=list(people[:EXPERTS]), **by)
    _say(meeting, city.rng("matching.meeting"), by)
    return meeting.problems.count() + meeting.experts.count()


def _say(meeting: Meeting, chance: random.Random, by: dict[str, Any]) -> None:
    firms, guests = queries.problems(meeting), queries.people(meeting)
    here = {"meeting_id": meeting.pk, **by}
    for guest in guests:
        drawn = chance.random()
        first = 5 if drawn < _LATE else 1
        last = 4 if _LATE <= drawn < _LATE + _EARLY else meeting.slots
        operations.set_part(part_id=guest.pk, least=1, most=4, first_slot=first, last_slot=last, **here)
        operations.wish(
            part_id=guest.pk, wanted=[one.pk for one in chance.sample(firms, min(3, len(firms)))], **here
        )
    for firm in firms:
        wanted = [one.pk for one in chance.sample(guests, min(4, len(guests)))]
        operations.wish(part_id=firm.pk, wanted=wanted, **here)
