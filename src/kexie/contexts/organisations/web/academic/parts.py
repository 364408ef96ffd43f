"""Forms about one part of an academic event: its plan, an item of the programme, who came, a paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.organisations.operations import academic as operations
from kexie.contexts.organisations.operations import papers
from kexie.contexts.organisations.queries import academic as queries
from kexie.contexts.organisations.web.academic import forms
from kexie.contexts.organisations.web.academic.events import OVER, AcademicView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage, FormPage
from kexie.ui.nav import Link


class _PartPage(AcademicView, FormPage):
    """A form about a part of an event."""

    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the event."""
        self.one = queries.conference(self.scope, self.kwargs["pk"])

    def above(self) -> list[Link]:
        """The event's page."""
        return [Link(self.one.name, self.url("event", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Back to the event."""
        return self.url("event", pk=self.one.pk)


class EditPage(_PartPage):
    """The plan, changed."""

    title, submit, done = gettext_lazy("修改学术活动"), gettext_lazy("保存"), gettext_lazy("已保存。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        known = {name: getattr(self.one, name) for name in operations.Plan.__dataclass_fields__}
        self.shown = forms.ChangeForm(*args, scope=self.scope, initial=known, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        return operations.change(conference_id=self.one.pk, plan=self.shown.plan(), **self.by)


class SlotPage(_PartPage):
    """An item of the programme, changed."""

    title, submit, done = gettext_lazy("修改议程"), gettext_lazy("保存"), gettext_lazy("已保存。")

    def check(self) -> None:
        """Find event and item."""
        super().check()
        self.row = queries.session(self.scope, self.one.pk, self.kwargs["row"])

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what is known."""
        known = {name: getattr(self.row, name) for name in operations.Slot.__dataclass_fields__}
        self.shown = forms.SlotForm(*args, initial=known, **options)
        return self.shown

    def act(self, data: dict[str, Any]) -> Any:
        """Save it."""
        return operations.schedule(
            conference_id=self.one.pk, slot=self.shown.slot(), session_id=self.row.pk, **self.by
        )


class DropPage(SlotPage):
    """An item of the programme, taken out once that was asked."""

    title, submit, done = gettext_lazy("删除议程"), gettext_lazy("删除"), gettext_lazy("已删除议程。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Ask for nothing but the word."""
        return DeskForm(*args, **options)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> Any:
        """Say which item it is, and what happens to its papers."""
        sub = _("“%(title)s”将从议程里删除，排在其中的论文仍然录用。") % {"title": self.row.title}
        return super().page(template, {**context, "sub": sub}, status=status)

    def act(self, data: dict[str, Any]) -> Any:
        """Take it out."""
        return operations.unschedule(session_id=self.row.pk, **self.by)


class AttendPage(_PartPage):
    """Who came, of all who registered."""

    title, submit, done = gettext_lazy("到会登记"), gettext_lazy("保存"), gettext_lazy("已保存到会名单。")
    sub = gettext_lazy("勾选已到会的人；登记举办时按花名册计数的，就用这个人数。")

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with those noted before."""
        guests = self.one.guests.order_by("pk")
        known = {"came": guests.filter(came=True)}
        return forms.AttendForm(*args, guests=guests, initial=known, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Keep it."""
        came = [guest.pk for guest in data["came"]]
        operations.attend(conference_id=self.one.pk, guest_ids=came, **self.by)


class PaperPage(AcademicView, ActPage):
    """One paper: what reviewers said, and what was decided."""

    template = "paper"
    to_write = Action.CONFIRM

    def check(self) -> None:
        """Find it."""
        self.one = queries.conference(self.scope, self.kwargs["pk"])
        self.paper = queries.paper(self.scope, self.one.pk, self.kwargs["row"])

    def acts(self) -> list[Act]:
        """Reviews first, then the decision; a held event changes no more."""
        if self.one.state in OVER:
            return []
        return [_REVIEW, _DECIDE] if self.paper.reviews.exists() else [_REVIEW]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the programme."""
        if act.form is forms.DecideForm:
            options = {"sessions": queries.sessions(self.one), **options}
        return super().act_form(act, *args, **options)

    def initial(self, act: Act) -> dict[str, Any]:
        """Begin the decision with what stands."""
        if act.form is not forms.DecideForm:
            return {}
        paper = self.paper
        known = {"words": paper.decided_words, "session": paper.session, "award": paper.award}
        return {"decision": paper.decision, **known}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Refuse what came too late, with the reason."""
        if self.one.state in OVER:
            messages.error(request, _("这次活动已经结束或取消，不能再改；要更正请到台账里冲销。"))
            return HttpResponseRedirect(request.path)
        return super().post(request, **kwargs)

    def context_of(self) -> dict[str, Any]:
        """The paper with its reviews."""
        paper = self.paper
        above = Link(self.one.name, self.url("event", pk=self.one.pk))
        return {
            "one": paper, "trail": self.trail(above, Link(paper.title)),
            "reviews": list(paper.reviews.order_by("reviewed_on", "pk")),
        }  # fmt: skip


_REVIEW = Act(
    key="review", label=gettext_lazy("登记评审意见"), done=gettext_lazy("已登记评审意见。"), form=forms.ReviewForm,
    action=Action.CONFIRM, hint=gettext_lazy("作者本人不能评审自己的论文。"),
    run=lambda view, data: papers.review(paper_id=view.paper.pk, **data, **view.by),
)  # fmt: skip
_DECIDE = Act(
    key="decide", label=gettext_lazy("评审结论"), done=gettext_lazy("已登记结论。"), form=forms.DecideForm,
    action=Action.CONFIRM, primary=True,
    run=lambda view, data: papers.decide(paper_id=view.paper.pk, **data, **view.by),
)  # fmt: skip
