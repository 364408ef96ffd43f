"""Yearly reports of the holders of titles: the list with what is late, and one report."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import SelfReport, Title
from kexie.contexts.facilities.operations import reports
from kexie.contexts.facilities.queries import holder_figures
from kexie.contexts.facilities.queries import reports as queries
from kexie.contexts.facilities.rules.reports import QUESTIONS, due
from kexie.contexts.facilities.web import titles_forms as forms
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, ListPage
from kexie.kernel.errors import NotFound
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_State = SelfReport.State
_LABELS = dict(_State.choices)
_NONE, _LATE = "NONE", "LATE"
_SHOWN_YEARS = 6


class ReportsPage(FacilitiesView, ListPage):
    """The titles that report for a year, with how far each report is."""

    tab, title = "reports", gettext_lazy("年度自评")
    sub = gettext_lazy("年末仍有效的称号每年报一次，次年1月31日前提交；参观、开放天数由台账带出。")
    search = ("holder__name",)
    empty = (
        gettext_lazy("没有要自评的称号"),
        gettext_lazy("登记并确认称号认定以后，有效的称号每年列在这里。"),
    )
    nothing = empty[0]
    columns = (
        Sortable("holder", gettext_lazy("获得单位"), ("holder__name", "title")),
        Sortable("title", gettext_lazy("称号"), ("title", "holder__name")),
        Sortable("area", gettext_lazy("所在地"), ("area__code", "holder__name")),
        Sortable("until", gettext_lazy("有效期至"), ("valid_to", "holder__name"), nowrap=True),
        Sortable("report", gettext_lazy("自评"), ("report", "holder__name"), nowrap=True),
        Sortable("late", gettext_lazy("逾期"), ("late", "holder__name"), nowrap=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every title valid at the end of the year asked for, last year's if none is."""
        today = timezone.localdate()
        asked = self.request.GET.get("year", "")
        self.year = int(asked) if asked in self._years() else today.year - 1
        return queries.expected(self.scope, self.year, today)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By year, title, county and how far."""
        counties = areas.counties(self.account.association.area).values_list("code", "name")
        far = [(_NONE, _("还没有开始")), *_State.choices, (_LATE, _("逾期未交"))]
        return {
            "year": (_("年度"), [(year, year) for year in self._years()]),
            "title": (_("称号"), Title.choices),
            "area__code__startswith": (_("县（市、区）"), counties),
            "far": (_("自评"), far),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """The year is in the rows; late ones are those without a report sent."""
        far = chosen.pop("far", "")
        chosen.pop("year", "")
        found = found.filter(**chosen)
        if far == _LATE:
            return found.filter(late=True)
        return found.filter(report=None if far == _NONE else far) if far else found

    def row(self, one: Any) -> Row:
        """Show a title with its report."""
        cells = (
            Cell(one.holder.name, self.url("report", pk=one.pk, year=self.year)),
            Cell(one.get_title_display()),
            Cell(one.area.name),
            Cell(one.valid_to or ""),
            Cell(_LABELS[one.report] if one.report else _("还没有开始")),
            Cell(_("逾期未交") if one.late else ""),
        )
        return Row(cells, name=one.holder.name)

    def _years(self) -> list[str]:
        this = timezone.localdate().year
        return [str(year) for year in range(this, this - _SHOWN_YEARS, -1)]


def _save(view: Any, data: dict[str, Any]) -> Any:
    version = data.pop("version")
    answers = {key: value for key, value in data.items() if value not in (None, "")}
    return reports.save(**view.of, answers=answers, version=-1 if version is None else version, **view.by)


def _submit(view: Any, data: dict[str, Any]) -> Any:
    return reports.submit(**view.of, **view.by)


def _check(operation: Any) -> Any:
    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        by = {**view.by, "scope": view.find(Action.CONFIRM)}
        return operation(report_id=view.report.pk, **data, **by)

    return carry_out


_SAVE = Act(
    key="save", label=gettext_lazy("填写"), done=gettext_lazy("已保存。"), run=_save, form=forms.ReportForm,
    primary=True, hint=gettext_lazy("台账里有的数不用填；没有记录的才列在下面。"),
)  # fmt: skip
_SUBMIT = Act(
    key="submit",
    label=gettext_lazy("提交给县区科协"),
    done=gettext_lazy("已提交，等县区科协审核。"),
    run=_submit,
)
_CONFIRM = Act(
    key="confirm", label=gettext_lazy("确认自评"), done=gettext_lazy("已确认。"), run=_check(reports.confirm),
    action=Action.CONFIRM, primary=True,
)  # fmt: skip
_SEND_BACK = Act(
    key="send_back", label=gettext_lazy("退回补正"), done=gettext_lazy("已退回。"), run=_check(reports.send_back),
    action=Action.CONFIRM, form=forms.ReasonForm,
)  # fmt: skip
_ACTS: dict[str, tuple[Act, ...]] = {
    "": (_SAVE, _SUBMIT),
    _State.DRAFT: (_SAVE, _SUBMIT),
    _State.RETURNED: (_SAVE, _SUBMIT),
    _State.SUBMITTED: (_CONFIRM, _SEND_BACK),
    _State.CONFIRMED: (_SEND_BACK,),
}


class ReportPage(FacilitiesView, ActPage):
    """The report of one title for one year."""

    tab, template = "reports", "report"

    def check(self) -> None:
        """Find the title; years before it was given or yet to come have no report."""
        self.held, self.year = queries.accreditation(self.scope, self.kwargs["pk"]), self.kwargs["year"]
        if not self.held.occurred_on.year <= self.year <= timezone.localdate().year:
            raise NotFound(_("这一年还没有到，或者还没有这个称号。"))
        self.report = queries.report(self.held, self.year)
        self.figures = queries.figures(self.held, self.year, self.report)

    @property
    def of(self) -> dict[str, Any]:
        """Which report operations are told of."""
        return {"accreditation_id": self.held.pk, "year": self.year}

    def acts(self) -> list[Act]:
        """What can be done in this state."""
        return list(_ACTS[self.report.state if self.report else ""])

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Ask for the figures that no record says."""
        if act.key == "save":
            options["unknown"] = queries.unknown(self.figures)
        return super().act_form(act, *args, **options)

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what was kept."""
        kept = self.report
        return {**kept.answers, "version": kept.version} if kept else {"version": 0}

    def context_of(self) -> dict[str, Any]:
        """The report."""
        answers = self.report.answers if self.report else {}
        typed = [(one.label, answers.get(one.key)) for one in queries.unknown(self.figures)]
        return {
            "one": self.report,
            "held": self.held,
            "year": self.year,
            "due": due(self.year),
            "trail": self.trail(Link(self.held.holder.name)),
            "figures": self.figures,
            "records": holder_figures.RECORDS,
            "rows": typed + [(one.label, answers.get(one.key)) for one in QUESTIONS],
        }
