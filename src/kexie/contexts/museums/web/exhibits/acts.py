"""What can be done with a work order: each act with its form, the states it fits, and the operation behind it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Museum, Severity, Spare, WorkOrder
from kexie.contexts.museums.operations import repairs, spares
from kexie.contexts.museums.queries import repairs as queries
from kexie.contexts.museums.web.forms import Day, DeskForm, Fraction, Lines, Whole, Words
from kexie.foundation.access.models import Account
from kexie.kernel.errors import Text
from kexie.kernel.scope import Scope

State = WorkOrder.State


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Who acts on which order."""

    order: WorkOrder
    museum: Museum
    actor: Account
    now: dt.datetime
    scope: Scope
    confirm: Scope | None

    @property
    def by(self) -> dict[str, Any]:
        """What every operation is told."""
        return {"actor": self.actor, "now": self.now, "scope": self.scope}


class ActForm(DeskForm):
    """A form about one order. What the operation asks for is not marked as optional: `needed`."""

    needed: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, doing: Doing, data: Any = None) -> None:
        super().__init__(data, initial=self.first(doing), auto_id=f"id_{type(self).__name__}_%s")
        self.doing = doing
        self.prepare(doing)

    def first(self, doing: Doing) -> dict[str, Any]:
        """Return what the form shows first."""
        return {}

    def prepare(self, doing: Doing) -> None:
        """Fill in choices that depend on the order."""
        who = self.fields.get("assignee")
        if isinstance(who, forms.ModelChoiceField):
            who.queryset = queries.repairers(doing.museum)


def _assignee() -> Any:
    return forms.ModelChoiceField(
        queryset=Account.objects.none(),
        label=gettext_lazy("维修人"),
        required=False,
        empty_label=gettext_lazy("暂不指定"),
    )


class AcceptForm(ActForm):
    """How urgent, whether to take the exhibit out of use, by whom."""

    severity = forms.ChoiceField(
        label=gettext_lazy("紧急程度"), choices=Severity.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("紧急2天、一般7天、轻微14天内修好。"),
    )  # fmt: skip
    takes_out = forms.BooleanField(
        label=gettext_lazy("停止使用"),
        required=False,
        help_text=gettext_lazy("记一条“故障”状况，完好率随之变化；已停用的不会重复记。"),
    )
    assignee = _assignee()

    def first(self, doing: Doing) -> dict[str, Any]:
        """Something dangerous is urgent and out of use unless somebody decides otherwise."""
        unsafe = doing.order.is_unsafe
        return {"severity": Severity.URGENT if unsafe else Severity.NORMAL, "takes_out": unsafe}


class StartForm(ActForm):
    """A word on beginning."""

    note = Words(label=gettext_lazy("说明"), required=False, max_length=200)


class WaitForm(ActForm):
    """What is being waited for."""

    needed = frozenset({"note"})

    note = Words(label=gettext_lazy("等什么备件"), required=False, max_length=200)


