"""No two exhibits of an association share a code."""

from typing import ClassVar

from django.db import migrations, models

import kexie.contexts.museums.models.exhibits


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0005_exhibit_token_fill")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="exhibit",
            name="token",
            field=models.CharField(
                default=kexie.contexts.museums.models.exhibits.label_token,
                editable=False,
                max_length=12,
                verbose_name="标签码",
            ),
        ),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.UniqueConstraint(fields=("association", "token"), name="museums_exhibit_token"),
        ),
    ]
