"""Files, the interface itself, health."""

from django.core.files.base import ContentFile

from kexie.platform.files import operations
from tests.architecture.access_rows import HIDDEN, MOVED, OK, Row, World, public


def uploaded(world: World):
    """A file that belongs to nothing yet: its uploader's alone."""
    stored = operations.store(
        association_id=world.association.pk,
        upload=ContentFile("说明".encode(), name="说明.txt"),
        actor=world.account("COUNTY_OFFICER", world.yingzhou),
        now=world.now,
    )
    return {"file_id": stored.pk}


ROWS = (
    Row(
        name="files:show",
        kwargs=uploaded,
        anonymous=HIDDEN,
        wrong_unit=HIDDEN,
        wrong_role=HIDDEN,
        right=OK,
    ),
    public("ui:gallery"),
    public("ui:gallery-staff"),
    Row(name="ui:appearance", method="post", anonymous=MOVED, wrong_role=MOVED, right=MOVED),
    Row(name="set_language", method="post", anonymous=MOVED, wrong_role=MOVED, right=MOVED),
    public("/healthz"),
)