class FinishForm(ActForm):
    """What was done, what it cost."""

    needed = frozenset({"result"})

    result = Lines(label=gettext_lazy("处理结果"), required=False, max_length=500)
    cost = Fraction(
        label=gettext_lazy("费用（元）"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    supplier = Words(label=gettext_lazy("维修单位"), required=False, max_length=100)


class VerifyForm(ActForm):
    """Whether the exhibit goes back on show."""

    works = forms.BooleanField(
        label=gettext_lazy("恢复展出"),
        required=False,
        help_text=gettext_lazy("停用的展品记一条“完好”状况；同时记一条维修记录。"),
    )

    def first(self, doing: Doing) -> dict[str, Any]:
        """Back on show, unless something else is still wrong with it."""
        return {"works": not queries.others_open(doing.order)}

    def prepare(self, doing: Doing) -> None:
        """Say so if something else is still wrong."""
        if others := queries.others_open(doing.order):
            labels = _("、").join(one.label for one in others)
            self.fields["works"].help_text = _("这件展品还有未完成的工单：%(labels)s。") % {"labels": labels}


class SendBackForm(ActForm):
    """Why the repair does not pass."""

    note = Words(label=gettext_lazy("哪里还没修好"), max_length=200)


class RejectForm(ActForm):
    """Why there will be no repair."""

    needed = frozenset({"reason"})

    reason = Words(label=gettext_lazy("原因"), required=False, max_length=200)


class DuplicateForm(ActForm):
    """Which order is about the same."""

    original = forms.ModelChoiceField(
        queryset=WorkOrder.objects.none(), label=gettext_lazy("原工单"), empty_label=gettext_lazy("请选择")
    )

    def prepare(self, doing: Doing) -> None:
        """Offer the exhibit's other orders."""
        others = [one.pk for one in queries.others_open(doing.order)]
        original = self.fields["original"]
        if isinstance(original, forms.ModelChoiceField):
            original.queryset = WorkOrder.objects.filter(doing.scope.q(), pk__in=others)


class AssignForm(ActForm):
    """Who, and by when."""

    assignee = _assignee()
    due_on = Day(label=gettext_lazy("应修复日期"))

    def first(self, doing: Doing) -> dict[str, Any]:
        """As it is now."""
        return {"assignee": doing.order.assignee_id, "due_on": doing.order.due_on}


class NoteForm(ActForm):
    """Something worth knowing."""

    needed = frozenset({"text"})

    text = Lines(label=gettext_lazy("内容"), required=False, max_length=500)


class PartForm(ActForm):
    """Which parts, how many."""

    spare = forms.ModelChoiceField(
        queryset=Spare.objects.none(), label=gettext_lazy("备件"), empty_label=gettext_lazy("请选择")
    )
    quantity = Whole(label=gettext_lazy("数量"), initial=1)

    def prepare(self, doing: Doing) -> None:
        """Offer the museum's parts with what is left of them."""
        part = self.fields["spare"]
        if isinstance(part, forms.ModelChoiceField):
            part.queryset = queries.spares(doing.scope)
            part.label_from_instance = _with_stock  # type: ignore[assignment,method-assign]  # as Django's own documentation does for one field


def _with_stock(one: Any) -> str:
    values = {"name": f"{one.name} {one.spec}".strip(), "stock": one.stock, "measure": one.measure}
    return _("%(name)s（库存 %(stock)d%(measure)s）") % values


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that can be done with an order in some states."""

    key: str
    label: Text
    done: Text
    form: type[ActForm]
    states: frozenset[str]
    run: Callable[[Doing, dict[str, Any]], Any]
    primary: bool = False
    danger: bool = False
    when: Callable[[Doing], bool] = lambda _doing: True

    def fits(self, order: WorkOrder) -> bool:
        """Whether the order is in one of the states."""
        return order.state in self.states

    def applies(self, doing: Doing) -> bool:
        """Whether there is anything to do it with."""
        return self.when(doing)


def _accept(doing: Doing, data: dict[str, Any]) -> Any:
    return repairs.accept(order=doing.order, confirm=doing.confirm, **data, **doing.by)


def _verify(doing: Doing, data: dict[str, Any]) -> Any:
    return repairs.verify(order=doing.order, confirm=doing.confirm, **data, **doing.by)


def _part(doing: Doing, data: dict[str, Any]) -> Any:
    return spares.take_out(order=doing.order, note="", **data, **doing.by)


def _on(operation: Callable[..., Any]) -> Callable[[Doing, dict[str, Any]], Any]:
    return lambda doing, data: operation(order=doing.order, **data, **doing.by)


def _has_others(doing: Doing) -> bool:
    return bool(queries.others_open(doing.order))


_WORKING = frozenset({State.ACCEPTED, State.AT_WORK, State.WAITING_PARTS})
_ALL = (
    Act(
        key="accept", label=gettext_lazy("受理"), done=gettext_lazy("已受理。"), form=AcceptForm,
        states=frozenset({State.REPORTED}), run=_accept, primary=True,
    ),
    Act(
        key="verify", label=gettext_lazy("验收通过"), done=gettext_lazy("已验收，维修记录已写入台账。"), form=VerifyForm,
        states=frozenset({State.DONE}), run=_verify, primary=True,
    ),
    Act(
        key="start", label=gettext_lazy("开始维修"), done=gettext_lazy("已开始维修。"), form=StartForm,
        states=frozenset({State.ACCEPTED, State.WAITING_PARTS}), run=_on(repairs.start), primary=True,
    ),
    Act(
        key="finish", label=gettext_lazy("修好了"), done=gettext_lazy("已报修好，等待验收。"), form=FinishForm,
        states=frozenset({State.ACCEPTED, State.AT_WORK}), run=_on(repairs.finish), primary=True,
    ),
    Act(
        key="part", label=gettext_lazy("领用备件"), done=gettext_lazy("已领用，库存已减。"), form=PartForm,
        states=_WORKING | {State.DONE}, run=_part, when=lambda doing: queries.spares(doing.scope).exists(),
    ),
    Act(
        key="wait", label=gettext_lazy("等备件"), done=gettext_lazy("已记为等备件。"), form=WaitForm,
        states=frozenset({State.ACCEPTED, State.AT_WORK}), run=_on(repairs.wait_for_parts),
    ),
    Act(
        key="assign", label=gettext_lazy("改派或改期"), done=gettext_lazy("已改。"), form=AssignForm,
        states=_WORKING, run=_on(repairs.assign),
    ),
    Act(
        key="note", label=gettext_lazy("记一笔"), done=gettext_lazy("已记下。"), form=NoteForm,
        states=frozenset(State.values), run=_on(repairs.add_note),
    ),
    Act(
        key="back", label=gettext_lazy("退回重修"), done=gettext_lazy("已退回维修。"), form=SendBackForm,
        states=frozenset({State.DONE}), run=_on(repairs.start),
    ),
    Act(
        key="duplicate", label=gettext_lazy("与另一张工单重复"), done=gettext_lazy("已按重复报修结束。"),
        form=DuplicateForm, states=frozenset({State.REPORTED, State.ACCEPTED}), run=_on(repairs.close_as_duplicate),
        when=_has_others,
    ),
    Act(
        key="reject", label=gettext_lazy("不受理"), done=gettext_lazy("已结束，原因会告诉报修人。"), form=RejectForm,
        states=frozenset({State.REPORTED, State.ACCEPTED}), run=_on(repairs.reject), danger=True,
    ),
)  # fmt: skip
ACTS: Mapping[str, Act] = {act.key: act for act in _ALL}
