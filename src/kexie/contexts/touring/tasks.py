"""What touring does in the background."""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from kexie.contexts.touring.operations import planning, reminders, roads, set_plans, telling
from kexie.platform import tasks


@tasks.task()
def compute_set_plan(*, plan_id: str) -> None:
    """Compute a rotation plan."""
    set_plans.compute(plan_id=UUID(plan_id))


@tasks.task()
def compute_plan(*, plan_id: str) -> None:
    """Plan a season."""
    planning.compute(plan_id=UUID(plan_id), today=timezone.localdate())


@tasks.task()
def fetch_roads(*, table_id: str) -> None:
    """Fetch a table of ways from the routing service."""
    roads.fetch(table_id=UUID(table_id))


@tasks.task()
def tell_hosts(*, telling_id: str) -> None:
    """Tell the hosts of a season what they do not know yet."""
    telling.run(telling_id=UUID(telling_id))


@tasks.periodic("* * * * *")
def take_up_telling(*, at: dt.datetime) -> None:
    """Go on with telling where a worker died."""
    for pk in telling.take_up(now=at):
        tell_hosts.defer(telling_id=str(pk))


@tasks.periodic("15 1 * * *")
def remind_of_vans(*, at: dt.datetime) -> None:
    """Remind of vehicles' papers and of replacing them, every morning (01:15 UTC is 09:15 in Beijing)."""
    reminders.remind_due(now=at)
