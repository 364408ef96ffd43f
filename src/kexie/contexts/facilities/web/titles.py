"""The register of titles, and the page that tells the two alike from each other."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import Title
from kexie.contexts.facilities.queries import titles as queries
from kexie.contexts.facilities.queries.titles import Standing
from kexie.contexts.facilities.rules import AWARDERS
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.pages import ListPage
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_STANDINGS = (
    (Standing.VALID, gettext_lazy("有效")),
    (Standing.EXPIRING, gettext_lazy("半年内到期")),
    (Standing.EXPIRED, gettext_lazy("已到期")),
    (Standing.ENDED, gettext_lazy("提前终止")),
)
_LABELS = dict(_STANDINGS)
_RECORDS = "/work/records/facilities.accreditations/"


class TitlesPage(FacilitiesView, ListPage):
    """Every title given, with its term and how it stands today."""

    tab, title = "titles", gettext_lazy("科普称号")
    sub = gettext_lazy("每次认定一行；到期、撤销的仍留在名册里，不算有效。")
    search = ("holder__name", "certificate_no", "batch")
    empty = (
        gettext_lazy("没有符合条件的称号"),
        gettext_lazy("在台账里登记或导入称号认定，确认后列在这里。"),
    )
    columns = (
        Sortable("holder", gettext_lazy("获得单位"), ("holder__name", "title")),
        Sortable("title", gettext_lazy("称号"), ("title", "holder__name")),
        Sortable("awarder", gettext_lazy("认定机构"), (), nowrap=True),
        Sortable("area", gettext_lazy("所在地"), ("area__code", "holder__name")),
        Sortable("batch", gettext_lazy("批次"), ("batch", "holder__name"), nowrap=True),
        Sortable("until", gettext_lazy("有效期至"), ("valid_to", "holder__name"), nowrap=True),
        Sortable("number", gettext_lazy("文号或证书编号"), ("certificate_no", "holder__name")),
        Sortable("standing", gettext_lazy("状态"), ("standing", "valid_to", "holder__name"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every confirmed title in sight."""
        return queries.register(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By title, county and standing."""
        counties = areas.counties(self.account.association.area).values_list("code", "name")
        return {
            "title": (_("称号"), Title.choices),
            "area__code__startswith": (_("县（市、区）"), counties),
            "standing": (_("状态"), _STANDINGS),
        }

    def row(self, one: Any) -> Row:
        """Show a title."""
        cells = (
            Cell(one.holder.name, f"{_RECORDS}{one.pk}"),
            Cell(one.get_title_display(), self.url("certificate", pk=one.pk)),
            Cell(AWARDERS[one.title]),
            Cell(one.area.name),
            Cell(one.batch),
            Cell(one.valid_to),
            Cell(one.certificate_no),
            Cell(_LABELS[one.standing]),
        )
        return Row(cells, name=one.holder.name)

    def actions(self) -> list[Link]:
        """New titles are taken by the records' desk."""
        found = [Link(_("登记称号"), f"{_RECORDS}new", "plus")] if self.allowed.get("draft") else []
        found.append(Link(_("到期和再认定"), self.url("ending")))
        return [*found, Link(_("分清两种“科普基地”"), self.url("look_alikes"))]


class LookAlikesPage(FacilitiesView):
    """What tells the base of the association from that of the department of science and technology."""

    tab = "titles"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        heading = _("分清两种“科普基地”")
        sub = _("名称只差几个字，认定机构、申报渠道和证书都不同；两种分别登记、分别统计。")
        return self.page("look_alikes", {"title": heading, "sub": sub, "trail": self.trail(Link(heading))})
