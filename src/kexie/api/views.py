"""The schema for programs, and the documentation for people, made from it."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja.responses import NinjaJSONEncoder

from kexie.api import errors, shell
from kexie.api.reading import Field, Reader
from kexie.foundation.access.callers import SCOPE_LABELS
from kexie.platform.outbox.kinds import kinds
from kexie.ui.tables import Cell, Column, Row, Table


@require_safe
def show_schema(_request: HttpRequest) -> HttpResponse:
    """Answer with the schema."""
    return JsonResponse(
        shell.schema(), encoder=NinjaJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )


@require_safe
def show_documentation(request: HttpRequest) -> HttpResponse:
    """Show how the API is used, and everything it offers."""
    schema = shell.schema()
    reader = Reader(schema)
    context = {
        "description": schema["info"]["description"],
        "address": f"{request.scheme}://{request.get_host()}/api/v1",
        "parts": [
            (part.label, [(one, _fields(one.fields, places=True)) for one in part.operations])
            for part in reader.parts()
        ],
        "shapes": [(shape.name, _fields(shape.fields)) for shape in reader.named()],
        "scopes": _table((_("权限"), _("可以做什么")), SCOPE_LABELS.items()),
        "failures": _table((_("状态码"), _("什么时候")), _failures()),
        "events": _table((_("事件"), _("什么时候"), "subject", "payload"), _events()),
    }
    return render(request, "api/documentation.html", context)


def _failures() -> Iterable[tuple[object, ...]]:
    return ((status, _(meaning)) for status, meaning in errors.MEANINGS.items())


def _events() -> Iterable[tuple[object, ...]]:
    for kind in kinds().values():
        yield kind.key, kind.label, kind.subject, _("、").join(kind.payload)


def _fields(fields: Iterable[Field], *, places: bool = False) -> Table | None:
    rows = [(one.name, *((one.where,) if places else ()), one.type, _said(one)) for one in fields]
    heads = (_("名称"), *((_("位置"),) if places else ()), _("类型"), _("说明"))
    return _table(heads, rows) if rows else None


def _said(one: Field) -> str:
    return one.description if one.required else _("（选填）") + one.description


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    return Table(
        [Column(head) for head in heads], [Row([Cell(value) for value in values]) for values in rows]
    )
