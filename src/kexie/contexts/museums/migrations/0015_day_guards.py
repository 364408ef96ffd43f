"""Guard the records of a day's end."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0014_booking_days"), ("ledger", "0002_guards")]

    operations: ClassVar = [
        GuardRecord("museums", "daycount"),
        GuardRecord("museums", "bookingday"),
        GuardRecord("museums", "hourentries"),
    ]
