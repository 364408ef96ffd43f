"""Triggers on the ledger's own tables, and the functions that every context's guards call."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GUARD_FUNCTIONS, GuardAppendOnly, GuardLog, GuardRecord

DROP = "DROP FUNCTION kexie_guard_record(), kexie_guard_log(), kexie_guard_append_only();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(GUARD_FUNCTIONS, DROP),
        GuardRecord("ledger", "activity"),
        GuardRecord("ledger", "honour"),
        GuardLog("ledger", "logentry"),
        GuardAppendOnly("ledger", "treehead"),
    ]
