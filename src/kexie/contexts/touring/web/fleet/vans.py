"""The vehicles: list, page of one, its exhibits, and the papers of all."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import Caravan, CaravanDocument
from kexie.contexts.touring.operations import fleet as operations
from kexie.contexts.touring.queries import field, requests
from kexie.contexts.touring.queries import fleet as queries
from kexie.contexts.touring.rules import REPLACE_SOURCE, replacement_reasons
from kexie.contexts.touring.rules import fleet as rules
from kexie.contexts.touring.states import CARAVAN_TRANSITIONS
from kexie.contexts.touring.web.fleet import forms
from kexie.contexts.touring.web.fleet.base import ActPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Column, Row, Table

State = Caravan.State
STANDINGS = {
    "GOOD": gettext_lazy("有效"),
    "EXPIRING": gettext_lazy("即将到期"),
    "EXPIRED": gettext_lazy("已过期"),
}


class VansList(ListPage):
    """The vehicles: state, papers, kilometres, whether to replace them."""

    tab, title = "vans", gettext_lazy("科普大篷车")
    sub = gettext_lazy("每辆车能不能出车、证件哪天到期、该不该更新。")
    search = ("name", "plate", "unit__name")
    empty = (gettext_lazy("没有符合条件的车辆"), gettext_lazy("先登记车辆，再登记证件和车载展品。"))
    columns = (
        Sortable("name", gettext_lazy("车辆"), ("name",)),
        Sortable("plate", gettext_lazy("车牌号"), ("plate",), nowrap=True),
        Sortable("type", gettext_lazy("车型"), ("vehicle_type",)),
        Sortable("unit", gettext_lazy("管理单位"), ("unit__name",)),
        Sortable("state", gettext_lazy("车辆状态"), ("state",), nowrap=True),
        Sortable("papers", gettext_lazy("证件"), ("next_end",)),
        Sortable("km", gettext_lazy("里程表（公里）"), numeric=True),
        Sortable("broken", gettext_lazy("待修或缺失（件）"), ("broken",), numeric=True, largest_first=True),
        Sortable("replace", gettext_lazy("更新建议")),
    )

    def rows(self) -> QuerySet[Any]:
        """Every vehicle."""
        self.read = queries.odometers(self.scope)
        return queries.vans(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state and type."""
        return {
            "state": (_("车辆状态"), State.choices),
            "vehicle_type": (_("车型"), Caravan.VehicleType.choices),
        }

    def row(self, one: Any) -> Row:
        """Show a vehicle."""
        today, km = timezone.localdate(), self.read.get(one.pk, one.initial_km)
        papers, is_bad = papers_in_words(one, today)
        reasons = _reasons(one, km)
        cells = (
            Cell(one.name, url("van", pk=one.pk)),
            Cell(one.plate),
            Cell(one.get_vehicle_type_display()),
            Cell(one.unit.name),
            Cell(one.get_state_display()),
            Cell("" if is_bad else papers, error=papers if is_bad else ""),
            Cell(km),
            Cell(one.broken),
            Cell(_("建议更新") if reasons else ""),
        )
        return Row(cells, name=one.name)

    def reminders(self) -> list[Link]:
        """Papers and licences to renew, requests and field logs that wait."""
        today = timezone.localdate()
        asked = requests.requests(self.scope).filter(state="SUBMITTED")
        logs = field.logs(self.scope).filter(drafted_at=None, on__lt=today)
        found = (
            (
                _("已过期或30天内到期的证件"),
                f"{url('documents')}?renew=1",
                len(queries.to_renew(self.scope, today)),
            ),
            (_("已过期或30天内到期的驾驶证"), url("crew"), queries.licences_to_renew(self.scope, today)),
            (_("待受理的大篷车申请"), f"{url('requests')}?state=SUBMITTED", asked.count()),
            (_("还没有生成草稿的现场记录"), url("field"), logs.count()),
        )
        return [Link(label, href, count=number) for label, href, number in found]

    def actions(self) -> list[Link]:
        """New vehicles are registered at the records' desk."""
        if not self.allowed.get("draft"):
            return []
        return [
            Link(_("登记车辆"), "/work/records/touring.caravans/new", "plus"),
            Link(_("车载展品清单"), "/work/records/touring.caravan_exhibits"),
        ]


