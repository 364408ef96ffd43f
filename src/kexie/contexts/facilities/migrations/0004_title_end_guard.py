"""Guard the records of titles that end early."""

from typing import ClassVar

from django.db import migrations

from kexie.ledger.guards import GuardRecord


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facilities", "0003_title_ends")]

    operations: ClassVar = [GuardRecord("facilities", "titleend")]
