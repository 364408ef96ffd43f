"""Forms of firms' own applications for carriers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import ServiceCarrier
from kexie.contexts.matching.operations.carrier_applications import Request, Shown
from kexie.contexts.matching.queries.carrier_applications import Told
from kexie.contexts.matching.rules.carriers import Condition
from kexie.contexts.matching.web.cooperation.agreement_forms import PAPERS
from kexie.contexts.matching.web.cooperation.carrier_forms import offer
from kexie.foundation.desk.forms import DeskForm, Lines, Whole, Words
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.scope import Scope

_SOCIETIES = (Kind.SOCIETY, Kind.OUTSIDE)


@dataclass(frozen=True)
class Part:
    """A condition with its fields."""

    condition: Condition
    fields: Sequence[BoundField]


class RequestForm(DeskForm):
    """What a firm says of the carrier it wants, and what it shows for each condition."""

    wide = frozenset({"name", "words"})

    name = Words(
        label=gettext_lazy("名称"), max_length=200, help_text=gettext_lazy("挂牌用的名称，可以照建议的写法。")
    )
    society = forms.ModelChoiceField(
        label=gettext_lazy("建站的学会"), queryset=Unit.objects.none(), empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("名单里没有的，请先联系科协登记。"),
    )  # fmt: skip
    field = Words(
        label=gettext_lazy("服务领域"), max_length=120, help_text=gettext_lazy("例如：面粉加工、铝合金压铸。")
    )
    words = Lines(label=gettext_lazy("申请说明"), required=False, max_length=500)

    def __init__(
        self, *args: Any, kind: str, conditions: Sequence[Condition], scope: Scope, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._conditions = conditions
        if kind == ServiceCarrier.Kind.EXPERT_STATION:
            whole = Scope(association_id=scope.association_id)
            offer(self, "society", units.units(whole, kind=_SOCIETIES).order_by("name"))
        else:
            del self.fields["society"]
        for one in conditions:
            self._ask_for(one)

    def _ask_for(self, one: Condition) -> None:
        if one.least is not None:
            hint = _("不少于%(least)d") % {"least": one.least}
            self.fields[f"{one.key}_value"] = Whole(
                label=one.label, min_value=0, max_value=100_000_000, help_text=hint
            )
        self.fields[f"{one.key}_evidence"] = Lines(
            label=_("证明材料"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
        )

    @property
    def common(self) -> list[BoundField]:
        """The fields that belong to no condition."""
        return [self[name] for name in ("name", "society", "field", "words") if name in self.fields]

    @property
    def parts(self) -> list[Part]:
        """The conditions with their fields."""
        return [Part(one, [self[f"{one.key}_{what}"] for what in _asked(one)]) for one in self._conditions]

    def request(self) -> Request:
        """Return what was entered."""
        data = self.cleaned_data
        facts = {
            one.key: Shown(evidence=data[f"{one.key}_evidence"], value=data.get(f"{one.key}_value"))
            for one in self._conditions
        }
        return Request(
            name=data["name"],
            society=data.get("society"),
            field=data["field"],
            words=data["words"],
            facts=facts,
        )


def _asked(one: Condition) -> tuple[str, ...]:
    return ("evidence",) if one.least is None else ("value", "evidence")


def known(facts: Sequence[Told]) -> dict[str, Any]:
    """Return what a form begins with that corrects what was shown before."""
    found: dict[str, Any] = {}
    for one in facts:
        if one.fact is not None:
            found |= {
                f"{one.condition.key}_value": one.fact.value,
                f"{one.condition.key}_evidence": one.fact.evidence,
            }
    return found


class PaperForm(DeskForm):
    """A scan for one condition."""

    key = forms.ChoiceField(label=gettext_lazy("证明哪一条"))
    file = forms.FileField(label=gettext_lazy("附件"), widget=forms.FileInput(attrs={"accept": PAPERS}))

    def __init__(self, *args: Any, conditions: Sequence[Condition], **options: Any) -> None:
        super().__init__(*args, **options)
        key: Any = self.fields["key"]
        key.choices = [(one.key, one.label) for one in conditions]


class AcceptForm(DeskForm):
    """Taken up as it was seen."""

    edition = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(DeskForm):
    """Sent back, with what is to be corrected."""

    reason = Lines(
        label=gettext_lazy("要补正什么"),
        max_length=500,
        help_text=gettext_lazy("一条一条写清楚，企业照着改。"),
    )


class RefuseForm(DeskForm):
    """Not taken up, and why."""

    reason = Lines(label=gettext_lazy("不予受理的原因"), max_length=500)


class WithdrawForm(DeskForm):
    """Taken back."""

    reason = Lines(label=gettext_lazy("撤回原因"), max_length=500, required=False)
