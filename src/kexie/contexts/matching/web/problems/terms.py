"""What a problem is about: the proposals with their reasons, put right by people."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.matching.models import ProblemTerm
from kexie.contexts.matching.operations import terms as operations
from kexie.contexts.matching.operations.terms import Terms
from kexie.contexts.matching.queries import problems, terms
from kexie.contexts.matching.web.problems import forms
from kexie.contexts.matching.web.problems.desk import ProblemsView
from kexie.foundation.access.roles import Action
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.pages import FormPage
from kexie.ui.nav import Link

Kind = ProblemTerm.Kind


class TermsPage(ProblemsView, FormPage):
    """Ticks for proposed industries and disciplines, a line of keywords."""

    title, submit, done = gettext_lazy("核对分类"), gettext_lazy("保存分类"), gettext_lazy("已保存分类。")
    sub = gettext_lazy("系统按题目和具体情况里的词提出建议；去掉不对的，补上缺的。")
    action = to_write = Action.CONFIRM

    def check(self) -> None:
        """Find the problem."""
        self.one = problems.problem(self.scope, self.kwargs["pk"], timezone.localdate())

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Begin with what holds now."""
        rows = terms.terms(self.one)
        held = terms.current(rows)
        initial = {
            "industries": [row.value for row in held if row.kind == Kind.INDUSTRY],
            "disciplines": [row.value for row in held if row.kind == Kind.DISCIPLINE],
            "keywords": _("、").join(row.value for row in held if row.kind == Kind.KEYWORD),
        }
        return forms.TermsForm(*args, rows=rows, initial=initial, **options)

    def act(self, data: dict[str, Any]) -> Any:
        """Decide; a problem without any term is fine."""
        operations.decide(problem_id=self.one.pk, terms=Terms(**data), **self.by)
        return True

    def above(self) -> list[Link]:
        """The problem's page."""
        return [Link(str(self.one), self.url("problem", pk=self.one.pk))]

    def onward(self, made: Any) -> str:
        """Back to it."""
        return self.url("problem", pk=self.one.pk)
