"""Writing: a new record, a draft changed, a correction, reference data."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Forbidden, UserError
from kexie.ledger import operations as ledger
from kexie.ledger.models import State
from kexie.ui.nav import Link
from kexie.workbench.desk import forms, operations
from kexie.workbench.desk.columns import name_of
from kexie.workbench.web.base import UNPROCESSABLE, TypeView

SAVE, CONFIRM, NEXT = "save", "confirm", "next"
# What the next record most likely shares with the one just written.
KEPT = ("unit", "area", "occurred_on")
_REFUSED = (ValidationError, UserError, IntegrityError)


class EntryView(TypeView):
    """A form for one row of the type."""

    action = Action.DRAFT
    title = ""

    def form(self, row: Any, data: Any = None, initial: dict[str, Any] | None = None) -> forms.EntryForm:
        """Return the type's form over a row."""
        return forms.entry_form(self.desk_type, self.scope)(data, instance=row, initial=initial)

    def show(self, form: forms.EntryForm, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the form."""
        context = {
            "form": form,
            "title": self.title,
            "trail": self.trail(Link(self.title)),
            "may_confirm": self.is_record and self.may(Action.CONFIRM),
            "is_phone": getattr(self.desk_type, "phone", False),
            "back": self.back(),
            **more,
        }
        return self.page("form", context, status=status)

    def refuse(self, form: forms.EntryForm, error: Exception | None = None, **more: Any) -> HttpResponse:
        """Render the form again with what is wrong; nothing that was typed is lost."""
        if error is not None:
            form.accept(error)
        return self.show(form, status=UNPROCESSABLE, **more)

    def url(self, row: Any) -> str:
        """Return the address of a row's page."""
        return reverse("workbench:record", args=[self.desk_type.key, row.pk])


class NewView(EntryView):
    """A new record or a new piece of reference data."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title names the type
        """The page's title."""
        return _("登记%(type)s") % {"type": self.desk_type.name}

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show an empty form, with what the address and the type fill in."""
        row = forms.blank(self.desk_type, self.scope)
        return self.show(self.form(row, initial=self._initial()), **self._keeping(row.pk))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Save the draft; confirm it or go on to the next if the button says so."""
        pk = _uuid(request.POST.get("id", ""))
        known = self.desk_type.model._base_manager.filter(
            pk=pk, association_id=self.scope.association_id
        ).first()
        if known is not None:
            # The same form sent twice: the first one is saved.
            return HttpResponseRedirect(self.url(known))
        row = forms.blank(self.desk_type, self.scope, pk)
        form = self.form(row, request.POST)
        if not form.is_valid():
            return self.refuse(form, **self._keeping(row.pk))
        try:
            saved = self._save(form)
        except _REFUSED as error:
            return self.refuse(form, error, **self._keeping(row.pk))
        return HttpResponseRedirect(self._after(saved))

    def _save(self, form: forms.EntryForm) -> Any:
        row, now = form.instance, timezone.now()
        forms.complete(row, self.account.unit)
        if not self.is_record:
            return operations.save_reference(
                row=row, version="", actor=self.account, now=now, scope=self.scope
            )
        with transaction.atomic():
            saved = ledger.draft(record=row, actor=self.account, now=now, scope=self.scope)
            if self._is_asked(CONFIRM):
                confirm(self, saved, now)
        return saved

    def _after(self, saved: Any) -> str:
        messages.success(self.request, _("已保存：%(name)s") % {"name": name_of(self.desk_type, saved)})
        if not self._is_asked(NEXT):
            return f"{self.url(saved)}?saved=new"
        kept = {name: getattr(saved, f"{name}_id", getattr(saved, name, "")) for name in KEPT}
        query = "&".join(
            f"{name}={value}" for name, value in kept.items() if value and name in self.desk_type.fields
        )
        chain = f"after={saved.pk}&before={self.request.GET.get('after', '')}"
        return f"{reverse('workbench:new', args=[self.desk_type.key])}?{query}&{chain}"

    def _is_asked(self, action: str) -> bool:
        return self.request.POST.get("then") == action

    def _initial(self) -> dict[str, Any]:
        names = forms.editable(self.desk_type)
        found: dict[str, Any] = {
            name: value for name, value in self.desk_type.initial.items() if name in names
        }
        if self.account.unit is not None and self.scope.covers(self.account.unit.path):
            found["unit"] = self.account.unit_id
        if getattr(self.desk_type, "phone", False):
            # Who records in the field records today.
            found["occurred_on"] = timezone.localdate()
        found |= {name: value for name in names if (value := self.request.GET.get(name))}
        return found

    def _keeping(self, pk: uuid.UUID) -> dict[str, Any]:
        """Return under which name the browser keeps answers not yet sent, and which it may forget."""
        after = self.request.GET.get("after", "")
        return {
            "pk": pk,
            "keep": f"{self.desk_type.key}:new:{after}",
            "forget": f"{self.desk_type.key}:new:{self.request.GET.get('before', '')}" if after else "",
            "is_new": True,
        }


class EditView(EntryView):
    """A draft, or reference data, changed."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title names the row
        """The page's title."""
        return _("修改")

    def get(self, request: HttpRequest, key: str, pk: uuid.UUID) -> HttpResponse:
        """Show the row in its form."""
        row = self._own()
        return self.show(self.form(row), **self._more(row, operations.version_of(row)))

    def post(self, request: HttpRequest, key: str, pk: uuid.UUID) -> HttpResponse:
        """Save the changes."""
        row, version = self._own(), request.POST.get("version", "")
        more = self._more(row, version)
        form = self.form(row, request.POST)
        if not form.is_valid():
            return self.refuse(form, **more)
        try:
            self._save(form, version)
        except operations.ChangedMeanwhile as error:
            latest = operations.version_of(self._own())
            return self.refuse(form, error, **{**more, "version": latest, "latest": self._own()})
        except _REFUSED as error:
            return self.refuse(form, error, **more)
        messages.success(request, _("已保存：%(name)s") % {"name": name_of(self.desk_type, row)})
        return HttpResponseRedirect(f"{self.url(row)}?saved={pk}")

    def _save(self, form: forms.EntryForm, version: str) -> None:
        row, now = form.instance, timezone.now()
        if not self.is_record:
            operations.save_reference(row=row, version=version, actor=self.account, now=now, scope=self.scope)
            return
        with transaction.atomic():
            stored = type(row)._base_manager.select_for_update().get(pk=row.pk)
            if stored.state == State.DRAFT and operations.version_of(stored) != version:
                raise operations.ChangedMeanwhile(
                    _("在您填写期间，别人修改了这条草稿。请对照最新内容，核对后再保存。")
                )
            ledger.edit_draft(record=row, actor=self.account, now=now, scope=self.scope)
            if self.request.POST.get("then") == CONFIRM:
                confirm(self, row, now)

    def _own(self) -> Any:
        """Return the row, if the account may write for its unit and it may still be changed."""
        row = self.row()
        if not self.scope.covers(row.unit.path):
            raise Forbidden(_("您无权修改这个单位的内容。"))
        if self.is_record and row.state != State.DRAFT and self.request.method == "GET":
            raise Forbidden(_("已确认的记录不能修改，只能冲销后更正。"))
        return row

    def _more(self, row: Any, version: str) -> dict[str, Any]:
        return {"pk": row.pk, "version": version, "keep": f"{self.desk_type.key}:{row.pk}", "row": row}


class CorrectView(EntryView):
    """A confirmed record reversed, and another confirmed in its place; both or neither."""

    action = Action.REVERSE

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("更正记录")

    def check(self) -> None:
        """Whoever corrects also confirms."""
        super().check()
        self.scope = self.rights.scope_of(Action.CONFIRM, self.record_type)
        self.rights.scope_of(Action.REVERSE, self.record_type)

    def get(self, request: HttpRequest, key: str, pk: uuid.UUID) -> HttpResponse:
        """Show a new form, filled with what the record says."""
        record = self._confirmed()
        initial = forms.initial_from(record, forms.editable(self.desk_type))
        return self.show(
            self.form(forms.blank(self.desk_type, self.scope), initial=initial), **self._more(record)
        )

    def post(self, request: HttpRequest, key: str, pk: uuid.UUID) -> HttpResponse:
        """Reverse the record and confirm the corrected one."""
        record, reason = self._confirmed(), request.POST.get("reason", "")
        form = self.form(forms.blank(self.desk_type, self.scope), request.POST)
        if not form.is_valid():
            return self.refuse(form, **self._more(record, reason))
        forms.complete(form.instance, record.unit)
        try:
            found = ledger.correct(
                record=record,
                replacement=form.instance,
                reason=reason,
                actor=self.account,
                now=timezone.now(),
                scope=self.scope,
            )
        except ledger.ReasonMissing as error:
            return self.refuse(form, **self._more(record, reason, error.fields["reason"]))
        except _REFUSED as error:
            return self.refuse(form, error, **self._more(record, reason))
        messages.success(request, _("已更正：原记录已冲销，新记录已确认。"))
        return HttpResponseRedirect(f"{self.url(found)}?saved={pk}")

    def _confirmed(self) -> Any:
        row = self.row()
        if not (self.may(Action.REVERSE, row) and self.may(Action.CONFIRM, row)):
            raise Forbidden(_("您无权更正这个单位的记录。"))
        return row

    def _more(self, record: Any, reason: str = "", reason_error: Any = "") -> dict[str, Any]:
        return {
            "corrects": record,
            "corrects_name": name_of(self.desk_type, record),
            "reason": reason,
            "reason_error": reason_error,
            "keep": f"{self.desk_type.key}:correct:{record.pk}",
            "row": record,
        }


def confirm(view: TypeView, record: Any, now: dt.datetime) -> bool:
    """Confirm a record within the account's own rights to confirm; whether this call did it."""
    scope = view.rights.scope_of(Action.CONFIRM, view.desk_type)
    if not scope.covers(record.unit.path):
        raise Forbidden(_("您无权确认这个单位的记录，可先保存为草稿。"))
    return bool(ledger.confirm(records=[record], actor=view.account, now=now, scope=scope))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
