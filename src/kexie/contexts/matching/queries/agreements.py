"""Agreements as of a day: where each stands, what is promised and still open, and the chain of renewals."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Agreement, AgreementEnd, AgreementFile, Obligation
from kexie.contexts.matching.rules.agreements import EXPIRY_NOTICE, Standing
from kexie.contexts.matching.states import ObligationState
from kexie.foundation.access.models import Account
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope
from kexie.ledger.models import State


def agreements(scope: Scope, today: dt.date) -> QuerySet[Any]:
    """Return the scope's agreements, and those its firms signed: `standing` on a day, `open_count` and `next_due` of what is promised."""
    ends = AgreementEnd.objects.filter(
        agreement=OuterRef("pk"), state=State.CONFIRMED, occurred_on__lte=today
    )
    rows = Agreement.objects.filter(scope.q() | scope.q("firm")).exclude(state=State.REVERSED)
    is_open = Q(obligations__state=ObligationState.OPEN)
    return (
        rows.annotate(ended_as=Subquery(ends.values("cause")[:1]))
        .annotate(standing=_standing(today))
        .annotate(
            open_count=Count("obligations", filter=is_open),
            next_due=Min("obligations__due_on", filter=is_open),
        )
        .select_related("unit", "area", "partner_unit", "firm", "expert", "problem", "renews", "recorded_by")
    )


def _standing(today: dt.date) -> Case:
    whens = (
        (Q(state=State.DRAFT), Standing.DRAFT),
        (Q(ended_as=AgreementEnd.Cause.RENEWED), Standing.RENEWED),
        (Q(ended_as=AgreementEnd.Cause.EARLY), Standing.ENDED),
        (Q(valid_to__lt=today), Standing.EXPIRED),
        (Q(valid_to__lte=today + EXPIRY_NOTICE), Standing.EXPIRING),
    )
    return Case(
        *(When(condition, then=Value(str(standing))) for condition, standing in whens),
        default=Value(str(Standing.IN_FORCE)),
        output_field=CharField(),
    )


def agreement(scope: Scope, pk: UUID, today: dt.date) -> Any:
    """Return one or raise NotFound."""
    found = agreements(scope, today).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这份协议，或您无权查看。"))
    return found


def tally(rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many of the rows are in force, and how many of these run out soon."""
    found = list(rows.values_list("standing", flat=True))
    soon = found.count(Standing.EXPIRING)
    return {"in_force": found.count(Standing.IN_FORCE) + soon, "soon": soon}


def late(scope: Scope, today: dt.date) -> int:
    """Return how many promises are past their day."""
    mine = scope.q("agreement__unit") | scope.q("agreement__firm")
    rows = Obligation.objects.filter(mine, state=ObligationState.OPEN, due_on__lt=today)
    return rows.exclude(agreement__state=State.REVERSED).count()


def obligations(one: Agreement) -> list[Obligation]:
    """Return what was promised, by day."""
    return list(one.obligations.select_related("owner").order_by("due_on", "pk"))


def obligation(scope: Scope, agreement_id: UUID, pk: UUID) -> Obligation:
    """Return one promise of an agreement or raise NotFound."""
    rows = Obligation.objects.filter(scope.q("agreement__unit"), agreement=agreement_id, pk=pk)
    found = rows.select_related("agreement", "owner").first()
    if found is None:
        raise NotFound(_("没有找到这个约定事项，或您无权查看。"))
    return found


def files(one: Agreement) -> list[AgreementFile]:
    """Return the papers."""
    return list(one.files.select_related("file").order_by("pk"))


def end_of(one: Agreement) -> AgreementEnd | None:
    """Return what ended it before its day, also what still lies ahead."""
    return AgreementEnd.objects.filter(agreement=one).exclude(state=State.REVERSED).first()


def chain(one: Agreement) -> list[Agreement]:
    """Return the agreement with all it renews and all that renew it, the oldest first."""
    before: list[Agreement] = []
    back = one.renews
    while back is not None:
        before.insert(0, back)
        back = back.renews
    after, last = [], renewal_of(one)
    while last is not None:
        after.append(last)
        last = renewal_of(last)
    return [*before, one, *after]


def renewal_of(one: Agreement) -> Agreement | None:
    """Return the agreement that renews this one."""
    return Agreement.objects.filter(renews=one).exclude(state=State.REVERSED).first()


def owners(scope: Scope) -> QuerySet[Account]:
    """Return the staff who can see to what was promised: the association's own, in the scope."""
    staff = ("ASSOCIATION", "COUNTY_ASSOCIATION", "DEPARTMENT")
    return Account.objects.filter(scope.q(), is_active=True, unit__kind__in=staff).order_by(
        "display_name", "pk"
    )
