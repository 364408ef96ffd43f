"""Forms of the targets' desk. None of them has a field for progress."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kexie.contexts.governance.models import ActionProgramme, Basis, Direction, Target
from kexie.contexts.governance.operations.milestones import Step
from kexie.contexts.governance.operations.targets import Plan
from kexie.contexts.governance.queries import progress as queries
from kexie.contexts.governance.rules.lines import YEARS
from kexie.foundation.desk.forms import Day, DeskForm, Fraction, Lines, Whole, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import text
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.groups import GROUPS

# Who may answer for a target.
ANSWERING = (Kind.ASSOCIATION, Kind.DEPARTMENT, Kind.COUNTY_ASSOCIATION, Kind.MUSEUM)
_FIRST, _LAST = YEARS[0], YEARS[-1]
_WHOLE = 100  # per cent


def measure_choices(scope: Scope) -> list[tuple[str, Any]]:
    """Return the measures that may be read, by area of work."""
    every = [one for one in registry.measures().values() if scope.allows(one.context)]
    grouped: list[tuple[Any, Any]] = [
        (label, [(one.key, str(one.label)) for one in every if one.group == key])
        for key, label in GROUPS.items()
    ]
    return [("", _("请选择")), *filter(_offers, grouped)]


def _offers(group: tuple[Any, Any]) -> bool:
    return bool(group[1])


def answering(scope: Scope) -> Any:
    """Return the units of the scope that may answer for a target."""
    return units.units(scope, kind=ANSWERING).order_by("kind", "path")


class TargetForm(DeskForm):
    """A target."""

    wide = frozenset({"name", "measure", "note", "reason"})

    name = Words(label=_("目标名称"), max_length=200, help_text=_("例如“科技馆接待观众”。"))
    programme = forms.ModelChoiceField(
        label=pgettext_lazy("one", "专项行动"),
        queryset=ActionProgramme.objects.none(),
        empty_label=_("请选择"),
    )
    unit = forms.ModelChoiceField(label=_("责任单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
    measure = forms.ChoiceField(label=_("指标"), help_text=_("进度由这个指标从已确认的记录中算出，不填报。"))
    year = Whole(label=_("年度"), min_value=_FIRST, max_value=_LAST)
    basis = forms.ChoiceField(label=_("口径"), choices=Basis.choices)
    direction = forms.ChoiceField(label=_("方向"), choices=Direction.choices, initial=Direction.AT_LEAST)
    goal = Fraction(label=_("目标值"), max_digits=16, decimal_places=2)
    note = Lines(label=_("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["programme"].queryset = queries.programmes(scope)
        fields["unit"].queryset = answering(scope)
        fields["measure"].choices = measure_choices(scope)

    def plan(self) -> Plan:
        """Return what was entered."""
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class ChangeForm(TargetForm):
    """The same of one that is known; the reason is kept with what it was."""

    reason = Words(label=_("调整原因"), max_length=200, help_text=_("原目标连同原因、时间一并留存。"))


class PartsForm(DeskForm):
    """A target's shares, one field for each county; an empty one has no share."""

    def __init__(self, *args: Any, counties: list[Unit], known: dict[UUID, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.counties = counties
        for one in counties:
            self.fields[f"unit_{one.code}"] = Fraction(
                label=one.name, required=False, min_value=0, max_digits=16, decimal_places=2,
                initial=known.get(one.pk),
            )  # fmt: skip

    def shares(self) -> dict[UUID, Any]:
        """Return the shares entered."""
        entered = {one.pk: self.cleaned_data.get(f"unit_{one.code}") for one in self.counties}
        return {pk: goal for pk, goal in entered.items() if goal}


class MilestoneForm(DeskForm):
    """A milestone: what is to be reached as 40% or as a number, or the type of record that proves it done."""

    name = Words(label=_("节点"), max_length=100, help_text=_("例如“上半年过半”“完成换届”。"))
    due_on = Day(label=_("完成时限"))
    reach = Words(
        label=_("应达到"), required=False, max_length=20, help_text=_("填 40% 或具体数值；要办一件事就留空。")
    )
    record_type = forms.ChoiceField(
        label=_("以哪类记录为完成依据"), required=False, help_text=_("要办一件事时选；办成以后关联那条记录。")
    )
    unit = forms.ModelChoiceField(label=_("责任单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
    responsible = Words(label=_("责任人"), required=False, max_length=60)

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["unit"].queryset = answering(scope)
        types = [one for one in registry.record_types().values() if scope.allows(one.context)]
        fields["record_type"].choices = [("", _("不适用")), *((one.key, str(one.name)) for one in types)]

    def clean(self) -> dict[str, Any]:
        """Read what is to be reached: a number, or a number of per cent; or else a type of record."""
        data: dict[str, Any] = super().clean() or {}
        reach, data["value"], data["share"] = data.get("reach", ""), None, None
        if bool(reach) == bool(data.get("record_type")):
            self.add_error("reach", _("请填应达到的数值或百分比，或者选完成依据，两者选一。"))
        elif reach:
            self._read(reach, data)
        return data

    def _read(self, reach: str, data: dict[str, Any]) -> None:
        is_share = reach.endswith(("%", "％"))
        field = Fraction(min_value=0, max_digits=16, decimal_places=2)
        try:
            number = field.clean(text.number(reach.rstrip("%％ ")))
        except forms.ValidationError:
            self.add_error("reach", _("请写成 40% 或 150 这样的数。"))
            return
        if is_share and not 0 < number <= _WHOLE:
            self.add_error("reach", _("百分比填 0 到 100 之间的数，例如 40。"))
        data["share" if is_share else "value"] = number

    def step(self) -> Step:
        """Return what was entered."""
        return Step(**{name: self.cleaned_data[name] for name in Step.__dataclass_fields__})

    def refuse(self, refused: Any) -> None:
        """What an operation says of value or share stands beside the one field they are typed in."""
        if hasattr(refused, "error_dict"):
            for name in ("value", "share"):
                if name in refused.error_dict:
                    refused.error_dict["reach"] = refused.error_dict.pop(name)
        super().refuse(refused)


class ProofForm(DeskForm):
    """The record that proves an act done."""

    record = forms.ChoiceField(label=_("完成依据"), help_text=_("只列已确认的记录，最近的在前。"))

    def __init__(self, *args: Any, records: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["record"].choices = [("", _("请选择")), *records]


class CopyForm(DeskForm):
    """From which year to which."""

    source = Whole(label=_("从哪一年"), min_value=_FIRST, max_value=_LAST)
    year = Whole(label=_("到哪一年"), min_value=_FIRST, max_value=_LAST)


class SheetForm(DeskForm):
    """A filled-in template."""

    file = forms.FileField(
        label=_("Excel 文件"), help_text=_("先下载模板，按表头填写；已有的目标不会改动。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )  # fmt: skip


def initial_of(target: Target) -> dict[str, Any]:
    """Return what the form of a known target begins with."""
    names = (name for name in Plan.__dataclass_fields__ if name not in {"programme", "unit"})
    return {
        "programme": target.programme_id,
        "unit": target.unit_id,
        **{n: getattr(target, n) for n in names},
    }


__all__ = ["ChangeForm", "CopyForm", "MilestoneForm", "PartsForm", "ProofForm", "SheetForm", "TargetForm"]
