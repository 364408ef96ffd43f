"""The board: the queue by stage, the counties, the leaders' figures; every number opens to its problems or experts."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.queries import board as queries
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.contexts.matching.web.problems.desk import ProblemsView, stage_label
from kexie.foundation.desk import exports
from kexie.foundation.desk.lists import chips
from kexie.foundation.desk.pages import ListPage
from kexie.kernel import text
from kexie.kernel.errors import Forbidden
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui.lists import Sortable
from kexie.ui.tables import Cell, Row

_YEARS, _ALL = 3, "all"


class BoardView(ProblemsView):
    """A page of the board: for whoever looks after problems, and for leaders."""

    tab = "board"

    def check(self) -> None:
        """Firms and experts have their own pages."""
        if not (self.allowed.get("confirm") or self.allowed.get("export")):
            raise Forbidden(_("进度看板供科协工作人员使用。"))

    @property
    def year(self) -> int | None:
        """The year asked for: this one unless another, or all of them."""
        asked, this = self.request.GET.get("year", ""), timezone.localdate().year
        if asked == _ALL:
            return None
        return int(asked) if asked.isdecimal() and text.FIRST_YEAR < int(asked) <= this else this

    def list_of(self, **asked: Any) -> str:
        """Return the address of the queue, narrowed."""
        return f"{self.url('problems')}?{urlencode({key: value for key, value in asked.items() if value})}"


class BoardPage(BoardView):
    """The three views on one page."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show it, or send the counties' table as a file."""
        self.board = queries.board(self.scope, today=timezone.localdate(), year=self.year)
        if request.GET.get("export") and self.allowed.get("export"):
            return self._send()
        this = timezone.localdate().year
        years = [*((str(year), str(year)) for year in range(this, this - _YEARS, -1)), (_ALL, _("全部年份"))]
        context = {
            "figures": self._figures(), "stages": self._stages(), "keepers": self._keepers(),
            "counted": [Stage(stage).label for stage in queries.COUNTED],
            "years": chips(request.GET, "year", years, str(self.year or _ALL)), "year": str(self.year or _ALL),
        }  # fmt: skip
        return self.page("board", context)

    def _figures(self) -> list[tuple[Any, Any, str]]:
        """Return label, value and address of each figure."""
        board, matched = self.board, self._reached(Stage.MATCHED)
        found = [
            (Stage(stage).label, board.reached[stage], self._reached(stage)) for stage in queries.COUNTED
        ]
        days = (_("从征集到匹配的天数（中位数）"), board.days_to_match, matched)
        experts = (
            _("参与的不同专家"),
            board.experts,
            f"{self.url('engaged')}?year={self.year or _ALL}",
        )
        return [*found, days, experts]

    def _reached(self, stage: str, **more: Any) -> str:
        return self.list_of(reached=stage, year=self.year, **more)

    def _stages(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row, "label": stage_label(row.stage), "next": rules.NEXT.get(row.stage or "", ""),
                "promised": rules.PROMISED[row.stage or ""],
                "href": self.list_of(current=row.stage or "NONE"),
                "late": self.list_of(current=row.stage or "NONE", progress="LATE"),
                "waits": self.list_of(current=row.stage or "NONE", progress="WAITS"),
            }
            for row in self.board.stages
        ]  # fmt: skip

    def _keepers(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row, "open": self.list_of(unit=row.unit, progress="OPEN"),
                "late": self.list_of(unit=row.unit, progress="LATE"),
                "reached": [(row.reached[stage], self._reached(stage, unit=row.unit)) for stage in queries.COUNTED],
            }
            for row in self.board.keepers
        ]  # fmt: skip

    def _send(self) -> HttpResponseBase:
        labels = [
            _("办理单位"),
            _("办理中"),
            _("已超期"),
            *(str(Stage(stage).label) for stage in queries.COUNTED),
        ]
        rows: list[list[CellValue]] = [
            [row.name, row.open, row.late, *(row.reached[stage] for stage in queries.COUNTED)]
            for row in self.board.keepers
        ]
        return exports.send(
            self, _("难题进度"), [Heading(one, 16) for one in labels], rows, subject=self.account
        )


class EngagedPage(BoardView, ListPage):
    """The experts behind the figure."""

    template = "rows"
    title = gettext_lazy("参与的不同专家")
    search = ("name", "title", "skills")
    empty = (gettext_lazy("还没有专家参与"), gettext_lazy("匹配专家或登记对接以后，专家显示在这里。"))
    nothing = empty[0]
    columns = (
        Sortable("name", pgettext_lazy("one", "专家"), ("name",)),
        Sortable("title", gettext_lazy("职称"), ("title",)),
        Sortable("society", gettext_lazy("所属学会"), ("society__name",)),
        Sortable("skills", gettext_lazy("能解决的问题"), ("skills",)),
    )

    def rows(self) -> QuerySet[Any]:
        """Every expert of the year."""
        found = queries.engaged(self.scope, today=timezone.localdate(), year=self.year)
        return found.select_related("society")

    def row(self, one: Any) -> Row:
        """Show an expert."""
        society = one.society.name if one.society else ""
        return Row((Cell(one.name), Cell(one.title), Cell(society), Cell(one.skills)), title=0, name=one.name)
