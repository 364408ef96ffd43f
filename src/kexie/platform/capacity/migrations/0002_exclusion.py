"""No two offers of one resource at overlapping times; room in the counters' pages for updates in place."""

from typing import ClassVar

from django.db import migrations

# A range over a hash of the id stands in for equality, for which GiST would need an extension (btree_gist).
_NO_OVERLAP = """
ALTER TABLE capacity_offer ADD CONSTRAINT offer_resource_once EXCLUDE USING gist (
    int8range(uuid_hash_extended(resource_id, 0), uuid_hash_extended(resource_id, 0), '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (resource_id IS NOT NULL AND state <> 'CANCELLED');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("capacity", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(_NO_OVERLAP, "ALTER TABLE capacity_offer DROP CONSTRAINT offer_resource_once"),
        migrations.RunSQL(
            "ALTER TABLE capacity_pool SET (fillfactor = 50)", "ALTER TABLE capacity_pool RESET (fillfactor)"
        ),
    ]
