"""What touring does in the background."""

from uuid import UUID

from django.utils import timezone

from kexie.contexts.touring.operations import planning, roads, set_plans
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
