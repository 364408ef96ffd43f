"""What is near: from a township that is chosen, or, in the browser alone, from where its owner is."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from kexie.contexts.facilities.models import FacilityKind
from kexie.contexts.facilities.queries import near as queries
from kexie.contexts.facilities.queries.near import Near
from kexie.foundation.access.queries import public_scope
from kexie.foundation.areas.models import Area
from kexie.foundation.units import queries as units
from kexie.kernel.errors import NotFound
from kexie.ui.nav import Link

_SHOWN = 20
_KILOMETRE = 1000


class NearForm(forms.Form):
    """Which township, which kind, and whether only what is open now."""

    town = forms.ChoiceField(label=gettext_lazy("乡镇（街道）"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"),
        required=False,
        choices=[("", gettext_lazy("全部类型")), *FacilityKind.choices],
    )
    open = forms.BooleanField(label=gettext_lazy("只看正在开放的"), required=False)

    def __init__(self, data: Any, *, towns: list[Area]) -> None:
        super().__init__(data)
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in towns:
            groups.setdefault(one.parent.name if one.parent else "", []).append((one.code, one.name))
        self.fields["town"].choices = [("", _("请选择")), *groups.items()]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> Any:
        """Return what was chosen; nonsense in the address is left out."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class NearView(View):
    """Facilities from near to far. A position never comes here: the page's own script measures in the browser."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        association = units.associations().first()
        if association is None:
            raise NotFound(_("还没有设施。"))
        scope, now = public_scope(association), timezone.now()
        form = NearForm(request.GET, towns=list(queries.townships(association.area)))
        known = queries.facilities(scope, now, kind=form.chosen("kind"))
        known = [one for one in known if one.is_open or not form.chosen("open")]
        town = form.chosen("town")
        found = queries.from_township(known, town, queries.middle(town, scope, known)) if town else []
        placed = [one for one in known if one.point]
        context = {
            "form": form,
            "town": dict(queries.townships(association.area).values_list("code", "name")).get(town, ""),
            "found": [(one, _far(one.metres)) for one in found[:_SHOWN]],
            "placed": [_told(one) for one in placed],
            "unplaced": len(known) - len(placed),
            "total": len(known),
            "at": timezone.localtime(now),
            "trail": [Link(_("设施"), "/facilities/"), Link(_("附近的设施"))],
        }
        return render(request, "facilities/public/near.html", context)


def _far(metres: float | None) -> str:
    if metres is None:
        return ""
    if metres < _KILOMETRE:
        return _("约%(n)d米") % {"n": round(metres, -2) or 100}
    return _("约%(n).1f公里") % {"n": metres / _KILOMETRE}


def _told(one: Near) -> dict[str, Any]:
    """Return what the page's script needs of a facility."""
    meta = " · ".join(part for part in (one.kind_label, one.area, one.address) if part)
    return {
        "href": f"/facilities/{one.id}/", "name": one.name, "meta": meta, "open": one.is_open, "words": one.words,
        "at": [one.point.latitude, one.point.longitude] if one.point else [],
    }  # fmt: skip
