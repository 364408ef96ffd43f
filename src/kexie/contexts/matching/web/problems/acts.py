"""What can be done about a problem now, by whoever looks after it and by the firm."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy

from kexie.contexts.matching.operations import casework, disclosure
from kexie.contexts.matching.operations import problems as operations
from kexie.contexts.matching.states import ProblemState as Stage
from kexie.contexts.matching.web.problems import forms
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act


def _step(stage: Stage, label: Any, done: Any, form: type[DeskForm], **options: Any) -> tuple[Stage, Act]:
    def run(view: Any, data: dict[str, Any]) -> Any:
        return operations.move(problem_id=view.one.pk, stage=stage, **data, **view.by)

    act = Act(key=stage.lower(), label=label, done=done, form=form, run=run, action=Action.CONFIRM, **options)
    return stage, act


def _accept(view: Any, data: dict[str, Any]) -> Any:
    return operations.accept(problem_id=view.one.pk, **data, **view.by)


ACCEPT = Act(
    key="accept", label=gettext_lazy("审核通过"), done=gettext_lazy("已审核通过。"), form=forms.OnForm, run=_accept,
    action=Action.CONFIRM, primary=True, hint=gettext_lazy("看清问题说明白了、没有涉密内容、企业名称没有写进标题。"),
)  # fmt: skip
STEPS = (
    _step(Stage.PUBLISHED, gettext_lazy("发布"), gettext_lazy("已发布。"), forms.MoveForm, primary=True),
    _step(Stage.MATCHED, gettext_lazy("匹配专家"), gettext_lazy("已登记匹配的专家。"), forms.ExpertForm),
    _step(
        Stage.VISITED, gettext_lazy("登记对接"), gettext_lazy("已登记对接。"), forms.ExpertForm, primary=True,
        hint=gettext_lazy("专家到过企业，或双方谈过，就记一次。"),
    ),
    _step(Stage.INTENDED, gettext_lazy("登记意向"), gettext_lazy("已登记意向。"), forms.ExpertForm),
    _step(Stage.SIGNED, gettext_lazy("登记签约"), gettext_lazy("已登记签约。"), forms.ExpertForm),
    _step(Stage.WORKING, gettext_lazy("开始攻关"), gettext_lazy("已登记开始攻关。"), forms.MoveForm),
    _step(
        Stage.CLOSED, gettext_lazy("关闭（没有解决）"), gettext_lazy("已关闭。"), forms.CloseForm, danger=True,
        hint=gettext_lazy("关闭后不能再办理；要更正须冲销关闭的记录。"),
    ),
)  # fmt: skip
CLOSE = STEPS[-1][1]
FIRM_ACTS = (
    Act(
        key="solved", label=gettext_lazy("确认已解决"), done=gettext_lazy("已确认解决，谢谢。"), form=forms.OnForm,
        run=lambda view, data: operations.firm_confirms(problem_id=view.one.pk, **data, **view.by),
        action=Action.DRAFT, primary=True, hint=gettext_lazy("只有企业自己能确认；确认后计入已解决的难题。"),
    ),
    Act(
        key="unsolved", label=gettext_lazy("还没有解决"), done=gettext_lazy("已告诉科协，请专家继续。"),
        form=forms.RejectForm, action=Action.DRAFT,
        run=lambda view, data: operations.firm_rejects(problem_id=view.one.pk, **data, **view.by),
    ),
)  # fmt: skip


def _about_text(key: str, **options: Any) -> Act:
    return Act(key=key, at="text", **options)


UNDERTAKE = _about_text(
    "undertake", label=gettext_lazy("作出保密承诺"), done=gettext_lazy("已记录保密承诺，可以打开详细资料。"), form=forms.UndertakeForm,
    run=lambda view, data: disclosure.undertake(problem_id=view.one.pk, agrees=data["agrees"], **view.by),
    action=Action.CONFIRM,
)  # fmt: skip
PAPER = _about_text(
    "paper", label=gettext_lazy("登记专家的纸质承诺"), done=gettext_lazy("已登记。专家可在邀请页面打开详细资料。"), form=forms.PaperForm,
    run=lambda view, data: disclosure.record_paper(problem_id=view.one.pk, expert=data["expert"], **view.by),
    action=Action.CONFIRM,
)  # fmt: skip
ATTACH = _about_text(
    "attach", label=gettext_lazy("添加附件"), done=gettext_lazy("已添加。"), form=forms.AttachForm,
    run=lambda view, data: disclosure.attach(problem=view.one, upload=data["file"], viewer=view.viewer, **view.who),
    action=Action.DRAFT,
)  # fmt: skip
DETACH = _about_text(
    "detach", label=gettext_lazy("移除"), done=gettext_lazy("已移除附件。"), form=forms.RowForm,
    run=lambda view, data: disclosure.detach(problem=view.one, paper_id=data["row"], viewer=view.viewer, **view.who),
    action=Action.DRAFT,
)  # fmt: skip
END = _about_text(
    "end", label=gettext_lazy("终止承诺"), done=gettext_lazy("已终止，对方不能再打开详细资料。"), form=forms.EndForm,
    run=lambda view, data: disclosure.end(undertaking_id=data["row"], reason=data["reason"], **view.by),
    action=Action.DRAFT,
)  # fmt: skip
SEND_BACK = Act(
    key="send_back", label=gettext_lazy("退回企业补充"), done=gettext_lazy("已退回，企业答复后通知您。"), form=forms.WordsForm,
    run=lambda view, data: casework.send_back(problem_id=view.one.pk, **data, **view.by), action=Action.CONFIRM,
    hint=gettext_lazy("写明缺什么；企业答复之前不计超期。"),
)  # fmt: skip
ANSWER = Act(
    key="answer", label=gettext_lazy("答复补充要求"), done=gettext_lazy("已答复。"), form=forms.AnswerForm,
    run=lambda view, data: casework.answer(problem_id=view.one.pk, **data, **view.by), action=Action.DRAFT, primary=True,
)  # fmt: skip
ANSWER_TOLD = replace(ANSWER, label=gettext_lazy("登记企业的答复"), primary=False)
LINK = Act(
    key="link", label=gettext_lazy("是同一个难题"), done=gettext_lazy("已关联为同一个难题。"), form=forms.RowForm, at="alike",
    run=lambda view, data: casework.link_same(problem_id=view.one.pk, other_id=data["row"], **view.by), action=Action.CONFIRM,
)  # fmt: skip
UNDO = Act(
    key="undo", label=gettext_lazy("撤销关联"), done=gettext_lazy("已撤销关联。"), at="alike",
    run=lambda view, _data: casework.undo_same(problem_id=view.one.pk, **view.by), action=Action.CONFIRM,
)  # fmt: skip
FOLLOW = Act(
    key="follow", label=gettext_lazy("登记回访"), done=gettext_lazy("已登记回访。"), form=forms.FollowForm, at="follow",
    run=lambda view, data: casework.follow_up(follow_up_id=view.due.pk, **data, **view.by), action=Action.DRAFT,
)  # fmt: skip
