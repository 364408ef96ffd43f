"""For everybody: published releases, their files, and the script that verifies them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import View

from kexie.foundation.access.queries import public_scope
from kexie.foundation.units import queries as units
from kexie.kernel.scope import Scope
from kexie.reporting.releases import documents, queries, restated, verify_release_path
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.web.base import days, said, version
from kexie.reporting.releases.web.pages import closed, file_response, signed
from kexie.ui import lists
from kexie.ui.tables import Cell, Column, Row, Table

_PAGE = 50


class PublicView(View):
    """A page for everybody."""

    @cached_property
    def visible(self) -> Scope:
        """What everybody may see of the association this site speaks for."""
        association = units.associations().first()
        if association is None:
            raise Http404(_("这个网站还没有内容。"))
        return public_scope(association)


class ListView(PublicView):
    """Every published release."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, the latest first."""
        page = lists.paged(queries.published(self.visible), request.GET, per_page=30)
        shown = [(one, days(one.since, one.until), version(one)) for one in page.object_list]
        return render(request, "releases/public/list.html", {"page": page, "shown": shown})


class OneView(PublicView):
    """One published release."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what was frozen, and how to verify it."""
        one = queries.published_one(self.visible, kwargs["pk"])
        versions = queries.versions(self.visible, one).filter(published_at__isnull=False)
        others = [(each, version(each)) for each in versions if each.pk != one.pk]
        context = {**said(one), **closed(one), "others": others, **_changes(one, request)}
        return render(request, "releases/public/release.html", context)


class FileView(PublicView):
    """The signed file."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it."""
        return file_response(queries.published_one(self.visible, kwargs["pk"]))


class ChangesView(PublicView):
    """What changed since, for programs."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send it."""
        found = restated.restated(queries.published_one(self.visible, kwargs["pk"]))
        return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


def _changes(one: Release, request: HttpRequest) -> dict[str, Any]:
    """Return the restated measures, and a page of what made them so."""
    found = restated.restated(one)
    asked = request.GET.get("measure", "")
    effects = [each for each in found["effects"] if asked in {"", each["measure"]}]
    page = Paginator(effects, _PAGE).get_page(request.GET.get("page"))
    chosen = next((each["label"] for each in found["measures"] if each["measure"] == asked), "")
    return {
        "restated": _measures(found["measures"], asked),
        "effects": _effects(page.object_list),
        "page": page,
        "chosen": chosen,
    }


def _measures(found: Iterable[Mapping[str, Any]], asked: str) -> Table:
    columns = (
        Column(_("指标")), Column(_("发布时"), numeric=True), Column(_("现在"), numeric=True),
        Column(_("记录之和"), numeric=True), Column(_("记录数"), numeric=True),
    )  # fmt: skip
    rows = [
        Row((
            Cell(one["label"], "" if one["measure"] == asked else f"?measure={one['measure']}#restated"),
            Cell(_number(one["released"])), Cell(_number(one["present"])),
            Cell(signed(Decimal(one["sum_of_effects"]))), Cell(one["effects"]),
        ))
        for one in found
    ]  # fmt: skip
    return Table(columns, rows)


def _effects(found: Iterable[Mapping[str, Any]]) -> Table:
    columns = (
        Column(_("日期"), nowrap=True), Column(pgettext("one", "单位")), Column(_("指标")),
        Column(_("原来计入"), numeric=True), Column(_("现在计入"), numeric=True),
        Column(_("影响"), numeric=True), Column(_("原因")),
    )  # fmt: skip
    rows = [
        Row((
            Cell(dt.date.fromisoformat(one["day"])), Cell(one["unit_name"]), Cell(one["label"]),
            Cell(_number(one["before"], "")), Cell(_number(one["after"], "")),
            Cell(signed(Decimal(one["effect"]))), Cell(one["reason"]),
        ), title=6)
        for one in found
    ]  # fmt: skip
    return Table(columns, rows)


def _number(value: str | None, missing: str | None = None) -> Any:
    if value is None:
        return _("无法计算") if missing is None else missing
    return documents.number(value)


class ScriptView(View):
    """The script that verifies a file with nothing but Python."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send it."""
        response = HttpResponse(
            verify_release_path().read_bytes(), content_type="text/x-python; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="verify_release.py"'
        return response
