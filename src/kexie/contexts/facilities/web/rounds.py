"""Rounds of titles: the list, one round with its quotas, and the applications made in them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import Title, TitleApplication, TitleRound
from kexie.contexts.facilities.operations import applications, rounds
from kexie.contexts.facilities.queries import rounds as queries
from kexie.contexts.facilities.rules import AWARDERS, LEVEL_OF, LEVELS, LOWER
from kexie.contexts.facilities.web import titles_forms as forms
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.access.roles import Action
from kexie.foundation.areas import queries as areas
from kexie.foundation.areas.models import Area
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage, ListPage
from kexie.kernel.errors import Forbidden
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_State = TitleRound.State


class RoundsPage(FacilitiesView, ListPage):
    """Every round, the latest first."""

    tab, title = "rounds", gettext_lazy("称号评选")
    sub = gettext_lazy("一个称号一批：发布通知、分配名额、县区推荐、评审、公示、认定，都在这里办。")
    search = ("batch", "call")
    empty = (
        gettext_lazy("没有符合条件的批次"),
        gettext_lazy("市科协新建批次并发布后，设施管理员和县区科协在这里申报和推荐。"),
    )
    columns = (
        Sortable(
            "closes", gettext_lazy("申报截止日"), ("closes_on", "title"), nowrap=True, largest_first=True
        ),
        Sortable("title", gettext_lazy("称号"), ("title", "-closes_on")),
        Sortable("batch", gettext_lazy("批次"), ("batch", "title"), nowrap=True),
        Sortable("level", gettext_lazy("级别"), (), nowrap=True),
        Sortable("state", gettext_lazy("状态"), ("state", "-closes_on"), nowrap=True),
        Sortable("applied", gettext_lazy("申报"), ("applied", "title"), numeric=True, largest_first=True),
        Sortable("awarded", gettext_lazy("认定"), ("awarded", "title"), numeric=True, largest_first=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every round in sight."""
        return queries.rounds(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By title and state."""
        return {"title": (_("称号"), Title.choices), "state": (_("状态"), _State.choices)}

    def row(self, one: Any) -> Row:
        """Show a round."""
        cells = (
            Cell(one.closes_on),
            Cell(one.get_title_display(), self.url("round", pk=one.pk)),
            Cell(one.batch),
            Cell(LEVELS[LEVEL_OF[one.title]]),
            Cell(one.get_state_display()),
            Cell(one.applied),
            Cell(one.awarded),
        )
        return Row(cells, title=1, name=str(one))

    def actions(self) -> list[Link]:
        """The city makes rounds; everybody may look through the applications."""
        found = [Link(_("新建批次"), self.url("new_round"), "plus")] if self.decides else []
        return [*found, Link(_("全部申报"), self.url("applications"))]


class NewRoundPage(FacilitiesView, FormPage):
    """A new round."""

    tab, title, submit = "rounds", gettext_lazy("新建批次"), gettext_lazy("保存")
    sub = gettext_lazy("保存后先分配县区名额，再发布；发布之前县区看不到。")
    done = gettext_lazy("已保存，请分配县区名额。")

    def check(self) -> None:
        """Only the city makes rounds."""
        if not self.decides:
            raise Forbidden(_("批次由市科协建立。"))

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for the call."""
        return forms.RoundForm(*args, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Make it."""
        return rounds.create_round(association=self.account.association, **data, **self.by)

    def onward(self, made: Any) -> str:
        """Go to it."""
        return self.url("round", pk=made.pk)


def _quotas(view: Any, data: dict[str, Any]) -> Any:
    quotas = {name.removeprefix("quota_"): value for name, value in data.items()}
    return rounds.set_quotas(round_id=view.one.pk, quotas=quotas, **view.by)


def _apply(view: Any, data: dict[str, Any]) -> Any:
    return applications.begin(round_id=view.one.pk, facility_id=data["facility"].pk, **view.by)


def _city(key: str, label: Any, done: Any, run: Any, **options: Any) -> Act:
    def carry_out(view: Any, data: dict[str, Any]) -> Any:
        return run(round_id=view.one.pk, **data, **view.by)

    return Act(key=key, label=label, done=done, run=carry_out, action=Action.CONFIRM, **options)


_APPLY = Act(
    key="apply", label=gettext_lazy("申报"), done=gettext_lazy("已建立申报，请到“申报”里逐步填写。"),
    run=_apply, form=forms.ApplyForm, primary=True,
)  # fmt: skip
_CITY = {
    _State.DRAFT: (
        Act(
            key="quotas", label=gettext_lazy("分配县区名额"), done=gettext_lazy("已分配名额。"), run=_quotas,
            form=forms.QuotaForm, action=Action.CONFIRM, hint=gettext_lazy("不推荐的填0；市直单位的名额填在市里。"),
        ),
        _city("extend", gettext_lazy("改截止日"), gettext_lazy("已改截止日。"), rounds.extend, form=forms.ExtendForm),
        _city("open", gettext_lazy("发布"), gettext_lazy("已发布，可以申报。"), rounds.open_round),
        _city("cancel", gettext_lazy("取消批次"), gettext_lazy("已取消。"), rounds.cancel, danger=True),
    ),
    _State.PUBLICISED: (
        _city("close", gettext_lazy("办结"), gettext_lazy("这一批已办结。"), rounds.close),
    ),
}  # fmt: skip
_CITY[_State.OPEN] = (
    *(one for one in _CITY[_State.DRAFT] if one.key != "open"),
    _city(
        "publicise", gettext_lazy("公示"), gettext_lazy("已排定公示，到期门户自动显示。"), rounds.publicise,
        form=forms.OnForm,
    ),
)  # fmt: skip


class RoundPage(FacilitiesView, ActPage):
    """One round: its call, its days, the counties' quotas, and what can be done now."""

    tab, template = "rounds", "round"

    def check(self) -> None:
        """Find the round."""
        self.one = queries.round_of(self.scope, self.kwargs["pk"])

    def acts(self) -> list[Act]:
        """Keepers apply while it is open; the city moves it on."""
        city = list(_CITY.get(_State(self.one.state), ())) if self.decides else []
        return [_APPLY, *city] if self.one.state == _State.OPEN else city

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Ask for each county, and for the facilities in sight."""
        if act.key == "quotas":
            return super().act_form(act, *args, counties=self._counties(), **options)
        form = super().act_form(act, *args, **options)
        if act.key == "apply":
            form.fields["facility"].queryset = queries.eligible(self.scope)  # type: ignore[attr-defined]
        return form

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin with what is set."""
        quotas: dict[str, Any] = {f"quota_{one.code}": one.most for one in queries.quotas(self.one)}
        days: dict[str, Any] = {
            "closes_on": self.one.closes_on,
            "recommends_until": self.one.recommends_until,
        }
        return {"quotas": quotas, "extend": days}.get(act.key, {})

    def context_of(self) -> dict[str, Any]:
        """The round."""
        title = self.one.title
        mine = queries.applications(self.scope).filter(round=self.one).exclude(state="WITHDRAWN")
        return {
            "one": self.one,
            "trail": self.trail(Link(str(self.one))),
            "level": LEVELS[LEVEL_OF[title]],
            "awarder": AWARDERS[title],
            "lower": Title(LOWER[title]).label if title in LOWER else "",
            "quotas": queries.quotas(self.one),
            "applications": mine.order_by("county_id", "rank", "made_at")[:50],
            "list_url": f"{self.url('applications')}?round={self.one.pk}",
        }

    def _counties(self) -> list[Area]:
        city = self.account.association.area
        return [*areas.counties(city), city]


class ApplicationsPage(FacilitiesView, ListPage):
    """Every application in sight."""

    tab, title = "rounds", gettext_lazy("称号申报")
    sub = gettext_lazy("一份申报一行；点单位名称打开办理。")
    search = ("unit__name", "round__batch")
    empty = (
        gettext_lazy("没有符合条件的申报"),
        gettext_lazy("打开一个申报中的批次，点“申报”，选一处设施，就可以开始填写。"),
    )
    columns = (
        Sortable("unit", gettext_lazy("申报单位"), ("unit__name", "round__title")),
        Sortable("title", gettext_lazy("称号"), ("round__title", "unit__name")),
        Sortable("batch", gettext_lazy("批次"), ("round__batch", "unit__name"), nowrap=True),
        Sortable("county", gettext_lazy("县（市、区）"), ("county_id", "rank", "unit__name"), nowrap=True),
        Sortable("state", gettext_lazy("状态"), ("state", "unit__name"), nowrap=True),
        Sortable("rank", gettext_lazy("推荐排序"), ("rank", "unit__name"), numeric=True),
        Sortable("score", gettext_lazy("平均分"), ("mean", "unit__name"), numeric=True, largest_first=True),
        Sortable("sent", gettext_lazy("提交时间"), ("submitted_at", "unit__name"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every application in sight."""
        return queries.applications(self.scope)

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By round, county and state."""
        counties = areas.counties(self.account.association.area).values_list("code", "name")
        batches = [(str(one.pk), str(one)) for one in queries.rounds(self.scope).order_by("-closes_on")]
        return {
            "round": (_("批次"), batches),
            "county": (_("县（市、区）"), counties),
            "state": (_("状态"), TitleApplication.State.choices),
        }

    def row(self, one: Any) -> Row:
        """Show an application."""
        cells = (
            Cell(one.unit.name, self.url("application", pk=one.pk)),
            Cell(one.round.get_title_display()),
            Cell(one.round.batch),
            Cell(one.county.name),
            Cell(one.get_state_display()),
            Cell(one.rank or ""),
            Cell("" if one.mean is None else round(one.mean, 1)),
            Cell(one.submitted_at or ""),
        )
        return Row(cells, name=one.unit.name)

    def _context(self, page: Any) -> dict[str, Any]:
        return {**super()._context(page), "here": self.url("applications")}
