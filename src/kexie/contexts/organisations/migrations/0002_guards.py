"""Triggers that keep confirmed records as they are."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0001_initial"), ("ledger", "0002_guards")]
    operations: ClassVar = [
        GuardRecord("organisations", "associationstage"),
        GuardRecord("organisations", "countyassociationstage"),
        GuardRecord("organisations", "titlelisting"),
        GuardRecord("organisations", "jurisdictionlisting"),
        GuardRecord("organisations", "societyterm"),
        GuardRecord("organisations", "inspection"),
    ]
