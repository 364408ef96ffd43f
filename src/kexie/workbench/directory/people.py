"""People: masked wherever they are listed, found by number, shown in clear only for a reason that is kept."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kexie.foundation.access.roles import Action
from kexie.foundation.access.web.forms import add_error
from kexie.foundation.people import operations, queries
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.kernel import codes, text
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ui import lists
from kexie.ui.lists import Sortable
from kexie.ui.nav import Link
from kexie.ui.tables import Cell, Row, Table
from kexie.workbench.directory import history, people_forms
from kexie.workbench.directory.base import ChangeView, DirectoryView, home, version_of
from kexie.workbench.directory.units import unit_named
from kexie.workbench.web.base import UNPROCESSABLE

_RESIDENT_ID = 18
COLUMNS = (
    Sortable("name", gettext_lazy("姓名"), ("name",)),
    Sortable("unit", gettext_lazy("单位"), ("unit__name", "name")),
    Sortable("title", gettext_lazy("职称职务"), ("title", "name")),
    Sortable("sex", gettext_lazy("性别")),
    Sortable("document", gettext_lazy("证件号码"), nowrap=True),
    Sortable("phone", gettext_lazy("手机号码"), nowrap=True),
)


class PeopleView(DirectoryView):
    """A page about people: never kept by browsers or by anything on the way."""

    reads = action = Action.READ_PEOPLE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and have the answer forgotten."""
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class ListView(PeopleView):
    """The people, masked, page by page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the people that the address asks for."""
        return self.show(people_forms.FindForm())

    def show(
        self, form: people_forms.FindForm, *, found: list[Person] | None = None, status: int = 200
    ) -> HttpResponse:
        """Render the list, or the people found by a number."""
        above = unit_named(self.readable, self.request.GET.get("unit", ""))
        page = lists.paged(self._asked(above), self.request.GET)
        people = list(page.object_list) if found is None else found
        context = {
            "page": page if found is None else None,
            "table": self._table(people),
            "above": above,
            "words": self.request.GET.get("q", ""),
            "is_plain": not any(self.request.GET.get(name) for name in ("q", "unit")),
            "find": form,
            "count": page.paginator.count if found is None else len(found),
            "trail": [*_trail()[:-1], Link(pgettext("many", "人员"))],
            "may_add": self.may(Action.MANAGE_PEOPLE),
        }
        return self.page("directory/people", context, status=status)

    def _asked(self, above: Unit | None) -> QuerySet[Person]:
        found = queries.people(self.readable, text=text.clean(self.request.GET.get("q", "")))
        if above is not None:
            found = found.filter(unit__path__startswith=above.path)
        return lists.ordered(found, self.request.GET, COLUMNS)

    def _table(self, people: list[Person]) -> Table:
        return lists.table(people, self.request.GET, COLUMNS, _row)


def _row(person: Person) -> Row:
    cells = [
        Cell(person.masked_name, href=_url(person)),
        Cell(str(person.unit or "")),
        Cell(person.title),
        Cell(person.get_sex_display()),
        Cell(person.masked_resident_id),
        Cell(person.masked_phone),
    ]
    return Row(cells, name=person.masked_name)


