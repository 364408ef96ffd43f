"""What the register knows of the people of a file, and what a file says otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertImport, ExpertWork
from kexie.contexts.matching.rules.people_files import FoundPerson, FoundWork, title_key
from kexie.kernel import text
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

# What a file may say of somebody, in the order in which it is shown; contact is compared nowhere.
FIELDS = (
    "name", "other_names", "title", "employer", "disciplines", "skills", "about", "languages", "region", "orcid", "openalex",
)  # fmt: skip
# What a verified entry was looked at for: no file fills or changes it by itself.
VERIFIED = ("name", "title", "employer")


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A person of a file beside their entry: what it can add, and what it says otherwise."""

    person: FoundPerson
    expert: Expert | None
    fills: Mapping[str, Any] = field(default_factory=dict)
    differs: Mapping[str, Any] = field(default_factory=dict)
    works: Sequence[FoundWork] = ()

    @property
    def changes(self) -> bool:
        """Whether bringing it in does anything."""
        return self.expert is None or bool(self.fills or self.works)


def imports(scope: Scope) -> QuerySet[ExpertImport]:
    """Return the imports of whoever may see the whole association's, the newest first."""
    return ExpertImport.objects.filter(association=scope.association_id).select_related("account")


def own_import(account: Any, pk: UUID) -> ExpertImport:
    """Return one of an account's own imports; NotFound where there is none."""
    found = ExpertImport.objects.filter(account=account, pk=pk).select_related("account").first()
    if found is None:
        raise NotFound(_("没有找到这次导入。"))
    return found


def compared(scope: Scope, people: Sequence[FoundPerson]) -> list[Compared]:
    """Return the people of a file beside their entries, in two queries however many they are."""
    known = Known(scope, people)
    return [known.beside(one) for one in people]


class Known:
    """The entries that may be of the people of a file."""

    def __init__(self, scope: Scope, people: Sequence[FoundPerson]) -> None:
        named = {one.name for one in people}
        numbers = {name: {getattr(one, name) for one in people} - {""} for name in ("orcid", "openalex")}
        wanted = Q(name__in=named) | Q(orcid__in=numbers["orcid"]) | Q(openalex__in=numbers["openalex"])
        # Numbers belong to one entry of the association, also where it is kept by a unit that is not in sight.
        rows = Expert.objects.filter(wanted, association=scope.association_id).select_related(
            "merged_into", "unit"
        )
        experts = list(rows)
        self.scope = scope
        self.by_number = {
            getattr(one, name): one for one in experts for name in ("openalex", "orcid") if getattr(one, name)
        }
        self.by_name: dict[tuple[str, str], Expert] = {}
        for one in experts:
            self.by_name.setdefault(_place(one.name, one.employer), one)
        self.works = _works([one.merged_into or one for one in experts])

    def beside(self, person: FoundPerson) -> Compared:
        """Return a person beside the entry that is surely theirs: by number, else by name and employer."""
        found = self._found(person)
        if found is None:
            return Compared(person=person, expert=None, works=person.works)
        numbers, titles = self.works.get(found.pk, (set(), set()))
        new = [one for one in person.works if one.source_id not in numbers and one.key not in titles]
        fills, differs = _said(person, found)
        return Compared(person=person, expert=found, fills=fills, differs=differs, works=new)

    def _found(self, person: FoundPerson) -> Expert | None:
        by_number = next(
            (self.by_number[one] for one in (person.orcid, person.openalex) if one in self.by_number), None
        )
        found = by_number or self.by_name.get(_place(person.name, person.employer))
        if found is None or (by_number is None and _contradicts(person, found)):
            return None
        return found.merged_into or found


def _contradicts(person: FoundPerson, known: Expert) -> bool:
    """Whether numbers say that two of one name are two people."""
    pairs = ((person.orcid, known.orcid), (person.openalex, known.openalex))
    return any(one and other and one != other for one, other in pairs)


def _place(name: str, employer: str) -> tuple[str, str]:
    return text.key(name), text.key(employer)


def _works(experts: Iterable[Expert]) -> dict[UUID, tuple[set[str], set[str]]]:
    rows = ExpertWork.objects.filter(Q(expert__in=experts) | Q(expert__merged_into__in=experts))
    found: dict[UUID, tuple[set[str], set[str]]] = {}
    for owner, merged, number, title in rows.values_list(
        "expert", "expert__merged_into", "source_id", "title"
    ):
        numbers, titles = found.setdefault(merged or owner, (set(), set()))
        titles.add(title_key(title))
        if number:
            numbers.add(number)
    return found


def _said(person: FoundPerson, known: Expert) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what fills an empty field, and what is otherwise than the entry says."""
    fills: dict[str, Any] = {}
    differs: dict[str, Any] = {}
    for name in FIELDS:
        said, here = _plain(getattr(person, name)), getattr(known, name)
        if not said or said == here or (known.is_home and name in {"employer", "region"}):
            continue
        may_fill = not here and not (known.verified_on and name in VERIFIED)
        (fills if may_fill else differs)[name] = said
    return fills, differs


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else list(value)
