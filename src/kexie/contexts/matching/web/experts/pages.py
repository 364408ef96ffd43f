"""One expert: profile, contact, works, consents, and what can be done."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.models import ExpertConsent
from kexie.contexts.matching.operations import conflicts, expert_merges, expert_requests
from kexie.contexts.matching.operations import expert_facts as facts
from kexie.contexts.matching.operations import experts as operations
from kexie.contexts.matching.queries import expert_ties, lookalikes
from kexie.contexts.matching.queries import experts as queries
from kexie.contexts.matching.rules import experts as rules
from kexie.contexts.matching.web.experts import forms
from kexie.contexts.matching.web.experts.base import ExpertsView
from kexie.contexts.matching.web.experts.register import standing
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel.errors import NotFound
from kexie.ui.nav import Link


class ExpertPage(ExpertsView, ActPage):
    """An expert with works and consents; contact is masked and the page is kept nowhere."""

    template = "expert"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the expert."""
        super().check()
        found = self.in_sight().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound(_("没有找到这位专家，或您无权查看。"))
        self.one = found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and have the answer forgotten."""
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show it, and keep who looked: the expert sees that."""
        expert_requests.opened(expert=self.one, account=self.account, on=timezone.localdate())
        return super().get(request, **kwargs)

    def acts(self) -> list[Act]:
        """What fits whether they are in the register."""
        return [_RESTORE] if self.one.withdrawn_on else list(_ACTS)

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with the verified day, or today."""
        return {"on": self.one.verified_on or timezone.localdate()} if act.key == "verify" else {}

    def context_of(self) -> dict[str, Any]:
        """The expert with all that is kept."""
        one, consents = self.one, queries.consents(self.one)
        agreed = queries.standing_uses(one)
        standing_uses = {row.use: row for row in consents if row.withdrawn_on is None and row.use in agreed}
        return {
            "one": one,
            "trail": self.trail(Link(one.name)),
            "standing": standing(one),
            "is_fresh": rules.is_fresh(one.confirmed_on, timezone.localdate()),
            "works": queries.works(one),
            "merges": list(lookalikes.merges(one)),
            "declarations": list(expert_ties.declarations(one)),
            "consents": [(label, standing_uses.get(use)) for use, label in ExpertConsent.Use.choices],
            "ended": [row for row in consents if row.withdrawn_on is not None],
            "reveal": getattr(self, "reveal", None) or self.reveal_form(),
            "revealed": getattr(self, "revealed", ""),
        }

    def reveal_form(self, data: Any = None) -> forms.RevealForm | None:
        """Return the form that asks which contact and why, for whoever keeps experts that have one."""
        fields = [name for name in operations.CONTACTS if getattr(self.one, name)]
        if not (fields and self.allowed.get("confirm")):
            return None
        form = forms.RevealForm(data, auto_id="id_reveal_%s")
        choice: Any = form.fields["field"]
        choice.choices = [pair for pair in choice.choices if pair[0] in fields]
        return form


class RevealPage(ExpertPage):
    """Contact in clear, once, for a reason that is kept."""

    action = Action.CONFIRM

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A reload of the page shows nothing in clear."""
        return HttpResponseRedirect(self.url("expert", pk=self.one.pk))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write down who asks and why, and show it."""
        self.reveal = self.reveal_form(request.POST)
        if self.reveal is None:
            return self.get(request)
        shown = self.reveal.carry_out(self._opened)
        if shown is None:
            return self._show(status=UNPROCESSABLE)
        self.reveal, self.revealed = self.reveal_form(), shown
        return self._show()

    def _opened(self, data: dict[str, Any]) -> str:
        return operations.reveal_contact(
            expert_id=self.one.pk, field=data["field"], reason=data["reason"], **self.by
        )


def _act(key: str, label: Any, run: Any, **options: Any) -> Act:
    def called(view: Any, data: dict[str, Any]) -> Any:
        return run(expert_id=view.one.pk, **data, **view.by)

    return Act(key=key, label=label, run=called, action=Action.CONFIRM, **options)


def _drop_work(view: Any, data: dict[str, Any]) -> Any:
    return facts.remove_work(work_id=data["row"], **view.by)


def _unmerge(view: Any, data: dict[str, Any]) -> Any:
    return expert_merges.undo(merge_id=data["row"], **view.by)


def _revoke(view: Any, data: dict[str, Any]) -> Any:
    by = {"reason": data["reason"], **view.by}
    return conflicts.revoke(expert_id=view.one.pk, declaration_id=data["row"], **by)


# Those with `at` are offered beside the rows they are about, the others in one section.
_ACTS = (
    _act(
        "work", _("登记成果"), facts.add_work, form=forms.WorkForm, done=_("已登记成果。"),
        hint=_("论文、专利、项目，尤其是替企业解决过的问题：找专家靠它们。"),
    ),
    _act("consent", _("登记本人同意"), facts.give_consent, form=forms.ConsentForm, done=_("已登记同意。")),
    _act(
        "end_consent", _("撤回同意"), facts.withdraw_consent, form=forms.ConsentEndForm, done=_("已撤回同意。"),
    ),
    _act("verify", _("认证"), operations.verify, form=forms.VerifyForm, done=_("已认证。"),
         hint=_("核对过本人身份、单位和职称；认证专家能看到限定公开的难题摘要。")),
    _act("account", _("对应本人账号"), expert_requests.link_account, form=forms.AccountForm, done=_("已保存。"),
         hint=_("对应以后，专家可以自己维护资料、给出和撤回同意。")),
    _act("contact", _("更换联系方式"), operations.change_contact, form=forms.ContactForm,
         done=_("已更换联系方式。"), hint=_("两项都以新填的为准，留空即删除。")),
    _act("withdraw", _("退出专家库"), operations.withdraw, form=forms.WithdrawForm, done=_("已退出专家库。"),
         danger=True, hint=_("不再推荐和邀请，过去的记录不变，以后可以恢复。")),
    _act("declare", _("申报回避"), conflicts.declare, form=forms.DeclareForm, done=_("已登记回避申报。"),
         hint=_("同一单位和共同成果系统会自己核对，这里申报系统查不到的关系。")),
    Act(
        key="revoke", label=_("撤销申报"), done=_("已撤销申报。"), run=_revoke, form=forms.RevokeForm,
        action=Action.CONFIRM, danger=True, at="ties",
    ),
    Act(
        key="unmerge", label=_("撤销合并"), done=_("已撤销合并。"), run=_unmerge, form=forms.RowForm, action=Action.CONFIRM,
        danger=True, at="merges",
    ),
    Act(
        key="drop_work", label=_("删除成果"), done=_("已删除成果。"), run=_drop_work, form=forms.RowForm,
        action=Action.CONFIRM, danger=True, at="works",
    ),
)  # fmt: skip
_RESTORE = _act("restore", _("恢复在库"), operations.restore, done=_("已恢复在库。"), primary=True)
