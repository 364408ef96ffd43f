"""One problem: what is asked, how it went so far, the next step, and what only some may read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from kexie.contexts.matching.operations import disclosure as sealed
from kexie.contexts.matching.queries import disclosure, experts, likeness, terms
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.rules import problems as rules
from kexie.contexts.matching.rules.disclosure import WORDINGS, Disclosed
from kexie.contexts.matching.states import PROBLEM_TRANSITIONS
from kexie.contexts.matching.web.problems import acts
from kexie.contexts.matching.web.problems.desk import ProblemsView, stage_label
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import Act, ActPage
from kexie.platform.files.web import views as files
from kexie.ui.nav import Link


class ProblemPage(ProblemsView, ActPage):
    """One problem with what can be done about it now."""

    template = "problem"
    to_write = Action.DRAFT
    opened = ""

    def check(self) -> None:
        """Find it."""
        self.one = queries.problem(self.scope, self.kwargs["pk"], timezone.localdate())
        self.is_firm = queries.is_its_firm(self.scope, self.one)
        self.level = disclosure.disclosed(self.one, self.viewer)
        rows = queries.follow_ups(self.scope, timezone.localdate()).filter(problem=self.one)
        self.follow_ups = list(rows)
        self.due = next((row for row in self.follow_ups if row.done_on is None), None)

    @property
    def who(self) -> dict[str, Any]:
        """What operations are told that look at the viewer instead of a scope."""
        return {"actor": self.account, "now": timezone.now()}

    def acts(self) -> list[Act]:
        """What may follow the present stage: the desk's steps or the firm's word; and what concerns the full text."""
        return [*self.about_case(), *self.steps(), *self.about_text()]

    def about_case(self) -> list[Act]:
        """Questions to the firm, what is the same, and how it goes after it was solved."""
        ended = self.one.current in rules.ENDED
        found = [acts.FOLLOW] if self.due else []
        if self.one.waits:
            found.append(acts.ANSWER if self.is_firm else acts.ANSWER_TOLD)
        if self.is_firm:
            return found
        return [*found, acts.LINK, acts.UNDO, *([] if ended or self.one.waits else [acts.SEND_BACK])]

    def steps(self) -> list[Act]:
        """What moves the problem on."""
        current = self.one.current or ""
        if self.is_firm:
            return list(acts.FIRM_ACTS) if current in rules.FIRM_SPEAKS else []
        if current in rules.OPEN_TO_FIRM:
            return [acts.ACCEPT, acts.CLOSE] if current else [acts.ACCEPT]
        return [act for stage, act in acts.STEPS if stage in PROBLEM_TRANSITIONS[current]]

    def about_text(self) -> list[Act]:
        """What concerns the full text."""
        found = [acts.ATTACH, acts.DETACH] if self.level == Disclosed.FULL else []
        if not self.is_firm and disclosure.has_more(self.one):
            found += [acts.PAPER] if self.level == Disclosed.FULL else [acts.UNDERTAKE, acts.PAPER]
        return [*found, acts.END]

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Offer the experts that can be asked today."""
        form = super().act_form(act, *args, **options)
        if "expert" in form.fields:
            field: Any = form.fields["expert"]
            field.queryset = experts.askable(self.scope, today=timezone.localdate()).order_by("name", "pk")
        return form

    def context_of(self) -> dict[str, Any]:
        """The problem with its steps."""
        one, today = self.one, timezone.localdate()
        ended = one.current in rules.ENDED
        return {
            "one": one, "trail": self.trail(Link(str(one))), "stage": stage_label(one.current), "is_firm": self.is_firm,
            "next": "" if ended else rules.NEXT.get(one.current or "", ""),
            "is_late": one.promised is not None and one.promised < today and not one.waits, "ended": ended,
            "stages": queries.stages(one), "visits": queries.visits(one), "agreements": queries.agreements(one),
            "may_edit": self.allowed.get("draft") and (not self.is_firm or (one.current or "") in rules.OPEN_TO_FIRM),
            # Whoever is asked to work with an expert is told the name; other readers see that of one from overseas shortened.
            "names": self.is_firm or bool(self.allowed.get("confirm")),
            "industry": one.industry.name if one.industry else "",
            "questions": queries.questions(one), "follow_ups": self.follow_ups, "due": self.due,
            "has_steps": any(not act.at for act in self._offered()),
            **self.text(), **self.about(),
        }  # fmt: skip

    def about(self) -> dict[str, Any]:
        """What it is about, and what is like it."""
        one, may_see = self.one, self.level >= Disclosed.SUMMARY
        found = likeness.alike(one.name, one.summary, self.scope, today=timezone.localdate(), but=one.pk)
        return {
            "terms": terms.current(terms.terms(one)) if may_see else [],
            "alike": [] if self.is_firm or not may_see else found,
            "same": likeness.same_as(one), "repeated": likeness.repeated_by(one),
        }  # fmt: skip

    def text(self) -> dict[str, Any]:
        """What of the full text may be shown, and to whom it was."""
        one, may_open = self.one, self.level == Disclosed.FULL
        watches = self.is_firm or self.allowed.get("confirm")
        return {
            "may_summary": self.level >= Disclosed.SUMMARY, "may_open": may_open, "has_more": disclosure.has_more(one),
            "has_text": disclosure.text_of(one) is not None, "papers": disclosure.papers(one) if may_open else [],
            "undertakings": disclosure.undertakings(one) if watches else [],
            "openings": disclosure.openings(one) if watches else [], "opened": self.opened, "wordings": WORDINGS,
        }  # fmt: skip


class TextPage(ProblemPage):
    """The full text in clear, once: a reload of the page does not show it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Go back to the problem."""
        return HttpResponseRedirect(self.url("problem", pk=self.one.pk))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write down who asks, and show it."""
        self.opened = sealed.open_text(problem=self.one, viewer=self.viewer, now=timezone.now())
        response = self._show()
        add_never_cache_headers(response)
        return response


class PaperPage(ProblemPage):
    """A paper of a problem, sent to whoever may open it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write down who asks, and send it."""
        stored = sealed.open_paper(
            problem=self.one, paper_id=kwargs["paper"], viewer=self.viewer, now=timezone.now()
        )
        response = files.send(stored, to_save=True)
        add_never_cache_headers(response)
        return response
