"""Titles near their end or past it, and the renewal of one."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.facilities.models import Title, TitleApplication
from kexie.contexts.facilities.operations import applications
from kexie.contexts.facilities.queries import renewals as queries
from kexie.contexts.facilities.queries import reports
from kexie.contexts.facilities.rules import AWARDERS
from kexie.contexts.facilities.web import titles_forms as forms
from kexie.contexts.facilities.web.base import FacilitiesView
from kexie.foundation.areas import queries as areas
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, ListPage
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

_STATES = dict(TitleApplication.State.choices)
_NONE, _LAPSED = "NONE", "LAPSED"
_WITHIN = ("30", "90", "180")
_RUNNING = frozenset({"DRAFT", "SUBMITTED", "RETURNED", "RECOMMENDED", "APPROVED", "PUBLICISED"})


class EndingPage(FacilitiesView, ListPage):
    """Titles that end within half a year, and those that ended within a year and were not given again."""

    tab, title = "titles", gettext_lazy("到期和再认定")
    sub = gettext_lazy("半年内到期的，和到期一年内还没有再认定的。到期前90天、30天和当天，系统各提醒一次。")
    search = ("holder__name", "certificate_no", "batch")
    empty = (
        gettext_lazy("没有快到期的称号"),
        gettext_lazy("称号到期前半年列在这里；登记称号时要填有效期。"),
    )
    nothing = empty[0]
    columns = (
        Sortable("until", gettext_lazy("有效期至"), ("valid_to", "holder__name"), nowrap=True),
        Sortable("holder", gettext_lazy("获得单位"), ("holder__name", "title")),
        Sortable("title", gettext_lazy("称号"), ("title", "valid_to", "holder__name")),
        Sortable("awarder", gettext_lazy("认定机构"), (), nowrap=True),
        Sortable("area", gettext_lazy("所在地"), ("area__code", "holder__name")),
        Sortable("left", gettext_lazy("还有多久"), ("valid_to", "holder__name"), nowrap=True),
        Sortable("renewal", gettext_lazy("再认定"), ("renewal", "valid_to"), nowrap=True),
        Sortable("reminded", gettext_lazy("最近提醒"), ("reminded_at", "valid_to"), nowrap=True),
    )

    def rows(self) -> QuerySet[Any]:
        """Every title in sight that ends, or ended."""
        return queries.ending(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By time left, title, county and how far the renewal is."""
        counties = areas.counties(self.account.association.area).values_list("code", "name")
        within = [(days, _("%(n)s天内到期") % {"n": days}) for days in _WITHIN]
        return {
            "within": (_("到期时间"), [*within, (_LAPSED, _("已到期，没有再认定"))]),
            "title": (_("称号"), Title.choices),
            "area__code__startswith": (_("县（市、区）"), counties),
            "renewal": (_("再认定"), [(_NONE, _("还没有申报")), *_STATES.items()]),
        }

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Time left is counted from today."""
        today, within = timezone.localdate(), chosen.pop("within", "")
        if within == _LAPSED:
            found = found.filter(valid_to__lt=today)
        elif within:
            found = found.filter(valid_to__range=(today, today + dt.timedelta(days=int(within))))
        if chosen.get("renewal") == _NONE:
            chosen.pop("renewal")
            found = found.filter(renewal=None)
        return found.filter(**chosen)

    def row(self, one: Any) -> Row:
        """Show a title."""
        cells = (
            Cell(one.valid_to),
            Cell(one.holder.name, self.url("renew", pk=one.pk)),
            Cell(one.get_title_display()),
            Cell(AWARDERS[one.title]),
            Cell(one.area.name),
            Cell(_left((one.valid_to - timezone.localdate()).days)),
            Cell(_STATES[one.renewal] if one.renewal else _("还没有申报")),
            Cell(timezone.localdate(one.reminded_at) if one.reminded_at else ""),
        )
        return Row(cells, title=1, name=one.holder.name)

    def actions(self) -> list[Link]:
        """The register has all of them."""
        return [Link(_("全部称号"), self.url("titles"))]

    def _context(self, page: Any) -> dict[str, Any]:
        return {**super()._context(page), "here": self.url("ending")}


def _left(days: int) -> str:
    if days < 0:
        return _("已过%(n)d天") % {"n": -days}
    return _("今天到期") if days == 0 else _("还有%(n)d天") % {"n": days}


def _renew(view: Any, data: dict[str, Any]) -> Any:
    view.made = applications.renew(accreditation_id=view.one.pk, round_id=data["round"].pk, **view.by)
    return view.made


_RENEW = Act(
    key="renew", label=gettext_lazy("申报再认定"), done=gettext_lazy("已建立申报，上次填的已带入，请核对后提交。"),
    run=_renew, form=forms.RenewForm, primary=True,
    hint=gettext_lazy("上次申报和最近一次自评填过的会带进来，参观和开放天数由台账重新带出。"),
)  # fmt: skip


class RenewPage(FacilitiesView, ActPage):
    """A title near its end: what it is, what was done to renew it, and the way to do so."""

    tab, template = "titles", "renew"

    def check(self) -> None:
        """Find the title."""
        today = timezone.localdate()
        self.one = queries.title(self.scope, self.kwargs["pk"], today)
        self.rounds = queries.open_rounds(self.one, today)
        self.mine = list(queries.applications_of(self.one))

    def acts(self) -> list[Act]:
        """Apply, while a round is open and no application runs."""
        is_running = any(one.state in _RUNNING for one in self.mine)
        return [] if is_running or not self.rounds.exists() else [_RENEW]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the open rounds of this title."""
        form = super().act_form(act, *args, **options)
        form.fields["round"].queryset = self.rounds  # type: ignore[attr-defined]  # a ModelChoiceField
        if not args:
            form.initial["round"] = self.rounds.first()
        return form

    def post(self, request: Any, **kwargs: Any) -> Any:
        """Go on to the application that was made."""
        answer = super().post(request, **kwargs)
        made = getattr(self, "made", None)
        return HttpResponseRedirect(self.url("application", pk=made.pk)) if made else answer

    def context_of(self) -> dict[str, Any]:
        """The title."""
        days = (self.one.valid_to - timezone.localdate()).days if self.one.valid_to else 0
        return {
            "one": self.one,
            "trail": self.trail(Link(_("到期和再认定"), self.url("ending")), Link(self.one.holder.name)),
            "left": _left(days),
            "is_over": days < 0,
            "awarder": AWARDERS[self.one.title],
            "applications": self.mine,
            "is_running": any(one.state in _RUNNING for one in self.mine),
            "reports": reports.reports_of(self.one),
            "reminders": self.one.reminders.all(),
        }
