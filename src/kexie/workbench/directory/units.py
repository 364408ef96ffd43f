"""Units: the list, a unit's page, and the list as an Excel file."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.people import queries as people
from kexie.foundation.places import queries as places
from kexie.foundation.places.models import Place
from kexie.foundation.units import queries
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import text
from kexie.kernel.errors import NotFound, Text
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row
from kexie.workbench.desk import candidates
from kexie.workbench.directory import history, inputs, unit_records
from kexie.workbench.directory.base import DirectoryView, home

SUGGESTIONS, CHILDREN, PLACES = 20, 30, 20
EXISTING, ENDED, ALL = "", "ended", "all"
COLUMNS = (
    Sortable("name", gettext_lazy("名称"), ("name",)),
    Sortable("kind", gettext_lazy("类型"), ("kind", "name")),
    Sortable("above", gettext_lazy("上级")),
    Sortable("area", gettext_lazy("地区"), ("area__code", "name")),
    Sortable("credit_code", gettext_lazy("统一社会信用代码"), ("credit_code", "name"), nowrap=True),
    Sortable("valid_from", gettext_lazy("成立日期"), ("valid_from", "name"), nowrap=True, largest_first=True),
    Sortable("valid_to", gettext_lazy("状态"), ("valid_to", "name"), nowrap=True, largest_first=True),
)
_EXPORTED: tuple[tuple[Text, int, Callable[[Unit], writing.CellValue]], ...] = (
    (gettext_lazy("编号"), 12, lambda unit: unit.code),
    (gettext_lazy("名称"), 32, lambda unit: unit.name),
    (gettext_lazy("简称"), 18, lambda unit: unit.short_name),
    (gettext_lazy("类型"), 12, lambda unit: unit.get_kind_display()),
    (gettext_lazy("上级单位"), 28, lambda unit: unit.parent.name if unit.parent else ""),
    (gettext_lazy("地区"), 12, lambda unit: unit.area.name),
    (gettext_lazy("统一社会信用代码"), 22, lambda unit: unit.credit_code),
    (gettext_lazy("联系人"), 12, lambda unit: unit.contact_name),
    (gettext_lazy("联系电话"), 16, lambda unit: unit.contact_phone),
    (gettext_lazy("电子邮箱"), 22, lambda unit: unit.contact_email),
    (gettext_lazy("地址"), 32, lambda unit: unit.address),
    (gettext_lazy("网站"), 22, lambda unit: unit.website),
    (gettext_lazy("成立日期"), 12, lambda unit: unit.valid_from),
    (gettext_lazy("终止日期"), 12, lambda unit: unit.valid_to),
    (gettext_lazy("备注"), 32, lambda unit: unit.note),
)


class Filter(forms.Form):
    """What narrows the list."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类型"), required=False, choices=[("", gettext_lazy("全部")), *Kind.choices]
    )
    area = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            (EXISTING, gettext_lazy("现有")),
            (ENDED, gettext_lazy("已终止")),
            (ALL, gettext_lazy("全部")),
        ],
    )

    def __init__(self, data: QueryDict, *, scope: Scope) -> None:
        super().__init__(data)
        area: Any = self.fields["area"]
        area.choices = inputs.county_choices(scope)
        self.is_valid()

    def condition(self, today: dt.date) -> Q:
        """Return the filter that the sound fields ask for."""
        values = self.cleaned_data
        state, found = values.get("state", EXISTING), Q()
        if values.get("kind"):
            found &= Q(kind=values["kind"])
        if values.get("area"):
            found &= Q(area__code__startswith=areas.get(values["area"]).prefix)
        if state != ALL:
            ended = Q(valid_to__isnull=False, valid_to__lte=today)
            found &= ended if state == ENDED else ~ended
        return found


def asked(params: QueryDict, form: Filter, scope: Scope, above: Unit | None) -> QuerySet[Unit]:
    """Return the units in scope that the address asks for, in its order."""
    found = queries.units(scope).select_related("parent").filter(form.condition(timezone.localdate()))
    if above is not None:
        found = found.filter(path__startswith=above.path).exclude(pk=above.pk)
    for word in text.clean(params.get("q", "")).split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(short_name__icontains=word)
            | Q(credit_code__istartswith=word)
            | Q(code__iexact=word)
        )
    return lists.ordered(found, params, COLUMNS)


def positions(units: Sequence[Unit]) -> dict[str, str]:
    """Return for each unit's path the names above it, from the top but without the association, in one statement."""
    above = {unit.path: unit.path.rstrip("/").split("/")[:-1] for unit in units}
    codes = {code for found in above.values() for code in found}
    association = units[0].association_id if units else None
    named = {unit.code: str(unit) for unit in Unit.objects.filter(association=association, code__in=codes)}
    return {
        path: " › ".join(named[code] for code in (found[1:] or found) if code in named)
        for path, found in above.items()
    }


class UnitsView(DirectoryView):
    """A page over the list of units."""

    def above(self) -> Unit | None:
        """Return the unit below which the list is asked for."""
        code = self.request.GET.get("under", "")
        return queries.get(self.readable, code) if code else None


class ListView(UnitsView):
    """The units, filtered, searched, sorted, page by page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the units that the address asks for."""
        form, above = Filter(request.GET, scope=self.readable), self.above()
        page = lists.paged(asked(request.GET, form, self.readable, above), request.GET)
        units = list(page.object_list)
        places_of = positions(units)
        context = {
            "form": form,
            "above": above,
            "page": page,
            "table": lists.table(units, request.GET, COLUMNS, lambda unit: _row(unit, places_of[unit.path])),
            "query": request.GET.urlencode(),
            "is_plain": not any(request.GET.get(name) for name in ("q", "kind", "area", "state", "under")),
            "trail": [home(), Link(pgettext("many", "单位"))],
            "may_add": self.may(Action.MANAGE_UNITS),
            "may_export": self.may(Action.EXPORT),
        }
        return self.page("directory/units", context)


