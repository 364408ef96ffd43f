"""Guard the touring records."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("touring", "0001_initial"), ("ledger", "0002_guards")]

    operations: ClassVar = [
        GuardRecord("touring", "tourstop"),
        GuardRecord("touring", "tourdailylog"),
        GuardRecord("touring", "caravantrip"),
        GuardRecord("touring", "caravanstop"),
    ]
