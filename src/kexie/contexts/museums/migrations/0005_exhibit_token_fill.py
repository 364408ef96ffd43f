"""Give every exhibit a code of its own."""

from typing import Any, ClassVar

from django.db import migrations

from kexie.contexts.museums.models.exhibits import label_token

_BATCH = 1_000


def fill(apps: Any, _schema_editor: Any) -> None:
    """Fill what is empty, a thousand at a time."""
    exhibits = apps.get_model("museums", "Exhibit")._default_manager
    while rows := list(exhibits.filter(token="").only("pk")[:_BATCH]):
        for row in rows:
            row.token = label_token()
        exhibits.bulk_update(rows, ["token"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("museums", "0004_exhibit_token")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
