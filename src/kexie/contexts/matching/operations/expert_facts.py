"""An expert's works and consents."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertConsent, ExpertWork
from kexie.contexts.matching.operations.common import locked, note
from kexie.contexts.matching.queries import experts as queries
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope


class FactRefused(UserError):
    """A work or a consent that cannot be entered so."""


@transaction.atomic
def add_work(
    *,
    expert_id: UUID,
    kind: str,
    title: str,
    text: str = "",
    year: int | None = None,
    authors: str = "",
    source_id: str = "",
    source: str = ExpertWork.Source.HAND,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> ExpertWork:
    """Enter a work of an expert."""
    expert = locked(Expert, expert_id, scope)
    work = ExpertWork(
        association_id=expert.association_id, expert=expert, kind=kind, title=title, text=text, year=year,
        authors=authors, source=source, source_id=source_id,
    )  # fmt: skip
    work.full_clean()
    work.save(force_insert=True)
    note(expert, "add_work", actor=actor, now=now, work=work.pk)
    return work


@transaction.atomic
def remove_work(*, work_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take a work away that is not the expert's; the log keeps its title, so that it can be entered again."""
    work = locked(ExpertWork, work_id, scope, unit="expert__unit")
    note(work.expert, "remove_work", actor=actor, now=now, title=work.title, kind=work.kind)
    work.delete()


@transaction.atomic
def give_consent(
    *, expert_id: UUID, use: str, basis: str, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> ExpertConsent:
    """Record that an expert agreed to one use of their data; agreeing twice changes nothing."""
    expert = locked(Expert, expert_id, scope)
    if on > timezone.localdate(now):
        raise FactRefused(fields={"on": _("同意日期不能晚于今天。")})
    known = ExpertConsent.objects.filter(expert=expert, use=use, withdrawn_on=None).first()
    if known is not None and use in queries.standing_uses(expert):
        return known
    if known is not None:  # given before another entry was merged into this one: it covers this one alone
        known.withdrawn_on = on
        known.save(update_fields=["withdrawn_on"])
    consent = ExpertConsent(
        association_id=expert.association_id, expert=expert, use=use, basis=basis, given_on=on,
        recorded_by=actor, recorded_at=now,
    )  # fmt: skip
    consent.full_clean()
    consent.save(force_insert=True)
    note(expert, "give_consent", actor=actor, now=now, use=use, basis=basis, on=on)
    return consent


@transaction.atomic
def withdraw_consent(
    *, expert_id: UUID, use: str, on: dt.date, actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Record that an expert agrees no more; without a standing consent nothing changes."""
    expert = locked(Expert, expert_id, scope)
    # Of entries merged into this one too: whoever says no says so as a person.
    rows = list(ExpertConsent.objects.filter(expert__identity=expert.pk, use=use, withdrawn_on=None))
    if not rows:
        return
    if not max(row.given_on for row in rows) <= on <= timezone.localdate(now):
        raise FactRefused(fields={"on": _("撤回日期应在同意日期和今天之间。")})
    ExpertConsent.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_on=on)
    note(expert, "withdraw_consent", actor=actor, now=now, use=use, on=on)
