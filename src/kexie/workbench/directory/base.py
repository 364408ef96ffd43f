"""What the directory's pages share: where the account may read and keep, forms that keep their answers."""

import hashlib
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.foundation.access import queries as access
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import add_error
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ui.nav import Link
from kexie.workbench.desk.operations import ChangedMeanwhile
from kexie.workbench.web.base import UNPROCESSABLE, StaffView


class DirectoryView(StaffView):
    """A page for whoever may do `action`; what it shows, `reads` reaches."""

    reads = Action.READ_UNITS
    action = Action.READ_UNITS

    def check(self) -> None:
        """Raise Forbidden unless the account may read this part and do this with it."""
        self.readable = self.scope_for(self.reads)
        self.scope = self.scope_for(self.action)

    def scope_for(self, action: Action) -> Scope:
        """Return where the account may do this, or raise Forbidden."""
        return access.scope_from(self.rights.grants, self.account, action)

    def find_scope(self, action: Action) -> Scope | None:
        """Return the same, or None where it may not."""
        try:
            return self.scope_for(action)
        except Forbidden:
            return None

    def may(self, action: Action, path: str = "") -> bool:
        """Whether the account may do this with the unit at this path, or anywhere."""
        scope = self.find_scope(action)
        return scope is not None and (not path or scope.covers(path))

    def require(self, path: str) -> None:
        """Raise Forbidden unless the account may do this page's action with the unit at this path."""
        if not self.scope.covers(path):
            raise Forbidden(_("您只能查看，不能修改这个单位的内容。"))


class ChangeView(DirectoryView):
    """A form: shown, refused with everything that was typed, or done."""

    title = submit = lead = ""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self.show(self.form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do it, or say beside each field what is wrong."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.save(form))
            except (Forbidden, NotFound):
                raise
            except UserError as error:
                add_error(form, error)
                return self.show(form, status=UNPROCESSABLE, is_stale=isinstance(error, ChangedMeanwhile))
        return self.show(form, status=UNPROCESSABLE)

    def form(self, data: Any = None) -> forms.Form:
        """Return the form, empty, filled with what is known, or with what was sent."""
        raise NotImplementedError

    def save(self, form: forms.Form) -> str:
        """Do what the form asks and return where to go; raise UserError to refuse."""
        raise NotImplementedError

    def trail(self) -> list[Link]:
        """Return the way here."""
        raise NotImplementedError

    def back(self) -> str:
        """Return where to go without doing anything."""
        raise NotImplementedError

    def version(self) -> str:
        """Return the digest of what is being changed, or "" for something new."""
        return ""

    def existing(self, form: forms.Form) -> Link | None:
        """Return the thing that stands in the way of a refused form, if the account may see it."""
        return None

    def show(self, form: forms.Form, *, status: int = 200, is_stale: bool = False) -> HttpResponse:
        """Render the form. It keeps the version it was opened with, until somebody has been told of a newer one."""
        is_first = self.request.method != "POST" or is_stale
        context = {
            "form": form,
            "title": self.title,
            "lead": self.lead,
            "submit": self.submit or _("保存"),
            "trail": [*self.trail(), Link(self.title)],
            "back": self.back(),
            "version": self.version() if is_first else self.request.POST.get("version", ""),
            "existing": self.existing(form) if form.errors else None,
        }
        return self.page("directory/form", context, status=status)

    def require_version(self, row: models.Model) -> None:
        """Raise ChangedMeanwhile if somebody else saved the locked row after the form was opened."""
        if self.request.POST.get("version", "") not in {"", version_of(row)}:
            raise ChangedMeanwhile(
                _("在您填写期间，别人修改了这条信息。请在新窗口核对最新内容，再次保存将以您填写的为准。")
            )


def home() -> Link:
    """Return the first step of every trail."""
    return Link(_("我的工作"), reverse("workbench:home"))


def version_of(row: models.Model) -> str:
    """Return a digest of everything a row says."""
    values = [(field.attname, _plain(field.value_from_object(row))) for field in row._meta.concrete_fields]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    """Return the same text for a value whether it comes from the database or from Python."""
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)
