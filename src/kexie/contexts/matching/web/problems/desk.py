"""The problems: the queue, posting one, changing what is written."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import Industry
from kexie.contexts.matching.operations import disclosure
from kexie.contexts.matching.operations import problems as operations
from kexie.contexts.matching.queries import likeness
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.queries.disclosure import Viewer, disclosed
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.rules.disclosure import Disclosed
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.contexts.matching.web.problems import forms
from kexie.foundation.access.queries import roles_of
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage, TabbedView
from kexie.kernel import industries, text
from kexie.kernel.errors import Forbidden, Text
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_OPEN, _LATE, _WAITS, _NONE = "OPEN", "LATE", "WAITS", "NONE"
_YEARS = 10
_TABS = (
    ("problems", pgettext_lazy("many", "技术难题")),
    ("board", gettext_lazy("进度看板")),
    ("follow_ups", gettext_lazy("回访")),
    ("quality", gettext_lazy("推荐命中率")),
)


class ProblemsView(TabbedView):
    """A page of the problems' desk."""

    context, templates, namespace = "matching", "matching/problems", "problem_desk"
    tabs_label = gettext_lazy("难题工作")
    tab = "problems"

    @property
    def tabs(self) -> Sequence[tuple[str, Text]]:  # type: ignore[override]
        """The queue for everybody; the board, the follow-ups and how well experts are found for whoever looks after problems."""
        return _TABS if self.allowed.get("confirm") or self.allowed.get("export") else _TABS[:1]

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the address of one of the desk's pages, or of the page on finding."""
        return reverse("finding:quality") if name == "quality" else super().url(name, **kwargs)

    @property
    def viewer(self) -> Viewer:
        """Whoever looks, for what is not for everybody."""
        return Viewer(account=self.account, scope=self.scope)


