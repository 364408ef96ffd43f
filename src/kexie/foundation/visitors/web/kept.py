"""A form that was sent by somebody not signed in, kept until they are, so that nothing need be typed twice.

The page with the form takes it up again: ``BookingForm(initial=kept.take(request))``. It is encrypted: forms of
visitors hold personal data, and the session is a table.
"""

import base64
import binascii

from django.http import HttpRequest, QueryDict

from kexie.platform import crypto

_KEY = "visitor_form"
_MOST = 20_000  # characters


def keep(request: HttpRequest, page: str) -> None:
    """Keep the posted form for the page (a path, with or without query) that it stands on."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    if len(text) > _MOST:
        return
    path = page.partition("?")[0]
    sealed = crypto.encrypt(text.encode(), context=path.encode())
    request.session[_KEY] = {"path": path, "form": base64.b64encode(sealed).decode()}


def take(request: HttpRequest) -> QueryDict | None:
    """Return, once, the form that was kept for the requested page."""
    kept = request.session.get(_KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[_KEY]
    try:
        text = crypto.decrypt(base64.b64decode(kept["form"]), context=request.path.encode())
    except (crypto.Unreadable, binascii.Error):
        return None
    return QueryDict(text)
