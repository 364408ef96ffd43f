"""The registry of facilities, and the faults reported at them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import FacilityFault, FacilityKind, FacilityStage, Title
from kexie.contexts.facilities.operations import importing
from kexie.contexts.facilities.operations.importing import ImportRefused
from kexie.contexts.facilities.queries import checks
from kexie.contexts.facilities.queries import desk as queries
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.contexts.facilities.web.forms import WorkbookForm
from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_NONE, _LATE, _CHECKED = "NONE", "LATE", "CHECKED"
_STAGES = [*FacilityStage.Stage.choices, (_NONE, gettext_lazy("还没有登记阶段"))]
STAGE_LABELS = dict(_STAGES)
_RECORDS = "/work/records/facilities.facilities/"


class RegistryPage(FacilitiesView, ListPage):
    """Every facility, with what it is, where, and how far in its life."""

    tab, title, template = "registry", gettext_lazy("科普设施"), "registry"
    sub = gettext_lazy("累计建设和现在在用分开统计：停用、摘牌、移交的仍算累计建设，不算在用。")
    search = ("name", "address", "keeper", "host__name")
    empty = (
        gettext_lazy("没有符合条件的设施"),
        gettext_lazy("可以逐处登记，或用 Excel 一次导入；登记后再记阶段。"),
    )
    columns = (
        Sortable("name", gettext_lazy("名称"), ("name",)),
        Sortable("kind", gettext_lazy("类别"), ("kind", "name"), nowrap=True),
        Sortable("area", gettext_lazy("所在地"), ("area__code", "name")),
        Sortable("stage", gettext_lazy("阶段"), ("stage", "name"), nowrap=True),
        Sortable("keeper", gettext_lazy("管理员"), ("keeper", "name"), nowrap=True),
        Sortable("visit", gettext_lazy("最近开放记录"), ("last_visit", "name"), nowrap=True),
        Sortable("faults", gettext_lazy("未解决问题"), ("faults", "name"), numeric=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every facility in sight."""
        return queries.registry(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind, county, stage and title of the host."""
        counties = areas.counties(self.account.association.area).values_list("code", "name")
        return {
            "kind": (_("类别"), FacilityKind.choices),
            "county": (_("县（市、区）"), counties),
            "stage": (_("阶段"), _STAGES),
            "title": (_("所在单位的称号"), Title.choices),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        if kind := chosen.get("kind"):
            found = found.filter(kind=kind)
        if county := chosen.get("county"):
            found = found.filter(area__code__startswith=county)
        if stage := chosen.get("stage"):
            found = found.filter(stage=None if stage == _NONE else stage)
        if title := chosen.get("title"):
            found = queries.with_title(found, title, timezone.localdate(), self.scope)
        return found

    def row(self, one: Any) -> Row:
        """Show a facility."""
        cells = (
            Cell(one.name, self.url("facility", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(one.area.name if one.area else ""),
            Cell(STAGE_LABELS[one.stage or _NONE]),
            Cell(one.keeper),
            Cell(one.last_visit),
            Cell(one.faults or ""),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """New facilities are taken by the records' desk."""
        found = [Link(_("登记设施"), f"{_RECORDS}new", "plus")] if self.allowed.get("draft") else []
        if self.allowed.get("import"):
            found.append(Link(_("用 Excel 导入"), self.url("import"), "upload"))
        return found

    def more(self) -> dict[str, Any]:
        """The counts of what was asked for."""
        return {"counts": queries.counts(self.asked())}


class FaultsPage(FacilitiesView, ListPage):
    """What people reported at facilities."""

    tab, title = "faults", gettext_lazy("问题报告")
    sub = gettext_lazy("群众在设施页面上报告的问题，不留姓名；处理情况他们凭编号能看到。")
    search = ("facility__name", "text", "code")
    empty = (
        gettext_lazy("没有符合条件的问题"),
        gettext_lazy("把设施的二维码贴在门口，群众扫码就能报告。"),
    )
    columns = (
        Sortable("said", gettext_lazy("报告时间"), ("said_at",), nowrap=True),
        Sortable("facility", gettext_lazy("设施"), ("facility__name", "said_at")),
        Sortable("kind", gettext_lazy("问题"), ("kind", "said_at")),
        Sortable("state", gettext_lazy("状态"), ("state", "said_at"), nowrap=True),
        Sortable("due", gettext_lazy("整改期限"), ("due_on", "said_at"), nowrap=True),
        Sortable("handled", gettext_lazy("处理时间"), ("handled_at",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every fault in sight."""
        return queries.faults(self.scope)

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Late ones are those open after their day."""
        due = chosen.pop("due", "")
        if due == _LATE:
            found = found.filter(checks.overdue(timezone.localdate()))
        elif due:
            found = found.exclude(due_on=None)
        return found.filter(**chosen)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state and kind."""
        return {
            "state": (_("状态"), FacilityFault.State.choices),
            "kind": (_("问题"), FacilityFault.Kind.choices),
            "due": (_("整改期限"), [(_LATE, _("逾期没有整改")), (_CHECKED, _("抽查发现的"))]),
        }

    def row(self, one: Any) -> Row:
        """Show a fault."""
        cells = (
            Cell(one.said_at, self.url("fault", pk=one.pk)),
            Cell(one.facility.name),
            Cell(one.get_kind_display()),
            Cell(one.get_state_display()),
            Cell(one.due_on or ""),
            Cell(one.handled_at),
        )
        return Row(cells, title=1, name=one.code)


class ImportPage(FacilitiesView, FormPage):
    """Facilities out of a workbook."""

    tab, title, submit = "registry", gettext_lazy("用 Excel 导入设施"), gettext_lazy("检查并导入")
    sub = gettext_lazy(
        "有一格不对就一处也不导入，并指出是哪一格；名称、类别、所在地都相同的算已有，不会重复。"
    )
    action = to_write = Action.IMPORT

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for the workbook."""
        self.shown = WorkbookForm(*args, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Take it in."""
        try:
            self.new, self.known = importing.take_in(upload=data["file"], **self.by)
        except ImportRefused as refused:
            self.shown.refuse_cells(refused.problems)
            raise
        return True

    @property
    def done(self) -> str:  # type: ignore[override]  # it counts
        """Say how many came in."""
        return _("已导入%(new)d处，%(known)d处已有、没有改动。") % {"new": self.new, "known": self.known}
