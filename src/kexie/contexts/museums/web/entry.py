"""Where the desk begins: which museums one may work for."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from kexie.contexts.museums import facade
from kexie.contexts.museums.web import tabs
from kexie.contexts.museums.web.base import DeskView, MuseumView
from kexie.kernel.errors import NotFound


class EntryView(DeskView):
    """The museums of the account; whoever works for one only goes straight there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list, or the one museum."""
        museums = facade.museums_on(timezone.localdate(), self.scope)
        if len(museums) == 1:
            return HttpResponseRedirect(reverse("museum_desk:museum", kwargs={"code": museums[0].code}))
        return self.page("entry", {"museums": museums})


class FrontView(MuseumView):
    """A museum's desk opens at the first of its tabs."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Send there."""
        found = tabs.links(code, self.allowed, "")
        if not found:
            raise NotFound(code)
        return HttpResponseRedirect(found[0].href)
