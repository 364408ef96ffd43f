"""What the sets' pages share: the account's rights, the frame with its tabs, lists, and pages with acts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from kexie.contexts.touring.web.sets.forms import DeskForm, NothingForm, today_first
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.guards import to_sign_in
from kexie.foundation.access.web.request import AccessRequest
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, Text
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.imports import writing
from kexie.platform.imports.writing import Heading
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Group, Link
from kexie.ui.tables import Row

CONTEXT = "touring"
UNPROCESSABLE = 422
TABS = (
    ("sets", _("展品（套）")),
    ("stops", _("巡展站")),
    ("applications", _("申请")),
    ("venues", _("场馆")),
    ("tickets", _("维修")),
    ("plans", _("区域换展")),
)


def url(name: str, **kwargs: Any) -> str:
    """Return the address of one of these pages."""
    return reverse(f"touring_sets:{name}", kwargs=kwargs)


class SetsView(View):
    """A page of the sets' desk. `action` is needed to look, `to_write` to send the page's form."""

    action: ClassVar[Action] = Action.READ
    to_write: ClassVar[Action] = Action.DRAFT
    tab: ClassVar[str] = ""
    # Which desk it is: its addresses, its tabs with their common name, its templates before those of the sets.
    namespace: ClassVar[str] = "touring_sets"
    tabs: ClassVar[Sequence[tuple[str, Text]]] = TABS
    tabs_label: ClassVar[Text] = _("流动科技馆工作")
    templates: ClassVar[str] = "touring/sets"
    access_request: AccessRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to sign in; refuse (403) whoever may not, hide (404) what lies outside their units."""
        if not isinstance(request.user, Account):
            return to_sign_in(request)
        self.access_request = cast("AccessRequest", request)
        reads = request.method in {"GET", "HEAD"}
        self.scope: Scope = self.access_request.scope_for(self.action if reads else self.to_write, CONTEXT)
        self.check()
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise Forbidden or NotFound before anything is done."""

    @property
    def account(self) -> Account:
        """Whoever is signed in."""
        return self.access_request.user

    @property
    def by(self) -> dict[str, Any]:
        """What operations are told of who acts."""
        return {"actor": self.account, "now": timezone.now(), "scope": self.scope}

    @cached_property
    def allowed(self) -> dict[str, bool]:
        """What the account may do with touring's records, for the templates."""
        return {str(action).lower(): True for action in Action if self._may(action)}

    @cached_property
    def decides(self) -> bool:
        """Whether the account decides for the association as a whole."""
        try:
            scope = self.access_request.scope_for(Action.CONFIRM, CONTEXT)
        except Forbidden:
            return False
        return scope.covers(self.account.association.path)

    def owns(self, unit: Any) -> bool:
        """Whether a unit (with what is its) is among the account's own, and not only seen by it."""
        return self.scope.covers(unit.path)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a template of the desk, or of the sets' where it has none of its own, in the staff's frame."""
        shown = {
            "rail": staff_rail(self.request),
            "tabs": [
                Link(label, self.url(key), current=key == self.tab)
                for key, label in self.tabs
                # Plans of the rotation are the association's: a county would find nothing there.
                if key != "plans" or self.decides
            ],
            "tabs_label": self.tabs_label,
            "allowed": self.allowed,
            "decides": self.decides,
            "today": timezone.localdate(),
        }
        found = [f"{room}/{template}.html" for room in (self.templates, "touring/sets")]
        return render(self.request, found, {**shown, **context}, status=status)

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the address of one of the desk's pages."""
        return reverse(f"{self.namespace}:{name}", kwargs=kwargs)

    def trail(self, label: Text) -> list[Link]:
        """Return the way from the tab's list to this page."""
        return [Link(dict(self.tabs)[self.tab], self.url(self.tab)), Link(label)]

    def _may(self, action: Action) -> bool:
        return self.access_request.access.may(action, CONTEXT)


def staff_rail(request: HttpRequest) -> list[Group]:
    """Return the workbench's rail, from the function of a higher layer that the settings name."""
    reader = getattr(settings, "KEXIE_STAFF_RAIL", "")
    return import_string(reader)(request) if reader else []


class Filter(forms.Form):
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


