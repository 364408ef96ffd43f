"""What the desk's pages share: the account's rights, the type in the address, the frame around each page."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.guards import to_sign_in
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.record_types import DeskType, RecordType, ReferenceType
from kexie.ui.nav import Link
from kexie.workbench import navigation
from kexie.workbench.desk import queries
from kexie.workbench.desk.rights import Rights

UNPROCESSABLE, CONFLICT = 422, 409


class StaffView(View):
    """A page for somebody signed in."""

    rights: Rights
    current, key = "", ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to sign in."""
        if not isinstance(request.user, Account):
            return to_sign_in(request)
        self.rights = Rights(request.user)
        self.check()
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise Forbidden or NotFound before anything is done."""

    @property
    def account(self) -> Account:
        """Whoever is signed in."""
        return self.rights.account

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page inside the workbench's frame."""
        rail = navigation.rail(self.rights, self.request.path, current=self.current, key=self.key)
        return render(self.request, f"workbench/{template}.html", {"rail": rail, **context}, status=status)


class TypeView(StaffView):
    """A page of one declared type, for whoever may do `action` with its records."""

    action = Action.READ

    def check(self) -> None:
        """Find the type, then see that the account may do this with it."""
        self.current, self.key = self.desk_type.context, self.desk_type.key
        self.readable = self.rights.scope_of(Action.READ, self.desk_type)
        self.scope = self.rights.scope_of(self.action, self.desk_type)

    @cached_property
    def desk_type(self) -> DeskType:
        """The type named in the address, without what is reserved for others than the account."""
        found: DeskType = registry.desk_type(self.kwargs["key"])
        return found if self.rights.may(Action.CONFIRM, found.context) else found.for_others()

    @property
    def record_type(self) -> RecordType:
        """The same, for pages that reference data does not have."""
        if not isinstance(self.desk_type, RecordType):
            raise NotFound(self.desk_type.key)
        return self.desk_type

    @property
    def is_importable(self) -> bool:
        """Whether sheets are taken in: of records, and of reference data whose rows can be known again."""
        found = self.desk_type
        return isinstance(found, RecordType) or (isinstance(found, ReferenceType) and bool(found.identity))

    @property
    def import_type(self) -> DeskType:
        """The type, for pages about importing it."""
        if not self.is_importable:
            raise NotFound(self.desk_type.key)
        return self.desk_type

    @property
    def is_record(self) -> bool:
        """Whether the type's rows are records of the ledger."""
        return isinstance(self.desk_type, RecordType)

    def may(self, action: Action, row: Any = None) -> bool:
        """Whether the account may do this with the type (or with this row)."""
        scope = self.find(action)
        return scope is not None and (row is None or scope.covers(row.unit.path))

    def find(self, action: Action) -> Scope | None:
        """Return where the account may do this with the type's records."""
        return self.rights.find_of(action, self.desk_type)

    def row(self) -> Any:
        """Return the row in the address, if the account may read it."""
        pk: UUID = self.kwargs["pk"]
        return queries.get(self.desk_type, self.readable, pk)

    def trail(self, *links: Link) -> list[Link]:
        """Return the way from the front to a page of this type."""
        context = self.desk_type.context
        area = Link(str(navigation.context_label(context)), _context_url(context))
        here = Link(str(self.desk_type.name), navigation.list_url(self.desk_type))
        return [Link(_("我的工作"), "/work/"), area, *([here, *links] if links else [Link(here.label)])]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page of the type."""
        return super().page(
            template, {"desk_type": self.desk_type, "is_record": self.is_record, **context}, status=status
        )

    def back(self) -> str:
        """Return where a form says to go back to, if that is one of our pages, else the list."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(asked, {self.request.get_host()}):
            return asked
        return navigation.list_url(self.desk_type)


def _context_url(context: str) -> str:
    return reverse("workbench:context", args=[context])
