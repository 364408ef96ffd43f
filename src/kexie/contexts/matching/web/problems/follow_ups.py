"""What firms are to be asked, months after their problems were solved."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kexie.contexts.matching.models import FollowUp
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.web.problems.desk import ProblemsView
from kexie.foundation.desk.pages import ListPage
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.tables import Cell, Row

_DUE, _LATE, _DONE = "DUE", "LATE", "DONE"


class FollowUpsPage(ProblemsView, ListPage):
    """What is due first; what was said is kept."""

    tab, template = "follow_ups", "rows"
    title = gettext_lazy("回访")
    sub = gettext_lazy("难题解决后第3、6、12个月各问一次企业：办法还管用吗。")
    search = ("problem__number", "problem__name", "problem__firm__name", "said")
    empty = (gettext_lazy("没有要回访的难题"), gettext_lazy("企业确认解决以后，系统自动排出三次回访。"))
    nothing = empty[0]
    columns = (
        Sortable("due_on", gettext_lazy("应回访日期"), ("due_on", "pk"), nowrap=True),
        Sortable("problem", gettext_lazy("难题"), ("problem__name",)),
        Sortable("firm", pgettext_lazy("one", "企业"), ("problem__firm__name",)),
        Sortable("months", gettext_lazy("解决后月数"), ("months",), nowrap=True),
        Sortable("state", gettext_lazy("状态"), ("done_on",), nowrap=True),
        Sortable("result", gettext_lazy("回访结果"), ("result",)),
        Sortable("said", gettext_lazy("企业怎么说"), ("said",)),
    )

    def rows(self) -> QuerySet[Any]:
        """Every follow-up in sight."""
        return queries.follow_ups(self.scope, timezone.localdate())

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """By what is due, and by what was said."""
        states = ((_DUE, _("待回访")), (_LATE, _("已到期未回访")), (_DONE, _("已回访")))
        return {"state": (_("状态"), states), "result": (_("回访结果"), FollowUp.Result.choices)}

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Leave those of the filters."""
        state = chosen.pop("state", "")
        if state:
            found = found.filter(done_on__isnull=state != _DONE)
        if state == _LATE:
            found = found.filter(due_on__lt=timezone.localdate())
        return found.filter(**chosen)

    def asked(self) -> QuerySet[Any]:
        """As asked for; else what is still to be done first."""
        found = super().asked()
        if lists.SORT in self.request.GET:
            return found
        return found.order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")

    def row(self, one: Any) -> Row:
        """Show one."""
        cells = (
            Cell(one.due_on),
            Cell(one.problem.name, self.url("problem", pk=one.problem_id)),
            Cell(one.problem.firm.name),
            Cell(one.months),
            Cell(_state(one)),
            Cell(one.get_result_display()),
            Cell(one.said),
        )
        return Row(cells, title=1, name=str(one.problem))


def _state(one: FollowUp) -> str:
    if one.done_on is not None:
        return _("已回访")
    return _("已到期") if one.due_on < timezone.localdate() else _("待回访")
