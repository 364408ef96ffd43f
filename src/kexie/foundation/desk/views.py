"""A staff page: the account's rights in one area of work, the frame around the page."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views.generic import View

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.guards import to_sign_in
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel.errors import Forbidden
from kexie.kernel.scope import Scope
from kexie.ui.nav import Group

UNPROCESSABLE, CONFLICT = 422, 409


class DeskView(View):
    """A page of the staff of one area of work (`context`, an app label), with its templates in `templates`.

    `action` is needed to look, `to_write` to send the page's form.
    """

    context: ClassVar[str]
    templates: ClassVar[str]

    action: ClassVar[Action] = Action.READ
    to_write: ClassVar[Action] = Action.DRAFT
    access_request: AccessRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to sign in; refuse (403) whoever may not, hide (404) what lies outside their units."""
        if not isinstance(request.user, Account):
            return to_sign_in(request)
        self.access_request = cast("AccessRequest", request)
        self.scope = self.access_request.scope_for(
            self.action if request.method in {"GET", "HEAD"} else self.to_write, self.context
        )
        self.check()
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise Forbidden or NotFound before anything is done."""

    @property
    def account(self) -> Account:
        """Whoever is signed in."""
        return self.access_request.user

    def find(self, action: Action) -> Scope | None:
        """Return where the account may do this with these records, None where it may not at all."""
        try:
            return self.access_request.scope_for(action, self.context)
        except Forbidden:
            return None

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render `<templates>/<template>.html` inside the staff's frame."""
        rail = staff_rail(self.request)
        return render(
            self.request, f"{self.templates}/{template}.html", {"rail": rail, **context}, status=status
        )

    def back(self, otherwise: str) -> str:
        """Return where a form says to go back to, if that is one of our pages, else `otherwise`."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return asked if url_has_allowed_host_and_scheme(asked, {self.request.get_host()}) else otherwise


def staff_rail(request: HttpRequest) -> list[Group]:
    """Return the workbench's rail, from the function of a higher layer that the settings name."""
    reader = getattr(settings, "KEXIE_STAFF_RAIL", "")
    return import_string(reader)(request) if reader else []
