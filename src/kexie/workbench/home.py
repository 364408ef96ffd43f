"""What the workbench's first page tells an account: what waits for it, what changed, what it may write."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from kexie.contexts.governance import facade as governance
from kexie.contexts.governance.facade import TargetProgress
from kexie.foundation.access.roles import Action
from kexie.kernel.errors import Text
from kexie.ledger import canonical, registry
from kexie.ledger.models import PlausibilityNote, Record, State
from kexie.ledger.record_types import DeskType, RecordType
from kexie.platform.notify import queries as notices
from kexie.platform.notify.queries import Letter
from kexie.platform.notify.recipients import Recipient
from kexie.workbench.desk.columns import columns, name_of
from kexie.workbench.desk.queries import rows as all_rows
from kexie.workbench.desk.queries import with_columns
from kexie.workbench.desk.rights import Rights
from kexie.workbench.models import ImportJob

RECENT = 8
RECENT_OF_A_TYPE = 3
RECENT_DAYS = 120
QUESTIONS = 5
LETTERS = 3


@dataclass(frozen=True)
class Waiting:
    """Drafts of one type that the account may confirm, or must finish."""

    label: Text
    count: int
    oldest: dt.date
    href: str


@dataclass(frozen=True)
class Change:
    """A record confirmed or reversed lately."""

    name: str
    type_label: Text
    unit: Any
    who: Any
    at: dt.datetime
    is_reversal: bool
    href: str

    @property
    def names_unit(self) -> bool:
        """Whether the record is called by its unit already."""
        return self.name.startswith(str(self.unit))


@dataclass(frozen=True)
class Asked:
    """A question about a record that nobody has answered."""

    note: PlausibilityNote
    href: str
    type_label: Text


def drafts_to_confirm(rights: Rights) -> list[Waiting]:
    """Return the drafts the account may confirm, by type; one statement for each type."""
    return list(_waiting(rights, Action.CONFIRM, Q(), "state=draft"))


def own_drafts(rights: Rights) -> list[Waiting]:
    """Return the account's own drafts of types that somebody else confirms."""
    mine = Q(recorded_by=rights.account)
    found = _waiting(rights, Action.DRAFT, mine, "state=draft&mine=1")
    return list(found)


def questions(rights: Rights) -> list[Asked]:
    """Return the newest unanswered plausibility questions about records the account writes for."""
    found: list[Asked] = []
    tables = {canonical.record_type(one.model): one for one in _types(rights, Action.DRAFT)}
    if not tables:
        return found
    scopes = {label: rights.scope_of(Action.DRAFT, one) for label, one in tables.items()}
    condition = Q(pk__in=[])
    for label, scope in scopes.items():
        condition |= Q(record_type=label) & scope.q()
    notes = PlausibilityNote.objects.filter(condition, answered_at=None).select_related("unit")
    for note in notes.order_by("-asked_at")[:QUESTIONS]:
        one = tables[note.record_type]
        href = reverse("workbench:record", args=[one.key, note.record_id])
        found.append(Asked(note, f"{href}#notes", one.name))
    return found


def imports(rights: Rights) -> list[ImportJob]:
    """Return the account's imports that run or wait for it."""
    open_states = (*ImportJob.RUNNING, ImportJob.State.READY, ImportJob.State.FAULTY)
    return list(ImportJob.objects.filter(account=rights.account, state__in=open_states)[:5])


def letters(rights: Rights) -> list[Letter]:
    """Return the newest notices that the account has not seen."""
    account = rights.account
    to = Recipient(account_id=account.pk)
    found = notices.inbox(association_id=account.association_id, to=to).filter(read_at=None)
    return [notices.letter(one) for one in found[:LETTERS]]


def targets(rights: Rights, *, now: dt.datetime) -> Sequence[TargetProgress]:
    """Return this year's targets whose records the account keeps, the worst first."""
    scope = rights.find(Action.READ, "governance")
    if scope is None:
        return ()
    scope = replace(scope, contexts=rights.scope(Action.READ).contexts)  # its measures may be of any area
    return governance.mine(scope, now, keeps=lambda context: rights.may(Action.CONFIRM, context))


