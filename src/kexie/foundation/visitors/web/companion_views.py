"""The people a visitor comes with."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access.web.forms import add_error, given
from kexie.foundation.visitors import consent, operations, queries, rules
from kexie.foundation.visitors.models import Companion
from kexie.foundation.visitors.web import kept, shell
from kexie.foundation.visitors.web.forms import CompanionForm
from kexie.foundation.visitors.web.request import VisitorRequest, safe_next, visitor_required
from kexie.kernel.errors import UserError

_TAB = "companions"


@dataclass(frozen=True)
class _Entry:
    """A companion as the list shows them."""

    id: UUID
    name: str
    document: str
    number: str
    is_self: bool
    age: int | None
    is_child: bool
    needs_document: bool


@visitor_required
@require_safe
def list_companions(request: VisitorRequest) -> HttpResponse:
    """Everybody kept, oneself first, and who was removed just now."""
    now = timezone.now()
    today, found = timezone.localdate(now), queries.companions(request.visitor)
    values = {
        "companions": [_entry(one, today) for one in found],
        "removed": queries.just_removed(request.visitor, now=now),
        "most": rules.COMPANIONS,
        "is_full": len(found) >= rules.COMPANIONS,
    }
    return shell.render(request, request.visitor, "visitors/companions.html", values, current=_TAB)


@visitor_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_companion(request: VisitorRequest) -> HttpResponse:
    """Ask who it is, and for a child then for the guardian's consent."""
    form = CompanionForm(given(request), initial=_kept(request))

    def save() -> Companion:
        values = _details(form)
        is_self = form.cleaned_data["is_self"]
        return operations.add_companion(
            visitor=request.visitor, is_self=is_self, now=timezone.now(), **values
        )

    if (added := _try(request, form, save)) is None:
        has_self = any(one.is_self for one in queries.companions(request.visitor))
        return _form_page(request, form, {"may_be_self": not has_self})
    messages.success(request, _("已添加%(name)s。") % {"name": added.masked_name})
    onward = request.POST.get("next") or request.GET.get("next")
    return HttpResponseRedirect(safe_next(request, onward)) if onward else redirect("my:companions")


@visitor_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_companion(request: VisitorRequest, companion_id: UUID) -> HttpResponse:
    """Change details; what is left empty stays, because nothing is shown in clear again."""
    companion = queries.companion(request.visitor, companion_id)
    initial = {"document": companion.person.document}
    form = CompanionForm(given(request), initial=initial).for_changing()

    def save() -> Companion:
        return operations.edit_companion(companion=companion, now=timezone.now(), **_details(form))

    if _try(request, form, save) is None:
        return _form_page(request, form, {"companion": companion})
    messages.success(request, _("已修改。"))
    return redirect("my:companions")


@visitor_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_companion(request: VisitorRequest, companion_id: UUID) -> HttpResponse:
    """Ask, then take off the list; the list offers to put back."""
    companion = queries.companion(request.visitor, companion_id)
    if request.method == "POST":
        operations.remove_companion(companion=companion, now=timezone.now())
        return redirect("my:companions")
    values = {"companion": companion, "minutes": rules.UNDO_LASTS.seconds // 60}
    return shell.render(request, request.visitor, "visitors/companion_remove.html", values, current=_TAB)


@visitor_required
@require_POST
def restore_companion(request: VisitorRequest, companion_id: UUID) -> HttpResponse:
    """Put back whom one has just removed."""
    try:
        companion = operations.restore_companion(
            visitor=request.visitor, companion_id=companion_id, now=timezone.now()
        )
    except operations.CompanionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已恢复%(name)s。") % {"name": companion.masked_name})
    return redirect("my:companions")


def _kept(request: VisitorRequest) -> dict[str, Any]:
    """Return what somebody sent before they were signed in."""
    form = kept.take(request) if request.method == "GET" else None
    return form.dict() if form else {}


def _details(form: CompanionForm) -> dict[str, Any]:
    names = ("name", "document", "number", "birth_date")
    return {**{name: form.cleaned_data[name] for name in names}, "relation": form.agreed_as}


def _try(request: VisitorRequest, form: CompanionForm, save: Callable[[], Companion]) -> Companion | None:
    """Save what was posted; None when there is nothing or something is amiss, which the form then says."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return save()
    except operations.ConsentNeeded as error:
        _ask_for_consent(form, error)
    except UserError as error:
        add_error(form, error)
    return None


def _ask_for_consent(form: CompanionForm, error: operations.ConsentNeeded) -> None:
    """The first time it is a question; unanswered, it is an error, beside what is missing."""
    form.needs_consent = True
    if not form.cleaned_data["asked"]:
        return
    if not form.cleaned_data["relation"]:
        add_error(form, error)
    if not form.cleaned_data["agreed"]:
        form.add_error("agreed", _("请阅读后勾选，不同意就不能添加未满14周岁的孩子。"))


def _form_page(request: VisitorRequest, form: CompanionForm, values: dict[str, object]) -> HttpResponse:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    asked = form.needs_consent or bool(form.is_bound and form.data.get("asked"))
    context = {**values, "form": form, "asks_consent": asked, "wording": consent.wording(), "next": onward}
    status = 422 if form.errors else 200
    return shell.render(
        request, request.visitor, "visitors/companion.html", context, current=_TAB, status=status
    )


def _entry(one: Companion, today: dt.date) -> _Entry:
    person = one.person
    return _Entry(
        one.pk,
        person.masked_name,
        person.document_label,
        person.masked_number,
        one.is_self,
        person.age_on(today),
        person.is_child_on(today),
        person.needs_document_on(today),
    )
