"""Experts and firms as parties that may be tied (`kexie.platform.ties`)."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F, QuerySet

from kexie.contexts.matching.models import Agreement, Expert, ExpertWork
from kexie.foundation.units.models import Unit
from kexie.ledger.models import State
from kexie.platform.ties import queries as ties
from kexie.platform.ties.facts import Dealing, Declared, Employment, Kind, Level, Party, Rules, Work
from kexie.platform.ties.models import Declaration

# Between an expert and a firm with a problem: whoever works there or is declared to be tied does not advise it; having
# worked for it before is no harm, but the broker should know.
FIRM_RULES = Rules(
    levels=((Kind.PAID, Level.SHOW), (Kind.COOPERATION, Level.SHOW), (Kind.NAMESAKE, Level.IGNORE))
)
_PAID = {Agreement.Kind.TECHNOLOGY: Kind.PAID}
_BETWEEN_NAMES = re.compile(r"[、,，;；]")


def expert_key(pk: UUID) -> str:
    """Return the key of an expert among parties."""
    return f"matching.expert:{pk}"


def unit_key(pk: UUID) -> str:
    """Return the key of an organisation among parties."""
    return f"units.unit:{pk}"


def firm(unit: Unit) -> Party:
    """Return a firm as a party."""
    return Party(key=unit_key(unit.pk), name=unit.name, is_person=False)


def parties(experts: Sequence[Expert]) -> list[Party]:
    """Return experts as parties, with works and contracts, in two queries however many they are."""
    works, dealings = _works(experts), _dealings(experts)
    return [
        Party(
            key=expert_key(one.pk),
            name=one.name,
            employers=[Employment(one.employer)] if one.employer else [],
            works=works.get(one.pk, []),
            dealings=dealings.get(one.pk, []),
        )
        for one in experts
    ]


def _works(experts: Iterable[Expert]) -> dict[UUID, list[Work]]:
    found: dict[UUID, list[Work]] = {}
    rows = ExpertWork.objects.filter(expert__identity__in=[one.pk for one in experts])
    for row in rows.annotate(whose=F("expert__identity")):
        authors = [name for name in _BETWEEN_NAMES.split(row.authors) if name.strip()]
        found.setdefault(row.whose, []).append(Work(row.title, row.source_id, row.year, authors))
    return found


def _dealings(experts: Iterable[Expert]) -> dict[UUID, list[Dealing]]:
    found: dict[UUID, list[Dealing]] = {}
    rows = Agreement.objects.filter(
        expert__identity__in=[one.pk for one in experts], firm__isnull=False, state=State.CONFIRMED
    ).annotate(whose=F("expert__identity"))
    for row in rows:
        kind = _PAID.get(Agreement.Kind(row.kind), Kind.COOPERATION)
        last: dt.date = row.valid_to or row.occurred_on
        dealing = Dealing(kind, unit_key(row.firm_id), last, row.title)  # type: ignore[arg-type]  # has a firm
        found.setdefault(row.whose, []).append(dealing)
    return found


def declared(experts: Sequence[Expert], *, on: dt.date) -> list[Declared]:
    """Return what stands of what these experts declared."""
    if not experts:
        return []
    return ties.declared(experts[0].association_id, [expert_key(one.pk) for one in experts], on=on)


def declarations(one: Expert) -> QuerySet[Declaration]:
    """Return everything an expert declared, also what was revoked."""
    return ties.declarations(one.association_id, expert_key(one.pk))
