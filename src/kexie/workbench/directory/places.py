"""Places: the list, a place's page, and its form."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.forms import Whole
from kexie.foundation.places import operations, queries
from kexie.foundation.places.models import Place
from kexie.foundation.units import queries as units
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.platform import geo
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row
from kexie.workbench.desk.inputs import Lines
from kexie.workbench.directory import history, inputs
from kexie.workbench.directory.base import ChangeView, DirectoryView, home, version_of
from kexie.workbench.directory.inputs import Degrees, DirectoryForm, area_field, line, unit_field
from kexie.workbench.directory.units import suggestions, unit_named

COLUMNS = (
    Sortable("name", gettext_lazy("名称"), ("name",)),
    Sortable("unit", gettext_lazy("管理单位"), ("unit__name", "name")),
    Sortable("area", gettext_lazy("地区"), ("area__code", "name")),
    Sortable("address", gettext_lazy("地址")),
    Sortable("located", gettext_lazy("坐标"), nowrap=True),
    Sortable(
        "floor_area",
        gettext_lazy("建筑面积（㎡）"),
        ("floor_area", "name"),
        numeric=True,
        largest_first=True,
    ),
)
_LARGEST = 2_000_000


class Filter(forms.Form):
    """What narrows the list."""

    area = forms.ChoiceField(label=gettext_lazy("地区"), required=False)

    def __init__(self, data: QueryDict, *, scope: Scope) -> None:
        super().__init__(data)
        area: Any = self.fields["area"]
        area.choices = inputs.county_choices(scope)
        self.is_valid()


class PlaceForm(DirectoryForm):
    """A place being written."""

    wide = frozenset({"name", "address", "note"})
    name = line(gettext_lazy("名称"), 120, required=True)
    address = line(gettext_lazy("地址"), 200)
    longitude = Degrees(
        label=gettext_lazy("经度"),
        required=False,
        help_text=gettext_lazy("十进制度数，东经为正，例如 115.814200。"),
    )
    latitude = Degrees(
        label=gettext_lazy("纬度"),
        required=False,
        help_text=gettext_lazy("十进制度数，北纬为正，例如 32.890800。"),
    )
    system = forms.ChoiceField(
        label=gettext_lazy("坐标来源"),
        choices=[
            (geo.System.WGS84.value, gettext_lazy("GPS、北斗、天地图（WGS-84、CGCS2000）")),
            (geo.System.GCJ02.value, gettext_lazy("高德、腾讯地图（GCJ-02）")),
        ],
        help_text=gettext_lazy("统一换算成 WGS-84 保存；选错会偏三五百米。"),
    )
    floor_area = Whole(label=gettext_lazy("建筑面积（㎡）"), required=False, min_value=1, max_value=_LARGEST)
    note = Lines(
        label=gettext_lazy("备注"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, scope: Scope, readable: Scope, **options: Any) -> None:
        super().__init__(data, **options)
        unit, area = self.initial.get("unit"), self.initial.get("area")
        self.fields["unit"] = unit_field(scope, _("管理单位"), keep=unit, help_text=_("输入名称查找。"))
        self.fields["unit"].error_messages["required"] = _("请选择管理单位。")
        self.fields["area"] = area_field(
            readable, _("所在地区"), keep=area, required=False, help_text=_("不选时为管理单位所在的地区。")
        )
        self.order_fields(("name", "unit", "area", "address", "longitude", "latitude", "system"))

    def clean(self) -> dict[str, Any]:
        """Refuse half a coordinate, and one that is nowhere on Earth or has its halves swapped."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        east, north = values.get("longitude"), values.get("latitude")
        if self.has_error("longitude") or self.has_error("latitude"):
            return values
        if (east is None) != (north is None):
            missing = "longitude" if east is None else "latitude"
            self.add_error(missing, _("经度和纬度要么都填，要么都留空。"))
        elif east is not None and north is not None:
            self._check_range(float(east), float(north))
        return values

    def _check_range(self, east: float, north: float) -> None:
        if geo.is_in_china(east, north):
            return
        if geo.is_in_china(north, east):
            self.add_error("longitude", _("经度和纬度填反了：经度是较大的那个数（安徽约115至120）。"))
        else:
            self.add_error("longitude", _("这个坐标不在中国境内，请核对；中国的经度约73至135，纬度约3至54。"))

    def point(self) -> geo.Point | None:
        """Return the coordinates with their system, or None."""
        east, north = self.cleaned_data["longitude"], self.cleaned_data["latitude"]
        if east is None or north is None:
            return None
        return geo.Point(float(east), float(north), geo.System(self.cleaned_data["system"]))

    def values(self) -> dict[str, Any]:
        """Return what the operation takes, without the coordinates."""
        names = ("name", "unit", "address", "floor_area", "note")
        given = {name: self.cleaned_data[name] for name in names}
        return {**given, "area": self.cleaned_data["area"] or given["unit"].area}


