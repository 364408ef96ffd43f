"""Form fields over the foundation: units, places and areas to choose from, coordinates, and forms that take them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.foundation.access.web.forms import PlainForm
from kexie.foundation.areas.models import Area, Level
from kexie.foundation.desk.forms import Fraction
from kexie.foundation.places.models import Place
from kexie.foundation.units.models import Unit
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.workbench.desk.inputs import LONGEST_SELECT, Line, SearchBox, Thing

_DEGREE_MARKS = "°′″度分秒'\""


class DirectoryForm(PlainForm):
    """A form that says which of its fields take a whole line."""

    wide: frozenset[str] = frozenset({"note", "reason"})

    @property
    def wide_names(self) -> set[str]:
        """The fields that take a whole line of the form."""
        return set(self.wide & self.fields.keys())


def unit_field(scope: Scope, label: Any, *, keep: Any = None, **options: Any) -> Thing:
    """Return a field for one unit in scope, found by name: one that has not ended, or the one to `keep` (an id)."""
    found = Unit.objects.filter(scope.q(unit=""), Q(valid_to=None) | Q(pk=keep)).order_by("path")
    return Thing(queryset=found, label=label, widget=SearchBox(reverse("units:keepable")), **options)


def place_field(scope: Scope, label: Any, **options: Any) -> Thing:
    """Return a field for one place in scope, found by name or address."""
    found = Place.objects.filter(scope.q()).order_by("name")
    return Thing(queryset=found, label=label, widget=SearchBox(reverse("places:choices")), **options)


def area_field(scope: Scope, label: Any, *, keep: Any = None, **options: Any) -> Thing:
    """Return a field for one area of the association, or the one to `keep` (a code), wherever that is.

    A short list is chosen from, a long one searched.
    """
    found = areas_of(scope) | Area.objects.filter(pk=keep)
    few = list(found[: LONGEST_SELECT + 1])
    is_short = len(few) <= LONGEST_SELECT
    made = Thing(
        queryset=found,
        label=label,
        widget=forms.Select() if is_short else SearchBox(reverse("areas:choices")),
        **options,
    )
    if is_short:
        made.choices = [("", _("请选择")), *((one.pk, one.name) for one in few)]
    return made


def areas_of(scope: Scope) -> Any:
    """Return the areas of the scope's association, in order of code."""
    root = Unit.objects.select_related("area").get(pk=scope.association_id)
    return Area.objects.filter(code__startswith=root.area.prefix).order_by("code")


def county_choices(scope: Scope) -> list[tuple[str, str]]:
    """Return the counties and zones of the association as choices of a filter."""
    counties = areas_of(scope).filter(level__in=(Level.COUNTY, Level.ZONE))
    return [("", _("全部")), *((area.code, area.name) for area in counties)]


def line(label: Any, longest: int, **options: Any) -> Line:
    """Return a field for one line that may be left empty."""
    return Line(label=label, max_length=longest, **{"required": False, **options})


class Degrees(Fraction):
    """Decimal degrees of a coordinate; anything else is answered with what to do."""

    default_error_messages = {
        "invalid": gettext_lazy("请填写十进制度数，例如 115.814200。"),
        "sexagesimal": gettext_lazy("请换算成十进制度数再填：度＋分÷60＋秒÷3600。"),
        "pair": gettext_lazy("这里像是两个数，请把经度、纬度分别填在两栏。"),
    }

    def to_python(self, value: Any) -> Any:
        """Return the degrees."""
        typed = text.half_width(value).strip() if isinstance(value, str) else ""
        if any(mark in typed for mark in _DEGREE_MARKS):
            raise forms.ValidationError(self.error_messages["sexagesimal"], code="sexagesimal")
        if "," in typed or "、" in typed:
            raise forms.ValidationError(self.error_messages["pair"], code="pair")
        return super().to_python(value)
