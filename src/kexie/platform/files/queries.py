"""Reading files: only through here, and only with a reader."""

from uuid import UUID

from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound
from kexie.platform.files import rules
from kexie.platform.files.models import StoredFile


def get_for(reader: rules.Reader, file_id: UUID) -> StoredFile:
    """Return the file if the reader may read it; raise NotFound whether it is missing or hidden."""
    found = StoredFile.objects.filter(pk=file_id).first()
    if found is None or not rules.may_read(reader, found):
        raise NotFound(_("没有找到这个文件，或您无权查看。"))
    return found
