"""Telling those who look after a problem, and its firm, of what waits for them; each thing once."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kexie.contexts.matching.models import Problem, ProblemReminder
from kexie.contexts.matching.queries import problems as queries
from kexie.contexts.matching.rules import problems as rules
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import ROLES, Action
from kexie.foundation.units import queries as units
from kexie.foundation.units.models import Unit
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

Kind = ProblemReminder.Kind


def tell(
    problem: Problem, accounts: Iterable[Account], template: str, *, now: dt.datetime, **values: Any
) -> int:
    """Put a notice about a problem into accounts' inboxes; it names the title, which is public, and nothing of the text."""
    told = 0
    for account in {one.pk: one for one in accounts if one.is_active}.values():
        notify.send(
            association_id=problem.association_id, to=Recipient(account_id=account.pk), template=template,
            values={"number": problem.number, "title": problem.name, **values}, now=now,
            href=reverse("problem_desk:problem", args=[problem.pk]),
        )  # fmt: skip
        told += 1
    return told


def tell_firm(problem: Problem, template: str, *, now: dt.datetime, **values: Any) -> int:
    """Tell the accounts of the firm."""
    accounts = Account.objects.filter(unit__path__startswith=problem.firm.path, is_active=True)
    return tell(problem, accounts, template, now=now, **values)


def keepers(unit: Unit) -> list[Account]:
    """Return who confirms matching's records at the unit, or, where nobody does, at the nearest above it."""
    grants = (
        access.valid_grants().filter(association_id=unit.association_id).select_related("account", "unit")
    )
    by_path: dict[str, list[Account]] = {}
    for grant in grants:
        contexts = ROLES[grant.role].contexts_for(Action.CONFIRM)
        covers = grant.unit.is_association or unit.path.startswith(grant.unit.path)
        if covers and grant.account.is_active and (contexts is None or "matching" in contexts):
            by_path.setdefault(grant.unit.path, []).append(grant.account)
    return by_path[max(by_path, key=len)] if by_path else []


def remind_due(*, now: dt.datetime) -> int:
    """Remind keepers of promised days that come or have passed, and of follow-ups due; return how many notices went out."""
    today = timezone.localdate(now)
    return sum(
        _remind(row, kind, due, today=today, now=now)
        for association in units.associations()
        for row, kind, due in _due(Scope(association_id=association.pk), today)
    )


def _due(scope: Scope, today: dt.date) -> Iterable[tuple[Any, str, dt.date]]:
    known = set(
        ProblemReminder.objects.filter(association=scope.association_id).values_list(
            "problem", "kind", "stage", "due_on"
        )
    )
    soon = today + dt.timedelta(days=rules.REMINDED_BEFORE)
    for row in queries.open_ones(queries.problems(scope, today)).filter(promised__lte=soon, waits=False):
        kind = Kind.LATE if row.promised < today else Kind.SOON
        if (row.pk, str(kind), row.current or "", row.promised) not in known:
            yield row, kind, row.promised
    for one in queries.follow_ups(scope, today).filter(due_on__lte=today, done_on=None):
        if (one.problem_id, str(Kind.FOLLOW), "", one.due_on) not in known:
            yield one.problem, Kind.FOLLOW, one.due_on


@transaction.atomic
def _remind(problem: Any, kind: str, due: dt.date, *, today: dt.date, now: dt.datetime) -> int:
    stage = "" if kind == Kind.FOLLOW else getattr(problem, "current", None) or ""
    made, is_new = ProblemReminder.objects.get_or_create(
        association_id=problem.association_id, problem=problem, kind=kind, stage=stage, due_on=due,
        defaults={"told": 0, "sent_at": now},
    )  # fmt: skip
    if not is_new:
        return 0
    template = {Kind.SOON: "problem.soon", Kind.LATE: "problem.late", Kind.FOLLOW: "problem.follow"}[
        Kind(kind)
    ]
    what = rules.NEXT.get(stage, "")
    made.told = tell(problem, keepers(problem.unit), template, now=now, day=due, what=what)
    made.save(update_fields=["told"])
    return made.told
