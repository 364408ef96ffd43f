"""A year's typing against what came out of it, and the records behind a number of fields."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.foundation.access import queries as access
from kexie.foundation.access.roles import ROLES, Action
from kexie.foundation.desk.pages import TabbedView
from kexie.kernel.errors import NotFound, Text
from kexie.ledger import registry
from kexie.ledger.addresses import record_url
from kexie.ledger.origins import Way
from kexie.ledger.record_types import RecordType
from kexie.reporting.burden import outputs as out
from kexie.reporting.burden import queries, typed
from kexie.reporting.burden.queries import Burden, RoleLine
from kexie.ui import lists
from kexie.ui.figures import FigureView
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_YEARS = range(2000, 2100)
_OTHERS = "others"  # in addresses: accounts without a role


class BurdenView(TabbedView):
    """A page about one year."""

    context, templates, namespace = "burden", "burden", "burden"
    tabs, tabs_label, tab = (("year", gettext_lazy("填报减负")),), gettext_lazy("填报减负"), "year"

    def check(self) -> None:
        """Widen to every area that the account reads: all of them are counted here."""
        self.scope = replace(self.scope, contexts=self.access_request.scope_for(Action.READ).contexts)

    @cached_property
    def years(self) -> list[int]:
        """The years of which something came out, and the last full one."""
        return sorted({*out.years(self.scope), timezone.localdate().year - 1}, reverse=True)

    @cached_property
    def year(self) -> int:
        """The year asked for, by default the latest of which a return was sent up."""
        asked = self.request.GET.get("year", "")
        if asked.isdecimal() and int(asked) in _YEARS:
            return int(asked)
        return next(iter(out.years(self.scope)), self.years[0])


class YearPage(BurdenView):
    """What was typed, what came out, by role, by output and by type of record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the year."""
        found = queries.burden(self.scope, self.year)
        context = {
            "of": found, "years": self._year_links(), "year": self.year,
            "figures": _figures(found), "by_role": _roles_table(found), "by_output": _outputs_table(found), "by_type": _types_table(found),
        }  # fmt: skip
        return self.page("year", context)

    def _year_links(self) -> list[Link]:
        words = _("%(year)s年")
        shown = sorted({*self.years, self.year}, reverse=True)
        return [Link(words % {"year": one}, f"?year={one}", current=one == self.year) for one in shown]


def _figures(found: Burden) -> list[FigureView]:
    return [
        FigureView(_("为记录填写"), found.typed, "项", href="#types"),
        FigureView(_("报出"), found.fields, "项", href="#outputs"),
        FigureView(_("专为报表填写"), found.for_reports, "项", href="#outputs"),
        FigureView(_("记录被用到"), found.uses, "次", href="#outputs"),
    ]


def role_label(role: str) -> Text:
    """Return what a role is called."""
    return ROLES[role].label if role in ROLES else _("没有授权的账号")


def _records_url(year: int, key: str, **more: str) -> str:
    return f"{reverse('burden:records', args=[key])}?{urlencode({'year': str(year), **more})}"


def _roles_table(found: Burden) -> Table:
    columns = (
        Column(_("角色")),
        Column(_("记录"), numeric=True),
        *(Column(Way(way).label, numeric=True) for way in _ways_of(found)),
        Column(_("填写合计"), numeric=True),
        Column(_("报出项数"), numeric=True),
        Column(_("专为报表填写"), numeric=True),
        Column(_("每报出100项专填"), numeric=True),
    )
    return Table(
        columns,
        [_role_row(one, _ways_of(found)) for one in found.by_role],
        _foot(found) if found.by_role else (),
    )


def _ways_of(found: Burden) -> list[str]:
    """Return the ways by which anything was typed this year; columns of nothing but zeros are left out."""
    used = {one.way for one in found.tallies if one.fields}
    return [way for way in Way.values if way in used]


def _role_row(one: RoleLine, shown: list[str]) -> Row:
    label = role_label(one.role)
    cells = (
        Cell(label),
        Cell(one.records),
        *(Cell(one.typed[way]) for way in shown),
        Cell(one.typed_once),
        Cell(one.fields),
        Cell(one.for_reports),
        Cell(_hundredth(one.for_reports, one.fields)),
    )
    return Row(cells, name=str(label))


def _foot(found: Burden) -> tuple[Cell, ...]:
    ways = {way: sum(one.fields for one in found.tallies if one.way == way) for way in _ways_of(found)}
    return (
        Cell(_("合计")),
        Cell(found.records),
        *(Cell(ways[way]) for way in ways),
        Cell(found.typed),
        Cell(found.fields),
        Cell(found.for_reports),
        Cell(_hundredth(found.for_reports, found.fields)),
    )


def _hundredth(typed_for: int, fields: int) -> str:
    return f"{typed_for * 100 / fields:.1f}" if fields else "—"


def _outputs_table(found: Burden) -> Table:
    columns = (
        Column(_("报出的内容")),
        Column(_("种类")),
        Column(pgettext_lazy("one", "单位")),
        Column(_("报出项数"), numeric=True),
        Column(_("由记录算出"), numeric=True),
        Column(_("专为它填写"), numeric=True),
        Column(_("没有记录的0"), numeric=True),
        Column(_("用到记录（次）"), numeric=True),
    )
    rows = [
        Row(
            (
                Cell(one.title, one.href), Cell(out.KINDS[one.kind]), Cell(one.unit), Cell(one.fields),
                Cell(one.computed), Cell(one.typed), Cell(one.nothing), Cell(one.uses),
            )
        )
        for one in found.outputs
    ]  # fmt: skip
    foot = (
        Cell(_("合计")), Cell(), Cell(), Cell(found.fields), Cell(found.computed),
        Cell(found.for_reports), Cell(found.nothing), Cell(found.uses),
    )  # fmt: skip
    return Table(columns, rows, foot if rows else ())


def _types_table(found: Burden) -> Table:
    columns = (
        Column(_("记录")),
        Column(_("记录数"), numeric=True),
        *([Column(_("自动生成"), numeric=True)] if found.derived else []),
        Column(_("填写项数"), numeric=True),
        Column(_("平均每条填写"), numeric=True),
    )
    rows = [
        Row(
            (
                Cell(registry.record_type(key).name, _records_url(found.year, key)), Cell(one["records"]),
                *_derived(found, one["derived"]), Cell(one["typed"]), Cell(f"{one['typed'] / one['records']:.1f}"),
            )
        )
        for key, one in found.by_type.items()
    ]  # fmt: skip
    whole = (Cell(found.records), *_derived(found, found.derived), Cell(found.typed), Cell())
    foot = (Cell(_("合计")), *whole)
    return Table(columns, rows, foot if rows else ())


def _derived(found: Burden, count: int) -> list[Cell]:
    """Return the cell of what came by itself, in a year in which anything did."""
    return [Cell(count)] if found.derived else []


class RecordsPage(BurdenView):
    """The records of one type with how many fields were typed for each; together they are the number that led here."""

    def check(self) -> None:
        """Find the type."""
        super().check()
        self.type: RecordType = registry.record_type(self.kwargs["key"])
        if not self.scope.allows(self.type.context):
            raise NotFound(self.type.key)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show a page of them."""
        found = self._asked()
        page = lists.paged(
            found.select_related("unit", "recorded_by").order_by("-occurred_on", "pk"), request.GET
        )
        name = str(self.type.name)
        context = {
            "name": name, "year": self.year, "page": page, "table": _records_table(list(page.object_list), self._reserved(page)),
            "total": found.aggregate(n=Sum("typed"))["n"] or 0, "ways": self._ways(), "roles": self._roles(),
            "counted": [_label(self.type, one) for one in self.type.fields],
            "trail": [Link(_("填报减负"), f"{self.url('year')}?year={self.year}"), Link(name)],
        }  # fmt: skip
        return self.page("records", context)

    def _asked(self) -> QuerySet[Any]:
        found = typed.rows(self.type, self.scope, self.year)
        if self._way in Way.values:
            found = found.filter(way=self._way)
        if self._role:
            role = queries.NO_ROLE if self._role == _OTHERS else self._role
            found = found.filter(recorded_by_id__in=queries.accounts_in(self.scope, role))
        return found

    def _reserved(self, page: Iterable[Any]) -> set[UUID]:
        """Return which records of the page are counted without being named: reserved for those who confirm them."""
        if self.type.reserved is None or access.may(self.account, Action.CONFIRM, self.type.context):
            return set()
        held = self.type.model._default_manager.filter(self.type.reserved, pk__in=[one.pk for one in page])
        return set(held.values_list("pk", flat=True))

    @property
    def _way(self) -> str:
        return self.request.GET.get("way", "")

    @property
    def _role(self) -> str:
        asked = self.request.GET.get("role", "")
        return asked if asked in ROLES or asked == _OTHERS else ""

    def _link(self, label: Text, *, way: str, role: str) -> Link:
        given = {name: value for name, value in (("way", way), ("role", role)) if value}
        current = (way, role) == (self._way, self._role)
        return Link(str(label), _records_url(self.year, self.type.key, **given), current=current)

    def _ways(self) -> list[Link]:
        choices: list[tuple[str, Text]] = [("", _("全部")), *((one.value, one.label) for one in Way)]
        return [self._link(label, way=way, role=self._role) for way, label in choices]

    def _roles(self) -> list[Link]:
        every = typed.rows(self.type, self.scope, self.year).order_by()
        accounts = set(every.values_list("recorded_by_id", flat=True).distinct())
        found = set(queries.roles_of(self.scope.association_id, accounts).values())
        known: list[tuple[str, Text]] = [(role, ROLES[role].label) for role in ROLES if role in found]
        choices: list[tuple[str, Text]] = [("", _("全部")), *known]
        return [self._link(label, way=self._way, role=role) for role, label in choices]


def _label(each: RecordType, name: str) -> Text:
    field: Any = each.model._meta.get_field(name)
    label: Text = field.verbose_name
    return label


def _records_table(records: list[Any], reserved: set[UUID]) -> Table:
    columns = (
        Column(_("日期"), nowrap=True),
        Column(pgettext_lazy("one", "单位")),
        Column(_("记录")),
        Column(_("来源")),
        Column(_("填报人")),
        Column(_("填写项数"), numeric=True),
    )
    rows = [
        Row(
            (
                Cell(one.occurred_on), Cell(str(one.unit)), Cell(_("（内容不公开）")) if one.pk in reserved else Cell(str(one), record_url(one)),
                Cell(Way(one.way).label), Cell(str(one.recorded_by)), Cell(one.typed),
            ),
            title=2,
            reversed=one.state == "REVERSED",
        )
        for one in records
    ]  # fmt: skip
    return Table(columns, rows)
