"""Forms about one part of a carrier: evidence and verdict of a condition, a term, a need that was met, a year."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import CarrierCondition, CarrierExpert, CarrierNeed
from kexie.contexts.matching.operations import carrier_work
from kexie.contexts.matching.operations import carriers as operations
from kexie.contexts.matching.queries import carriers as queries
from kexie.contexts.matching.web.cooperation import carrier_forms as forms
from kexie.contexts.matching.web.cooperation.base import CooperationView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage
from kexie.kernel.errors import NotFound, UserError
from kexie.ui.nav import Link


class _PartPage(CooperationView, FormPage):
    """A form about one part of a carrier that the account keeps."""

    tab = "carriers"
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the carrier; whoever does not keep it has nothing to fill in."""
        self.one = queries.carrier(self.scope, self.kwargs["pk"], timezone.localdate())
        if not self.scope.covers(self.one.unit.path):
            raise NotFound(_("没有找到这个服务载体，或您无权查看。"))
        self.find_part()

    def find_part(self) -> None:
        """Find what the form is about."""

    def about(self) -> str:
        """Return what the form is about, in words."""
        return ""

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
        """Say below the title what the form is about."""
        return super().page(template, {**context, "sub": self.about()}, status=status)

    def above(self) -> list[Link]:
        """The carrier's page."""
        return [Link(self.one.name, self.url("carrier", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Back to the carrier."""
        return self.url("carrier", pk=self.one.pk)


class _ConditionPage(_PartPage):
    """A condition for setting up."""

    def find_part(self) -> None:
        """Find the condition."""
        self.shown = queries.condition_of(self.one, self.kwargs["key"])

    def about(self) -> str:
        """Name the condition, and the least number it asks for."""
        condition = self.shown.condition
        if condition.least is None:
            return str(condition.label)
        return _("%(label)s：不少于%(least)d") % {"label": condition.label, "least": condition.least}


class EvidencePage(_ConditionPage):
    """What the host shows."""

    title, submit = gettext_lazy("填写证明材料"), gettext_lazy("保存")
    done = gettext_lazy("已保存，等待核查。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what was shown before."""
        row = self.shown.row
        known = {"value": row.value, "evidence": row.evidence} if row else {}
        return forms.EvidenceForm(*args, condition=self.shown.condition, initial=known, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Keep it."""
        return operations.show(carrier_id=self.one.pk, key=self.kwargs["key"], **data, **self.by)


class VerdictPage(_ConditionPage):
    """What the check found."""

    title, submit, done = (
        gettext_lazy("核查条件"),
        gettext_lazy("登记核查结果"),
        gettext_lazy("已登记核查结果。"),
    )

    def about(self) -> str:
        """Name the condition and what was shown for it."""
        row = self.shown.row
        if row is None:
            return super().about()
        value = _("，现为%(value)d") % {"value": row.value} if row.value is not None else ""
        return _("%(condition)s%(value)s。证明材料：%(evidence)s") % {
            "condition": super().about(), "value": value, "evidence": row.evidence,
        }  # fmt: skip

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask."""
        return forms.VerdictForm(*args, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Note it."""
        is_met = data["verdict"] == CarrierCondition.Verdict.MET
        return operations.check(
            carrier_id=self.one.pk, key=self.kwargs["key"], is_met=is_met, remark=data["remark"], **self.by
        )


class TermPage(_PartPage):
    """An expert's term: it runs on, or the expert leaves."""

    title, submit, done = gettext_lazy("续聘或离站"), gettext_lazy("保存"), gettext_lazy("已保存。")

    def find_part(self) -> None:
        """Find the expert's row."""
        self.row = queries.row_of(CarrierExpert, self.scope, self.one.pk, self.kwargs["row"])

    def about(self) -> str:
        """Name the expert."""
        return str(self.row.expert.name)

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with the term."""
        return forms.TermForm(*args, initial={"until": self.row.until}, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Note which of the two it is."""
        if data["left_on"]:
            return carrier_work.leave(
                row_id=self.row.pk, on=data["left_on"], reason=data["reason"], **self.by
            )
        if not data["until"]:
            raise UserError(fields={"until": _("请填写聘期结束日期，或者离站日期。")})
        return carrier_work.extend(row_id=self.row.pk, until=data["until"], **self.by)


class MeetPage(_PartPage):
    """A need that was met."""

    title, submit, done = gettext_lazy("需求办结"), gettext_lazy("办结"), gettext_lazy("已办结。")

    def find_part(self) -> None:
        """Find the need."""
        self.row = queries.row_of(CarrierNeed, self.scope, self.one.pk, self.kwargs["row"])

    def about(self) -> str:
        """Say the need."""
        return str(self.row.text)

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with today, or with what was noted before."""
        known = {"on": self.row.met_on or timezone.localdate(), "outcome": self.row.outcome}
        return forms.MeetForm(*args, initial=known, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Note it."""
        return carrier_work.meet(row_id=self.row.pk, **data, **self.by)


class EvaluatePage(_PartPage):
    """A year, scored by the declared rule."""

    title, submit, done = gettext_lazy("年度评估"), gettext_lazy("登记评估"), gettext_lazy("已登记评估结果。")

    def about(self) -> str:
        """Say what the records know of last year, and what follows from the grades."""
        facts = queries.year_facts(self.one, timezone.localdate().year - 1)
        return (
            _(
                "上年度记录：在站专家%(experts)d人，到建站单位服务%(visits)d次，提出需求%(raised)d项、办结%(met)d项，成果%(outputs)d项。"
                "90分以上优秀，75分以上良好，60分以上合格；不合格的当即暂停，连续两年不合格应当撤销。"
            )
            % facts
        )

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with last year and today."""
        today = timezone.localdate()
        self.shown = forms.EvaluationForm(*args, initial={"year": today.year - 1, "on": today}, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Record it."""
        return operations.evaluate(
            carrier_id=self.one.pk, year=data["year"], on=data["on"], scores=self.shown.scores(),
            words=data["words"], **self.by,
        )  # fmt: skip

    def onward(self, made: Any) -> str:
        """Show the grade where it stands."""
        return f"{super().onward(made)}#years"
