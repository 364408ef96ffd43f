"""Guard the records of checks."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facilities", "0009_checks_by_sample")]

    operations: ClassVar = [GuardRecord("facilities", "facilitycheck")]
