"""The desk's side of the field log: the days, and settling what two phones say differently."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import FieldLog, FieldNote, TripCost, TripIncident
from kexie.contexts.touring.operations import field as operations
from kexie.contexts.touring.queries import field as queries
from kexie.contexts.touring.rules import field as rules
from kexie.contexts.touring.web.fleet.base import ActPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act
from kexie.ledger.models import Method
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table


class LogsList(ListPage):
    """The days that crews wrote down."""

    tab, title = "field", gettext_lazy("现场记录")
    sub = gettext_lazy(
        "队员用手机记下的每一天。记完整了自动成为草稿，由县级科协确认；两台手机说法不同的，在这里核定。"
    )
    usual_order = ("-on", "caravan__name", "pk")
    search = ("caravan__name", "caravan__unit__name")
    empty = (
        gettext_lazy("还没有现场记录"),
        gettext_lazy("先添加现场手机，队员配对后打开 /field/ 就能记，没有网络也行。"),
    )
    columns = (
        Sortable("on", gettext_lazy("日期"), ("on",), nowrap=True, largest_first=True),
        Sortable("van", gettext_lazy("大篷车"), ("caravan__name",)),
        Sortable("unit", gettext_lazy("单位"), ("caravan__unit__name",)),
        Sortable("phones", gettext_lazy("手机"), ("phones",), numeric=True),
        Sortable("notes", gettext_lazy("笔记"), ("count",), numeric=True),
        Sortable("state", gettext_lazy("进度"), ("drafted_at",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every day."""
        return queries.logs(self.scope)

    def row(self, one: Any) -> Row:
        """Show a day."""
        cells = (
            Cell(one.on, url("field_log", pk=one.pk)),
            Cell(one.caravan.name),
            Cell(one.caravan.unit.name),
            Cell(one.phones),
            Cell(one.count),
            Cell(_("已成草稿") if one.drafted_at else _("有待办") if one.words else _("未成草稿")),
        )
        return Row(cells, name=str(one))

    def actions(self) -> list[Link]:
        """The phones."""
        return [Link(_("现场手机"), url("phones"))]


class LogPage(ActPage):
    """One day: its notes, what phones say differently, and what became of it."""

    tab, template = "field", "field_log"

    def check(self) -> None:
        """Find the day and fold it."""
        self.one: FieldLog = queries.log(self.scope, self.kwargs["pk"])
        self.notes = list(self.one.notes.select_related("phone__account", "set_aside_by"))
        self.day = rules.fold(one for one in self.notes if one.set_aside_at is None)

    def acts(self) -> list[Act]:
        """Each side of each conflict; making the drafts once more if something was in the way."""
        found = [_keep(conflict, note) for conflict in self.day.conflicts for note in conflict.options]
        again = self.one.drafted_at is None and self.day.start and self.day.end and not self.day.conflicts
        late = self.late() and self.one.trip_id and not self.day.conflicts
        return [*found, *([_AGAIN] if again else []), *([_LATE] if late else [])]

    def late(self) -> list[FieldNote]:
        """What came after the drafts were made and still stands."""
        since = self.one.drafted_at
        return [one for one in self.notes if since and one.received_at > since and not one.set_aside_at]

    def context(self) -> dict[str, Any]:
        """The day."""
        undone = {str(one.data.get("of")) for one in self.notes if one.kind == FieldNote.Kind.UNDO}
        spots = {one.data.get("stop"): str(one.data["spot"]) for one in self.notes if one.data.get("spot")}
        return {
            "one": self.one, "trail": self.trail(str(self.one)), "conflicts": len(self.day.conflicts),
            "late": len(self.late()), "trip_url": url("trip", pk=self.one.trip_id) if self.one.trip_id else "",
            "is_open": not (self.day.start and self.day.end),
            "notes": Table(_NOTES, [_note(one, undone, spots) for one in self.notes]),
        }  # fmt: skip


def _keep(conflict: rules.Conflict, note: Any) -> Act:
    values = {
        "what": FieldNote.Kind(conflict.what).label, "spot": conflict.spot, "said": _said(note),
        "phone": note.phone.name,
    }  # fmt: skip
    return Act(
        key=f"keep-{note.pk}", label=_("%(what)s %(spot)s：以%(phone)s的“%(said)s”为准") % values,
        done=gettext_lazy("已核定。没有采用的仍保留可查。"),
        run=lambda view, _data: operations.settle(log_id=view.one.pk, keep=note.pk, **view.by),
    )  # fmt: skip


def _said(note: Any) -> str:
    data, words = note.data, []
    words += [data["spot"]] if data.get("spot") else []
    words += [f"{data['count']}（{Method(data['method']).label}）"] if "count" in data else []
    words += [_("%(km)s公里") % {"km": f"{data['km']:,}"}] if data.get("km") is not None else []
    words += [_kind(note)] if data.get("kind") else []
    words += [str(data[name]) for name in ("word", "text") if data.get(name)]
    words += [_("%(yuan)s元") % {"yuan": data["yuan"]}] if data.get("yuan") else []
    return " ".join(words)


def _kind(note: Any) -> str:
    choices = TripCost.Kind.choices if note.kind == FieldNote.Kind.COST else TripIncident.Kind.choices
    return str(dict(choices).get(note.data["kind"], ""))


def _note(one: Any, undone: set[str], spots: dict[Any, str]) -> Row:
    state = _("已撤回") if str(one.pk) in undone else ""
    if one.set_aside_by:
        state = _("未采用（%(who)s核定）") % {"who": one.set_aside_by.display_name}
    cells = (
        Cell(f"{timezone.localtime(one.at):%m-%d %H:%M}"),
        Cell(one.get_kind_display()),
        Cell(" ".join(filter(None, (_spot(one, spots), _said(one))))),
        Cell(one.phone.name),
        Cell(state),
    )
    return Row(cells, reversed=bool(state), title=1, name=str(one))


def _spot(one: Any, spots: dict[Any, str]) -> str:
    """Return where a count or a leaving was noted; an arrival says so itself."""
    return "" if one.data.get("spot") else spots.get(one.data.get("stop"), "")


_AGAIN = Act(
    key="again", label=gettext_lazy("重新生成草稿"), done=gettext_lazy("已处理，请看结果。"), primary=True,
    run=lambda view, _data: operations.draft(log_id=view.one.pk, **view.by),
)  # fmt: skip
_LATE = Act(
    key="late", label=gettext_lazy("把迟到的记录补入草稿"), done=gettext_lazy("已补入，补不进的写在“请人工处理”里。"), primary=True,
    hint=gettext_lazy("补上草稿里没有的站点、人次、费用和途中情况；已确认的记录不会改动。"),
    run=lambda view, _data: operations.add_late(log_id=view.one.pk, **view.by),
)  # fmt: skip
_NOTES = (
    Column(gettext_lazy("时间"), nowrap=True),
    Column(gettext_lazy("类型"), nowrap=True),
    Column(gettext_lazy("内容")),
    Column(gettext_lazy("手机")),
    Column(gettext_lazy("状态")),
)
