"""Requests from schools and villages, as the desk answers them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.touring.models import CaravanRequest
from kexie.contexts.touring.operations import requests as operations
from kexie.contexts.touring.queries import requests as queries
from kexie.contexts.touring.states import REQUEST_TRANSITIONS
from kexie.contexts.touring.web.fleet import forms
from kexie.contexts.touring.web.fleet.base import ActPage, ListPage, url
from kexie.contexts.touring.web.sets.base import Act
from kexie.contexts.touring.web.sets.forms import DeskForm
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

State = CaravanRequest.State


class RequestsList(ListPage):
    """The queue of requests."""

    tab, title = "requests", gettext_lazy("大篷车申请")
    sub = gettext_lazy("学校和村（社区）在网上提交；受理后成为巡展点位，排进巡展季。")
    usual_order = ("-made_at", "-pk")
    search = ("name", "area__name", "code")
    empty = (
        gettext_lazy("没有符合条件的申请"),
        gettext_lazy("把申请页的网址告诉学校和村（社区），提交后会出现在这里。"),
    )
    columns = (
        Sortable("made", gettext_lazy("提交时间"), ("made_at",), nowrap=True, largest_first=True),
        Sortable("name", gettext_lazy("申请单位"), ("name",)),
        Sortable("area", gettext_lazy("乡镇（街道）"), ("area__name",)),
        Sortable("from", gettext_lazy("希望从"), ("wished_from",), nowrap=True),
        Sortable("to", gettext_lazy("希望到"), ("wished_to",), nowrap=True),
        Sortable("people", gettext_lazy("人数"), ("people",), numeric=True),
        Sortable("unit", gettext_lazy("受理单位"), ("unit__name",)),
        Sortable("state", gettext_lazy("状态"), ("state",), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every request."""
        return queries.requests(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By state and kind."""
        return {
            "state": (_("状态"), State.choices),
            "kind": (_("单位类型"), CaravanRequest.Kind.choices),
        }

    def row(self, one: Any) -> Row:
        """Show a request."""
        cells = (
            Cell(timezone.localtime(one.made_at).date()),
            Cell(one.name, url("request", pk=one.pk)),
            Cell(f"{one.area.parent.name if one.area.parent else ''}{one.area.name}"),
            Cell(one.wished_from),
            Cell(one.wished_to),
            Cell(one.people),
            Cell(one.unit.name),
            Cell(one.get_state_display()),
        )
        return Row(cells, title=1, name=one.name)

    def actions(self) -> list[Link]:
        """Where requests are sent."""
        return [Link(_("看申请页"), reverse("caravan_request:new"), "globe")]


class RequestPage(ActPage):
    """A request: what is asked, what looks the same, the answer."""

    tab, template = "requests", "request"

    def check(self) -> None:
        """Find the request."""
        self.one = queries.request(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """What may follow its state, for whoever confirms records."""
        if not self.keeps:
            return []
        acts = {State.ACCEPTED: _ACCEPT, State.ASKED: _ASK, State.REFUSED: _REFUSE}
        return [act for to, act in acts.items() if to in REQUEST_TRANSITIONS[self.one.state]]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the sites that may be the place asked for."""
        more = {"sites": queries.sites_alike(self.one, self.scope)} if act is _ACCEPT else {}
        return super().act_form(act, *args, **options, **more)

    def context(self) -> dict[str, Any]:
        """The request with what looks the same."""
        one = self.one
        return {
            "one": one, "trail": self.trail(one.name), "duplicates": queries.duplicates(one, self.scope),
            "last_visit": queries.last_visit(one), "made_on": timezone.localtime(one.made_at).date(),
            "public_url": reverse("caravan_request:follow", args=[one.code]),
        }  # fmt: skip

    @property
    def link(self) -> str:
        """The page where whoever asked follows the request."""
        return self.request.build_absolute_uri(reverse("caravan_request:follow", args=[self.one.code]))


def _accept(view: RequestPage, data: dict[str, Any]) -> Any:
    site_id = data.pop("site") or None
    return operations.accept(request_id=view.one.pk, link=view.link, site_id=site_id, **data, **view.by)


def _answer(operation: Any) -> Any:
    return lambda view, data: operation(request_id=view.one.pk, link=view.link, **data, **view.by)


_ACCEPT = Act(
    key="accept", label=gettext_lazy("受理，列为点位"), done=gettext_lazy("已受理，列为巡展点位；下次排行程时会排进去。"), primary=True,
    form=forms.AcceptForm, run=_accept, hint=gettext_lazy("没有坐标也可以受理，补上坐标后才排得进行程。"),
)  # fmt: skip
_ASK = Act(
    key="ask", label=gettext_lazy("请对方补充"), done=gettext_lazy("已请对方补充。"), form=forms.AskForm, run=_answer(operations.ask_back)
)  # fmt: skip
_REFUSE = Act(
    key="refuse", label=gettext_lazy("不受理"), done=gettext_lazy("已答复不受理。"), form=forms.ReasonForm, danger=True,
    run=_answer(operations.refuse), hint=gettext_lazy("原因会发给对方，也显示在查询页上。"),
)  # fmt: skip
