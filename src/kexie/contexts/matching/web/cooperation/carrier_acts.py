"""What can be done on a carrier's page: the steps of its life, and what it gathers while it runs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.operations import carrier_work
from kexie.contexts.matching.operations import carriers as operations
from kexie.contexts.matching.states import CARRIER_TRANSITIONS
from kexie.contexts.matching.states import CarrierState as Stage
from kexie.contexts.matching.web.cooperation import carrier_forms as forms
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act


def _step(stage: Stage, label: Any, done: Any, form: type[DeskForm] = forms.StepForm, **options: Any) -> Act:
    def run(view: Any, data: dict[str, Any]) -> Any:
        return operations.move(carrier_id=view.one.pk, stage=stage, **data, **view.by)

    return Act(
        key=stage.lower(), label=label, done=done, form=form, run=run, action=Action.CONFIRM, **options
    )


CLOSE = _step(
    Stage.CLOSED, _("撤销"), _("已登记撤销。"), forms.EndStepForm, danger=True,
    hint=_("撤销后不能恢复；不再计入目前运行，累计建立数不变。登错了到台账里冲销。"),
)  # fmt: skip
_STEPS = {
    Stage.APPLIED: _step(Stage.APPLIED, _("重新申请"), _("已登记申请。"), primary=True),
    Stage.CHECKED: _step(
        Stage.CHECKED, _("核查完毕"), _("已登记核查完毕。"), primary=True, hint=_("每一条都要先核查。")
    ),
    Stage.APPROVED: _step(
        Stage.APPROVED, _("批准"), _("已登记批准。"), primary=True, hint=_("每一条都符合才能批准。")
    ),
    Stage.REFUSED: _step(Stage.REFUSED, _("不予通过"), _("已登记未通过。"), forms.EndStepForm),
    Stage.ESTABLISHED: _step(
        Stage.ESTABLISHED, _("建立运行"), _("已登记建立，从这一天起计入。"), primary=True,
        hint=_("挂牌或开始运行的日期。"),
    ),
    Stage.RENEWED: _step(Stage.RENEWED, _("续期或恢复运行"), _("已登记续期。")),
    Stage.SUSPENDED: _step(
        Stage.SUSPENDED, _("暂停"), _("已登记暂停。"), forms.EndStepForm, hint=_("整改好了登记续期恢复。")
    ),
    Stage.CLOSED: CLOSE,
}  # fmt: skip


def steps_after(stage: str) -> list[Act]:
    """Return the steps that may follow a stage, in the order of a carrier's life; what is older begins by applying."""
    if not stage:
        return [_STEPS[Stage.APPLIED]]
    return [act for follows, act in _STEPS.items() if follows in CARRIER_TRANSITIONS[stage]]


def work() -> list[Act]:
    """Return what a running carrier gathers."""
    return [_JOIN, _NEED, _OUTPUT]


_JOIN = Act(
    key="join", label=_("专家进站"), done=_("已登记专家进站。"), form=forms.JoinForm, action=Action.CONFIRM,
    run=lambda view, data: carrier_work.join(carrier_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_NEED = Act(
    key="need", label=_("登记需求"), done=_("已登记需求。"), form=forms.NeedForm, action=Action.CONFIRM,
    run=lambda view, data: carrier_work.need(carrier_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_OUTPUT = Act(
    key="output", label=_("登记成果"), done=_("已登记成果。"), form=forms.OutputForm, action=Action.CONFIRM,
    run=lambda view, data: carrier_work.output(carrier_id=view.one.pk, **data, **view.by),
)  # fmt: skip
