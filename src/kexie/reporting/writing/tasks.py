"""What is done in the background: a document's answers one after another, then the document."""

from uuid import UUID

from kexie.platform import tasks
from kexie.reporting.writing import operations


@tasks.task(retries=2, one_at_a_time=True)
def write(*, document_id: str) -> None:
    """Make a document; ends by itself when it was stopped."""
    while operations.advance(document_id=UUID(document_id)):
        pass
