"""Triggers that keep confirmed records as they are."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workers", "0001_initial"), ("ledger", "0002_guards")]
    operations: ClassVar = [
        GuardRecord("workers", "surveysitestage"),
        GuardRecord("workers", "suggestion"),
        GuardRecord("workers", "suggestionadoption"),
        GuardRecord("workers", "contactvisit"),
        GuardRecord("workers", "recommendation"),
        GuardRecord("workers", "awardresult"),
    ]
