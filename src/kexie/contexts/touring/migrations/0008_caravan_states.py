"""Say of vehicles that were given up that they are retired, and hold to it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("touring", "0007_fleet")]

    operations: ClassVar = [
        migrations.RunSQL(
            "UPDATE touring_caravan SET state = 'RETIRED' WHERE retired_on IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="caravan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_on__isnull", False), ("state", "RETIRED")),
                    models.Q(models.Q(("state", "RETIRED"), _negated=True), ("retired_on", None)),
                    _connector="OR",
                ),
                name="touring_caravan_retired",
            ),
        ),
    ]