def papers_in_words(one: Caravan, today: Any) -> tuple[str, bool]:
    """Return how a vehicle's papers stand, and whether they keep it at home."""
    if one.state == State.RETIRED:
        return "", False
    documents = list(one.documents.all())
    if ended := rules.undocumented(documents, today):
        return _("%(papers)s已过期") % {"papers": "、".join(ended)}, True
    soon = [paper for paper in rules.latest(documents) if rules.standing(paper, today) != "GOOD"]
    if soon:
        first = min(soon, key=lambda paper: paper.valid_to or today)
        return f"{first.get_kind_display()} {first.valid_to} {STANDINGS[rules.standing(first, today)]}", False
    if missing := rules.lacking(documents):
        return _("未登记：%(papers)s") % {"papers": "、".join(missing)}, False
    return _("齐全"), False


def _reasons(one: Caravan, km: int) -> list[str]:
    if one.state == State.RETIRED:
        return []
    return replacement_reasons(bought_on=one.bought_on, odometer=km, on=timezone.localdate())


class VanPage(ActPage):
    """A vehicle with its papers, repairs, kilometres and exhibits."""

    tab, template = "vans", "van"

    def check(self) -> None:
        """Find the vehicle."""
        self.one = queries.van(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What fits its state; papers and repairs are entered by whoever confirms records."""
        if self.one.state == State.RETIRED:
            return []
        if not self.keeps:
            return [_ODOMETER]
        possible = {State.IN_REPAIR: _REPAIR, State.IN_SERVICE: _BACK, State.RETIRED: _RETIRE}
        moves = [act for to, act in possible.items() if to in CARAVAN_TRANSITIONS[self.one.state]]
        return [_ODOMETER, _DOCUMENT, *moves]

    def context(self) -> dict[str, Any]:
        """The vehicle with all that is kept of it."""
        one, today = self.one, timezone.localdate()
        points = queries.odometer_points(one)
        km = max((value for _day, value in points), default=one.initial_km)
        documents = list(one.documents.all())
        return {
            "one": one, "trail": self.trail(one.name), "km": km, "reasons": _reasons(one, km),
            "source": REPLACE_SOURCE, "lacking": rules.lacking(documents),
            "ended": rules.undocumented(documents, today) if one.state != State.RETIRED else [],
            "documents": Table(_PAPERS, [_paper(paper, today) for paper in reversed(documents)]),
            "exhibits": Table(_EXHIBITS, [_exhibit(each) for each in queries.exhibits(one)]),
            "readings": Table(_READINGS, self._readings(points)),
            "repairs": one.repairs.all(), "crew": one.crew.filter(left_on=None).order_by("name"),
        }  # fmt: skip

    def _readings(self, points: list[Any]) -> list[Row]:
        apart = {(each.on, each.km): each for each in self.one.readings.all()}
        known = sorted({*points, *apart}, reverse=True)[:20]
        return [
            Row([Cell(day), Cell(km), Cell(apart[day, km].note if (day, km) in apart else _("出车或购置"))])
            for day, km in known
        ]


def _paper(one: CaravanDocument, today: Any) -> Row:
    standing = rules.standing(one, today)
    words = str(STANDINGS[standing])
    cells = (
        Cell(one.get_kind_display(), f"/files/{one.scan_id}" if one.scan_id else ""),
        Cell(one.number),
        Cell(one.valid_from),
        Cell(one.valid_to or _("长期")),
        Cell("" if standing == "EXPIRED" else words, error=words if standing == "EXPIRED" else ""),
        Cell(one.note),
    )
    return Row(cells, name=str(one))


def _exhibit(one: Any) -> Row:
    is_bad, shown = one.condition in {"FAULTY", "MISSING"}, one.get_condition_display()
    cells = (
        Cell(one.number),
        Cell(one.name, url("exhibit", pk=one.pk)),
        Cell(one.kind),
        Cell("" if is_bad else shown, error=shown if is_bad else ""),
        Cell(one.checked_on),
        Cell(one.finding),
    )
    return Row(cells, title=1, name=one.name)


def _on_van(operation: Any) -> Any:
    return lambda view, data: operation(caravan_id=view.one.pk, **data, **view.by)


_ODOMETER = Act(
    key="odometer", label=gettext_lazy("登记里程表读数"), done=gettext_lazy("已登记。"), form=forms.OdometerForm,
    run=_on_van(operations.read_odometer), hint=gettext_lazy("加油、保养、年检时看到的读数；出车的读数记在出车记录里。"),
)  # fmt: skip
_DOCUMENT = Act(
    key="document", label=gettext_lazy("登记证件或续期"), done=gettext_lazy("已登记。"), form=forms.DocumentForm,
    run=_on_van(operations.add_document), hint=gettext_lazy("续期时另登记一条，旧的留作历史。"),
)  # fmt: skip
_REPAIR = Act(
    key="repair", label=gettext_lazy("送修"), done=gettext_lazy("已登记送修，排行程时不再用这辆车。"), form=forms.RepairForm,
    run=_on_van(operations.send_to_repair),
)  # fmt: skip
_BACK = Act(
    key="back", label=gettext_lazy("修好返回"), done=gettext_lazy("已登记，车辆恢复使用。"), form=forms.BackForm, primary=True,
    run=_on_van(operations.back_from_repair),
)  # fmt: skip
_RETIRE = Act(
    key="retire", label=gettext_lazy("退役"), done=gettext_lazy("已登记退役。"), form=forms.RetireForm, danger=True,
    run=_on_van(operations.retire), hint=gettext_lazy("退役后不能再排行程，也不能恢复；以前的出车和里程仍计入数据。"),
)  # fmt: skip
_PAPERS = (
    Column(gettext_lazy("证件"), nowrap=True),
    Column(gettext_lazy("证号或保单号")),
    Column(gettext_lazy("生效日期"), nowrap=True),
    Column(gettext_lazy("有效期至"), nowrap=True),
    Column(gettext_lazy("状态"), nowrap=True),
    Column(gettext_lazy("说明")),
)
_EXHIBITS = (
    Column(gettext_lazy("展品编号"), numeric=True),
    Column(gettext_lazy("展品")),
    Column(gettext_lazy("类别")),
    Column(gettext_lazy("状况"), nowrap=True),
    Column(gettext_lazy("最近查看"), nowrap=True),
    Column(gettext_lazy("查看情况")),
)
_READINGS = (
    Column(gettext_lazy("日期"), nowrap=True),
    Column(gettext_lazy("里程表（公里）"), numeric=True),
    Column(gettext_lazy("说明")),
)


class ExhibitPage(ActPage):
    """An exhibit on board, and how it was found."""

    tab, template = "vans", "exhibit"

    def check(self) -> None:
        """Find the exhibit."""
        self.one = queries.exhibit(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """It can be looked over."""
        return [_CHECK]

    def context(self) -> dict[str, Any]:
        """The exhibit."""
        return {"one": self.one, "trail": self.trail(self.one.name)}


_CHECK = Act(
    key="check", label=gettext_lazy("登记查看结果"), done=gettext_lazy("已登记。"), form=forms.ExhibitForm, primary=True,
    run=lambda view, data: operations.check_exhibit(exhibit_id=view.one.pk, **data, **view.by),
)  # fmt: skip


class DocumentsList(ListPage):
    """The papers of all vehicles in use; what ends soon stands first."""

    tab, title = "documents", gettext_lazy("车辆证件")
    sub = gettext_lazy("到期前30天起提醒；行驶证、年检、交强险过期的车不排行程。")
    search = ("caravan__name", "caravan__plate", "number")
    empty = (gettext_lazy("没有符合条件的证件"), gettext_lazy("在一辆车的页面里登记它的证件。"))
    columns = (
        Sortable("to", gettext_lazy("有效期至"), ("valid_to",), nowrap=True),
        Sortable("kind", gettext_lazy("证件"), ("kind",), nowrap=True),
        Sortable("van", gettext_lazy("车辆"), ("caravan__name",)),
        Sortable("plate", gettext_lazy("车牌号"), ("caravan__plate",), nowrap=True),
        Sortable("unit", gettext_lazy("管理单位"), ("caravan__unit__name",)),
        Sortable("state", gettext_lazy("状态"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every paper, or with `?renew=1` those to be renewed."""
        found = queries.documents(self.scope)
        if not self.request.GET.get("renew"):
            return found
        waiting = queries.to_renew(self.scope, timezone.localdate())
        return found.filter(pk__in=[one.pk for one in waiting])

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind."""
        return {"kind": (_("证件"), CaravanDocument.Kind.choices)}

    def row(self, one: Any) -> Row:
        """Show a paper."""
        standing = rules.standing(one, timezone.localdate())
        words = str(STANDINGS[standing])
        cells = (
            Cell(one.valid_to or _("长期")),
            Cell(one.get_kind_display()),
            Cell(one.caravan.name, url("van", pk=one.caravan_id)),
            Cell(one.caravan.plate),
            Cell(one.caravan.unit.name),
            Cell("" if standing == "EXPIRED" else words, error=words if standing == "EXPIRED" else ""),
        )
        return Row(cells, title=2, name=str(one))

    def actions(self) -> list[Link]:
        """Only what is to be renewed."""
        return [Link(_("只看要续期的"), "?renew=1", "filter")]
