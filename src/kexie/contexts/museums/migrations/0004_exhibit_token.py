"""Room for the code on an exhibit's label."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0003_slots")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="exhibit",
            name="token",
            field=models.CharField(default="", editable=False, max_length=12, verbose_name="标签码"),
        ),
    ]
