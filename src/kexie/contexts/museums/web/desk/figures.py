"""The museum's own figures: this year beside the last, charts, and the files made from them."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.queries import performance, yearbook
from kexie.contexts.museums.queries.yearbook import Card, Cut
from kexie.contexts.museums.web.desk import papers
from kexie.contexts.museums.web.desk.today import TodayBase
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import NotFound
from kexie.ledger import registry
from kexie.ledger.addresses import figure_url
from kexie.ledger.kinds import Ratio
from kexie.ledger.measures import Cell
from kexie.ledger.models import Method
from kexie.platform.audit import operations as audit
from kexie.ui.charts import Point
from kexie.ui.figures import FigureView, Share
from kexie.ui.nav import Link

_YEAR = re.compile(r"[0-9]{4}")
PAPERS = {
    "performance": (performance.performance, gettext_lazy("免费开放绩效材料")),
    "national": (performance.national, gettext_lazy("全国科普统计-科技馆部分")),
}
FILES = {"xlsx": (papers.workbook, papers.XLSX), "docx": (papers.document, papers.DOCX)}


class YearView(TodayBase):
    """A page of one year (`year` in the query, by default the present one)."""

    tab = "figures"

    def check(self) -> None:
        """Read which year is asked for; nonsense is this year."""
        super().check()
        self.today = timezone.localdate(self.now)
        asked = self.request.GET.get("year", "")
        self.first = yearbook.first_year(self.museum, self.readable) or self.today.year
        self.year = int(asked) if _YEAR.fullmatch(asked) else self.today.year
        self.year = min(max(self.year, self.first), self.today.year)


class FiguresView(YearView):
    """The figures of a year."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show them."""
        found = yearbook.yearbook(self.museum, self.year, self.readable, today=self.today, now=self.now)
        years = range(self.today.year, self.first - 1, -1)
        context = {
            "book": found,
            "cards": [self.card(one) for one in found.cards],
            "years": [Link(str(year), f"?year={year}", current=year == self.year) for year in years],
            "months": self.points(found.months, label=_("%(n)s月")),
            "months_before": self.points(found.months_before, label=_("%(n)s月")),
            "slots": self.points(found.slots),
            "methods": self.points(found.methods),
            "channels": self.points(found.channels),
            "hours": self.points(found.hours),
            "visits_unit": registry.measure("museums.visits").unit,
            "may_export": self.may(Action.EXPORT),
        }
        return self.page("figures", context)

    def card(self, one: Card) -> FigureView:
        """Return a figure as the component shows it, with the same days of the year before beside it."""
        found, before = one.figure, one.before
        value = found.value if one.has_records else None
        comparable = value is not None and before is not None and not isinstance(found.measure.kind, Ratio)
        said = _("上年同期 %(value)s") % {"value": before} if before is not None and not comparable else ""
        return FigureView(
            label=str(found.measure.label),
            value=value,
            unit=found.measure.unit,
            as_of=found.cell.period.last_day,
            href=self.address(found.cell),
            note=said if one.has_records else _("没有记录"),
            delta=Decimal(value) - Decimal(before)
            if comparable and value is not None and before is not None
            else None,
            delta_label=_("比上年同期") if comparable else "",
            mix=[Share(str(Method(method).label), total) for method, total in found.methods],
        )

    def points(self, cut: Cut, *, label: str = "%(n)s") -> list[Point]:
        """Return a cut as the points of a chart; each opens."""
        return [
            Point(label % {"n": name}, None if value is None else float(value), self.address(cell))
            for name, value, cell in cut.parts
        ]

    def address(self, cell: Cell) -> str:
        """Return where a figure opens, "" where no part of the site shows figures."""
        try:
            return figure_url(cell, unit=self.museum.unit)
        except NoReverseMatch:
            return ""


class PaperView(YearView):
    """A file to save: `paper` and `kind` in the address."""

    action: ClassVar[Action] = Action.EXPORT

    def get(self, request: HttpRequest, **_kwargs: Any) -> FileResponse:
        """Make it, and write down who took it out."""
        if self.kwargs["paper"] not in PAPERS or self.kwargs["kind"] not in FILES:
            raise NotFound(self.kwargs["paper"])
        collect, name = PAPERS[self.kwargs["paper"]]
        write, content_type = FILES[self.kwargs["kind"]]
        paper = collect(self.museum, self.year, self.readable, today=self.today, now=self.now)
        audit.append(
            association_id=self.museum.association_id, actor=self.account, action="museums.export",
            subject=self.museum, detail={"list": str(name), "year": self.year}, now=self.now,
        )  # fmt: skip
        title = f"{self.museum.name}-{name}-{self.year}.{self.kwargs['kind']}"
        return FileResponse(write(paper), as_attachment=True, filename=title, content_type=content_type)
