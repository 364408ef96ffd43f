"""Triggers that keep confirmed records as they are."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matching", "0001_initial"), ("ledger", "0002_guards")]
    operations: ClassVar = [
        GuardRecord("matching", "agreement"),
        GuardRecord("matching", "carrierstage"),
        GuardRecord("matching", "eventindustry"),
        GuardRecord("matching", "expertvisit"),
        GuardRecord("matching", "problemstage"),
    ]
