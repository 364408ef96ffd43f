"""Units made and changed: details, name, parent, end."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kexie.foundation.access.roles import Action
from kexie.foundation.units import operations, queries
from kexie.foundation.units.models import Unit
from kexie.kernel import codes
from kexie.kernel.errors import Forbidden
from kexie.ui.nav import Link
from kexie.workbench.directory import unit_forms
from kexie.workbench.directory.base import ChangeView, home, version_of
from kexie.workbench.directory.units import may_restructure, place_of, trail, unit_named


class UnitFormView(ChangeView):
    """A form about a unit; a credit code that stands elsewhere leads there."""

    action = Action.MANAGE_UNITS

    def existing(self, form: Any) -> Link | None:
        """Return the unit that has the same credit code or name already."""
        found = getattr(form, "namesake", None)
        if found is None and form.has_error("credit_code"):
            found = self._same_code(form["credit_code"].value() or "")
        if found is None or not self.readable.covers(found.path):
            return None
        return Link(str(found), url(found))

    def _same_code(self, typed: str) -> Unit | None:
        units = Unit.objects.filter(association_id=self.readable.association_id)
        return units.filter(credit_code=codes.normalise(typed)).exclude(credit_code="").first()


class NewView(UnitFormView):
    """A new unit."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("登记单位")

    def form(self, data: Any = None) -> unit_forms.NewForm:
        """Return the form; the address may name the parent."""
        above = unit_named(self.scope, self.request.GET.get("under", ""))
        initial = {"parent": above.pk} if above else {}
        return unit_forms.NewForm(data, scope=self.scope, readable=self.readable, initial=initial)

    def save(self, form: Any) -> str:
        """Make the unit."""
        values = form.cleaned_data
        parent = values["parent"]
        made = operations.create_unit(
            association=parent.association,
            parent=parent,
            kind=values["kind"],
            name=values["name"],
            area=values["area"] or parent.area,
            short_name=values["short_name"],
            actor=self.account,
            now=timezone.now(),
            **form.details(),
        )
        messages.success(self.request, _("已登记：%(name)s") % {"name": made.name})
        return url(made)

    def trail(self) -> list[Link]:
        """Return the way here."""
        return [home(), Link(pgettext("many", "单位"), reverse("units:list"))]

    def back(self) -> str:
        """Return to the list."""
        return reverse("units:list")


class OneView(UnitFormView):
    """A form about the unit in the address."""

    done = ""

    def check(self) -> None:
        """Find the unit, and see that the account keeps it."""
        super().check()
        self.unit = queries.get(self.readable, self.kwargs["code"])
        self.require(self.unit.path)

    def save(self, form: Any) -> str:
        """Change the unit, unless somebody else did meanwhile."""
        with transaction.atomic():
            self.require_version(Unit.objects.select_for_update().get(pk=self.unit.pk))
            self.change(form)
        messages.success(
            self.request, _("已保存：%(name)s") % {"name": form.cleaned_data.get("name") or self.unit.name}
        )
        return url(self.unit)

    def change(self, form: Any) -> None:
        """Do what the form asks."""
        raise NotImplementedError

    def version(self) -> str:
        """Return the digest of the unit as it is now."""
        return version_of(Unit.objects.get(pk=self.unit.pk))

    def trail(self) -> list[Link]:
        """Return the way through the unit."""
        return trail(self.unit, self.readable, Link(""))[:-1]

    def back(self) -> str:
        """Return to the unit."""
        return url(self.unit)


