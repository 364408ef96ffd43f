"""Checking a text on a page: give it, read what was found, correct a link."""

import io
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web import AccessRequest, requires
from kexie.kernel.errors import NotFound, UserError
from kexie.ledger import registry
from kexie.ledger.measures import Measure
from kexie.platform.imports import writing
from kexie.reporting.claims import marking, operations, queries
from kexie.reporting.claims.findings import Finding
from kexie.reporting.claims.models import CheckedText
from kexie.reporting.claims.web import pages
from kexie.reporting.claims.web.forms import AsOfForm, CorrectionForm, TextForm, initial_of
from kexie.ui.nav import Group, Link

_PER_PAGE = 30
_INVALID = 422


@requires(Action.CHECK_TEXT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """Take a text, and list those that were checked."""
    is_sent = request.method == "POST"
    form = TextForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"as_of": timezone.localdate()},
    )
    if is_sent and form.is_valid():
        try:
            return redirect("claims:text", pk=_added(request, form).pk)
        except UserError as error:
            _add_errors(form, error)
    page = Paginator(queries.texts(request.scope), _PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "table": pages.listing(page.object_list)}
    return _page(request, "index", context, status=_INVALID if form.errors else 200)


@requires(Action.CHECK_TEXT)
@never_cache
@require_safe
def detail(request: AccessRequest, pk: UUID) -> HttpResponse:
    """Show the text with its claims marked, and what was found about each."""
    checked = queries.text(request.scope, pk)
    found = queries.findings(checked, request.scope)
    notes = pages.notes(checked, found)
    show = request.GET.get("show", "")
    context = {
        "checked": checked,
        "trail": [*_trail(), Link(checked.title)],
        "paragraphs": pages.paragraphs(checked, found, notes),
        "notes": [note for note in notes if not show or note.verdict == show],
        "chips": pages.chips(checked, found, show),
        "form": AsOfForm(initial={"as_of": checked.as_of}),
    }
    return _page(request, "text", context)


@requires(Action.CHECK_TEXT)
@require_POST
def recheck(request: AccessRequest, pk: UUID) -> HttpResponse:
    """Check again, up to the day given."""
    checked = queries.text(request.scope, pk)
    form = AsOfForm(request.POST)
    if form.is_valid():
        operations.recheck(
            checked=checked, as_of=form.cleaned_data["as_of"], scope=request.scope, now=timezone.now()
        )
    else:
        messages.error(request, _("请写成 2025-06-30 这样的日期。"))
    return redirect("claims:text", pk=pk)


@requires(Action.CHECK_TEXT)
@require_POST
def remove(request: AccessRequest, pk: UUID) -> HttpResponse:
    """Delete a text and its corrections."""
    checked = queries.text(request.scope, pk)
    operations.remove_text(checked=checked, actor=request.user, now=timezone.now())
    messages.success(request, _("文稿已删除。"))
    return redirect("claims:check")


@requires(Action.CHECK_TEXT)
@require_safe
def export(request: AccessRequest, pk: UUID) -> HttpResponseBase:
    """Give the findings as an Excel file."""
    checked = queries.text(request.scope, pk)
    notes = pages.notes(checked, queries.findings(checked, request.scope))
    headings = [
        writing.Heading(_("序号"), 6),
        writing.Heading(_("文中"), 18),
        writing.Heading(_("判定"), 10),
        writing.Heading(_("指标"), 28),
        writing.Heading(_("记录"), 14),
        writing.Heading(_("单位"), 8),
        writing.Heading(_("依据"), 90),
    ]
    rows = [
        (note.number, note.text, str(note.label), str(note.measure), note.actual, note.unit, note.why)
        for note in notes
    ]
    book = writing.workbook(checked.title, headings, rows)
    return FileResponse(
        book, as_attachment=True, filename=f"{checked.title}.xlsx", content_type=writing.CONTENT_TYPE
    )


@requires(Action.CHECK_TEXT)
@require_safe
def marked(request: AccessRequest, pk: UUID) -> HttpResponseBase:
    """Give the text as a Word document with a comment at each finding."""
    checked = queries.text(request.scope, pk)
    found = queries.findings(checked, request.scope)
    data = marking.marked(checked.text, pages.remarks(found), word=queries.word(checked))
    name = f"{checked.title}.docx"
    return FileResponse(
        io.BytesIO(data), as_attachment=True, filename=name, content_type=marking.CONTENT_TYPE
    )


