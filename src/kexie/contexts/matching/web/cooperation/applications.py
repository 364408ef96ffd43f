"""Firms' own applications for carriers: which kinds there are, one sent or corrected, the list, and one as it stands."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import ServiceCarrier
from kexie.contexts.matching.operations import carrier_applications as operations
from kexie.contexts.matching.queries import carrier_applications as queries
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import OPEN_APPLICATIONS
from kexie.contexts.matching.states import CarrierApplicationState as AppliedState
from kexie.contexts.matching.web.cooperation import application_forms as forms
from kexie.contexts.matching.web.cooperation.base import CooperationView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import Conflict, Forbidden, NotFound
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_TONES = {
    AppliedState.RETURNED: "warn",
    AppliedState.ACCEPTED: "good",
    AppliedState.REFUSED: "bad",
}


class _ApplicationsView(CooperationView):
    """A page about applications."""

    tab = "applications"

    @property
    def firm(self) -> Unit | None:
        """The account's unit, if a carrier can be at it."""
        unit = self.account.unit
        return unit if unit is not None and unit.kind in rules.HOSTS else None


class ApplicationsPage(_ApplicationsView, ListPage):
    """Every application in sight, those that wait first."""

    template = "applications"
    title = gettext_lazy("建站申请")
    sub = gettext_lazy(
        "企业自己提出的专家服务站、海智工作站和海智工作基地申请；受理后成为服务载体，再核查、批准、建立。"
    )
    search = ("name", "firm__name", "field")
    empty = (gettext_lazy("没有符合条件的申请"), gettext_lazy("换个条件再看。企业用自己的账号提出申请。"))
    columns = (
        Sortable("sent", gettext_lazy("提交时间"), ("sent_at",), nowrap=True, largest_first=True),
        Sortable("name", gettext_lazy("名称"), ("name",)),
        Sortable("kind", gettext_lazy("类别"), ("kind", "name")),
        Sortable("level", gettext_lazy("级别"), ("level", "name"), nowrap=True),
        Sortable("firm", gettext_lazy("申请单位"), ("firm__name",)),
        Sortable("state", gettext_lazy("状态"), ("state", "sent_at"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every application."""
        return queries.applications(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By kind and state."""
        return {"kind": (_("类别"), _kinds()), "state": (_("状态"), AppliedState.choices)}

    def asked(self) -> QuerySet[Any]:
        """The newest first unless another order is asked for."""
        found = super().asked()
        return found if self.request.GET.get("sort") else found.order_by("-sent_at", "-pk")

    def row(self, one: Any) -> Row:
        """Show an application."""
        cells = (
            Cell(one.sent_at),
            Cell(one.name, self.url("application", pk=one.pk)),
            Cell(one.get_kind_display()),
            Cell(one.get_level_display()),
            Cell(one.firm.name),
            Cell(one.get_state_display()),
        )
        return Row(cells, title=1, name=one.name)

    def actions(self) -> list[Link]:
        """A firm applies."""
        may = self.firm is not None and self.allowed.get("draft")
        return [Link(_("申请建站"), self.url("kinds"), "plus")] if may else []

    def more(self) -> dict[str, Any]:
        """How many wait for whom."""
        return {"tally": queries.tally(self.rows()), "is_firm": self.firm is not None}


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, ServiceCarrier.Kind(kind).label) for kind in rules.APPLIED_FOR]


class _FirmPage(_ApplicationsView):
    """A page for a firm's own account."""

    action = to_write = Action.DRAFT
    own: Unit

    def check(self) -> None:
        """Refuse whoever does not act for a firm."""
        if self.firm is None:
            raise Forbidden(
                _("建站申请由企业、园区或基地用自己的账号提出；代企业登记请用“服务载体—登记申请”。")
            )
        self.own = self.firm


class KindsPage(_FirmPage):
    """What can be applied for, and what each asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the kinds with their conditions; one that is under way leads to its application."""
        known = queries.open_of(self.own)
        shown = [
            {
                "kind": label, "open": known.get(kind),
                "levels": [
                    {
                        "label": ServiceCarrier.Level(level).label,
                        "conditions": rules.conditions(kind, level),
                        "href": self.url("request", kind=kind.lower(), level=level.lower()),
                    }
                    for level in rules.APPLIED_FOR[kind]
                ],
            }
            for kind, label in _kinds()
        ]  # fmt: skip
        return self.page("application_kinds", {"kinds": shown, "trail": self.trail(Link(_("申请建站")))})


class _RequestForm(_FirmPage, FormPage):
    """The form of an application, new or corrected."""

    kind: str
    level: str

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        self.shown = forms.RequestForm(
            *args, kind=self.kind, conditions=rules.shown_by_host(self.kind, self.level), scope=self.scope,
            initial=self.begin(), **options,
        )  # fmt: skip
        return self.shown

    def begin(self) -> dict[str, Any]:
        """Return what the form begins with."""
        raise NotImplementedError

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Say what is applied for, and show the fields by condition."""
        kind, level = ServiceCarrier.Kind(self.kind).label, ServiceCarrier.Level(self.level).label
        sub = _("%(level)s%(kind)s · %(firm)s") % {"level": level, "kind": kind, "firm": self.own.name}
        return super().page("application_form", {**context, "sub": sub}, status=status)

    def onward(self, made: Any) -> str:
        """The application's page."""
        return self.url("application", pk=made.pk)


class RequestPage(_RequestForm):
    """A new application of one kind and level."""

    title, submit = gettext_lazy("申请建站"), gettext_lazy("提交申请")
    done = gettext_lazy("已提交，科协受理后会通知您。可以在下面给每一条补充附件。")

    def check(self) -> None:
        """Only what can be applied for; where one is under way, its page is the place."""
        super().check()
        self.kind, self.level = self.kwargs["kind"].upper(), self.kwargs["level"].upper()
        if self.level not in rules.APPLIED_FOR.get(self.kind, ()):
            raise NotFound(_("没有这一类建站申请。"))

    def begin(self) -> dict[str, Any]:
        """Propose the usual name."""
        kind, level = ServiceCarrier.Kind(self.kind).label, ServiceCarrier.Level(self.level).label
        return {"name": f"{self.own.name}{level}{kind}"}

    def above(self) -> list[Link]:
        """The kinds."""
        return [Link(_("选择类别"), self.url("kinds"))]

    def act(self, data: dict[str, Any]) -> Any:
        """Send it."""
        return operations.send(request=self.shown.request(), kind=self.kind, level=self.level, **self.by)


class CorrectPage(_RequestForm):
    """An application, corrected."""

    title, submit, done = (
        gettext_lazy("修改申请"),
        gettext_lazy("保存并提交"),
        gettext_lazy("已提交修改后的申请。"),
    )

    def check(self) -> None:
        """Find it, as long as it is open."""
        super().check()
        self.one = queries.application(self.scope, self.kwargs["pk"])
        if self.one.state not in OPEN_APPLICATIONS:
            raise Conflict(_("这份申请已经办结，不能再修改。"))
        self.kind, self.level = self.one.kind, self.one.level

    def begin(self) -> dict[str, Any]:
        """Begin with what was sent."""
        said = {name: getattr(self.one, name) for name in ("name", "society", "field", "words")}
        return {**said, **forms.known(queries.facts(self.one))}

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Show what is to be corrected above the form."""
        return super().page(template, {"returned": self.one, **context}, status=status)

    def above(self) -> list[Link]:
        """The application's page."""
        return [Link(self.one.name, self.url("application", pk=self.one.pk))]

    def act(self, data: dict[str, Any]) -> Any:
        """Send it anew."""
        return operations.correct(application_id=self.one.pk, request=self.shown.request(), **self.by)


class ApplicationPage(_ApplicationsView, ActPage):
    """One application: what the firm shows, how it went, and what can be done about it."""

    template = "application"
    to_write = Action.DRAFT

    def check(self) -> None:
        """Find it; the firm and the office see the same."""
        self.one = queries.application(self.scope, self.kwargs["pk"])
        self.is_own = self.firm is not None and self.firm.path.startswith(self.one.firm.path)

    def acts(self) -> list[Act]:
        """The firm's acts or the office's."""
        if self.is_own:
            return [_ATTACH, _WITHDRAW] if self.one.state in OPEN_APPLICATIONS else []
        waits = self.one.state == AppliedState.SENT
        if not self.scope.covers(self.one.unit.path) or self.one.state not in OPEN_APPLICATIONS:
            return []
        return [_ACCEPT, _RETURN, _REFUSE] if waits else [_REFUSE]

    def initial(self, act: Act) -> dict[str, Any]:
        """Take up what is shown, not what it became meanwhile."""
        return {"edition": self.one.edition} if act is _ACCEPT else {}

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the conditions a paper can belong to."""
        if act is _ATTACH:
            options["conditions"] = rules.shown_by_host(self.one.kind, self.one.level)
        return super().act_form(act, *args, **options)

    def context_of(self) -> dict[str, Any]:
        """The application with its conditions and its way."""
        one = self.one
        return {
            "one": one, "trail": self.trail(Link(one.name)), "tone": _TONES.get(AppliedState(one.state), ""),
            "facts": queries.facts(one), "steps": one.steps.select_related("by"), "is_own": self.is_own,
            "may_correct": self.is_own and self.allowed.get("draft") and one.state in OPEN_APPLICATIONS,
            "returned": one.state == AppliedState.RETURNED, "refused": one.state == AppliedState.REFUSED,
        }  # fmt: skip


_ACCEPT = Act(
    key="accept", label=gettext_lazy("受理"), form=forms.AcceptForm, action=Action.CONFIRM, primary=True,
    done=gettext_lazy("已受理，服务载体已经建好，请到载体页面逐条核查建站条件。"),
    hint=gettext_lazy("受理后成为“已申请”的服务载体，企业填的材料一并转过去。"),
    run=lambda view, data: operations.accept(application_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_RETURN = Act(
    key="return", label=gettext_lazy("退回补正"), form=forms.ReturnForm, action=Action.CONFIRM,
    done=gettext_lazy("已退回，企业会收到通知。"),
    run=lambda view, data: operations.send_back(application_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_REFUSE = Act(
    key="refuse", label=gettext_lazy("不予受理"), form=forms.RefuseForm, action=Action.CONFIRM, danger=True,
    done=gettext_lazy("已登记不予受理，企业会收到通知。"),
    run=lambda view, data: operations.refuse(application_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_ATTACH = Act(
    key="attach", label=gettext_lazy("添加附件"), form=forms.PaperForm, done=gettext_lazy("已添加附件。"),
    hint=gettext_lazy("一条一份，再传一份就换成新的；扫描件或照片都可以。"),
    run=lambda view, data: operations.attach(application_id=view.one.pk, **data, **view.by),
)  # fmt: skip
_WITHDRAW = Act(
    key="withdraw", label=gettext_lazy("撤回申请"), form=forms.WithdrawForm, danger=True,
    done=gettext_lazy("已撤回。需要时可以重新申请。"),
    run=lambda view, data: operations.withdraw(application_id=view.one.pk, **data, **view.by),
)  # fmt: skip
