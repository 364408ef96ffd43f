"""Experts for a problem, with reasons; problems for an expert."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.contexts.matching.operations import finding as operations
from kexie.contexts.matching.operations import invitations
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import finding as queries
from kexie.contexts.matching.web.finding import forms
from kexie.contexts.matching.web.finding.base import FindingView, problem_href
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.pages import Act, ActPage
from kexie.platform.notify import links
from kexie.ui.nav import Link

_MOST = 105


def asked_for(written: str) -> int:
    """Return how many suggestions the address asks for: five, or some more."""
    return min(int(written), _MOST) if written.isdecimal() and int(written) > 0 else operations.FIRST


class ExpertsForProblem(FindingView, ActPage):
    """Who may be able to solve a problem, who is left out and why, and what the broker thinks."""

    template = "experts"

    def check(self) -> None:
        """Find the problem."""
        self.for_brokers()
        self.one = queries.problem(self.scope, self.kwargs["pk"], today=timezone.localdate())

    def acts(self) -> list[Act]:
        """What can be said of a suggestion and done about invitations."""
        return list(_ACTS)

    def context_of(self) -> dict[str, Any]:
        """The suggestions."""
        top = asked_for(self.request.GET.get("n", ""))
        found = operations.propose(problem_id=self.one.pk, top=top, **self.by)
        return {
            "one": self.one,
            "trail": [*self.problem_links(self.one), Link(_("找专家"))],
            "found": found,
            "left_out": queries.not_askable(self.scope, today=timezone.localdate()),
            "invitations": [(one, self._link(one)) for one in queries.invitations(self.one)],
            "ticked": [str(one) for one in self.request.POST.getlist("experts")],
            "is_over": self.one.current in queries.OVER,
            "more": top + operations.MORE if found.total > top else 0,
            "problem_href": problem_href(self.one.pk),
        }

    def _link(self, one: Any) -> str:
        """Return the link that the broker may hand on while it can be answered."""
        if one.state != one.State.SENT or one.is_over(timezone.now()):
            return ""
        return f"{self.site}{invitations.path_of(one)}"

    @property
    def site(self) -> str:
        """What stands before the paths of this site."""
        return links.site(self.request.build_absolute_uri("/"))


def _invite(view: Any, data: dict[str, Any]) -> Any:
    return invitations.invite(
        problem_id=view.one.pk, expert_ids=data["experts"], words=data["words"], days=data["days"], site=view.site,
        **view.by,
    )  # fmt: skip


def _remind(view: Any, data: dict[str, Any]) -> Any:
    return invitations.remind(invitation_id=data["row"], **view.by)


def _withdraw(view: Any, data: dict[str, Any]) -> Any:
    return invitations.withdraw(invitation_id=data["row"], reason=data["reason"], **view.by)


def _judge(view: Any, data: dict[str, Any], verdict: str) -> Any:
    return operations.judge(
        problem_id=view.one.pk, expert_id=data["expert"], verdict=verdict, reason=data.get("reason", ""),
        **view.by,
    )  # fmt: skip


_ACTS = (
    Act(
        key="invite", label=_("邀请"), done=_("已发出邀请。"), form=forms.InviteForm, run=_invite, at="invite",
        primary=True,
    ),
    Act(
        key="remind", label=_("提醒"), done=_("已提醒。"), form=forms.InvitationForm, run=_remind,
        at="invitations",
    ),
    Act(
        key="withdraw", label=_("撤回邀请"), done=_("已撤回邀请。"), form=forms.WithdrawForm, run=_withdraw,
        at="invitations", danger=True,
    ),
    Act(
        key="fit", label=_("合适"), done=_("已记下：合适。"), form=forms.ExpertForm, at="card",
        run=lambda view, data: _judge(view, data, "FIT"),
    ),
    Act(
        key="unfit", label=_("不合适"), done=_("已记下：不合适。"), form=forms.UnfitForm, at="card",
        run=lambda view, data: _judge(view, data, "UNFIT"),
    ),
    Act(
        key="unjudge", label=_("撤销评价"), done=_("已撤销评价。"), form=forms.ExpertForm, at="card",
        run=lambda view, data: _judge(view, data, ""),
    ),
)  # fmt: skip


class ProblemsForExpert(FindingView):
    """Open problems that an expert may be able to solve."""

    action = Action.READ

    def check(self) -> None:
        """Find the expert."""
        self.for_brokers()
        self.one = register.expert(self.scope, self.kwargs["pk"])

    def get(self, request: Any, **kwargs: Any) -> Any:
        """Show them, the best first."""
        top = asked_for(request.GET.get("n", ""))
        found = queries.problems_for(self.one, self.scope, today=timezone.localdate(), top=top)
        return self.page(
            "problems",
            {
                "one": self.one,
                "found": [(one, problem_href(one.problem.pk)) for one in found],
                "more": top + operations.MORE if len(found) == top else 0,
            },
        )
