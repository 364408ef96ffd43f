"""What the desk's pages share: the museum in the address, the account's rights there, the frame around each page."""

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.contexts.museums import queries
from kexie.contexts.museums.models import Museum
from kexie.contexts.museums.web import tabs
from kexie.foundation.access.roles import Action
from kexie.foundation.desk import views
from kexie.foundation.desk.views import CONFLICT, UNPROCESSABLE, staff_rail
from kexie.kernel.errors import Forbidden
from kexie.ui.nav import Link

__all__ = ["CONFLICT", "CONTEXT", "UNPROCESSABLE", "DeskView", "MuseumView", "staff_rail"]
CONTEXT = "museums"


class DeskView(views.DeskView):
    """A page of the museums' staff."""

    context = CONTEXT
    templates = "museums/desk"


class MuseumView(DeskView):
    """A page of one museum's desk (address kwarg `code`: the code of the museum's unit).

    `scope` is the part of the account's scope inside this museum for what the request does; `readable` the same
    for reading. `tab` names the page's tab.
    """

    tab: ClassVar[str] = ""

    def check(self) -> None:
        """Find the museum among those the account may read, then see that this may be done there."""
        readable = self.access_request.scope_for(Action.READ, CONTEXT)
        self.museum: Museum = queries.museum(readable, self.kwargs["code"])
        self.works_elsewhere = readable.unit_paths != (self.path,)
        self.readable = readable.within(self.path)
        if not self.scope.covers(self.path):
            raise Forbidden(_("您的账号不能在这座科技馆办理这项业务。如工作需要，请联系安全管理员授权。"))
        self.scope = self.scope.within(self.path)

    @property
    def path(self) -> str:
        """The path of the museum's unit."""
        return self.museum.unit.path

    @cached_property
    def allowed(self) -> set[Action]:
        """What the account may do with this museum's records."""
        scopes = {action: self.find(action) for action in Action}
        return {action for action, scope in scopes.items() if scope and scope.covers(self.path)}

    def may(self, action: Action) -> bool:
        """Whether the account may do this with this museum's records."""
        return action in self.allowed

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the address of one of this museum's pages (a name of `museum_desk`)."""
        return reverse(f"museum_desk:{name}", kwargs={"code": self.museum.unit.code, **kwargs})

    def go(self, name: str, *, query: dict[str, str] | None = None, **kwargs: Any) -> HttpResponseRedirect:
        """Send to one of this museum's pages."""
        address = self.url(name, **kwargs)
        return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)

    def trail(self, *links: Link) -> list[Link]:
        """Return the way from the museum's desk to a page below one of its tabs (the last link is the page)."""
        home = Link(self.museum.name, reverse("museum_desk:museum", kwargs={"code": self.museum.unit.code}))
        return [home, *links]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page below the museum's tabs."""
        shown = {
            "museum": self.museum,
            "code": self.museum.unit.code,
            "works_elsewhere": self.works_elsewhere,
            "tabs": tabs.links(self.museum.unit.code, self.allowed, self.tab),
            "allowed": {str(action).lower(): True for action in self.allowed},
        }
        return super().page(template, {**shown, **context}, status=status)
