"""Pages over many returns: what is missing, who files what, how two editions differ."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.reporting.returns import editions, operations, queries
from kexie.reporting.returns.editions import Edition, Item
from kexie.reporting.returns.models import Return
from kexie.reporting.returns.web import forms
from kexie.reporting.returns.web.base import OneView, ReturnsView
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

_MOST = 12  # returns whose gaps are worked out on one page


def chosen(request: HttpRequest, name: str, otherwise: int = 0) -> Edition:
    """Return the edition that the address asks for; nonsense is the newest."""
    every = list(editions.editions().values())
    return editions.editions().get(request.GET.get(name, ""), every[min(otherwise, len(every) - 1)])


class GapsPage(ReturnsView):
    """Everything between the returns of a year and their seal, each with its owner."""

    tab = "gaps"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the gaps of one edition."""
        edition = chosen(request, "edition")
        every = queries.returns(self.scope).filter(edition=edition.key).exclude(stage=Return.Stage.LOCKED)
        found = list(every.order_by("unit__path")[:_MOST])
        gaps = queries.gaps(found)
        context = {
            "edition": edition, "choices": forms.edition_choices(), "gaps": gaps, "more": every.count() - len(found),
            "missing": list(queries.without_return(self.scope, edition.key)), "begun": found,
            "drafts": [(one, queries.drafts(one)) for one in found],
            "table": _gap_table(gaps, self),
        }  # fmt: skip
        return self.page("gaps", context)


def _gap_table(gaps: list[queries.Gap], view: ReturnsView) -> Table:
    columns = (
        Column(_("填报单位")),
        Column(_("项目")),
        Column(_("缺什么")),
        Column(_("谁来办")),
    )
    return Table(columns, [_gap_row(gap, view) for gap in gaps])


def _gap_row(gap: queries.Gap, view: ReturnsView) -> Row:
    page = view.url("one", pk=gap.filed.pk)
    href = view.url("item", pk=gap.filed.pk, key=gap.item.key) if gap.item else page
    label = gap.item.label if gap.item else _("整份年报")
    return Row(
        (Cell(str(gap.filed.unit), page), Cell(label, href), Cell(gap.words), Cell(gap.owner)), title=1
    )


class UnitsPage(ReturnsView, ActPage):
    """Who files whose records, and which records nobody files."""

    tab, template = "units", "units"
    to_write = Action.CONFIRM

    def acts(self) -> list[Act]:
        """Shares are arranged by whoever confirms."""
        return [_ASSIGN, _RELEASE]

    def act_form(self, act: Act, *args: Any, **options: Any) -> Any:
        """The choice of units is that of the account."""
        more = {"scope": self.scope} if act is _ASSIGN else {}
        return super().act_form(act, *args, **more, **options)

    @property
    def edition(self) -> Edition:
        """The edition the page is about."""
        return chosen(self.request, "edition")

    def context_of(self) -> dict[str, Any]:
        """The shares, and the records outside them."""
        nobody = queries.to_nobody(self.scope.association_id, self.edition) if self.scope.is_whole else []
        columns = (Column(pgettext_lazy("one", "单位")), Column(_("指标")), Column(_("记录数"), numeric=True))
        rows = [Row((Cell(str(unit)), Cell(label), Cell(count))) for unit, label, count in nobody]
        return {
            "edition": self.edition, "choices": forms.edition_choices(), "nobody": Table(columns, rows),
            "parts": list(queries.parts(self.scope, self.edition.key)), "sees_all": self.scope.is_whole,
        }  # fmt: skip


def _assign(view: Any, data: dict[str, Any]) -> Any:
    return operations.assign(edition=view.edition.key, **data, **view.by)


def _release(view: Any, data: dict[str, Any]) -> Any:
    return operations.release(part_id=data["row"], **view.by)


_ASSIGN = Act(
    key="assign",
    label=_("安排填报"),
    run=_assign,
    done=_("已安排。"),
    form=forms.PartForm,
    action=Action.CONFIRM,
)
_RELEASE = Act(key="release", label=_("撤销安排"), run=_release, done=_("已撤销。"), form=forms.RowForm,
               action=Action.CONFIRM, at="parts")  # fmt: skip


class EditionsPage(ReturnsView):
    """Two editions side by side."""

    tab = "editions"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show what differs."""
        new = chosen(request, "new")
        usual = editions.before(new) or new
        old = editions.editions().get(request.GET.get("old", ""), usual)
        found = editions.differences(old, new)
        context = {
            "old": old, "new": new, "choices": forms.edition_choices(), "table": _differences(found, old, new),
        }  # fmt: skip
        return self.page("editions", context)


def _differences(found: list[tuple[str, Item | None, Item | None]], old: Edition, new: Edition) -> Table:
    columns = (Column(_("变化")), Column(old.name), Column(new.name))
    return Table(
        columns, [Row((Cell(_kind(a, b)), Cell(_words(a)), Cell(_words(b)))) for _key, a, b in found]
    )


class ChangesPage(OneView):
    """A return beside last year's: what changed, and where a note is demanded."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show every item, those that demand a note first."""
        edition = editions.edition(self.one.edition)
        every = queries.changes(self.one)
        asked = request.GET.get("state", "")
        shown = [one for one in every if asked in {"", one.state}]
        context = {
            "one": self.one, "edition": edition, "before": editions.before(edition), "table": self._table(shown, edition),
            "chips": [_state_link(key, label, every, asked) for key, label in _STATES], "any": bool(every),
            "open": sum(one.state == "open" for one in every), "share": f"{edition.change:.0%}",
            "trail": self.trail(Link(edition.name, self.url("one", pk=self.one.pk)), Link(_("与上年比"))),
        }  # fmt: skip
        return self.page("changes", context)

    def _table(self, shown: list[queries.Changed], edition: Edition) -> Table:
        columns = (
            Column(_("项目")),
            Column(_("%(year)d年") % {"year": edition.year - 1}, numeric=True),
            Column(_("%(year)d年") % {"year": edition.year}, numeric=True),
            Column(_("增减"), numeric=True),
            Column(_("幅度"), numeric=True),
            Column(_("说明")),
        )
        return Table(columns, [self._row(one) for one in shown])

    def _row(self, one: queries.Changed) -> Row:
        line, value = one.line, one.line.value
        note = _("变化较大，请写说明") if one.state == "open" else value.note if value else ""
        return Row((
            Cell(line.item.label, self.url("item", pk=self.one.pk, key=line.item.key)),
            Cell("" if line.before is None else line.before), Cell(line.shown),
            Cell("" if line.difference is None else f"{line.difference:+f}".rstrip("0").rstrip(".")), Cell(line.change),
            Cell(note, error=str(note) if one.state == "open" else ""),
        ))  # fmt: skip


_STATES = (("", _("全部")), ("open", _("要写说明")), ("noted", _("已说明")), ("same", _("没有变化")))


def _state_link(key: str, label: Any, every: list[queries.Changed], asked: str) -> Link:
    count = sum(key in {"", one.state} for one in every)
    return Link(label, f"?state={key}" if key else "?", count=count, current=key == asked)


def _kind(old: Item | None, new: Item | None) -> Any:
    if old is None:
        return _("新增")
    return _("修改") if new else _("取消")


def _words(one: Item | None) -> str:
    if one is None:
        return ""
    bound = one.measure or one.outside
    code = f"{one.code} " if one.code else ""
    return f"{code}{one.label}（{one.unit}）{bound}"