class ProblemsPage(ProblemsView, ListPage):
    """The queue: what waits longest against its promise stands first."""

    title = pgettext_lazy("many", "技术难题")
    sub = gettext_lazy("按承诺日期排，最急的在前；只有企业自己确认，才算解决。")
    words = ("number", "name", "firm__name")
    empty = (gettext_lazy("没有符合条件的难题"), gettext_lazy("换个条件再看，或登记一个难题。"))
    columns = (
        Sortable("promised", gettext_lazy("承诺日期"), ("promised", "number"), nowrap=True),
        Sortable("number", gettext_lazy("编号"), ("number",), nowrap=True),
        Sortable("name", gettext_lazy("难题"), ("name",)),
        Sortable("firm", pgettext_lazy("one", "企业"), ("firm__name",)),
        Sortable("industry", gettext_lazy("产业"), ("industry__name",)),
        Sortable("stage", gettext_lazy("阶段"), ("current",), nowrap=True),
        Sortable("since", gettext_lazy("已用天数"), ("since",), nowrap=True),
        Sortable("next", gettext_lazy("下一步"), ("current",)),
    )

    @property
    def search(self) -> tuple[str, ...]:  # type: ignore[override]
        """What may be read may be searched: an expert's account is not told by hits what a summary says."""
        return self.words if roles_of(self.account) == ["EXPERT"] else (*self.words, "summary")

    def rows(self) -> QuerySet[Any]:
        """Every problem in sight."""
        return queries.problems(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By progress, stage, industry, who looks after it, and the stage reached in a year; a firm has few to look through."""
        own = Industry.objects.filter(association=self.scope.association_id)
        progress = ((_OPEN, _("办理中")), (_LATE, _("超过承诺日期")), (_WAITS, _("等企业答复")))
        this = timezone.localdate().year
        few = {
            "progress": (_("进度"), progress),
            "current": (_("阶段"), ((_NONE, _("待审核")), *Stage.choices)),
        }
        if roles_of(self.account) == ["FIRM_CONTACT"]:
            return few
        return {
            **few,
            "industry": (_("产业"), list(own.order_by("name").values_list("pk", "name"))),
            "division": (
                _("国民经济行业"),
                [(code, industries.label(code)) for code in queries.divisions(self.scope)],
            ),
            "unit": (_("办理单位"), queries.keepers(self.scope)),
            "reached": (_("走到过"), Stage.choices),
            "year": (_("在哪一年"), [(str(year), str(year)) for year in range(this, this - _YEARS, -1)]),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        found = self._in_progress(found, chosen.pop("progress", ""))
        year, reached = int(chosen.pop("year", 0)), chosen.pop("reached", "")
        if reached:
            since, until = queries.year_of(year or None)
            found = queries.reached(found, reached, since=since, until=until)
        if chosen.get("current") == _NONE:
            del chosen["current"]
            found = found.filter(current=None)
        if division := chosen.pop("division", ""):
            found = queries.of_division(found, division)
        return found.filter(**chosen).order_by(F("promised").asc(nulls_last=True), "number")

    @staticmethod
    def _in_progress(found: QuerySet[Any], progress: str) -> QuerySet[Any]:
        if progress == _LATE:
            return queries.late(found, timezone.localdate())
        if progress == _WAITS:
            return queries.open_ones(found).filter(waits=True)
        return queries.open_ones(found) if progress else found

    def row(self, one: Any) -> Row:
        """Show a problem."""
        cells = (
            Cell(promise_of(one)),
            Cell(one.number),
            Cell(one.name, self.url("problem", pk=one.pk)),
            Cell(one.firm.name),
            Cell(one.industry.name if one.industry else ""),
            Cell(stage_label(one.current)),
            Cell(age_of(one)),
            Cell(_("等企业答复") if one.waits else rules.NEXT.get(one.current or "", "")),
        )
        return Row(cells, title=2, name=str(one))

    def actions(self) -> list[Link]:
        """Post one."""
        return [Link(_("提出难题"), self.url("new"), "plus")] if self.allowed.get("draft") else []

    def more(self) -> dict[str, Any]:
        """How many are open, and how many late."""
        return {"tally": queries.tally(self.rows(), timezone.localdate())}


class NewPage(ProblemsView, FormPage):
    """A problem, in the firm's own words or entered for it."""

    title, submit = gettext_lazy("提出难题"), gettext_lazy("提交")
    to_write = Action.DRAFT

    @property
    def sub(self) -> str:  # type: ignore[override]
        """What happens with it, and within how many days."""
        return _("用车间里的话写就行。科协%(days)s天内审核，再找专家。") % {"days": rules.CHECK_DAYS}

    @property
    def done(self) -> str:  # type: ignore[override]
        """What is promised once it is posted."""
        return _("已提交，科协%(days)s天内审核。") % {"days": rules.CHECK_DAYS}

    @property
    def own_firm(self) -> Any:
        """The account's unit, if it is a firm."""
        unit = self.account.unit
        return unit if unit is not None and unit.kind == "FIRM" else None

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask; a firm is not asked which firm it is."""
        kind = forms.PostingForm if self.own_firm else forms.DeskPostingForm
        self.shown = kind(*args, scope=self.scope, **options)
        self.likest = self.like_it(args[0]) if args else []
        if self.likest:
            self.shown.ask_whether_another(_("、").join(one.problem.number for one in self.likest))
        return self.shown

    def like_it(self, sent: Any) -> list[likeness.Alike]:
        """Return what says nearly the same as what was sent."""
        name, summary = text.clean(sent.get("name", "")), text.clean_lines(sent.get("summary", ""))
        found = likeness.alike(name, summary, self.scope, today=timezone.localdate())
        return [one for one in found if one.may_be_the_same]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Show what is like it below the form."""
        return super().page("new", {"alike": self.likest, **context}, status=status)

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it, unless it seems to be there already and nobody said that it is another one."""
        if self.likest and not data.get("sure"):
            raise operations.ProblemRefused(
                fields={"sure": _("请先看下面相近的难题；确实是另一个问题，再勾选提交。")}
            )
        return operations.post(posting=self.shown.posting(), firm=self.own_firm or data["firm"], **self.by)

    def onward(self, made: Any) -> str:
        """The problem's page."""
        return self.url("problem", pk=made.pk)


class EditPage(ProblemsView, FormPage):
    """What is written, changed."""

    title, submit, done = gettext_lazy("修改难题"), gettext_lazy("保存"), gettext_lazy("已保存。")
    to_write = Action.DRAFT

    def check(self) -> None:
        """Find the problem; the firm's own text is closed once it was checked."""
        self.one = queries.problem(self.scope, self.kwargs["pk"], timezone.localdate())
        if queries.is_its_firm(self.scope, self.one) and (self.one.current or "") not in rules.OPEN_TO_FIRM:
            raise Forbidden(_("难题已经审核，要修改请联系科协。"))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        initial = {
            name: getattr(self.one, name) for name in ("name", "summary", "industry", "confidentiality")
        }
        may_read = disclosed(self.one, self.viewer) == Disclosed.FULL
        if may_read and not args:
            initial["full"] = disclosure.open_text(problem=self.one, viewer=self.viewer, now=timezone.now())
        self.shown = forms.PostingForm(*args, scope=self.scope, initial=initial, **options)
        if not may_read:
            del self.shown.fields["full"]
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        return operations.change(problem_id=self.one.pk, posting=self.shown.posting(), **self.by)

    def above(self) -> list[Link]:
        """The problem's page."""
        return [Link(str(self.one), self.url("problem", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Back to it."""
        return self.url("problem", pk=self.one.pk)


def promise_of(one: Any) -> Any:
    """Return the promised day, and that it has passed; nothing where nothing is promised or the firm is waited for."""
    if one.promised is None or one.waits:
        return ""
    late = one.promised < timezone.localdate()
    return _("%(day)s 已超期") % {"day": one.promised} if late else one.promised


def age_of(one: Any) -> str:
    """Return for how many days a problem has been at its stage, of how many promised."""
    if one.since is None or one.promised is None:
        return ""
    begun = max(one.since, one.answered or one.since)
    days, promised = (timezone.localdate() - begun).days, rules.PROMISED[one.current or ""]
    return _("%(days)s / %(promised)s 天") % {"days": days, "promised": promised}


def stage_label(stage: str | None) -> str:
    """Return a stage in words; a problem that nobody checked yet has none."""
    return str(Stage(stage).label) if stage else _("待审核")