class ListPage(SetsView):
    """A list that is filtered, searched, sorted, paged and taken out as an Excel file (`?export=1`)."""

    title: ClassVar[Text] = ""
    sub: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Sortable]] = ()
    search: ClassVar[Sequence[str]] = ()
    empty: ClassVar[tuple[Text, Text]] = ("", "")
    # The order unless somebody asks for another; none: that of the first column.
    usual_order: ClassVar[Sequence[str | OrderBy]] = ()

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

    def reminders(self) -> list[Link]:
        """Return what waits for somebody, each with its number."""
        return []

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the rows asked for, or send them as a file."""
        self.filters = Filter(request.GET, self.choices())
        found = self._asked()
        if request.GET.get("export") and self.allowed.get("export"):
            return self._export(found)
        page = lists.paged(found, request.GET)
        query = request.GET.copy()
        query["export"] = "1"
        context = {
            "title": self.title, "sub": self.sub, "filters": self.filters, "page": page,
            "search": request.GET.get("q", ""), "here": self.url(self.tab), "export": query.urlencode(),
            "table": lists.table(list(page.object_list), request.GET, self.columns, self.row),
            "empty_title": self.empty[0], "empty_text": self.empty[1], "links": self.actions(),
            "reminders": [link for link in self.reminders() if link.count],
            "is_narrowed": bool(self.filters.chosen() or request.GET.get("q", "").strip()),
        }  # fmt: skip
        return self.page("list", context)

    def _asked(self) -> QuerySet[Any]:
        found = self.rows().filter(**self.filters.chosen())
        for word in text.clean(self.request.GET.get("q", "")).split():
            wanted = Q()
            for name in self.search:
                wanted |= Q(**{f"{name}__icontains": word})
            found = found.filter(wanted)
        if self.usual_order and not self.request.GET.get(lists.SORT):
            return found.order_by(*self.usual_order)
        return lists.ordered(found, self.request.GET, self.columns)

    def _export(self, found: QuerySet[Any]) -> FileResponse:
        headings = [Heading(str(one.label), 18) for one in self.columns]
        file = writing.workbook(str(self.title), headings, self._values(found))
        audit.append(
            association_id=self.scope.association_id, actor=self.account, action="touring.export",
            subject=self.account, detail={"list": str(self.title), "query": self.request.GET.urlencode()},
            now=timezone.now(),
        )  # fmt: skip
        name = f"{self.title}-{timezone.localdate():%Y%m%d}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=writing.CONTENT_TYPE)

    def _values(self, found: QuerySet[Any]) -> Iterator[list[Any]]:
        for one in found:
            yield [_plain(cell.value) for cell in self.row(one).cells]


def _plain(value: object) -> Any:
    return value if isinstance(value, (int, float)) or hasattr(value, "isoformat") else str(value or "")


class FormPage(SetsView):
    """A form of its own page."""

    title: ClassVar[Text] = ""
    sub: ClassVar[Text] = ""
    submit: ClassVar[Text] = ""
    done: ClassVar[Text] = ""

    def form(self, data: Any = None) -> DeskForm:
        """Return the form, filled in if it was sent."""
        raise NotImplementedError

    def act(self, data: dict[str, Any]) -> Any:
        """Carry out what the form says."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._show(self.form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Carry it out, or say why not and keep what was entered."""
        form, made = self.form(request.POST), []
        if not form.carry_out(lambda data: made.append(self.act(data))):
            return self._show(form, status=UNPROCESSABLE)
        messages.success(request, str(self.done))
        return HttpResponseRedirect(self.onward(made[0]))

    def onward(self, made: Any) -> str:
        """Return where to go after it was done."""
        return self.url(self.tab)

    def _show(self, form: DeskForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form, "title": self.title, "sub": self.sub, "submit": self.submit, "cancel": self.url(self.tab),
            "trail": self.trail(self.title),
        }  # fmt: skip
        return self.page("form", context, status=status)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that can be done on a page: its form, and the operation that is told what was entered."""

    key: str
    label: Text
    done: Text
    run: Callable[[Any, dict[str, Any]], Any]
    form: type[DeskForm] = NothingForm
    primary: bool = False
    danger: bool = False
    hint: Text = ""
    # Asked in a dialog before it is done; without scripts the button does it at once.
    question: Text = ""


class ActPage(SetsView):
    """A page of one thing, with the acts that fit it now."""

    template: ClassVar[str] = ""
    here: ClassVar[str] = ""

    def acts(self) -> list[Act]:
        """Return what can be done now."""
        return []

    def context(self) -> dict[str, Any]:
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
        act = next((one for one in self.acts() if one.key == request.POST.get("act")), None)
        if act is None:
            messages.error(request, str(_("情况已经变了，请看最新情况后再办理。")))
            return HttpResponseRedirect(request.path)
        form = self.act_form(act, request.POST, request.FILES)
        if not form.carry_out(lambda data: act.run(self, data)):
            return self._show(act, form, status=UNPROCESSABLE)
        messages.success(request, str(act.done))
        return HttpResponseRedirect(request.path)

    def _show(self, failed: Act | None = None, form: Any = None, *, status: int = 200) -> HttpResponse:
        acts = self.acts() if self.allowed.get("draft") else []
        shown = [
            {
                "act": act, "open": act is failed or (failed is not None and act.key == failed.key),
                "form": form if failed is not None and act.key == failed.key else self._empty(act),
            }
            for act in acts
        ]  # fmt: skip
        context = {"acts": shown, "failed": form, **self.context()}
        return self.page(self.template, context, status=status)

    def _empty(self, act: Act) -> DeskForm:
        return today_first(self.act_form(act, initial=self.initial(act)), timezone.localdate())

    def act_form(self, act: Act, *args: Any, **options: Any) -> DeskForm:
        """Return an act's form, with ids of its own: several stand on one page."""
        return act.form(*args, **{"auto_id": f"id_{act.key}_%s", **options})
