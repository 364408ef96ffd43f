"""Kinds of desk pages: a list, a form of its own page, and the page of one thing with what can be done about it.

A desk subclasses `TabbedView` once, with its tabs and the namespace of its addresses, and mixes it into these kinds.
Templates `list`, `form` and those the pages name stand in the desk's own room.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import Action
from kexie.foundation.desk import exports
from kexie.foundation.desk.forms import DeskForm
from kexie.foundation.desk.views import UNPROCESSABLE, DeskView
from kexie.kernel import text
from kexie.kernel.errors import Text
from kexie.platform.imports.writing import CellValue, Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Row


class TabbedView(DeskView):
    """A page below a desk's tabs: (name of the address, label)."""

    namespace: ClassVar[str]
    tabs: ClassVar[Sequence[tuple[str, Text]]]
    tabs_label: ClassVar[Text]
    tab: ClassVar[str] = ""

    @property
    def by(self) -> dict[str, Any]:
        """What operations are told of who acts."""
        return {"actor": self.account, "now": timezone.now(), "scope": self.scope}

    @cached_property
    def allowed(self) -> dict[str, bool]:
        """What the account may do with this area's records, for the templates."""
        may = self.access_request.access.may
        return {str(action).lower(): True for action in Action if may(action, self.context)}

    @cached_property
    def decides(self) -> bool:
        """Whether the account confirms for the association as a whole."""
        scope = self.find(Action.CONFIRM)
        return scope is not None and scope.covers(self.account.association.path)

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the address of one of the desk's pages."""
        return reverse(f"{self.namespace}:{name}", kwargs=kwargs)

    def shown_tabs(self) -> Sequence[tuple[str, Text]]:
        """Return the tabs that open for this account."""
        return self.tabs

    def trail(self, *links: Link) -> list[Link]:
        """Return the way from the tab's list to this page."""
        return [Link(dict(self.tabs)[self.tab], self.url(self.tab)), *links]

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a template of the desk below its tabs."""
        shown = {
            "tabs": [Link(label, self.url(key), current=key == self.tab) for key, label in self.shown_tabs()],
            "tabs_label": self.tabs_label,
            "allowed": self.allowed,
            "decides": self.decides,
            "today": timezone.localdate(),
        }
        return super().page(template, {**shown, **context}, status=status)


class ListFilter(forms.Form):
    """What a list is narrowed by; nonsense in the address is left out instead of refused."""

    def __init__(self, data: Any, choices: dict[str, tuple[Any, Any]]) -> None:
        super().__init__(data)
        for name, (label, options) in choices.items():
            every = [("", _("全部")), *options]
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=every)

    def chosen(self) -> dict[str, str]:
        """Return what was chosen, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ListPage(TabbedView):
    """A list that is filtered, searched, sorted, paged and taken out as an Excel file (`?export=1`)."""

    title: ClassVar[Text] = ""
    sub: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Sortable]] = ()
    search: ClassVar[Sequence[str]] = ()
    # The title where the filters leave nothing; how to begin where there is nothing at all.
    empty: ClassVar[tuple[Text, Text]] = ("", "")
    # The title where there is nothing at all; none: that there is no content yet.
    nothing: ClassVar[Text] = ""
    template: ClassVar[str] = "list"

    def rows(self) -> QuerySet[Any]:
        """Return every row of the scope."""
        raise NotImplementedError

    def row(self, one: Any) -> Row:
        """Return what the table shows of a row."""
        raise NotImplementedError

    def choices(self) -> dict[str, tuple[Any, Any]]:
        """Return the filters: label and choices by the field's lookup."""
        return {}

    def actions(self) -> list[Link]:
        """Return the links above the list, the first of them the main one."""
        return []

    def more(self) -> dict[str, Any]:
        """Return what the page shows besides its list."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the rows asked for, or send them as a file."""
        self.filters = ListFilter(request.GET, self.choices())
        found = self.asked()
        if request.GET.get("export") and self.allowed.get("export"):
            headings = [Heading(str(one.label), 18) for one in self.columns]
            return self._send(headings, found)
        return self.page(self.template, {**self._context(lists.paged(found, request.GET)), **self.more()})

    def asked(self) -> QuerySet[Any]:
        """Return the rows asked for, in the order asked for."""
        found = self.narrowed(self.rows(), self.filters.chosen())
        for word in text.clean(self.request.GET.get("q", "")).split():
            wanted = Q()
            for name in self.search:
                wanted |= Q(**{f"{name}__icontains": word})
            found = found.filter(wanted)
        return lists.ordered(found, self.request.GET, self.columns)

    def narrowed(self, found: QuerySet[Any], chosen: dict[str, str]) -> QuerySet[Any]:
        """Return the rows that the filters leave."""
        return found.filter(**chosen)

    def _context(self, page: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query["export"] = "1"
        return {
            "title": self.title, "sub": self.sub, "filters": self.filters, "page": page,
            "search": self.request.GET.get("q", ""), "here": self.url(self.tab), "export": query.urlencode(),
            "table": lists.table(list(page.object_list), self.request.GET, self.columns, self.row),
            "empty_title": self.empty[0], "empty_text": self.empty[1], "links": self.actions(),
            "nothing": self.nothing,
            "is_narrowed": bool(self.filters.chosen() or self.request.GET.get("q", "").strip()),
        }  # fmt: skip

    def _send(self, headings: list[Heading], found: QuerySet[Any]) -> FileResponse:
        return exports.send(self, str(self.title), headings, self._values(found), subject=self.account)

    def _values(self, found: QuerySet[Any]) -> Iterator[list[CellValue]]:
        for one in found:
            yield [_plain(cell.value) for cell in self.row(one).cells]


def _plain(value: object) -> Any:
    if isinstance(value, dt.datetime):  # spreadsheets know no time zones
        return timezone.localtime(value).replace(tzinfo=None)
    return value if isinstance(value, (int, float)) or hasattr(value, "isoformat") else str(value or "")


class FormPage(TabbedView):
    """A form of its own page."""

    action: ClassVar[Action] = Action.DRAFT
    title: ClassVar[Text] = ""
    sub: ClassVar[Text] = ""
    submit: ClassVar[Text] = ""
    done: ClassVar[Text] = ""

    def form(self, *args: Any, **options: Any) -> DeskForm:
        """Return the form, filled in if it was sent."""
        raise NotImplementedError

    def act(self, data: dict[str, Any]) -> Any:
        """Carry out what the form says."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry it out, or say why not and keep what was entered."""
        form = self.form(request.POST, request.FILES)
        made = form.carry_out(self.act)
        if made is None:
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, str(self.done))
        return HttpResponseRedirect(self.onward(made))

    def onward(self, made: Any) -> str:
        """Return where to go after it was done."""
        return self.url(self.tab)

    def above(self) -> list[Link]:
        """Return the pages between the tab's list and this one."""
        return []

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        above = self.above()
        context = {
            "form": form, "title": self.title, "sub": self.sub, "submit": self.submit,
            "cancel": above[-1].href if above else self.url(self.tab),
            "trail": self.trail(*above, Link(self.title)),
        }  # fmt: skip
        return self.page("form", context, status=status)


