"""What releases do in the background: freezing one measure after another."""

from uuid import UUID

from kexie.platform import tasks
from kexie.reporting.releases import operations


@tasks.task(retries=3, one_at_a_time=True)
def close(*, release_id: str) -> None:
    """Freeze what is still to be frozen; ends by itself when the closing was cancelled."""
    while operations.advance(release_id=UUID(release_id)):
        pass
