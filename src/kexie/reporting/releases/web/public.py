"""For everybody: published releases, their files, and the script that verifies them."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from kexie.foundation.access.queries import public_scope
from kexie.foundation.units import queries as units
from kexie.kernel.scope import Scope
from kexie.reporting.releases import queries, verify_release_path
from kexie.reporting.releases.web.base import days, said, version
from kexie.reporting.releases.web.pages import closed, file_response
from kexie.ui import lists


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
        return render(request, "releases/public/release.html", {**said(one), **closed(one), "others": others})


class FileView(PublicView):
    """The signed file."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it."""
        return file_response(queries.published_one(self.visible, kwargs["pk"]))


class ScriptView(View):
    """The script that verifies a file with nothing but Python."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send it."""
        response = HttpResponse(
            verify_release_path().read_bytes(), content_type="text/x-python; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="verify_release.py"'
        return response