class EditView(OneView):
    """What is said of a unit, changed."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("修改资料")

    def form(self, data: Any = None) -> unit_forms.DetailsForm:
        """Return the form, filled with what is known."""
        known = {name: getattr(self.unit, name) for name in unit_forms.DETAILS}
        initial = {**known, "area": self.unit.area_id, "place": self.unit.place_id}
        form = unit_forms.DetailsForm(data, scope=self.scope, readable=self.readable, initial=initial)
        if self.unit.place_id and place_of(self.unit, self.readable) is None:
            form.leave_place()
        return form

    def change(self, form: Any) -> None:
        """Save the details."""
        operations.edit_details(
            unit=self.unit,
            area=form.cleaned_data["area"],
            actor=self.account,
            now=timezone.now(),
            **form.details(),
        )


class RenameView(OneView):
    """Another name."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("改名")

    @property
    def lead(self) -> str:  # type: ignore[override]  # the lead is translated
        """What happens to the old name."""
        return _("现名“%(name)s”。原名留在单位的变更经过里，已有记录随单位显示新名称。") % {
            "name": self.unit.name
        }

    def form(self, data: Any = None) -> unit_forms.RenameForm:
        """Return the form with the present name."""
        initial = {"name": self.unit.name, "short_name": self.unit.short_name}
        return unit_forms.RenameForm(data, initial=initial)

    def change(self, form: Any) -> None:
        """Give the name."""
        operations.rename(unit=self.unit, actor=self.account, now=timezone.now(), **form.cleaned_data)


class RestructureView(OneView):
    """A change of where or whether a unit stands: never of the top of one's own units."""

    def check(self) -> None:
        """Refuse the association, and the unit that the account's grant is over."""
        super().check()
        if not may_restructure(self.unit, self.scope):
            raise Forbidden(_("这个单位是您管理范围的顶层，请由上级处理。"))


class MoveView(RestructureView):
    """Another parent."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("调整上级")

    @property
    def submit(self) -> str:  # type: ignore[override]  # the label is translated
        """The button's label."""
        return _("移到新的上级之下")

    @property
    def lead(self) -> str:  # type: ignore[override]  # the lead is translated
        """What goes along."""
        below = Unit.objects.filter(association_id=self.unit.association_id, path__startswith=self.unit.path)
        values = {"name": self.unit.name, "parent": self.unit.parent, "count": below.count() - 1}
        if not values["count"]:
            return _("“%(name)s”现属“%(parent)s”；它的记录随它一起移动。移错了可以再移回来。") % values
        return (
            _(
                "“%(name)s”现属“%(parent)s”；它的%(count)d个下级单位及全部记录随它一起移动。移错了可以再移回来。"
            )
            % values
        )

    def form(self, data: Any = None) -> unit_forms.MoveForm:
        """Return the form."""
        return unit_forms.MoveForm(data, unit=self.unit, scope=self.scope)

    def change(self, form: Any) -> None:
        """Move the unit."""
        operations.move(unit=self.unit, actor=self.account, now=timezone.now(), **form.cleaned_data)


class CloseView(RestructureView):
    """The end of a unit."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("终止单位")

    @property
    def submit(self) -> str:  # type: ignore[override]  # the label is translated
        """The button's label."""
        return _("终止")

    @property
    def lead(self) -> str:  # type: ignore[override]  # the lead is translated
        """What the end means."""
        return _("“%(name)s”自终止之日起不再列为现有单位，已有记录和数字不变；误操作可以恢复。") % {
            "name": self.unit.name
        }

    def form(self, data: Any = None) -> unit_forms.CloseForm:
        """Return the form, with today."""
        return unit_forms.CloseForm(data, initial={"on": timezone.localdate()})

    def change(self, form: Any) -> None:
        """End the unit."""
        operations.close(unit=self.unit, actor=self.account, now=timezone.now(), **form.cleaned_data)


class ReopenView(RestructureView):
    """The end of a unit taken back."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("恢复单位")

    @property
    def submit(self) -> str:  # type: ignore[override]  # the label is translated
        """The button's label."""
        return _("恢复")

    def form(self, data: Any = None) -> unit_forms.ReopenForm:
        """Return the form."""
        return unit_forms.ReopenForm(data)

    def change(self, form: Any) -> None:
        """Take the end back."""
        operations.reopen(unit=self.unit, actor=self.account, now=timezone.now(), **form.cleaned_data)


def url(unit: Unit) -> str:
    """Return the address of a unit's page."""
    return reverse("units:unit", args=[unit.code])
