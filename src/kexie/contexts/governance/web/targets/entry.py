"""Setting and changing targets, parting them, copying a year, and sheets in and out."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.governance.operations import targets as operations
from kexie.contexts.governance.queries import sheets
from kexie.contexts.governance.web.targets import forms
from kexie.contexts.governance.web.targets.base import OneView, TargetsView
from kexie.contexts.governance.web.targets.listing import send_sheet
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind
from kexie.kernel.errors import Forbidden
from kexie.ui.nav import Link


class EntryPage(TargetsView, FormPage):
    """A form of the targets' desk; whoever confirms records of this area sets targets."""

    action = to_write = Action.CONFIRM


class NewPage(EntryPage):
    """A new target."""

    title, submit, done = gettext_lazy("登记目标"), gettext_lazy("登记"), gettext_lazy("已登记这个目标。")
    sub = gettext_lazy("只定目标，不填进度；进度由指标从已确认的记录中算出。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        initial = {"year": self.year, "programme": self.request.GET.get("programme")}
        self.shown = forms.TargetForm(*args, scope=self.scope, initial=initial, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Set it."""
        return operations.set_target(plan=self.shown.plan(), **self.by)

    def onward(self, made: Any) -> str:
        """Its page."""
        return self.url("target", pk=made.pk)


class ChangingPage(OneView, FormPage):
    """A form about a target that may be changed."""

    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the target; a closed year, and a part that somebody else set, stay as they are."""
        super().check()
        if not self.may_change:
            words = (
                _("这一年已经结账，目标不能再改；可以复制到新的年度后调整。")
                if self.is_closed
                else _("这是上级分解下来的目标，请上级单位调整。")
            )
            raise Forbidden(words)

    def onward(self, made: Any) -> str:
        """Its page."""
        return self.url("target", pk=self.one.pk)


class EditPage(ChangingPage):
    """A changed goal: what it was is kept."""

    title, submit, done = (
        gettext_lazy("调整目标"),
        gettext_lazy("保存调整"),
        gettext_lazy("已调整，原目标留存在“调整记录”里。"),
    )
    sub = gettext_lazy("进度不能改：它由已确认的记录算出。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        self.shown = forms.ChangeForm(*args, scope=self.scope, initial=forms.initial_of(self.one), **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Change it."""
        return operations.change(
            target_id=self.one.pk, plan=self.shown.plan(), reason=data["reason"], **self.by
        )


class PartsPage(ChangingPage):
    """A target's shares."""

    title, submit, done = (
        gettext_lazy("分解到县（市、区）"),
        gettext_lazy("保存分解"),
        gettext_lazy("已分解。"),
    )

    @property
    def sub(self) -> str:  # type: ignore[override]  # says the goal that is parted
        """What is parted, and what happens with the rest."""
        told = {"name": self.one.name, "goal": f"{self.one.goal.normalize():f}"}
        return _("“%(name)s”全市目标 %(goal)s；各县合计不能超过它，不足的部分由市本级承担。") % told

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for each county's share."""
        counties = list(units.units(self.scope, kind=Kind.COUNTY_ASSOCIATION).order_by("path"))
        known = {one.unit_id: one.goal.normalize() for one in self.one.parts.all()}
        self.shown = forms.PartsForm(*args, counties=counties, known=known, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Part it."""
        return operations.part(target_id=self.one.pk, shares=self.shown.shares(), **self.by) + 1


class CopyPage(EntryPage):
    """Last year's plan as this year's."""

    title, submit, done = (
        gettext_lazy("从上一年复制"), gettext_lazy("复制"), gettext_lazy("已复制；目标值请逐条核对后调整。")
    )  # fmt: skip
    sub = gettext_lazy("复制目标、分解和节点，不复制进度；已有的目标不会改动。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for the years."""
        year = timezone.localdate().year
        return forms.CopyForm(*args, initial={"source": year, "year": year + 1}, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Copy."""
        self.to = data["year"]
        return operations.copy_year(source=data["source"], year=data["year"], **self.by) + 1

    def onward(self, made: Any) -> str:
        """The year it was copied to."""
        return f"{self.url('programmes')}?year={self.to}"


class ImportPage(EntryPage):
    """Targets from a sheet."""

    title, submit, done = (
        gettext_lazy("导入目标"),
        gettext_lazy("导入"),
        gettext_lazy("已导入；已有的目标没有改动。"),
    )
    sub = gettext_lazy("整张表一起检查，有一格不对就都不导入，并指出是哪一格。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for the file."""
        return forms.SheetForm(*args, **options)

    def above(self) -> list[Link]:
        """Nothing between."""
        return []

    def act(self, data: dict[str, Any]) -> Any:
        """Take it in."""
        file = data["file"]
        rows = sheets.read(file.read(), file.name, self.scope)
        return operations.take_in(plans=[operations.Plan(**row) for row in rows], **self.by) + 1


class SheetPage(TargetsView):
    """The year's targets as a sheet; without any, the template."""

    action = Action.EXPORT

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Send it."""
        return send_sheet(self)
