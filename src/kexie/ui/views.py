"""Two pages of the interface itself: keep a reader's appearance, and show every component in its states."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kexie.ui import appearance, gallery

YEAR = 365 * 24 * 3600


# Exempt: it only keeps how a page looks, and a token here would put a personal cookie on every public page.
@csrf_exempt
@require_POST
def keep_appearance(request: HttpRequest) -> HttpResponse:
    """Keep the choices that the form names (theme, size, density, language) and go back to where it was sent from."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, allowed in appearance.CHOICES.items():
        if (value := request.POST.get(name, "")) in allowed:
            _keep(response, request, appearance.COOKIE_PREFIX + name, value)
    if (language := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        _keep(response, request, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _keep(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    # Scripts of ours toggle the same cookies at once, so they must be readable there.
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())


@require_GET
def show_gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states, with invented numbers."""
    return render(request, "ui/gallery.html", gallery.context())


@require_GET
def show_staff_gallery(request: HttpRequest) -> HttpResponse:
    """A workbench list page in its frame, with invented rows."""
    return render(request, "ui/gallery_staff.html", gallery.context())
