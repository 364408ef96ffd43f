"""The list of seasons, one season with its vans and plans, and new ones."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring import queries as touring
from kexie.contexts.touring.models import Plan, Season, SeasonVan
from kexie.contexts.touring.operations import planning
from kexie.contexts.touring.operations import seasons as operations
from kexie.contexts.touring.queries import season_settings as settings
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.web.season.base import SPANS, SeasonDesk, SeasonView, compute, seconds_of
from kexie.contexts.touring.web.season.forms import SeasonForm, VanForm
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel import text
from kexie.kernel.errors import UserError
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

COLUMNS = (
    Sortable("start", gettext_lazy("第一天"), ("starts_on",), nowrap=True),
    Sortable("name", gettext_lazy("巡展季"), ("name",)),
    Sortable("end", gettext_lazy("最后一天"), ("ends_on",), nowrap=True),
    Sortable("unit", gettext_lazy("管理单位"), ("unit__name",)),
    Sortable("published", gettext_lazy("已发布的方案")),
)


class ListView(SeasonDesk):
    """The seasons."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show those asked for."""
        rows = queries.seasons(self.scope)
        for word in text.clean(request.GET.get("q", "")).split():
            rows = rows.filter(name__icontains=word)
        page = lists.paged(lists.ordered(rows, request.GET, COLUMNS), request.GET)
        context = {
            "page": page,
            "search": request.GET.get("q", ""),
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, _row),
            "may_plan": self.find(Action.CONFIRM) is not None,
        }
        return self.page("list", context)


class AddView(SeasonDesk):
    """A new season, kept by the account's own office."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._show(SeasonForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the season."""
        form = SeasonForm(request.POST)
        season = form.carry_out(self._add)
        if season is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("touring_season:season", kwargs={"pk": season.pk}))

    def _add(self, data: dict[str, Any]) -> Season:
        unit = self.account.unit
        if unit is None or not self.scope.covers(unit.path):
            raise UserError(_("您的账号不能为所在单位安排巡展季。"))
        season = Season(association_id=self.scope.association_id, unit=unit, **data)
        return operations.add_season(season=season, actor=self.account, now=timezone.now())

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        trail = [Link(_("巡展季"), reverse("touring_season:list")), Link(_("新建巡展季"))]
        return self.page("form", {"form": form, "title": _("新建巡展季"), "trail": trail}, status=status)


class VanView(SeasonView):
    """A caravan takes part."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return self._show(VanForm(caravans=self._caravans()))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Add it."""
        form = VanForm(request.POST, caravans=self._caravans())
        if form.carry_out(self._add) is None:
            return self._show(form, status=UNPROCESSABLE)
        return HttpResponseRedirect(reverse("touring_season:season", kwargs={"pk": pk}))

    def _add(self, data: dict[str, Any]) -> SeasonVan:
        van = SeasonVan(
            association_id=self.season.association_id,
            season=self.season,
            caravan_id=uuid.UUID(data["caravan"]),
            **{name: value for name, value in data.items() if name != "caravan"},
        )
        return operations.add_van(van=van, actor=self.account, now=timezone.now())

    def _caravans(self) -> list[tuple[str, str]]:
        taken = set(self.season.vans.values_list("caravan_id", flat=True))
        return [
            (str(one.pk), f"{one.name} {one.plate}")
            for one in touring.caravans(self.scope)
            if one.pk not in taken
        ]

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        home = reverse("touring_season:season", kwargs={"pk": self.season.pk})
        trail = [Link(self.season.name, home), Link(_("添加车辆"))]
        return self.page("form", {"form": form, "title": _("添加车辆"), "trail": trail}, status=status)


class PageView(SeasonView):
    """One season: what it allows, its vans, its plans."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        sites = queries.sites(self.season)
        context = {
            "season": self.season,
            "vans": list(self.season.vans.select_related("caravan")),
            "plans": list(self.season.plans.all()),
            "sites": sites.count(),
            "terms": settings.terms(self.season).count(),
            "no_point": sites.filter(longitude=None).count(),
            "may_plan": self.may_plan,
            "spans": SPANS,
            "trail": [Link(_("巡展季"), reverse("touring_season:list")), Link(self.season.name)],
        }
        return self.page("season", context)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Begin a plan: computed, empty, or a copy of the published one."""
        try:
            plan = self._computed() if request.POST.get("seconds") else self._by_hand()
        except UserError as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("touring_season:plan", kwargs={"pk": plan.pk}))

    def _by_hand(self) -> Plan:
        start = self.season.published if self.request.POST.get("copy") else None
        return operations.add_plan(
            season=self.season, actor=self.account, now=timezone.now(), start=start, by_hand=True
        )

    def _computed(self) -> Plan:
        seconds = seconds_of(self.request.POST)
        return compute(planning.begin, season=self.season, seconds=seconds, actor=self.account)


def _row(one: Season) -> Row:
    href = reverse("touring_season:season", kwargs={"pk": one.pk})
    cells = (
        Cell(one.starts_on),
        Cell(one.name, href),
        Cell(one.ends_on),
        Cell(one.unit.name),
        Cell(str(one.published) if one.published else ""),
    )
    return Row(cells, title=1, name=one.name)
