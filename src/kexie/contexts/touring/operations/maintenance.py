"""Exhibits of a set break and are put right."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import Condition, SetExhibit, SetTicket
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.contexts.touring.queries import sets as queries
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

State = SetTicket.State


class TicketRefused(UserError):
    """The ticket cannot be made or closed like this."""


@transaction.atomic
def report(
    *, exhibit_id: UUID, fault: str, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> SetTicket:
    """Open a ticket for an exhibit; it is faulty from that day on. A host reports what it has on show, too."""
    exhibit = SetExhibit.objects.select_for_update().get(pk=queries.exhibit(scope, exhibit_id).pk)
    return open_ticket(exhibit, fault, on, actor=actor, now=now)


def open_ticket(
    exhibit: SetExhibit, fault: str, on: dt.date, *, actor: Account, now: dt.datetime
) -> SetTicket:
    """Open a ticket inside the caller's transaction."""
    if exhibit.tickets.filter(state=State.OPEN).exists():
        raise TicketRefused(_("%(name)s已有一张未办结的维修单，请在那张单上办理。") % {"name": exhibit.name})
    made = SetTicket.objects.create(
        association_id=exhibit.association_id, exhibit=exhibit, fault=fault, reported_on=on, reported_by=actor
    )
    _set(exhibit, Condition.FAULTY, on)
    note(made, "report_exhibit", actor=actor, now=now, fault=fault)
    return made


@transaction.atomic
def close(
    *,
    ticket_id: UUID,
    state: str,
    result: str,
    cost: Decimal | None,
    on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> SetTicket:
    """Close a ticket: the exhibit works again, or was taken out."""
    found = locked(SetTicket, ticket_id, scope, unit="exhibit__unit")
    if found.state != State.OPEN:
        raise TicketRefused(_("这张维修单已办结，请刷新后再看。"))
    if on < found.reported_on:
        raise TicketRefused(fields={"on": _("办结日期不能早于发现日期。")})
    found.state, found.result, found.cost, found.closed_on = state, result, cost, on
    found.save(update_fields=["state", "result", "cost", "closed_on"])
    _set(found.exhibit, Condition.GOOD if state == State.DONE else Condition.MISSING, on)
    note(found, "close_ticket", actor=actor, now=now, state=state)
    return found


def _set(exhibit: SetExhibit, condition: str, on: dt.date) -> None:
    exhibit.condition, exhibit.checked_on = condition, on
    exhibit.save(update_fields=["condition", "checked_on"])
