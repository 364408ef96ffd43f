"""An expert's own page: keeping it, consents, who looked, requests; and the one tap of a reminder."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertRequest
from kexie.contexts.matching.operations import expert_self as operations
from kexie.contexts.matching.queries import expert_self as queries
from kexie.contexts.matching.queries import experts as register
from kexie.contexts.matching.queries import finding
from kexie.contexts.matching.rules import experts as rules
from kexie.contexts.matching.web.experts import forms as desk
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm, Words
from kexie.foundation.desk.pages import Act, ActPage, FormPage, TabbedView
from kexie.kernel.errors import NotFound

_FITTING = 5
# What each use means to the expert, in one line.
USES = {
    "RECOMMEND": _("科协经办人可以把您推荐给有难题的企业。"),
    "NOTICE": _("邀请和提醒用短信或站内消息告诉您。"),
    "PUBLIC": _("公众网站显示您的姓名；不同意就不显示。"),
    "VECTORS": _("您的简介和成果文字交给科协设置的向量服务，用来找意思相近的难题。"),
}


class OwnView(TabbedView):
    """A page of the expert whose account it is."""

    context, templates, namespace = "matching", "matching/own", "my_expert"
    tabs, tabs_label, tab = (("page", _("我的专家资料")), ("edit", _("修改"))), _("我的专家资料"), "page"

    def check(self) -> None:
        """Find the account's own entry."""
        self.one = queries.own(self.account)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and have the answer forgotten."""
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class WorkForm(desk.WorkForm):
    """A work of one's own."""


class DeletionForm(DeskForm):
    """Why an expert wants to be deleted, if they like to say."""

    words = Words(label=_("想说明的话"), required=False, max_length=300)


class UseForm(DeskForm):
    """One use."""

    use = forms.CharField(widget=forms.HiddenInput)


class OwnPage(OwnView, ActPage):
    """Everything that is kept of the expert, what they agreed to, who looked, and which problems may fit."""

    template = "page"

    def acts(self) -> list[Act]:
        """What can be done."""
        return list(_ACTS)

    def context_of(self) -> dict[str, Any]:
        """The expert's own data."""
        one, today = self.one, timezone.localdate()
        agreed, requests = register.standing_uses(one), list(queries.requests(one)[:10])
        return {
            "one": one, "is_fresh": rules.is_fresh(one.confirmed_on, today), "works": register.works(one),
            "uses": [(use, label, USES[use], use in agreed) for use, label in ExpertConsent.Use.choices],
            "opened": queries.opened(one), "requests": [(row, _wanted(row)) for row in requests],
            "asked_deletion": any(row.kind == "DELETION" and row.state == "WAITING" for row in requests),
            "fitting": finding.public_problems_for(one, today=today, top=_FITTING),
        }  # fmt: skip


def _wanted(row: ExpertRequest) -> list[tuple[Any, Any]]:
    return [(Expert._meta.get_field(name).verbose_name, value) for name, value in row.wanted.items()]  # type: ignore[union-attr]  # columns


class EditPage(OwnView, FormPage):
    """The expert's own words."""

    title, submit, done = _("修改我的资料"), _("保存并确认"), _("已保存，并记下今天确认过。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is kept."""
        names = (*operations.VERIFIED, *operations.OWN)
        made = desk.ProfileForm(*args, initial={name: getattr(self.one, name) for name in names}, **options)
        del made.fields["orcid"]
        if self.one.is_home:
            del made.fields["employer"], made.fields["region"]
        return made

    def act(self, data: dict[str, Any]) -> Any:
        """Keep it."""
        return operations.keep(account=self.account, values=data, now=timezone.now()) or True

    @property
    def sub(self) -> Any:  # type: ignore[override]  # depends on whose page it is
        """Say what waits for the office."""
        return _("姓名、职称、单位认证过，改了要等科协核对；其余马上生效。") if self.one.verified_on else ""

    def onward(self, made: Any) -> str:
        """Return to the page."""
        return self.url("page")


class StillRightPage(View):
    """By the link of a reminder: one tap says that all is right. Nothing is changed by looking."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask."""
        return self._show(request, self._found(token), is_done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Keep it."""
        self._found(token)
        return self._show(
            request, operations.still_right_by_link(token=token, now=timezone.now()), is_done=True
        )

    def _found(self, token: str) -> Expert:
        try:
            return operations.by_token(token, now=timezone.now())
        except NotFound as error:
            raise Http404(str(error)) from error

    def _show(self, request: HttpRequest, one: Expert, *, is_done: bool) -> HttpResponse:
        response = render(request, "matching/own/still_right.html", {"one": one, "is_done": is_done})
        response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex", "same-origin"
        add_never_cache_headers(response)
        return response


def _do(key: str, label: Any, done: Any, run: Any, **options: Any) -> Act:
    return Act(
        key=key, label=label, done=done, action=Action.DRAFT,
        run=lambda view, data: run(account=view.account, now=timezone.now(), **data), **options,
    )  # fmt: skip


_ACTS = (
    _do("right", _("仍然准确"), _("谢谢，已记下今天确认过。"), operations.still_right, at="fresh"),
    _do("agree", _("同意"), _("已记下您的同意。"), operations.agree, form=UseForm, at="uses"),
    _do("disagree", _("不再同意"), _("已撤回同意。"), operations.disagree, form=UseForm, at="uses"),
    _do("work", _("登记成果"), _("已登记成果。"), operations.add_work, form=WorkForm, at="works"),
    Act(
        key="drop_work", label=_("删除"), done=_("已删除成果。"), form=desk.RowForm, at="works",
        run=lambda view, data: operations.remove_work(account=view.account, work_id=data["row"], now=timezone.now()),
    ),
    _do("delete", _("申请删除我的资料"), _("已提出，同意已全部撤回；科协办理后会删除。"), operations.ask_deletion, form=DeletionForm, at="end"),
    Act(
        key="back", label=_("撤回申请"), done=_("已撤回申请。"), form=desk.RowForm, at="requests",
        run=lambda view, data: operations.take_back(account=view.account, request_id=data["row"], now=timezone.now()),
    ),
)  # fmt: skip