def _row(unit: Unit, above: str) -> Row:
    is_ended = unit.valid_to is not None and unit.valid_to <= timezone.localdate()
    ended = _("%(day)s终止") % {"day": unit.valid_to}
    cells = [
        Cell(unit.name, href=reverse("units:unit", args=[unit.code])),
        Cell(unit.get_kind_display()),
        Cell(above),
        Cell(unit.area.name),
        Cell(unit.credit_code),
        Cell(unit.valid_from),
        Cell(ended if is_ended else _("现有")),
    ]
    return Row(cells, name=unit.name)


class ExportView(UnitsView):
    """The units that a list's address asks for, as .xlsx."""

    def check(self) -> None:
        """Whoever takes the list out may also export."""
        super().check()
        self.exportable = self.scope_for(Action.EXPORT)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file, and write down who took it."""
        now, form = timezone.now(), Filter(request.GET, scope=self.readable)
        units = asked(request.GET, form, self.readable, self.above()).filter(self.exportable.q(unit=""))
        file = writing.workbook(
            _("单位"),
            [writing.Heading(str(label), width) for label, width, _value in _EXPORTED],
            _values(units),
        )
        audit.append(
            association_id=self.account.association_id,
            actor=self.account,
            action="units.export",
            subject=None,
            detail={"query": request.GET.urlencode(), "rows": units.count()},
            now=now,
        )
        name = f"{_('单位')}-{timezone.localdate(now):%Y%m%d}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)


def _values(units: QuerySet[Unit]) -> Iterator[list[writing.CellValue]]:
    for unit in units.iterator(chunk_size=2000):
        yield [value(unit) for _label, _width, value in _EXPORTED]


class ChoicesView(DirectoryView):
    """Answers what somebody types into a search box for a unit."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return at most SUGGESTIONS units as [{id, label, hint}]."""
        rows = queries.units(self.scope).filter(valid_to=None).order_by("path")
        return suggestions(rows, request.GET.get("q", ""))


class KeepableView(ChoicesView):
    """The same, among the units that the account keeps."""

    action = Action.MANAGE_UNITS


def suggestions(rows: QuerySet[Any], words: str) -> JsonResponse:
    """Return the first things whose names hold the words."""
    found = candidates.search(rows, words, limit=SUGGESTIONS)
    items = [{"id": str(one.pk), "label": str(one), "hint": candidates.hint(one)} for one in found]
    return JsonResponse({"items": items})


class OneUnitView(DirectoryView):
    """A page about the unit in the address."""

    def check(self) -> None:
        """Find the unit, if the account may see it."""
        super().check()
        self.unit = queries.get(self.readable, self.kwargs["code"])


class UnitView(OneUnitView):
    """A unit: what is said of it, where it stands, what belongs to it, what became of it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the unit."""
        unit, below = self.unit, queries.children(self.readable, self.unit).filter(valid_to=None)
        kept = places.places(self.readable).filter(unit=unit)
        context = {
            "unit": unit,
            "is_ended": unit.valid_to is not None,
            "trail": trail(unit, self.readable),
            "place": place_of(unit, self.readable),
            "children": list(below[:CHILDREN]),
            "child_count": below.count(),
            "people": self._people(),
            "places": list(kept[:PLACES]),
            "place_count": kept.count(),
            "records": unit_records.links(self.rights, unit),
            "history": history.of_unit(self.readable, unit),
            "may": self._rights(),
        }
        return self.page("directory/unit", context)

    def _people(self) -> int | None:
        """Return how many people belong to the unit and those below, None for who may not know."""
        scope = self.find_scope(Action.READ_PEOPLE)
        if scope is None or not scope.covers(self.unit.path):
            return None
        return people.people(scope).filter(unit__path__startswith=self.unit.path).count()

    def _rights(self) -> dict[str, bool]:
        scope = self.find_scope(Action.MANAGE_UNITS)
        may_keep = scope is not None and scope.covers(self.unit.path)
        return {
            "keep": may_keep,
            "restructure": may_keep and scope is not None and may_restructure(self.unit, scope),
            "people": self.may(Action.MANAGE_PEOPLE, self.unit.path),
        }


def may_restructure(unit: Unit, scope: Scope) -> bool:
    """Whether a unit may be moved and ended within a scope: not the association, nor the top of one's own grant."""
    return not unit.is_association and scope.covers(unit.path.removesuffix(f"{unit.code}/") or "/")


def trail(unit: Unit, scope: Scope, *more: Link) -> list[Link]:
    """Return the way to a unit through those above it; what the account may not see is named without a link."""
    above = [
        Link(str(one), reverse("units:unit", args=[one.code]) if scope.covers(one.path) else "")
        for one in queries.ancestors(unit)
        if scope.covers(one.path)
    ]
    here = Link(str(unit), reverse("units:unit", args=[unit.code]) if more else "")
    return [home(), Link(pgettext("many", "单位"), reverse("units:list")), *above, here, *more]


def place_of(unit: Unit, scope: Scope) -> Place | None:
    """Return where a unit is, if the account may see that place."""
    return places.places(scope).filter(pk=unit.place_id).first() if unit.place_id else None


def unit_named(scope: Scope, code: str) -> Unit | None:
    """Return the unit that a filter names, or None for none or one out of sight."""
    try:
        return queries.get(scope, code) if code else None
    except NotFound:
        return None