@requires(Action.CHECK_TEXT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: AccessRequest, pk: UUID, start: int, end: int) -> HttpResponse:
    """Show what a claim was linked to, and take a person's decision."""
    checked = queries.text(request.scope, pk)
    found = _finding(request, checked, start, end)
    decided = queries.correction(checked, start, end)
    given = request.POST if request.method == "POST" else None
    form = CorrectionForm(
        given,
        scope=request.scope,
        measure=_chosen(request, found),
        as_of=checked.as_of,
        initial=initial_of(found.cell if found else None, decided),
    )
    if given and "save" in given and form.is_valid():
        try:
            return _corrected(request, checked, start, end, form)
        except UserError as error:
            _add_errors(form, error)
    context = {
        "checked": checked,
        "trail": [*_trail(), Link(checked.title, f"/texts/{checked.pk}/"), Link(_("更正"))],
        "claim": checked.text[start:end].replace("\n", ""),
        "before": checked.text[max(0, start - 60) : start].replace("\n", ""),
        "after": checked.text[end : end + 40].replace("\n", ""),
        "note": pages.notes(checked, [found])[0] if found else None,
        "decided": decided,
        "form": form,
    }
    is_faulty = bool(given) and "save" in given and bool(form.errors) if given else False
    return _page(request, "correct", context, status=_INVALID if is_faulty else 200)


@requires(Action.CHECK_TEXT)
@require_POST
def undo(request: AccessRequest, pk: UUID, start: int, end: int) -> HttpResponse:
    """Let the rules decide again."""
    checked = queries.text(request.scope, pk)
    operations.undo_correction(checked=checked, start=start, end=end, actor=request.user, now=timezone.now())
    messages.success(request, _("已恢复自动对应。"))
    return redirect("claims:text", pk=pk)


def _added(request: AccessRequest, form: TextForm) -> CheckedText:
    data = form.cleaned_data
    return operations.add_text(
        text=data["text"],
        title=data.get("title", ""),
        as_of=data["as_of"],
        word=data.get("word"),
        scope=request.scope,
        actor=request.user,
        now=timezone.now(),
    )


def _corrected(
    request: AccessRequest, checked: CheckedText, start: int, end: int, form: CorrectionForm
) -> HttpResponse:
    operations.correct(
        checked=checked,
        start=start,
        end=end,
        kind=form.cleaned_data["kind"],
        cell=form.cell(),
        source=form.cleaned_data["source"],
        actor=request.user,
        now=timezone.now(),
    )
    operations.recheck(checked=checked, as_of=checked.as_of, scope=request.scope, now=timezone.now())
    messages.success(request, _("更正已保存，这份文稿以后都照此核对。"))
    return redirect("claims:text", pk=checked.pk)


def _finding(request: AccessRequest, checked: CheckedText, start: int, end: int) -> Finding | None:
    """Return what was found about the claim here; None when a person said that it is none."""
    found = queries.findings(checked, request.scope)
    here = next((one for one in found if (one.quantity.start, one.quantity.end) == (start, end)), None)
    if here is None and queries.correction(checked, start, end) is None:
        raise NotFound(f"{start}-{end}")
    return here


def _chosen(request: AccessRequest, found: Finding | None) -> Measure | None:
    """Return the measure whose dimensions the form offers."""
    key = request.POST.get("measure") or request.GET.get("measure") or ""
    if key in registry.measures():
        return registry.measure(key)
    return found.measure if found and request.method != "POST" else None


def _add_errors(form: TextForm | CorrectionForm, error: UserError) -> None:
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
    if str(error.message):
        form.add_error(None, str(error.message))


def _trail() -> list[Link]:
    return [Link(_("我的工作"), "/work/"), Link(_("文稿核对"), "/texts/")]


def _page(
    request: AccessRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    return render(request, f"claims/{template}.html", {"rail": _rail(request), **context}, status=status)


def _rail(request: AccessRequest) -> list[Group]:
    """Return the workbench's rail, from the function of a higher layer that the settings name."""
    reader = getattr(settings, "KEXIE_STAFF_RAIL", "")
    return import_string(reader)(request) if reader else []
