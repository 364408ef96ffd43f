"""Context processor of every page: the site's identity and the reader's appearance."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kexie.ui import appearance
from kexie.ui.site import site


def page(request: HttpRequest) -> dict[str, object]:
    """Adds `site` (Site) and `appearance` (Appearance)."""
    return {"site": SimpleLazyObject(site), "appearance": appearance.read(request)}
