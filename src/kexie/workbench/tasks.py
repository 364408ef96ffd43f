"""What the workbench does in the background."""

from kexie.platform import tasks
from kexie.workbench.importing import operations
from kexie.workbench.models import ImportJob


@tasks.task()
def check_import(*, job_id: str) -> None:
    """Check an uploaded sheet."""
    operations.check(job=ImportJob.objects.select_related("account", "file").get(pk=job_id))


@tasks.task()
def run_import(*, job_id: str) -> None:
    """Bring a checked sheet's rows in."""
    operations.run(job=ImportJob.objects.select_related("account", "file").get(pk=job_id))
