"""For everybody: which touring set is where, and on which days it is open."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kexie.contexts.touring.queries import public_sets as queries
from kexie.contexts.touring.queries.public_sets import Showing
from kexie.contexts.touring.web.fleet.public import PublicView
from kexie.contexts.touring.web.sets.forms import WEEKDAYS
from kexie.foundation.access.queries import public_scope
from kexie.kernel import text

PER_PAGE = 20
_NAMES = dict(WEEKDAYS)


class SetsView(PublicView):
    """流动科技馆在哪里: what is on show, and what comes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, narrowed by the words asked for."""
        day = timezone.localdate()
        found = queries.showings(public_scope(self.association), day)
        for word in text.clean(request.GET.get("q", "")).split():
            found = [one for one in found if word in f"{one.venue}{one.county}{one.theme}{one.address}"]
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page, "search": request.GET.get("q", ""), "here": request.path,
            "now": [_shown(one, day) for one in page.object_list if one.is_on(day)],
            "later": [_shown(one, day) for one in page.object_list if not one.is_on(day)],
        }  # fmt: skip
        return render(request, "touring/sets/public.html", context)


def _shown(one: Showing, day: Any) -> dict[str, Any]:
    return {
        "one": one, "week": [_NAMES[n] for n in one.weekdays], "next_open": one.next_open(day),
        "today": one.open_on is not None and day in one.open_on, "changed": one.changed[:10],
    }  # fmt: skip
