"""Pages of figures. Values of public measures are open; rows need an account that may read them."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.foundation.access.queries import scope_for
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.addresses import cell_from, figure_url, parameters, record_url
from kexie.ledger.kinds import Ratio
from kexie.ledger.measures import Cell, Measure
from kexie.portal import site
from kexie.portal.figures import pages
from kexie.ui.tables import Cell as TableCell
from kexie.ui.tables import Column, Row, Table
from kexie.ui.units import unit_word

PAGE = 50


def index(request: HttpRequest) -> HttpResponse:
    """Every measure with its figure, by area of work."""
    today, errors = timezone.localdate(), {}
    try:
        until = text.date(request.GET.get("until") or str(today))
    except ValueError:
        until, errors = today, {"until": _("请写成 2025-06-30 这样的日期。")}
    scope = site.scope()
    groups = pages.index(scope, until, now=timezone.now(), public_only=True) if scope else []
    context = {"groups": groups, "until": until, "errors": errors}
    return render(request, "figures/index.html", context, status=422 if errors else 200)


def detail(request: HttpRequest, measure: str) -> HttpResponseBase:
    """One figure: value, definition, methods, series, counties, units."""
    declared = _measure(measure)
    scope = _scope(request, declared)
    if scope is None:
        return redirect_to_login(request.get_full_path())
    cell, errors = _cell(request, declared)
    page = pages.page(cell, scope, now=timezone.now(), by=request.GET.get("by", ""))
    kept = {name: value for name, value in parameters(cell).items() if name not in {"since", "until"}}
    context = {
        "page": page,
        "measure": declared,
        "cell": cell,
        "errors": errors,
        "narrowed": pages.narrowed_to(cell),
        "kept": kept,
    }
    return render(request, "figures/detail.html", context, status=422 if errors else 200)


def rows(request: HttpRequest, measure: str) -> HttpResponseBase:
    """The records behind a figure, as far as the account may read them; they add up to the total shown."""
    declared = _measure(measure)
    scope = _reader(request, declared)
    if scope is None:
        return redirect_to_login(request.get_full_path())
    cell, errors = _cell(request, declared)
    found = figures.rows(cell, scope).select_related("unit", "area").order_by("-occurred_on", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "measure": declared,
        "cell": cell,
        "errors": errors,
        "page": page,
        "table": _table(list(page.object_list), declared),
        "seen": figures.figure(cell, scope, now=timezone.now()),
        "whole": figures.value(cell, Scope(association_id=scope.association_id)),
        "figure_url": figure_url(cell),
        "csv_url": figure_url(cell, page="figures:rows-csv"),
        "sees_all": scope.is_whole,
        "narrowed": pages.narrowed_to(cell),
    }
    return render(request, "figures/rows.html", context, status=422 if errors else 200)


def rows_csv(request: HttpRequest, measure: str) -> HttpResponseBase:
    """The same rows as a CSV file that Excel opens (UTF-8 with its mark)."""
    declared = _measure(measure)
    scope = _reader(request, declared)
    if scope is None:
        return redirect_to_login(request.get_full_path())
    cell, errors = _cell(request, declared)
    if errors:
        return HttpResponse(
            _("；").join(errors.values()), status=422, content_type="text/plain; charset=utf-8"
        )
    found = figures.rows(cell, scope).select_related("unit", "area").order_by("-occurred_on", "-pk")
    response = StreamingHttpResponse(
        _lines(found.iterator(chunk_size=2000)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{declared.key}.csv"'
    return response


class _Echo:
    """A file that gives back what is written, for the csv module."""

    def write(self, text: str) -> str:
        return text


def _lines(found: Iterator[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_("日期"), _("单位"), _("地区"), _("记录"), _("计入"), _("编号")])
    for record in found:
        text = str(record)
        # A cell that starts like a formula would run in the reader's spreadsheet.
        safe = f"'{text}" if text[:1] in "=+-@" else text
        values = [record.occurred_on, record.unit, record.area, safe, record.contribution, record.pk]
        yield writer.writerow(values)


def _measure(key: str) -> Measure:
    try:
        return registry.measure(key)
    except NotFound as error:
        raise Http404 from error


def _scope(request: HttpRequest, measure: Measure) -> Scope | None:
    """Return the whole association for a public measure, else what the account may read; None: sign in."""
    if measure.public:
        scope = site.scope()
        if scope is None:
            raise Http404
        return scope
    return _reader(request, measure)


def _reader(request: HttpRequest, measure: Measure) -> Scope | None:
    if not request.user.is_authenticated:
        return None
    return scope_for(request.user, Action.READ, measure.context)


def _cell(request: HttpRequest, measure: Measure) -> tuple[Cell, dict[str, str]]:
    """Return the cell asked for; with a wrong parameter, the plain cumulative cell and messages beside fields."""
    today = timezone.localdate()
    try:
        return cell_from(measure.key, request.GET.dict(), today=today), {}
    except NotFound as error:
        raise Http404 from error
    except UserError as error:
        return cell_from(measure.key, {}, today=today), {
            name: str(text) for name, text in error.fields.items()
        }


def _table(found: list[Any], measure: Measure) -> Table:
    columns = [
        Column(_("日期"), nowrap=True),
        Column(_("记录")),
        Column(_("单位")),
        Column(_("地区")),
        Column(_counted_as(measure), numeric=True),
    ]
    return Table(columns=columns, rows=[_row(record) for record in found])


def _counted_as(measure: Measure) -> str:
    if isinstance(measure.kind, Ratio):
        return _("计入分子")
    word = unit_word(measure.unit)
    return _("计入（%(unit)s）") % {"unit": word} if word else _("计入")


def _row(record: Any) -> Row:
    cells = [
        TableCell(record.occurred_on),
        TableCell(str(record), href=record_url(record)),
        TableCell(str(record.unit)),
        TableCell(record.area.name),
        TableCell(record.contribution),
    ]
    return Row(cells=cells, key=str(record.pk), title=1, name=str(record))
