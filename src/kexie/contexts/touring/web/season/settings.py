"""A season's settings after it was made: days and limits, vans, sites' hours, the schools' terms."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import SchoolTerm, Season, SeasonVan, Site
from kexie.contexts.touring.operations import season_settings as operations
from kexie.contexts.touring.queries import season_settings as settings
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.web.season.base import SeasonView
from kexie.contexts.touring.web.season.forms import WEEKDAYS, HoursForm, SeasonForm, TermForm, VanForm
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row


class SettingView(SeasonView):
    """One form of the season's settings."""

    action = Action.CONFIRM

    @property
    def home(self) -> str:
        """Where the season is shown."""
        return reverse("touring_season:season", kwargs={"pk": self.season.pk})

    @property
    def by(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"actor": self.account, "now": timezone.now()}

    def show(self, form: DeskForm, title: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the form."""
        trail = [Link(self.season.name, self.home), Link(title)]
        return self.page("form", {"form": form, "title": title, "trail": trail, **more}, status=status)

    def kept(self, form: DeskForm, act: Callable[[dict[str, Any]], Any], title: str) -> HttpResponseBase:
        """Carry a form out and go back to the season, or show it again with what is wrong."""
        if form.carry_out(act) is None:
            return self.show(form, title, status=UNPROCESSABLE)
        messages.success(self.request, _("已保存。已有的方案不变；与新设置不符的站，看板上方会列出。"))
        return HttpResponseRedirect(self.home)


class EditView(SettingView):
    """The season's days and limits."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self.show(SeasonForm(initial=_now(self.season, SeasonForm)), _("修改巡展季"))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Change it."""
        return self.kept(SeasonForm(request.POST), self._change, _("修改巡展季"))

    def _change(self, data: dict[str, Any]) -> Season:
        return operations.change_season(season=self.season, data=data, **self.by)


class VanEditView(SettingView):
    """A van of the season: depot, hours, nights away, days off; who its crew is."""

    def check(self) -> None:
        """Find the van."""
        super().check()
        self.van: SeasonVan = settings.van(self.season, self.kwargs["van"])

    def get(self, request: HttpRequest, pk: uuid.UUID, van: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self._form(VanForm(initial=_now(self.van, VanForm)))

    def post(self, request: HttpRequest, pk: uuid.UUID, van: uuid.UUID) -> HttpResponseBase:
        """Change it, or take it out of the season."""
        if request.POST.get("act") == "remove":
            return self._remove()
        form = VanForm(request.POST)
        if form.carry_out(self._change) is None:
            return self._form(form, status=UNPROCESSABLE)
        messages.success(request, _("已保存。已有的方案不变；与新设置不符的站，看板上方会列出。"))
        return HttpResponseRedirect(self.home)

    def _change(self, data: dict[str, Any]) -> SeasonVan:
        return operations.change_van(van=self.van, data=data, **self.by)

    def _remove(self) -> HttpResponseBase:
        try:
            operations.remove_van(van=self.van, **self.by)
        except UserError as refused:
            messages.error(self.request, str(refused))
            return HttpResponseRedirect(self.request.path)
        messages.success(self.request, _("这辆车不再参加本季。"))
        return HttpResponseRedirect(self.home)

    def _form(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        crew = settings.crew(self.van)
        return self.show(form, self.van.caravan.name, status=status, van=self.van, crew=crew)


COLUMNS = (
    Sortable("name", gettext_lazy("点位"), ("name",)),
    Sortable("area", gettext_lazy("乡镇"), ("area__name",)),
    Sortable("hours", gettext_lazy("可到访时间")),
    Sortable("every", gettext_lazy("每几个月去一次"), ("every_months",)),
    Sortable("least", gettext_lazy("两次至少间隔（天）"), ("least_days",)),
    Sortable("market", gettext_lazy("集日安排"), ("market_use",)),
    Sortable("stay", gettext_lazy("附近可住宿"), ("can_stay",)),
)


class SitesView(SeasonView):
    """The season's sites with their hours and how often they are wanted."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show those asked for."""
        rows = queries.sites(self.season)
        for word in text.clean(request.GET.get("q", "")).split():
            rows = rows.filter(name__icontains=word)
        page = lists.paged(lists.ordered(rows, request.GET, COLUMNS), request.GET)
        home = reverse("touring_season:season", kwargs={"pk": pk})
        context = {
            "page": page,
            "search": request.GET.get("q", ""),
            "here": request.path,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, self._row),
            "trail": [Link(self.season.name, home), Link(_("点位的时间和频次"))],
        }
        return self.page("sites", context)

    def _row(self, one: Site) -> Row:
        href = reverse("touring_season:site", kwargs={"pk": self.season.pk, "site": one.pk})
        cells = (
            Cell(one.name, href if self.may_plan else ""),
            Cell(one.area.name if one.area else ""),
            Cell(hours_in_words(one.windows)),
            Cell(one.every_months),
            Cell(one.least_days),
            Cell(one.get_market_use_display() if one.market else ""),
            Cell(_("是") if one.can_stay else ""),
        )
        return Row(cells, title=0, name=one.name)


class SiteView(SettingView):
    """When and how often a site may be visited."""

    def check(self) -> None:
        """Find the site."""
        super().check()
        self.site: Site = settings.site(self.season, self.kwargs["site"])

    def get(self, request: HttpRequest, pk: uuid.UUID, site: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self.show(HoursForm(initial=HoursForm.of(self.site)), self.site.name)

    def post(self, request: HttpRequest, pk: uuid.UUID, site: uuid.UUID) -> HttpResponseBase:
        """Change it."""
        form = HoursForm(request.POST)

        def keep(_data: dict[str, Any]) -> Site:
            return operations.keep_hours(site=self.site, data=form.kept(), **self.by)

        return self.kept(form, keep, self.site.name)


class TermsView(SettingView):
    """The schools' terms that count for the season, and a new one."""

    action = Action.READ

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show them."""
        return self._page(self._empty())

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Add one."""
        form = TermForm(request.POST, areas=settings.areas(self.season))
        if form.carry_out(self._add) is None:
            return self._page(form, status=UNPROCESSABLE)
        messages.success(request, _("已保存。"))
        return HttpResponseRedirect(request.path)

    def _add(self, data: dict[str, Any]) -> SchoolTerm:
        term = SchoolTerm(association_id=self.season.association_id)
        return operations.keep_term(term=term, data=_term(data), **self.by)

    def _empty(self) -> TermForm:
        initial = {"starts_on": self.season.starts_on, "ends_on": self.season.ends_on}
        return TermForm(initial=initial, areas=settings.areas(self.season))

    def _page(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        trail = [Link(self.season.name, self.home), Link(_("学期和停课日"))]
        context = {
            "season": self.season, "terms": settings.terms(self.season), "form": form,
            "may_plan": self.may_plan, "trail": trail,
        }  # fmt: skip
        return self.page("terms", context, status=status)


class TermView(SettingView):
    """One term, changed or thrown away."""

    def check(self) -> None:
        """Find the term."""
        super().check()
        self.term: SchoolTerm = settings.term(self.season, self.kwargs["term"])

    @property
    def home(self) -> str:
        """Back to the terms."""
        return reverse("touring_season:terms", kwargs={"pk": self.season.pk})

    def get(self, request: HttpRequest, pk: uuid.UUID, term: uuid.UUID) -> HttpResponse:
        """Show the form."""
        form = TermForm(initial=_now(self.term, TermForm, area=self.term.area_id), areas=self._areas())
        return self.show(form, self.term.name, term=self.term)

    def post(self, request: HttpRequest, pk: uuid.UUID, term: uuid.UUID) -> HttpResponseBase:
        """Change it, or throw it away."""
        if request.POST.get("act") == "remove":
            operations.remove_term(term=self.term, **self.by)
            return HttpResponseRedirect(self.home)
        return self.kept(TermForm(request.POST, areas=self._areas()), self._change, self.term.name)

    def _change(self, data: dict[str, Any]) -> SchoolTerm:
        return operations.keep_term(term=self.term, data=_term(data), **self.by)

    def _areas(self) -> list[tuple[str, str]]:
        return settings.areas(self.season)


def hours_in_words(windows: Mapping[str, Any]) -> str:
    """Return a site's own hours in one line; those of its kind where it has none."""
    if not windows:
        return _("按类型")
    days = [
        f"{label} {_('、').join(f'{a}–{b}' for a, b in windows[number])}"
        for number, label in WEEKDAYS
        if windows.get(number)
    ]
    return "；".join(days)


def _term(data: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in data.items() if name != "area"}, "area_id": data["area"]}


def _now(one: Any, form: type[DeskForm], **more: Any) -> dict[str, Any]:
    """Return what a form begins with."""
    return {name: getattr(one, name) for name in form.base_fields if hasattr(one, name)} | more
