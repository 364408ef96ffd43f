"""Agreements: the list as of today, one signed, and one with its promises, papers and renewals."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import Agreement, Problem
from kexie.contexts.matching.operations import agreements as operations
from kexie.contexts.matching.queries import agreements as queries
from kexie.contexts.matching.rules.agreements import RENEWABLE, RUNNING, TONES, Standing
from kexie.contexts.matching.states import ObligationState
from kexie.contexts.matching.web.cooperation import agreement_forms as forms
from kexie.contexts.matching.web.cooperation.base import CooperationView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel.errors import Forbidden
from kexie.ledger.addresses import record_url
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_RUNNING, _LATE, _OPEN = "RUNNING", "LATE", "OPEN"


class AgreementsPage(CooperationView, ListPage):
    """Every agreement, newest first."""

    tab, template = "agreements", "agreements"
    title = gettext_lazy("合作协议")
    sub = gettext_lazy("与学会、高校院所和企业签订的协议；到期前60天、约定事项到期前14天提醒责任人。")
    search = ("title", "number", "partner", "others", "partner_unit__name", "firm__name", "expert__name")
    empty = (
        gettext_lazy("没有符合条件的协议"),
        gettext_lazy("换个条件再看，或点“登记协议”把已签的协议记下来。"),
    )
    columns = (
        Sortable("on", gettext_lazy("签订日期"), ("occurred_on",), nowrap=True, largest_first=True),
        Sortable("title", gettext_lazy("协议名称"), ("title",)),
        Sortable("kind", gettext_lazy("类别"), ("kind",)),
        Sortable("partner", gettext_lazy("合作方"), ("partner_unit__name", "partner")),
        Sortable("firm", gettext_lazy("签约企业"), ("firm__name",)),
        Sortable("until", gettext_lazy("有效期至"), ("valid_to",), nowrap=True),
        Sortable("standing", gettext_lazy("现状"), ("standing", "valid_to"), nowrap=True),
        Sortable("due", gettext_lazy("最近的约定事项"), ("next_due",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every agreement in sight."""
        return queries.agreements(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind, standing and what is promised."""
        standings = ((_RUNNING, _("有效（含即将到期）")), *Standing.choices)
        promises = ((_OPEN, _("有待履行的")), (_LATE, _("有逾期的")))
        return {
            "kind": (_("类别"), Agreement.Kind.choices),
            "standing": (_("现状"), standings),
            "promises": (_("约定事项"), promises),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        wanted = Q()
        if kind := chosen.get("kind"):
            wanted &= Q(kind=kind)
        if standing := chosen.get("standing"):
            wanted &= Q(standing__in=list(RUNNING) if standing == _RUNNING else [standing])
        if promises := chosen.get("promises"):
            wanted &= Q(open_count__gt=0)
            wanted &= Q(next_due__lt=timezone.localdate()) if promises == _LATE else Q()
        return found.filter(wanted).order_by(F("occurred_on").desc(), "-pk")

    def asked(self) -> QuerySet[Any]:
        """The newest first unless another order is asked for."""
        found = super().asked()
        return found if self.request.GET.get("sort") else found.order_by("-occurred_on", "-pk")

    def row(self, one: Any) -> Row:
        """Show an agreement."""
        cells = (
            Cell(one.occurred_on),
            Cell(one.title, self.url("agreement", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(partner_of(one, keeps=bool(self.allowed.get("confirm")))),
            Cell(one.firm.name if one.firm else ""),
            Cell(one.valid_to or _("长期")),
            Cell(str(Standing(one.standing).label)),
            Cell(self._due(one)),
        )
        return Row(cells, title=1, name=one.title)

    def _due(self, one: Any) -> str:
        if one.next_due is None:
            return ""
        late = one.next_due < timezone.localdate()
        return _("%(day)s 已逾期") % {"day": one.next_due} if late else f"{one.next_due}"

    def actions(self) -> list[Link]:
        """Whoever confirms records may enter what was signed."""
        return [Link(_("登记协议"), self.url("sign"), "plus")] if self.allowed.get("confirm") else []

    def more(self) -> dict[str, Any]:
        """What was ever signed and what is in force, each with its page; what runs out and what is late."""
        measures = {
            "matching.agreements_signed": _("累计签订（份）"),
            "matching.agreements_in_force": _("目前有效（份）"),
        }
        tally = queries.tally(self.rows())
        return {
            "figures": self.figures_of(measures),
            "soon": tally["soon"],
            "late": queries.late(self.scope, timezone.localdate()),
        }


def partner_of(one: Any, *, keeps: bool) -> str:
    """Return who signed on the other side, in words; an expert from overseas by the whole name only to whoever keeps records."""
    if one.partner_unit or one.partner:
        return one.partner_unit.name if one.partner_unit else str(one.partner)
    return expert_of(one, keeps=keeps)


def expert_of(one: Any, *, keeps: bool) -> str:
    """Return the expert who signed, or ""."""
    if one.expert is None:
        return ""
    return one.expert.name if keeps else str(one.expert)


class SignPage(CooperationView, FormPage):
    """An agreement, entered once it is signed."""

    tab = "agreements"
    title, submit, done = gettext_lazy("登记协议"), gettext_lazy("登记"), gettext_lazy("已登记这份协议。")
    sub = gettext_lazy("签好以后再登记；约定事项和扫描件在下一页补。")
    action = to_write = Action.CONFIRM

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask; coming from a problem, begin with its firm."""
        self.shown = forms.AgreementForm(*args, scope=self.scope, initial=self._begin(), **options)
        return self.shown

    def _begin(self) -> dict[str, Any]:
        asked = self.request.GET.get("problem", "")
        problem = next((one for one in Problem.objects.filter(self.scope.q()) if str(one.pk) == asked), None)
        if problem is None:
            return {}
        title = _("%(problem)s技术合同") % {"problem": problem.name}
        return {"kind": Agreement.Kind.TECHNOLOGY, "problem": problem, "firm": problem.firm, "title": title}

    def act(self, data: dict[str, Any]) -> Any:
        """Enter it for the account's own unit."""
        if self.account.unit is None:
            raise Forbidden(_("您的账号没有所属单位，不能登记协议。"))
        return operations.sign(terms=self.shown.terms(), on=data["on"], unit=self.account.unit, **self.by)

    def onward(self, made: Any) -> str:
        """The agreement's page."""
        return self.url("agreement", pk=made.pk)


class AgreementPage(CooperationView, ActPage):
    """One agreement: who, until when, what is promised, which papers, what came before and after."""

    tab, template = "agreements", "agreement"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it; who is only a party to it looks on."""
        self.one = queries.agreement(self.scope, self.kwargs["pk"], timezone.localdate())
        self.is_keeper = self.scope.covers(self.one.unit.path)

    def acts(self) -> list[Act]:
        """Promises and papers at any time; ending only while it is in force."""
        if not self.is_keeper or self.one.standing == Standing.DRAFT:
            return []
        running = self.one.standing in RUNNING and queries.end_of(self.one) is None
        return [_PROMISE, _ATTACH, _DETACH, *([_END] if running else [])]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the staff who can see to a promise."""
        if act.form is forms.PromiseForm:
            return forms.PromiseForm(*args, scope=self.scope, auto_id=f"id_{act.key}_%s", **options)
        return super().act_form(act, *args, **options)

    def context_of(self) -> dict[str, Any]:
        """The agreement with all that belongs to it."""
        one, standing = self.one, Standing(self.one.standing)
        keeps = self.scope.covers(one.firm.path) if one.firm else False  # a party knows with whom it signed
        keeps = keeps or bool(self.allowed.get("confirm"))
        chain = queries.chain(one)
        return {
            "one": one, "trail": self.trail(Link(one.title)), "standing": standing.label, "tone": TONES[standing],
            "partner": partner_of(one, keeps=keeps), "expert": expert_of(one, keeps=keeps), "promises": queries.obligations(one), "files": queries.files(one),
            "ended": queries.end_of(one), "chain": chain if len(chain) > 1 else [], "OPEN": ObligationState.OPEN,
            "is_keeper": self.is_keeper and self.allowed.get("confirm"), "record": record_url(one),
            "is_running_out": standing in {Standing.EXPIRING, Standing.EXPIRED},
            "may_renew": self.is_keeper and self.allowed.get("confirm") and self._may_renew(),
        }  # fmt: skip

    def _may_renew(self) -> bool:
        gone = queries.end_of(self.one) or queries.renewal_of(self.one)
        return self.one.standing in RENEWABLE and gone is None


_PROMISE = Act(
    key="promise", label=gettext_lazy("添加约定事项"), done=gettext_lazy("已添加约定事项。"), form=forms.PromiseForm,
    action=Action.CONFIRM,
    run=lambda view, data: operations.promise(agreement_id=view.one.pk, promised=operations.Promise(**data), **view.by),
)  # fmt: skip
_ATTACH = Act(
    key="attach", label=gettext_lazy("上传附件"), done=gettext_lazy("已上传附件。"), form=forms.FileForm,
    action=Action.CONFIRM, hint=gettext_lazy("能看到这份协议的人都能打开附件。"),
    run=lambda view, data: operations.attach(agreement_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_DETACH = Act(
    key="detach", label=gettext_lazy("删除附件"), done=gettext_lazy("已删除附件。"), form=forms.RowForm,
    action=Action.CONFIRM, at="files", run=lambda view, data: operations.detach(file_id=data["row"], **view.by),
)  # fmt: skip
_END = Act(
    key="end", label=gettext_lazy("提前终止"), done=gettext_lazy("已登记提前终止。"), form=forms.EndForm,
    action=Action.CONFIRM, danger=True, hint=gettext_lazy("到期的协议不用终止。登记后不再计入有效协议，累计签订数不变。"),
    run=lambda view, data: operations.end(agreement_id=view.one.pk, **data, **view.by),
)  # fmt: skip


class RenewPage(CooperationView, FormPage):
    """A further agreement in place of one that runs out."""

    tab = "agreements"
    title, submit, done = (
        gettext_lazy("续签协议"),
        gettext_lazy("登记续签"),
        gettext_lazy("已登记续签的协议。"),
    )
    sub = gettext_lazy("双方和类别照原协议；原协议留在记录里，两份前后相连。")
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the agreement that is renewed."""
        self.one = queries.agreement(self.scope, self.kwargs["pk"], timezone.localdate())
        if not self.scope.covers(self.one.unit.path):
            raise Forbidden(_("这份协议由其他单位登记，请联系该单位续签。"))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with the old title."""
        return forms.RenewForm(
            *args, initial={"title": self.one.title, "on": timezone.localdate()}, **options
        )

    def act(self, data: dict[str, Any]) -> Any:
        """Record it."""
        return operations.renew(agreement_id=self.one.pk, **data, **self.by)

    def above(self) -> list[Link]:
        """The old agreement's page."""
        return [Link(self.one.title, self.url("agreement", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """The new one's page."""
        return self.url("agreement", pk=made.pk)


class _PromisePage(CooperationView, FormPage):
    """One promise of an agreement."""

    tab = "agreements"
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it."""
        self.one = queries.obligation(self.scope, self.kwargs["pk"], self.kwargs["row"])

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
        """Say below the title which promise it is."""
        return super().page(template, {**context, "sub": self.one.text}, status=status)

    def above(self) -> list[Link]:
        """The agreement's page."""
        return [Link(self.one.agreement.title, self.url("agreement", pk=self.one.agreement_id))]

    def onward(self, made: Any) -> str:
        """Back to the agreement."""
        return self.url("agreement", pk=self.one.agreement_id)


class SettlePage(_PromisePage):
    """What became of a promise."""

    title, submit, done = gettext_lazy("办结约定事项"), gettext_lazy("办结"), gettext_lazy("已办结。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with today."""
        return forms.SettleForm(*args, initial={"on": timezone.localdate()}, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Note it."""
        return operations.settle(obligation_id=self.one.pk, **data, **self.by)


class PromisePage(_PromisePage):
    """A promise, put right; one that was settled is opened again by it."""

    title, submit, done = gettext_lazy("修改约定事项"), gettext_lazy("保存"), gettext_lazy("已保存。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        known = {name: getattr(self.one, name) for name in operations.Promise.__dataclass_fields__}
        self.shown = forms.PromiseForm(*args, scope=self.scope, initial=known, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        if self.one.state != ObligationState.OPEN:
            operations.settle(
                obligation_id=self.one.pk, state=ObligationState.OPEN, on=timezone.localdate(), **self.by
            )
        return operations.change_promise(obligation_id=self.one.pk, promised=self.shown.promised(), **self.by)
