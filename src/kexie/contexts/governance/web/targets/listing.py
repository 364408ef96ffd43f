"""Programmes with their targets, one programme, the list of all targets, and the sheet to print."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.governance.models import ActionProgramme
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.queries import sheets
from kexie.contexts.governance.states import Standing
from kexie.contexts.governance.web.targets.base import TargetsView
from kexie.foundation.desk import exports
from kexie.foundation.desk.pages import ListPage
from kexie.kernel.errors import NotFound
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

TONES = (
    ("good", gettext_lazy("进展正常")), ("warn", gettext_lazy("需要加快")), ("bad", gettext_lazy("滞后或未达到"))
)  # fmt: skip


class ProgrammesPage(TargetsView):
    """Every programme with its targets of a year."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.page("programmes", self.context_of())

    def context_of(self) -> dict[str, Any]:
        """The programmes, each with its targets, and how many stand how."""
        top = self.board.top
        shown = [
            {"of": one, "lines": [self.line(target) for target in top if target.programme_id == one.pk]}
            for one in queries.programmes(self.scope)
        ]
        counts = Counter(one.tone for one in top)
        return {
            "programmes": shown, "year": self.year, "years": self.year_links, "is_closed": self.is_closed,
            "counts": [(tone, label, counts[tone]) for tone, label in TONES], "total": len(top),
        }  # fmt: skip


class PrintPage(ProgrammesPage):
    """The same on paper."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return self.page("print", self.context_of())


class ProgrammePage(TargetsView):
    """One programme: what it is for, who answers for it, its targets and their milestones."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        one: ActionProgramme | None = queries.programmes(self.scope).filter(pk=kwargs["pk"]).first()
        if one is None:
            raise NotFound(str(kwargs["pk"]))
        found = [target for target in self.board.top if target.programme_id == one.pk]
        steps = sorted(
            ((step, target) for target in found for step in target.milestones),
            key=lambda pair: pair[0].milestone.due_on,
        )
        context = {
            "one": one, "lines": [self.line(target) for target in found], "steps": steps, "year": self.year,
            "years": self.year_links, "is_closed": self.is_closed, "trail": self.trail(Link(one.name)),
            "units": list(dict.fromkeys(target.responsible for target in found)),
        }  # fmt: skip
        return self.page("programme", context)


class TargetsPage(TargetsView, ListPage):
    """All targets of a year, parts too."""

    tab = "list"
    title = gettext_lazy("目标任务")
    sub = gettext_lazy("进度由指标从已确认的记录中算出，不填报；点目标看目标线、原因和下一步。")
    search = ("name", "unit__name", "programme__name")
    empty = (
        gettext_lazy("没有符合条件的目标"),
        gettext_lazy("换个年度或条件再看；也可以登记目标，或从上一年复制。"),
    )
    columns = (
        Sortable(
            "programme", pgettext_lazy("one", "专项行动"), ("programme__position", "name", "unit__path")
        ),
        Sortable("name", gettext_lazy("目标"), ("name", "unit__path")),
        Sortable("unit", gettext_lazy("责任单位"), ("unit__path", "name")),
        Sortable("actual", gettext_lazy("已完成"), numeric=True),
        Sortable("expected", gettext_lazy("到今天应有"), numeric=True),
        Sortable("goal", gettext_lazy("年度目标"), ("goal",), numeric=True, largest_first=True),
        Sortable("share", gettext_lazy("完成率（%）"), numeric=True),
        Sortable("status", gettext_lazy("进展"), nowrap=True),
        Sortable("why", gettext_lazy("原因")),
    )

    def rows(self) -> QuerySet[Any]:
        """Every target of the year."""
        return queries.rows(self.scope).filter(pk__in=list(self.board.progress))

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By year, programme, kind and how it stands."""
        years = [(str(one), one) for one in sorted({*queries.years(self.scope), self.year}, reverse=True)]
        programmes = [(str(one.pk), one.name) for one in queries.programmes(self.scope)]
        return {
            "year": (_("年度"), years),
            "programme": (pgettext_lazy("one", "专项行动"), programmes),
            "level": (_("层级"), (("WHOLE", _("全市")), ("PART", _("分解到单位")))),
            "status": (_("进展"), Standing.choices),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters; how it stands is computed, not stored."""
        if status := chosen.get("status"):
            found = found.filter(
                pk__in=[pk for pk, one in self.board.progress.items() if one.status == status]
            )
        if programme := chosen.get("programme"):
            found = found.filter(programme=programme)
        if level := chosen.get("level"):
            found = found.filter(parent__isnull=level == "WHOLE")
        return found

    def row(self, one: Any) -> Row:
        """Show a target."""
        found, reasons = self.board.progress[one.pk], self.reasons.get(one.pk)
        unknown = _("不可计算")
        cells = (
            Cell(found.programme, f"{self.url('programme', pk=found.programme_id)}?year={self.year}"),
            Cell(found.name, found.href),
            Cell(found.responsible),
            Cell(unknown if found.actual is None else found.actual, found.figure),
            Cell(found.expected),
            Cell(found.goal),
            Cell("" if found.share is None else found.share),
            Cell(str(found.status_word)),
            Cell(str(reasons.why[0].text) if reasons and reasons.why else ""),
        )
        return Row(cells, title=1, name=found.name)

    def actions(self) -> list[Link]:
        """Whoever confirms records of this area sets targets."""
        if not self.allowed.get("confirm"):
            return []
        return [Link(_("登记目标"), self.url("new"), "plus")]


def send_sheet(view: TargetsView) -> FileResponse:
    """Return the year's targets as a sheet that the import reads again: the template, filled."""
    rows = [sheets.row_of(one) for one in view.board.rows]
    return exports.send(
        view, str(_("目标任务")), sheets.headings(), rows, subject=view.account, prefix=str(view.year)
    )
