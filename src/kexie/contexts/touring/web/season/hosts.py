"""The hosts of a plan's visits: how each was told, what each answered; and one of them, called by telephone."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import PlannedStop, ToldVisit
from kexie.contexts.touring.operations import hosts as operations
from kexie.contexts.touring.operations.requests import is_mobile
from kexie.contexts.touring.queries import hosts as queries
from kexie.contexts.touring.queries.hosts import Visit
from kexie.contexts.touring.rules.days import clock
from kexie.contexts.touring.web.season import telling
from kexie.contexts.touring.web.season.base import PlanView, host_link
from kexie.contexts.touring.web.season.public import AnswerForm
from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.forms import DeskForm, FilterForm, Words, choice
from kexie.foundation.desk.views import UNPROCESSABLE
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, UserError
from kexie.platform.imports.writing import Heading
from kexie.platform.notify.states import State
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

COLUMNS = (
    Sortable("day", gettext_lazy("日期"), ("trip__day", "begins"), nowrap=True),
    Sortable("time", gettext_lazy("时间"), ("begins",), nowrap=True),
    Sortable("site", gettext_lazy("点位"), ("site__name",)),
    Sortable("area", gettext_lazy("乡镇（街道）"), ("site__area__code", "site__name")),
    Sortable("van", gettext_lazy("大篷车"), ("trip__van__caravan__name", "trip__day")),
    Sortable("told", gettext_lazy("通知方式"), ("told_how",), nowrap=True),
    Sortable("told_at", gettext_lazy("通知时间"), ("told_at",), nowrap=True),
    Sortable("answer", gettext_lazy("答复"), ("host_state", "trip__day"), nowrap=True),
    Sortable("note", gettext_lazy("接待方留言")),
    Sortable("link", gettext_lazy("确认链接"), nowrap=True),
)
_WIDTHS = (12, 14, 24, 16, 14, 12, 18, 12, 30, 50)
_NOT_TOLD = gettext_lazy("未通知")
_UNDELIVERED = {
    State.FAILED: gettext_lazy("短信没有发出，请打电话"),
    State.SKIPPED: gettext_lazy("短信没有发出，请打电话"),
}
_ON_ITS_WAY = gettext_lazy("短信待发送")


class HostFilter(FilterForm):
    """By answer, and by how the host was told."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        every = gettext_lazy("全部")
        self.fields["answer"] = choice(gettext_lazy("答复"), PlannedStop.Host.choices, every=every)
        told = [("NONE", _NOT_TOLD), *ToldVisit.How.choices]
        self.fields["told"] = choice(gettext_lazy("通知方式"), told, every=every)


