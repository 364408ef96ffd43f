"""Firms' own applications for carriers: those of an office, and those of the firm itself."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import ApplicationFact, CarrierApplication
from kexie.contexts.matching.rules import carriers as rules
from kexie.contexts.matching.states import OPEN_APPLICATIONS
from kexie.contexts.matching.states import CarrierApplicationState as AppliedState
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Told:
    """A condition, and what the firm shows for it."""

    condition: rules.Condition
    fact: ApplicationFact | None


def applications(scope: Scope) -> QuerySet[CarrierApplication]:
    """Return the applications to an office in scope, and those of firms in scope."""
    rows = CarrierApplication.objects.filter(scope.q() | scope.q("firm"))
    return rows.select_related("firm", "unit", "society", "carrier")


def application(scope: Scope, pk: UUID) -> CarrierApplication:
    """Return one or raise NotFound."""
    found = applications(scope).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这份申请，或您无权查看。"))
    return found


def facts(one: CarrierApplication) -> list[Told]:
    """Return every condition the firm shows something for, with what it shows."""
    known = {fact.key: fact for fact in one.facts.select_related("file")}
    return [
        Told(condition=condition, fact=known.get(condition.key))
        for condition in rules.shown_by_host(one.kind, one.level)
    ]


def open_of(firm: Unit) -> dict[str, CarrierApplication]:
    """Return a firm's open applications by kind."""
    rows = CarrierApplication.objects.filter(firm=firm, state__in=OPEN_APPLICATIONS)
    return {one.kind: one for one in rows}


def tally(rows: QuerySet[CarrierApplication]) -> dict[str, int]:
    """Return how many wait for the office, and how many for their firm."""
    return {
        "waiting": rows.filter(state=AppliedState.SENT).count(),
        "returned": rows.filter(state=AppliedState.RETURNED).count(),
    }