def recent_changes(rights: Rights, *, now: dt.datetime, context: str | None = None) -> list[Change]:
    """Return the records of the scope confirmed or reversed last, newest first.

    Only records of the last RECENT_DAYS days are looked at: their day is indexed, the moment of confirmation not.
    """
    since = timezone.localdate(now) - dt.timedelta(days=RECENT_DAYS)
    types = [one for one in _types(rights, Action.READ) if context in {None, one.context}]
    by_key = {one.key: one for one in types}
    latest = [
        rows.exclude(**{moment: None})
        .order_by(f"-{moment}")[:RECENT]
        .values_list(Value(key), Value(moment), moment, "pk")
        for key, rows in ((one.key, _recent(one, rights, since)) for one in types)
        for moment in ("confirmed_at", "reversed_at")
    ]
    found: dict[tuple[str, Any], tuple[Any, ...]] = {}
    for key, moment, at, pk in sorted(_union(latest), key=lambda line: line[2], reverse=True):
        table = by_key[key].model._meta.db_table
        found.setdefault((f"{table}{moment}", pk), (key, moment, at, pk))
    return _changes(by_key, _varied(list(found.values()))[:RECENT])


def quick_types(rights: Rights) -> list[RecordType]:
    """Return the record types the account may write, those of its unit's daily work first."""
    found = _types(rights, Action.DRAFT)
    return sorted(found, key=lambda one: not one.phone)


def _types(rights: Rights, action: Action) -> list[RecordType]:
    return [one for one in rights.types(action) if isinstance(one, RecordType)]


def _waiting(rights: Rights, action: Action, condition: Q, query: str) -> Iterable[Waiting]:
    types = _types(rights, action)
    counts = []
    for one in types:
        scope = rights.scope_of(action, one)
        rows = one.model._default_manager.filter(scope.q(), condition, state=State.DRAFT)
        grouped = rows.order_by().values("association_id").annotate(n=Count("pk"), oldest=Min("occurred_on"))
        counts.append(grouped.values_list(Value(one.key), "n", "oldest"))
    found = {key: (n, oldest) for key, n, oldest in _union(counts)}
    for one in types:
        if one.key in found:
            url = reverse("workbench:list", args=[one.key])
            yield Waiting(one.name, *found[one.key], f"{url}?{query}")


def _recent(one: RecordType, rights: Rights, since: dt.date) -> QuerySet[Any]:
    scope = rights.scope_of(Action.READ, one)
    shown = one if rights.may(Action.CONFIRM, one.context) else one.for_others()
    return all_rows(shown, scope).filter(occurred_on__gte=since)


def _union(parts: list[QuerySet[Any]]) -> list[Any]:
    """Ask for many small results in one statement."""
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])


def _varied(lines: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave a few lines of each type, so that one long evening of one type does not hide everything else."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for line in lines:
        seen[line[0], line[1]] += 1
        if seen[line[0], line[1]] <= RECENT_OF_A_TYPE:
            kept.append(line)
    return kept


def _changes(by_key: dict[str, RecordType], lines: list[tuple[Any, ...]]) -> list[Change]:
    """Read the records behind the latest lines: one statement for each type among them."""
    rows: dict[Any, Any] = {}
    for key in {line[0] for line in lines}:
        wanted = [line[3] for line in lines if line[0] == key]
        shown = columns(by_key[key].model, by_key[key].columns)
        found = with_columns(by_key[key].model._default_manager.filter(pk__in=wanted), shown)
        people = found.select_related("unit", "confirmed_by", "reversed_by")
        rows |= {(key, row.pk): row for row in people}
    return [_change(by_key[key], rows[key, pk], moment) for key, moment, _at, pk in lines]


def _change(one: DeskType, row: Record, moment: str) -> Change:
    is_reversal = moment == "reversed_at"
    href = reverse("workbench:record", args=[one.key, row.pk])
    who = row.reversed_by if is_reversal else row.confirmed_by
    return Change(name_of(one, row), one.name, row.unit, who, getattr(row, moment), is_reversal, href)


def type_counts(types: Iterable[DeskType], rights: Rights) -> list[tuple[DeskType, int, bool]]:
    """Return each type with its number of drafts and whether the account may write it."""
    drafts = {one.href: one.count for one in _waiting(rights, Action.READ, Q(), "")}
    return [
        (
            one,
            drafts.get(f"{reverse('workbench:list', args=[one.key])}?", 0),
            rights.find_of(Action.DRAFT, one) is not None,
        )
        for one in types
    ]


def has_measures(context: str) -> bool:
    """Whether an area of work declares figures."""
    return any(one.context == context for one in registry.measures().values())