class ListView(DirectoryView):
    """The places, page by page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the places that the address asks for."""
        form, above = Filter(request.GET, scope=self.readable), self._above()
        area = form.cleaned_data.get("area")
        found = queries.places(
            self.readable, area=areas.get(area) if area else None, text=text.clean(request.GET.get("q", ""))
        )
        if above is not None:
            found = found.filter(unit__path__startswith=above.path)
        page = lists.paged(lists.ordered(found, request.GET, COLUMNS), request.GET)
        context = {
            "form": form,
            "above": above,
            "page": page,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, _row),
            "is_plain": not any(request.GET.get(name) for name in ("q", "area", "unit")),
            "trail": [home(), Link(pgettext("many", "地点"))],
            "may_add": self.may(Action.MANAGE_UNITS),
        }
        return self.page("directory/places", context)

    def _above(self) -> Any:
        return unit_named(self.readable, self.request.GET.get("unit", ""))


def _row(place: Place) -> Row:
    cells = [
        Cell(place.name, href=_url(place)),
        Cell(str(place.unit)),
        Cell(place.area.name),
        Cell(place.address),
        Cell(degrees(place) or _("未填")),
        Cell(place.floor_area),
    ]
    return Row(cells, name=place.name)


def degrees(place: Place) -> str:
    """Return the coordinates as they are read aloud, or ""."""
    return "" if place.longitude is None else f"{place.longitude}, {place.latitude}"


class PlaceView(DirectoryView):
    """A place: where it is, who keeps it, which units are there."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the place."""
        place = queries.get(self.readable, self.kwargs["pk"])
        context = {
            "place": place,
            "degrees": degrees(place),
            "units": list(units.units(self.readable).filter(place=place)),
            "history": history.of_place(self.readable, place),
            "trail": [*_trail(), Link(place.name)],
            "may_keep": self.may(Action.MANAGE_UNITS, place.unit.path),
        }
        return self.page("directory/place", context)


class ChoicesView(DirectoryView):
    """Answers what somebody types into a search box for a place."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Return some places as [{id, label, hint}]."""
        return suggestions(queries.places(self.scope), request.GET.get("q", ""))


class PlaceFormView(ChangeView):
    """A form about a place."""

    action = Action.MANAGE_UNITS

    def trail(self) -> list[Link]:
        """Return the way here."""
        return _trail()

    def back(self) -> str:
        """Return to the list."""
        return reverse("places:list")


class NewView(PlaceFormView):
    """A new place."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("登记地点")

    def form(self, data: Any = None) -> PlaceForm:
        """Return the form; the address may name the unit."""
        unit = unit_named(self.scope, self.request.GET.get("unit", ""))
        initial = {"unit": unit.pk} if unit else {}
        return PlaceForm(data, scope=self.scope, readable=self.readable, initial=initial)

    def save(self, form: Any) -> str:
        """Enter the place."""
        made = operations.create_place(
            point=form.point(), actor=self.account, now=timezone.now(), **form.values()
        )
        messages.success(self.request, _("已登记：%(name)s") % {"name": made.name})
        return _url(made)


class EditView(PlaceFormView):
    """A place, changed."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("修改地点")

    def check(self) -> None:
        """Find the place, and see that the account keeps it."""
        super().check()
        self.place = queries.get(self.readable, self.kwargs["pk"])
        self.require(self.place.unit.path)

    def form(self, data: Any = None) -> PlaceForm:
        """Return the form, filled with what is known."""
        names = ("name", "address", "longitude", "latitude", "floor_area", "note")
        known = {name: getattr(self.place, name) for name in names}
        initial = {
            **known,
            "unit": self.place.unit_id,
            "area": self.place.area_id,
            "system": geo.System.WGS84,
        }
        return PlaceForm(data, scope=self.scope, readable=self.readable, initial=initial)

    def save(self, form: Any) -> str:
        """Change the place, unless somebody else did meanwhile."""
        values = form.values()
        if {"longitude", "latitude", "system"} & set(form.changed_data):
            values["point"] = form.point()
        with transaction.atomic():
            self.require_version(Place.objects.select_for_update().get(pk=self.place.pk))
            operations.edit_place(place=self.place, actor=self.account, now=timezone.now(), **values)
        messages.success(self.request, _("已保存：%(name)s") % {"name": values["name"]})
        return _url(self.place)

    def version(self) -> str:
        """Return the digest of the place as it is now."""
        return version_of(Place.objects.get(pk=self.place.pk))

    def trail(self) -> list[Link]:
        """Return the way through the place."""
        return [*_trail(), Link(self.place.name, _url(self.place))]

    def back(self) -> str:
        """Return to the place."""
        return _url(self.place)


def _trail() -> list[Link]:
    return [home(), Link(pgettext("many", "地点"), reverse("places:list"))]


def _url(place: Place) -> str:
    return reverse("places:place", args=[place.pk])
