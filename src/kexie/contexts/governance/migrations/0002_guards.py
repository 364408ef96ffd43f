"""Triggers that keep confirmed records as they are."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("governance", "0001_initial"), ("ledger", "0002_guards")]
    operations: ClassVar = [
        GuardRecord("governance", "learningmeeting"),
        GuardRecord("governance", "rectificationstage"),
    ]