class NothingForm(DeskForm):
    """An act that needs no words."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that can be done on a page: its form, and the operation that is told what was entered.

    `at` names the section of the page that offers it; "" is the page's common section of acts.
    """

    key: str
    label: Text
    done: Text
    run: Callable[[Any, dict[str, Any]], Any]
    form: type[DeskForm] = NothingForm
    action: Action = Action.DRAFT
    primary: bool = False
    danger: bool = False
    hint: Text = ""
    at: str = ""


class ActPage(TabbedView):
    """A page of one thing, with the acts that fit it now."""

    template: ClassVar[str] = ""

    def acts(self) -> list[Act]:
        """Return what can be done now."""
        return []

    def context_of(self) -> dict[str, Any]:
        """Return what the page shows besides its acts."""
        return {}

    def initial(self, act: Act) -> dict[str, Any]:
        """Return what an act's form begins with."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self._show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Carry out what was asked, or say why not."""
        act = next((one for one in self._offered() if one.key == request.POST.get("act")), None)
        if act is None:
            messages.error(request, str(_("情况已经变了，请看最新情况后再办理。")))
            return HttpResponseRedirect(request.path)
        form = self.act_form(act, request.POST, request.FILES)
        if form.carry_out(lambda data: act.run(self, data)) is None:
            return self._show(act, form, status=UNPROCESSABLE)
        messages.success(request, str(act.done))
        return HttpResponseRedirect(request.path)

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Return an act's form, with ids of its own: several stand on one page."""
        return act.form(*args, **{"auto_id": f"id_{act.key}_%s", **options})

    def _offered(self) -> list[Act]:
        return [one for one in self.acts() if self.allowed.get(str(one.action).lower())]

    def _show(self, failed: Act | None = None, form: Any = None, *, status: int = 200) -> HttpResponse:
        shown = [
            {"act": act, "open": is_failed, "form": form if is_failed else self._empty(act)}
            for act in self._offered()
            for is_failed in (failed is not None and act.key == failed.key,)
        ]
        return self.page(self.template, {"acts": shown, "failed": form, **self.context_of()}, status=status)

    def _empty(self, act: Act) -> DeskForm:
        form = self.act_form(act, initial=self.initial(act))
        if "on" in form.fields and "on" not in form.initial:
            form.fields["on"].initial = timezone.localdate()
        return form
