"""Handing out files."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from kexie.kernel.errors import NotFound
from kexie.platform import crypto
from kexie.platform.files import content, kinds, queries
from kexie.platform.files.models import StoredFile

_SHOWN = frozenset(kind.content_type for kind in kinds.KINDS.values() if kind.shown)


@require_safe
@cache_control(private=True, max_age=3600)
def show_file(request: HttpRequest, file_id: UUID) -> FileResponse:
    """Send the file to whoever may read it: pictures and PDF to look at, everything else to save."""
    try:
        stored = queries.get_for(request.user, file_id)
    except NotFound as error:
        raise Http404(str(error)) from error
    return send(stored, to_save="download" in request.GET)


def send(stored: StoredFile, *, to_save: bool = False) -> FileResponse:
    """Send a file to somebody who was found to be allowed to read it."""
    try:
        clear = content.open_clear(stored.digest)
    except (FileNotFoundError, crypto.Unreadable) as error:
        raise Http404(_("文件已丢失，请联系系统管理员。")) from error
    to_save = to_save or stored.content_type not in _SHOWN
    response = FileResponse(
        clear, as_attachment=to_save, filename=stored.name, content_type=stored.content_type
    )
    # The type was checked when the file came in; a browser must not guess another, nor run anything in it.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
