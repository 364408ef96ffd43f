"""Guard the records of facilities and titles."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facilities", "0001_initial"), ("ledger", "0002_guards")]

    operations: ClassVar = [
        GuardRecord("facilities", "facilitystage"),
        GuardRecord("facilities", "facilityvisits"),
        GuardRecord("facilities", "accreditation"),
    ]
