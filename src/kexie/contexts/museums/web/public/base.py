"""What the public pages of a museum share: the museum in the address and the frame."""

import datetime as dt
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from kexie.contexts.museums import queries
from kexie.contexts.museums.models import Museum
from kexie.foundation.access.queries import public_scope
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ui.nav import Link

UNPROCESSABLE, CONFLICT = 422, 409


class PublicView(View):
    """A page for everybody, of the association this site speaks for."""

    @cached_property
    def association(self) -> Unit:
        """The association."""
        found = units.associations().select_related("area").first()
        if found is None:
            raise Http404(_("这个网站还没有内容。"))
        return found

    @cached_property
    def visible(self) -> Scope:
        """What everybody may see of it."""
        return public_scope(self.association)

    @cached_property
    def now(self) -> dt.datetime:
        """The moment of the request."""
        return timezone.now()

    @property
    def today(self) -> dt.date:
        """The day it is here."""
        return timezone.localdate(self.now)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render `museums/public/<template>.html`."""
        return render(self.request, f"museums/public/{template}.html", context, status=status)


class MuseumPage(PublicView):
    """A public page of one museum (address kwarg `code`: the code of the museum's unit)."""

    @cached_property
    def museum(self) -> Museum:
        """The museum; Http404 without."""
        try:
            return queries.museum(self.visible, self.kwargs["code"])
        except NotFound as error:
            raise Http404(_("没有这个科技馆。")) from error

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the address of one of this museum's pages (a name of `museum`)."""
        return reverse(f"museum:{name}", kwargs={"code": self.museum.unit.code, **kwargs})

    def trail(self, *links: Link) -> list[Link]:
        """Return the way to a page below the museum's own (the last link is the page)."""
        if not links:
            return [Link(_("场馆"), "/museums/"), Link(self.museum.name)]
        return [Link(_("场馆"), "/museums/"), Link(self.museum.name, self.url("museum")), *links]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that knows its museum."""
        shown = {"museum": self.museum, "code": self.museum.unit.code, "now": self.now}
        return super().page(template, {**shown, **context}, status=status)
