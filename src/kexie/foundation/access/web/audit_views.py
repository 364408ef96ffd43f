"""The audit log, for the audit administrator."""

import csv
import datetime as dt
import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import AuditFilter
from kexie.foundation.access.web.guards import requires
from kexie.foundation.access.web.nav import rail
from kexie.foundation.access.web.request import AccessRequest
from kexie.platform.audit import operations as audit
from kexie.platform.audit import queries
from kexie.platform.audit.models import Entry
from kexie.ui.tables import Cell, Column, Row, Table

_PER_PAGE = 50
_CHUNK = 2000
# Spreadsheets run what starts with these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@requires(Action.READ_AUDIT)
@never_cache
@require_safe
def list_entries(request: AccessRequest) -> HttpResponse:
    """List what was done, newest first."""
    filters = AuditFilter(request.GET)
    page = Paginator(_entries(request, filters), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail": rail(request),
        "filters": filters,
        "page": page,
        "table": _table(list(page)),
        "query": request.GET.urlencode(),
    }
    return render(request, "access/audit.html", context, status=422 if filters.errors else 200)


@requires(Action.READ_AUDIT)
@require_POST
def export_entries(request: AccessRequest) -> StreamingHttpResponse:
    """Send the filtered entries as a CSV file; that they were exported is itself written down."""
    filters = AuditFilter(request.GET)
    found = _entries(request, filters)
    audit.append(
        association_id=request.scope.association_id,
        actor=request.user,
        action="audit.export",
        subject=None,
        detail={"filters": request.GET.dict(), "rows": found.count()},
        now=timezone.now(),
    )
    response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y%m%d}.csv"'
    return response


def _entries(request: AccessRequest, filters: AuditFilter) -> QuerySet[Entry]:
    filters.is_valid()
    given = filters.cleaned_data
    until = given.get("until")
    return queries.entries(
        request.scope,
        since=_midnight(given.get("since")),
        until=_midnight(until + dt.timedelta(days=1) if until else None),
        actor=given.get("actor", ""),
        action=given.get("action", ""),
        text=given.get("q", ""),
    )


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day else None


def _table(entries: list[Entry]) -> Table:
    columns = [
        Column(_("时间"), nowrap=True),
        Column(_("操作人")),
        Column(_("操作")),
        Column(_("对象")),
        Column(_("结果")),
        Column(_("事由")),
        Column(_("来源地址")),
        Column(_("内容")),
    ]
    return Table(columns, [_row(entry) for entry in entries])


def _row(entry: Entry) -> Row:
    cells = [
        Cell(entry.at),
        Cell(entry.actor_name or _("系统")),
        Cell(entry.action),
        Cell(entry.subject_label),
        Cell(_("成功") if entry.succeeded else _("失败")),
        Cell(entry.reason),
        Cell(entry.ip or ""),
        Cell(json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""),
    ]
    return Row(cells, key=str(entry.pk), name=entry.action)


class _Line:
    """A file that hands each line back, for csv.writer."""

    def write(self, line: str) -> str:
        return line


def _csv(entries: QuerySet[Entry]) -> Iterator[str]:
    names = [
        "at",
        "actor_name",
        "action",
        "subject_type",
        "subject_label",
        "succeeded",
        "reason",
        "ip",
        "detail",
    ]
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(names)
    for entry in entries.iterator(chunk_size=_CHUNK):
        yield writer.writerow([_safe(getattr(entry, name)) for name in names])


def _safe(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = timezone.localtime(value).isoformat() if isinstance(value, dt.datetime) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
