"""Guard the museums' records; shows are guarded as the ledger's activities."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0001_initial"), ("ledger", "0002_guards")]

    operations: ClassVar = [
        GuardRecord("museums", "museumstage"),
        GuardRecord("museums", "closedday"),
        GuardRecord("museums", "exhibitstage"),
        GuardRecord("museums", "dailyvisits"),
    ]
