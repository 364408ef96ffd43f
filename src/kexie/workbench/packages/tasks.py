"""What packages do in the background. Each ends by itself where its job was done, stopped or claimed by another."""

from kexie.platform import tasks
from kexie.workbench.packages import making, merging, operations, undoing
from kexie.workbench.packages.models import Merge, Package


@tasks.task()
def build(*, package_id: str) -> None:
    """Write a package's workbook."""
    making.build(package=Package.objects.get(pk=package_id))


@tasks.task()
def check(*, merge_id: str) -> None:
    """Compare a returned file."""
    operations.check(merge=Merge.objects.get(pk=merge_id))


@tasks.task()
def merge(*, merge_id: str) -> None:
    """Bring a returned file's decided rows in."""
    merging.run(merge=Merge.objects.get(pk=merge_id))


@tasks.task()
def undo(*, merge_id: str) -> None:
    """Take a merge back."""
    undoing.run(merge=Merge.objects.get(pk=merge_id))
