"""The register of experts: list, entering, changing."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.operations import experts as operations
from kexie.contexts.matching.queries import experts as queries
from kexie.contexts.matching.web.experts import forms
from kexie.contexts.matching.web.experts.base import ExpertsView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage, ListPage
from kexie.kernel import disciplines
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_FRESH, _STALE = "FRESH", "STALE"
_KINDS = (
    ("SOCIETY", gettext_lazy("学会专家")),
    ("HOME", gettext_lazy("海智专家")),
    ("OTHER", gettext_lazy("其他专家")),
)
_STANDINGS = (
    ("HERE", gettext_lazy("在库")),
    ("CONSENT", gettext_lazy("在库，还没有同意推荐")),
    ("UNVERIFIED", gettext_lazy("在库，还没有认证")),
    ("WITHDRAWN", gettext_lazy("已退出")),
)


class ExpertsPage(ExpertsView, ListPage):
    """Everybody the association can ask."""

    title = pgettext_lazy("many", "专家")
    sub = gettext_lazy("同意推荐、在库、接受邀请的专家才会推荐给企业；资料每年请本人确认一次。")
    search = ("name", "employer", "skills", "society__name", "region")
    empty = (
        gettext_lazy("没有符合条件的专家"),
        gettext_lazy("可以逐位登记；登记后补上成果，系统按成果找专家。"),
    )
    columns = (
        Sortable("name", gettext_lazy("姓名"), ("name",)),
        Sortable("title", gettext_lazy("职称"), ("title", "name")),
        Sortable("employer", gettext_lazy("工作单位"), ("employer", "name")),
        Sortable("disciplines", gettext_lazy("学科"), ("disciplines", "name")),
        Sortable(
            "works", gettext_lazy("成果（项）"), ("work_count", "name"), numeric=True, largest_first=True
        ),
        Sortable("availability", gettext_lazy("是否接受邀请"), ("availability", "name")),
        Sortable("standing", gettext_lazy("状态"), ("withdrawn_on", "recommended", "name"), nowrap=True),
        Sortable("confirmed", gettext_lazy("本人确认"), ("confirmed_on", "name"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Everybody in sight."""
        return self.in_sight()

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By discipline, kind, availability, standing and freshness."""
        return {
            "discipline": (_("学科"), list(disciplines.FIRST_LEVEL.items())),
            "kind": (_("来源"), _KINDS),
            "availability": (_("是否接受邀请"), Expert.Availability.choices),
            "standing": (_("状态"), _STANDINGS),
            "fresh": (_("本人确认"), ((_FRESH, _("一年内确认过")), (_STALE, _("超过一年或没有确认")))),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        if code := chosen.get("discipline"):
            found = queries.in_discipline(found, code)
        if availability := chosen.get("availability"):
            found = found.filter(availability=availability)
        if fresh := chosen.get("fresh"):
            found = queries.fresh(found, timezone.localdate(), is_fresh=fresh == _FRESH)
        kinds: dict[str, dict[str, Any]] = {
            "SOCIETY": {"society__isnull": False}, "HOME": {"is_home": True},
            "OTHER": {"society": None, "is_home": False},
        }  # fmt: skip
        standings: dict[str, dict[str, Any]] = {
            "HERE": {"withdrawn_on": None}, "CONSENT": {"withdrawn_on": None, "recommended": False},
            "UNVERIFIED": {"withdrawn_on": None, "verified_on": None},
            "WITHDRAWN": {"withdrawn_on__isnull": False},
        }  # fmt: skip
        wanted = kinds.get(chosen.get("kind", ""), {}) | standings.get(chosen.get("standing", ""), {})
        return found.filter(**wanted)

    def row(self, one: Any) -> Row:
        """Show an expert, without contact."""
        cells = (
            Cell(one.name, self.url("expert", pk=one.pk)),
            Cell(one.title),
            Cell(_("海智专家") if one.is_home else one.employer),
            Cell(one.discipline_names),
            Cell(one.work_count),
            Cell(one.get_availability_display()),
            Cell(standing(one)),
            Cell(one.confirmed_on),
        )
        return Row(cells, name=one.name)

    def actions(self) -> list[Link]:
        """Experts are entered by whoever confirms records."""
        links = [Link(_("登记专家"), self.url("new"), "plus")] if self.allowed.get("confirm") else []
        if self.allowed.get("import"):
            links.append(Link(_("导入"), self.url("imports"), "upload"))
        if self.allowed.get("confirm"):
            links.append(Link(_("查重"), self.url("lookalikes"), "match"))
            links.append(Link(_("专家申请"), self.url("requests"), "edit"))
        return links


def standing(one: Any) -> str:
    """Return whether an expert can be proposed, in words."""
    if one.withdrawn_on:
        return _("已退出")
    if not one.recommended:
        return _("未同意推荐")
    if one.is_home and one.cleared_on is None:
        return _("待合规核对")
    return _("已认证") if one.verified_on else _("未认证")


class NewPage(ExpertsView, FormPage):
    """A new expert."""

    title, submit, done = gettext_lazy("登记专家"), gettext_lazy("登记"), gettext_lazy("已登记这位专家。")
    sub = gettext_lazy("先记主要资料；成果和本人同意在下一页补。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for profile and contact."""
        self.shown = forms.NewExpertForm(*args, scope=self.scope, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Enter them."""
        return operations.register(
            profile=self.shown.profile(), phone=data["phone"], email=data["email"], **self.by
        )

    def onward(self, made: Any) -> str:
        """Go on to works and consents."""
        return self.url("expert", pk=made.pk)


class EditPage(ExpertsView, FormPage):
    """A profile, changed."""

    title, submit, done = gettext_lazy("修改专家资料"), gettext_lazy("保存"), gettext_lazy("已保存。")
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the expert."""
        self.one = queries.expert(self.scope, self.kwargs["pk"])

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        initial = forms.initial_of(self.one)
        self.shown = forms.ExpertForm(*args, scope=self.scope, initial=initial, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it, unless somebody else did meanwhile."""
        try:
            return operations.change(
                expert_id=self.one.pk, profile=self.shown.profile(), seen=data["seen"], **self.by
            )
        except operations.ChangedMeanwhile:
            self.shown.seen_again(Expert.objects.get(pk=self.one.pk))
            raise

    def above(self) -> list[Link]:
        """Return the expert's page."""
        return [Link(self.one.name, self.url("expert", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Return to the expert."""
        return self.url("expert", pk=self.one.pk)
