"""What is missing before a period is closed, each with who must do it. It is told; closing goes on all the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import CharField, Count, F, Q, QuerySet, UUIDField, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Text
from kexie.kernel.periods import Period
from kexie.kernel.scope import Scope
from kexie.ledger import registry
from kexie.ledger.models import PlausibilityNote, State
from kexie.ledger.record_types import RecordType
from kexie.reporting.releases.models import Release
from kexie.reporting.releases.states import Stage
from kexie.reporting.returns.models import Return


@dataclass(frozen=True)
class Gap:
    """Something that is missing: what, how much of it, of which unit, who must do it, and where."""

    unit: Unit
    what: Text
    count: int
    owner: Text
    href: str = ""


def gaps(scope: Scope, unit: Unit, period: Period) -> list[Gap]:
    """Return what is missing in a unit's period, in order of unit."""
    inside = scope.within(unit.path)
    found = [
        *_of_records(inside, period),
        *_unsealed(inside, period),
        *_open_below(inside, unit, period),
    ]
    return sorted(found, key=lambda gap: (gap.unit.path, str(gap.what)))


def _of_records(scope: Scope, period: Period) -> Iterator[Gap]:
    """Drafts that nobody confirmed, and values whose question nobody answered, in one statement."""
    types = {one.key: one for one in registry.record_types().values()}
    first, *others = [
        counted
        for one in types.values()
        for counted in (_drafts(scope, one, period), _notes(scope, one, period))
    ]
    rows = list(first.union(*others, all=True))
    units = Unit.objects.in_bulk({unit for _key, _what, unit, _who, _n in rows})
    people = Account.objects.in_bulk({who for _key, _what, _unit, who, _n in rows})
    for key, what, unit, who, count in rows:
        yield _gap(types[key], what, units[unit], people.get(who), count)


def _gap(declared: RecordType, what: str, unit: Unit, person: Account | None, count: int) -> Gap:
    words = _("%(type)s：草稿还没有确认") if what == "draft" else _("%(type)s：数值异常，还没有说明")
    owner = f"{unit} {person.display_name}" if person else str(unit)
    query = urlencode({"state": "draft", "q": unit.name}) if what == "draft" else ""
    href = f"{reverse('workbench:list', args=[declared.key])}?{query}" if query else ""
    return Gap(unit, words % {"type": declared.name}, count, owner, href)


def _drafts(scope: Scope, declared: RecordType, period: Period) -> QuerySet[Any, tuple[Any, ...]]:
    rows = declared.model._default_manager.filter(scope.q(), _days(period), state=State.DRAFT)
    return _counted(rows, declared, "draft", F("recorded_by_id"))


def _notes(scope: Scope, declared: RecordType, period: Period) -> QuerySet[Any, tuple[Any, ...]]:
    rows = declared.model._default_manager.filter(scope.q(), _days(period), state=State.CONFIRMED)
    notes = PlausibilityNote.objects.filter(scope.q(), answer="", record_id__in=rows.order_by().values("pk"))
    return _counted(notes, declared, "note", Value(None, output_field=UUIDField()))


def _counted(
    rows: QuerySet[Any], declared: RecordType, what: str, who: Any
) -> QuerySet[Any, tuple[Any, ...]]:
    named = rows.order_by().annotate(
        the_type=Value(declared.key, output_field=CharField()),
        what=Value(what, output_field=CharField()),
        who=who,
    )
    counted = named.values("the_type", "what", "unit_id", "who").annotate(n=Count("pk"))
    found: QuerySet[Any, tuple[Any, ...]] = counted.values_list("the_type", "what", "unit_id", "who", "n")
    return found


def _days(period: Period) -> Q:
    return Q(occurred_on__gte=period.start, occurred_on__lt=period.end)


def _unsealed(scope: Scope, period: Period) -> Iterator[Gap]:
    """Returns of the year that are not locked."""
    if period.start is None or period != Period.year(period.start.year):
        return
    found = Return.objects.filter(scope.q(), year=period.start.year).exclude(stage=Return.Stage.LOCKED)
    for one in found.select_related("unit", "moved_by"):
        told = {"edition": one.edition, "stage": one.get_stage_display()}
        words = _("统计年报 %(edition)s：%(stage)s，还没有锁定") % told
        href = reverse("returns:one", args=[one.pk])
        yield Gap(one.unit, words, 1, f"{one.unit} {one.moved_by.display_name}", href)


def _open_below(scope: Scope, unit: Unit, period: Period) -> Iterator[Gap]:
    """Counties below that have not closed the period themselves."""
    below = Unit.objects.filter(scope.q(unit=""), kind=Kind.COUNTY_ASSOCIATION).exclude(pk=unit.pk)
    closed: set[UUID] = set(
        Release.objects.filter(
            association_id=scope.association_id,
            since=period.start or period.end,
            until=period.end,
            state=Stage.CLOSED,
        ).values_list("unit_id", flat=True)
    )
    for one in below:
        if one.pk not in closed:
            yield Gap(one, _("这段时间自己还没有结账"), 1, str(one))