class FindView(ListView):
    """Somebody found by a whole number; it is sent in the body, so that it stands in no address and no log."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Without a number there is nothing to find."""
        return HttpResponseRedirect(reverse("people:list"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go to the one person, list several, or say that there is none."""
        form = people_forms.FindForm(request.POST)
        found = self._found(form) if form.is_valid() else []
        if len(found) == 1:
            return HttpResponseRedirect(_url(found[0]))
        if found:
            return self.show(form, found=found)
        return self.show(form, status=UNPROCESSABLE)

    def _found(self, form: people_forms.FindForm) -> list[Person]:
        number = codes.normalise(form.cleaned_data["number"])
        found = by_number(self.readable, number)
        with transaction.atomic():
            sought: list[Person | None] = [*found] or [None]
            for person in sought:
                operations.found(
                    person=person,
                    association=self.account.association,
                    actor=self.account,
                    now=timezone.now(),
                )
        if not found:
            form.add_error("number", _why_none(number))
        return found


def by_number(scope: Scope, number: str) -> list[Person]:
    """Return the people in scope with this document or telephone number."""
    person = queries.by_document(scope, number)
    if person is not None:
        return [person]
    try:
        return list(queries.by_phone(scope, number))
    except operations.PersonRefused:
        return []


def _why_none(number: str) -> str:
    """Say what is wrong with the number, or that nobody has it."""
    if len(number) == _RESIDENT_ID:
        try:
            codes.resident_id(number)
        except codes.CodeError as error:
            return str(error)
    return _("您的范围内没有登记这个号码的人。")


class OnePersonView(PeopleView):
    """A page about the person in the address."""

    def check(self) -> None:
        """Find the person, if the account may see them."""
        super().check()
        self.person = queries.get(self.readable, self.kwargs["pk"])


class PersonView(OnePersonView):
    """A person, masked."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the person."""
        return self.show(self.reveal_form())

    def reveal_form(self, data: Any = None) -> people_forms.RevealForm:
        """Return the form that asks which number and why."""
        return people_forms.RevealForm(data, person=self.person)

    def show(
        self, form: people_forms.RevealForm, *, revealed: tuple[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        """Render the page, once with a number in clear."""
        person = self.person
        path = person.unit.path if person.unit else ""
        may_reveal = self.may(Action.REVEAL_PERSON, path) and bool(person.resident_id or person.phone)
        context = {
            "person": person,
            "trail": [*_trail(), Link(person.masked_name)],
            "reveal": form if may_reveal else None,
            "revealed": revealed,
            "history": history.of_person(self.readable, person),
            "may_keep": self.may(Action.MANAGE_PEOPLE, path),
        }
        return self.page("directory/person", context, status=status)


class RevealView(PersonView):
    """A number in clear, once, for a reason."""

    action = Action.REVEAL_PERSON

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """A reload of the page shows nothing in clear."""
        return HttpResponseRedirect(_url(self.person))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Write down who asks and why, and show the number."""
        form = self.reveal_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=UNPROCESSABLE)
        field = form.cleaned_data["field"]
        try:
            value = operations.reveal(
                person=self.person,
                field=field,
                reason=form.cleaned_data["reason"],
                actor=self.account,
                now=timezone.now(),
                scope=self.scope,
            )
        except Forbidden:
            raise
        except UserError as error:
            add_error(form, error)
            return self.show(form, status=UNPROCESSABLE)
        label = dict(form.fields["field"].choices)[field]  # type: ignore[attr-defined]  # a choice field
        return self.show(self.reveal_form(), revealed=(label, value))


class PersonFormView(ChangeView, PeopleView):
    """A form about a person; a number that is there already leads to its person."""

    reads = Action.READ_PEOPLE
    action = Action.MANAGE_PEOPLE

    def existing(self, form: Any) -> Link | None:
        """Return the person who has the same document number, if the account may see them."""
        typed = form["resident_id"].value() or ""
        if not (typed and form.has_error("resident_id")):
            return None
        found = queries.by_document(self.readable, typed)
        return Link(found.masked_name, _url(found)) if found else None

    def trail(self) -> list[Link]:
        """Return the way here."""
        return _trail()

    def back(self) -> str:
        """Return to the list."""
        return reverse("people:list")


class NewView(PersonFormView):
    """A new person."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("登记人员")

    def form(self, data: Any = None) -> people_forms.PersonForm:
        """Return the form; the address may name the unit."""
        unit = unit_named(self.scope, self.request.GET.get("unit", ""))
        return people_forms.PersonForm(data, scope=self.scope, initial={"unit": unit.pk} if unit else {})

    def save(self, form: Any) -> str:
        """Enter the person."""
        association = self.account.association
        made = operations.create_person(
            association=association, actor=self.account, now=timezone.now(), **form.values()
        )
        messages.success(self.request, _("已登记：%(name)s") % {"name": made.masked_name})
        return _url(made)


class EditView(PersonFormView):
    """What is known of a person, changed."""

    @property
    def title(self) -> str:  # type: ignore[override]  # the title is translated
        """The page's title."""
        return _("修改资料")

    def check(self) -> None:
        """Find the person, and see that the account keeps them."""
        super().check()
        self.person = queries.get(self.readable, self.kwargs["pk"])
        self.require(self.person.unit.path if self.person.unit else "")

    def form(self, data: Any = None) -> people_forms.EditForm:
        """Return the form, without numbers."""
        person = self.person
        names = ("name", "document", "sex", "birth_date", "title", "note")
        initial = {**{name: getattr(person, name) for name in names}, "unit": person.unit_id}
        return people_forms.EditForm(data, person=person, scope=self.scope, initial=initial)

    def save(self, form: Any) -> str:
        """Change the person, unless somebody else did meanwhile."""
        with transaction.atomic():
            self.require_version(Person.objects.select_for_update().get(pk=self.person.pk))
            changed = operations.edit_person(
                person=self.person, actor=self.account, now=timezone.now(), **form.values()
            )
        messages.success(self.request, _("已保存：%(name)s") % {"name": changed.masked_name})
        return _url(changed)

    def version(self) -> str:
        """Return the digest of the person as they are now."""
        return version_of(Person.objects.get(pk=self.person.pk))

    def trail(self) -> list[Link]:
        """Return the way through the person."""
        return [*_trail(), Link(self.person.masked_name, _url(self.person))]

    def back(self) -> str:
        """Return to the person."""
        return _url(self.person)


def _trail() -> list[Link]:
    return [home(), Link(pgettext("many", "人员"), reverse("people:list"))]


def _url(person: Person) -> str:
    return reverse("people:person", args=[person.pk])
