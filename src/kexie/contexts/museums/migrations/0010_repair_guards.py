"""Guard the records of repairs, volunteers' hours and satisfaction; movements of parts are only appended."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardAppendOnly, GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0009_feedback"), ("ledger", "0002_guards")]

    operations: ClassVar = [
        GuardRecord("museums", "repair"),
        GuardRecord("museums", "volunteerduty"),
        GuardRecord("museums", "rating"),
        GuardAppendOnly("museums", "sparemovement"),
        GuardAppendOnly("museums", "worknote"),
    ]