class HostsView(PlanView):
    """The list."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Show the visits asked for, or send them as a file."""
        filters = HostFilter(request.GET)
        rows = lists.ordered(self.asked(filters), request.GET, COLUMNS)
        if request.GET.get("export"):
            return self.export(rows)
        page = lists.paged(rows, request.GET)
        today, query = timezone.localdate(), request.GET.copy()
        query["export"] = "1"
        shown = self.rows(list(page.object_list))
        context = {
            "plan": self.plan, "season": self.season, "filters": filters, "page": page,
            "here": request.path, "search": request.GET.get("q", ""), "export": query.urlencode(),
            "may_export": self.find(Action.EXPORT) is not None, "may_plan": self.may_plan,
            "is_published": self.season.published_id == self.plan.pk,
            "table": lists.table(shown, request.GET, COLUMNS, lambda row: row),
            **telling.context_of(self),
            "called_off": queries.called_off(self.season, today), "trail": trail(self),
        }  # fmt: skip
        return self.page("hosts", context)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """Tell the hosts what they do not know yet, or note that one was called."""
        try:
            act = request.POST.get("act")
            if act == "tell":
                messages.success(request, telling.in_words(telling.tell(self)))
            elif act == "stop_telling":
                messages.success(request, telling.stop_telling(self))
            else:
                call(self)
        except UserError as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(request.get_full_path())

    def asked(self, filters: HostFilter) -> QuerySet[Any]:
        """Return the visits that the address asks for."""
        rows = queries.stops(self.plan)
        if answer := filters.value("answer"):
            rows = rows.filter(host_state=answer)
        if how := filters.value("told"):
            rows = rows.filter(told_how=None if how == "NONE" else how)
        for word in text.clean(self.request.GET.get("q", "")).split():
            rows = rows.filter(Q(site__name__icontains=word) | Q(site__area__name__icontains=word))
        return rows

    def rows(self, stops: list[Any]) -> list[Row]:
        """Return what the table shows."""
        sent = queries.deliveries(one.told_notice for one in stops)
        return [self.row(one, sent) for one in stops]

    def row(self, one: Any, sent: dict[uuid.UUID | None, State]) -> Row:
        """Show a visit."""
        home = reverse("touring_season:host", kwargs={"pk": self.plan.pk, "site": one.site_id})
        link = host_link(self, one.host_code) if one.host_code and self.is_published else ""
        cells = (
            Cell(one.trip.day), Cell(hours(one)), Cell(one.site.name, home),
            Cell(one.site.area.name if one.site.area else ""), Cell(one.trip.van.caravan.name),
            Cell(how_told(one.told_how, sent.get(one.told_notice))),
            Cell(timezone.localtime(one.told_at) if one.told_at else ""), Cell(one.get_host_state_display()),
            Cell(one.host_note), Cell(_("复制链接") if link else "", link),
        )  # fmt: skip
        return Row(cells, title=2, name=one.site.name)

    @property
    def is_published(self) -> bool:
        """Whether it is the season's plan: only then hosts' links are good."""
        return self.season.published_id == self.plan.pk

    def export(self, rows: QuerySet[Any]) -> HttpResponseBase:
        """Send the list as a file."""
        if self.find(Action.EXPORT) is None:
            raise Forbidden(_("您的账号不能导出。"))
        heads = [Heading(str(one.label), width) for one, width in zip(COLUMNS, _WIDTHS, strict=True)]
        return exports.send(self, _("接待方名单"), heads, self._values(rows), subject=self.season)

    def _values(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        for row in self.rows(list(rows)):
            *cells, link = row.cells
            yield [*(_plain(cell.value) for cell in cells), link.href]


class ContactForm(DeskForm):
    """Whom the crew asks for."""

    name = Words(label=gettext_lazy("联系人"), max_length=40)
    phone = Words(
        label=gettext_lazy("电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=gettext_lazy("手机号码可以收短信；固定电话请打电话通知。加密保存，查看会留下记录。"),
    )


class HostView(PlanView):
    """One host: its visits in the plan, how it was told and what it answered; answers got by telephone."""

    def check(self) -> None:
        """Find the site."""
        super().check()
        self.site, self.visits, self.gone = queries.site(self.plan, self.kwargs["site"])

    def get(self, request: HttpRequest, pk: uuid.UUID, site: uuid.UUID) -> HttpResponse:
        """Show it."""
        return self.show()

    def post(self, request: HttpRequest, pk: uuid.UUID, site: uuid.UUID) -> HttpResponseBase:
        """Carry out what was asked."""
        act = self.acts.get(request.POST.get("act", ""))
        try:
            answered = act(self) if act else None
        except UserError as refused:
            messages.error(request, str(refused))
            answered = None
        return answered or HttpResponseRedirect(request.path)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page; `more` holds a form that was refused, or the contact in clear."""
        known = [one.told for one in self.visits if one.told is not None]
        sent = queries.deliveries(one.notice_id for one in (*known, *self.gone))
        visits = [self.visit(one, sent) for one in self.visits]
        context = {
            "plan": self.plan, "season": self.season, "place": self.site, "visits": visits,
            "has_mobile": is_mobile(self.site.open_contact()[1]),
            "gone": [{"told": one, "how": how_told(one.how, sent.get(one.notice_id))} for one in self.gone],
            "may_plan": self.may_plan, "contact": ContactForm(), "answer": AnswerForm(), "failed": None,
            "is_published": self.season.published_id == self.plan.pk, "trail": trail(self, self.site.name), **more,
        }  # fmt: skip
        return self.page("host", context, status=status)

    def visit(self, one: Visit, sent: dict[uuid.UUID | None, State]) -> dict[str, Any]:
        """Return what the page shows of a visit."""
        told, stop = one.told, one.stop
        link = host_link(self, told.code if told else stop.host_code if stop else "")
        how = how_told(told.how, sent.get(told.notice_id)) if told else str(_NOT_TOLD)
        return {
            "told": told,
            "stop": stop,
            "how": how,
            "moved": one.is_moved,
            "link": link if told or stop else "",
        }

    def answered(self) -> HttpResponse | None:
        """Take an answer got by telephone."""
        form = AnswerForm(self.request.POST)
        chosen = self.request.POST.get("stop", "")
        stop = next((one.stop for one in self.visits if one.stop and str(one.stop.pk) == chosen), None)
        if stop is None:
            raise UserError(_("没有这一站，方案可能已经改过，请刷新后再看。"))
        done = form.carry_out(
            lambda data: operations.answer(
                stop=stop, confirms=data["answer"] == "YES", note=data["note"], actor=self.account,
                now=timezone.now(),
            )
        )  # fmt: skip
        if not done:
            return self.show(answer=form, failed=form, failed_stop=stop.pk, status=UNPROCESSABLE)
        messages.success(self.request, _("已登记答复。"))
        return None

    def noted(self) -> HttpResponse | None:
        """Keep whom to ask for."""
        form = ContactForm(self.request.POST)
        done = form.carry_out(
            lambda data: operations.note_contact(
                site=self.site, **data, actor=self.account, now=timezone.now()
            )
        )
        if not done:
            return self.show(contact=form, failed=form, status=UNPROCESSABLE)
        messages.success(self.request, _("已登记联系人。"))
        return None

    def opened(self) -> HttpResponse:
        """Show the contact in clear, which is written down."""
        found = operations.open_contacts(
            season=self.season, sites=[self.site], actor=self.account, now=timezone.now()
        )
        return self.show(clear=" ".join(found[self.site.pk]))

    def sent(self) -> None:
        """Send the message once more."""
        operations.send_again(
            season=self.season, told_id=told_id(self), link=lambda code: host_link(self, code),
            actor=self.account, now=timezone.now(),
        )  # fmt: skip
        messages.success(self.request, _("已发短信。"))

    acts: ClassVar[dict[str, Callable[["HostView"], HttpResponse | None]]] = {
        "answer": answered,
        "contact": noted,
        "open": opened,
        "send": sent,
        "called": lambda view: call(view),  # noqa: PLW0108 -- defined below
    }


def call(view: PlanView) -> None:
    """Note that a host was called."""
    operations.called(season=view.season, told_id=told_id(view), actor=view.account, now=timezone.now())
    messages.success(view.request, _("已记下：电话通知过了。"))


def told_id(view: PlanView) -> uuid.UUID:
    """Return which visit is spoken of."""
    try:
        return uuid.UUID(view.request.POST.get("told", ""))
    except ValueError as error:
        raise UserError(_("这一站不用再打电话，请刷新后再看。")) from error


def trail(view: PlanView, *names: str) -> list[Link]:
    """Return the way here."""
    kwargs = {"pk": view.plan.pk}
    home = reverse("touring_season:season", kwargs={"pk": view.season.pk})
    hosts = Link(_("接待方名单"), reverse("touring_season:hosts", kwargs=kwargs) if names else "")
    plan = Link(str(view.plan), reverse("touring_season:plan", kwargs=kwargs))
    return [Link(view.season.name, home), plan, hosts, *map(Link, names)]


def how_told(how: str | None, sent: State | None) -> str:
    """Return in words how a host was told and, of a message, whether it went out."""
    if not how:
        return str(_NOT_TOLD)
    if how == ToldVisit.How.SMS and sent in _UNDELIVERED:
        return str(_UNDELIVERED[sent])
    if how == ToldVisit.How.SMS and sent == State.QUEUED:
        return str(_ON_ITS_WAY)
    return str(ToldVisit.How(how).label)


def hours(stop: PlannedStop) -> str:
    """Return from when to when a visit lasts."""
    return f"{clock(stop.begins):%H:%M}–{clock(stop.ends):%H:%M}"


def _plain(value: object) -> Any:
    if hasattr(value, "isoformat"):
        return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else value
    return str(value or "")
