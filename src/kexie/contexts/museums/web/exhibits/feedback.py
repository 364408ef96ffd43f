"""Visitors' feedback as staff reads it: list, answer, hide with a reason, enter in the ledger."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kexie.contexts.museums.models import Feedback, Score, Tag
from kexie.contexts.museums.operations import feedback as operations
from kexie.contexts.museums.queries import feedback as queries
from kexie.contexts.museums.web import figures
from kexie.contexts.museums.web.base import UNPROCESSABLE, MuseumView
from kexie.contexts.museums.web.exports import local, send
from kexie.contexts.museums.web.forms import DeskForm, FilterForm, Lines, Words, choice
from kexie.foundation.access.roles import Action
from kexie.kernel import text
from kexie.platform.imports.writing import Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row

State = Feedback.State
COLUMNS = (
    Sortable("said", gettext_lazy("提交时间"), ("said_at",), nowrap=True),
    Sortable("score", gettext_lazy("满意程度"), ("score", "said_at"), nowrap=True),
    Sortable("text", gettext_lazy("想说的话")),
    Sortable("tags", gettext_lazy("涉及方面")),
    Sortable("visit", gettext_lazy("票号已核实"), ("is_visit", "said_at"), nowrap=True),
    Sortable("state", gettext_lazy("状态"), ("state", "said_at"), nowrap=True),
)
_SHOWN = 60


class FeedbackFilter(FilterForm):
    """What the list is narrowed by."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["state"] = choice(_("状态"), State.choices, every=_("全部状态"))
        self.fields["score"] = choice(_("满意程度"), Score.choices, every=_("全部"))
        self.fields["tag"] = choice(_("涉及方面"), Tag.choices, every=_("全部方面"))


class FeedbackLists(MuseumView):
    """What the pages of feedback share."""

    tab = "feedback"

    @cached_property
    def filters(self) -> FeedbackFilter:
        """The filters."""
        return FeedbackFilter(self.request.GET)

    def asked(self) -> QuerySet[Feedback]:
        """Return the feedback asked for."""
        found = queries.feedback(self.readable)
        for name in ("state", "score"):
            if chosen := self.filters.value(name):
                found = found.filter(**{name: chosen})
        if tag := self.filters.value("tag"):
            found = found.filter(tags__contains=[tag])
        for word in text.clean(self.request.GET.get("q", "")).split():
            found = found.filter(Q(text__icontains=word) | Q(answer__icontains=word) | Q(code=word.lower()))
        if self.request.GET.get(lists.SORT):
            return lists.ordered(found, self.request.GET, COLUMNS)
        return found


class ListView(FeedbackLists):
    """The feedback, and its entry in the ledger."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the feedback asked for."""
        page, today = lists.paged(self.asked(), request.GET), timezone.localdate()
        context = {
            "filters": self.filters,
            "search": request.GET.get("q", ""),
            "page": page,
            "table": lists.table(list(page.object_list), request.GET, COLUMNS, self._row),
            "query": request.GET.urlencode(),
            "figures": figures.of_feedback(self.museum, self.readable, today),
            "waiting": queries.not_entered(self.museum, self.readable, before=today).count(),
            "public_url": f"/museums/{code}/feedback/",
        }
        return self.page("feedback_list", context)

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Enter all ratings that are not in the ledger."""
        count = operations.enter(
            museum=self.museum,
            actor=self.account,
            now=timezone.now(),
            scope=self.scope,
            confirm=self.find(Action.CONFIRM),
        )
        messages.success(request, _("已把%(n)d条评价计入台账。") % {"n": count})
        return self.go("feedback")

    def _row(self, one: Feedback) -> Row:
        said = one.text if len(one.text) <= _SHOWN else f"{one.text[:_SHOWN]}…"
        cells = (
            Cell(one.said_at, self.url("feedback_item", pk=one.pk)),
            Cell(one.get_score_display()),
            Cell(said),
            Cell(tags_of(one)),
            Cell(_("是") if one.is_visit else ""),
            Cell(one.get_state_display()),
        )
        return Row(cells, name=one.code)


class ExportView(FeedbackLists):
    """The same as an Excel file, without ticket numbers."""

    action = Action.EXPORT

    def get(self, request: HttpRequest, code: str) -> FileResponse:
        """Send the file."""
        headings = [
            Heading(str(one), width)
            for one, width in (
                (_("评价编号"), 12), (_("提交时间"), 17), (_("参观日期"), 12), (_("满意程度"), 12),
                (_("涉及方面"), 20), (_("想说的话"), 50), (_("票号已核实"), 12), (_("状态"), 10), (_("答复"), 40),
            )
        ]  # fmt: skip
        return send(self, _("观众评价"), headings, self._values())

    def _values(self) -> Iterator[list[Any]]:
        for one in self.asked():
            said = local(one.said_at)
            yield [
                one.code, said, one.visited_on, one.get_score_display(), tags_of(one), one.text,
                _("是") if one.is_visit else _("否"), one.get_state_display(), one.answer,
            ]  # fmt: skip


class AnswerForm(DeskForm):
    """The museum's answer."""

    answer = Lines(label=gettext_lazy("答复"), required=False, max_length=1000)
    is_public = forms.BooleanField(
        label=gettext_lazy("公开显示"),
        required=False,
        help_text=gettext_lazy("评价和答复显示在本馆的观众评价页；请先确认原话里没有个人信息。"),
    )


class HideForm(DeskForm):
    """Why it is not shown."""

    reason = Words(label=gettext_lazy("隐藏原因"), required=False, max_length=200)


class ItemView(MuseumView):
    """One visitor's word."""

    tab = "feedback"

    def check(self) -> None:
        """Find it."""
        super().check()
        self.item = queries.one(self.scope, self.kwargs["pk"])

    def get(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        return self._show()

    def post(self, request: HttpRequest, code: str, pk: uuid.UUID) -> HttpResponseBase:
        """Answer, hide, or show again."""
        act = request.POST.get("act", "")
        if act == "answer":
            return self._carry_out(act, AnswerForm(request.POST), operations.answer, _("已答复。"))
        if act == "hide":
            return self._carry_out(act, HideForm(request.POST), operations.hide, _("已隐藏，分数仍然计入。"))
        if act == "show":
            return self._carry_out(act, DeskForm({}), operations.show_again, _("已恢复。"))
        return self.go("feedback_item", pk=pk)

    def _carry_out(self, name: str, form: DeskForm, operation: Any, done: str) -> HttpResponseBase:
        by = {"actor": self.account, "now": timezone.now(), "scope": self.scope}
        if form.carry_out(lambda data: operation(feedback=self.item, **data, **by)) is None:
            return self._show(**{name: form}, failed=form, status=UNPROCESSABLE)
        messages.success(self.request, done)
        return self.go("feedback_item", pk=self.item.pk)

    def _show(self, *, status: int = 200, **given: Any) -> HttpResponse:
        one = self.item
        first = {"answer": one.answer, "is_public": one.is_public}
        context = {
            "item": one,
            "tags": tags_of(one),
            "answer": AnswerForm(initial=first) if one.state != State.HIDDEN else None,
            "hide": HideForm() if one.state != State.HIDDEN else None,
            "trail": self.trail(Link(_("观众评价"), self.url("feedback")), Link(one.code)),
            **given,
        }
        return self.page("feedback_item", context, status=status)


def tags_of(one: Feedback) -> str:
    """Return in words what it is about."""
    labels = dict(Tag.choices)
    return _("、").join(str(labels.get(tag, tag)) for tag in one.tags)
