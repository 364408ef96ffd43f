"""Declaring ties, taking declarations back, and keeping why somebody was left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.kernel.errors import NotFound, UserError
from kexie.platform.audit import operations as audit
from kexie.platform.ties.facts import Level, Tie
from kexie.platform.ties.models import DECLARABLE, Declaration, Exclusion

Pairs = Mapping[tuple[str, str], Sequence[Tie]]


class DeclarationRefused(UserError):
    """A tie that cannot be declared so."""


@transaction.atomic
def declare(
    *,
    association_id: UUID,
    subject: str,
    kind: str,
    actor: audit.Actor,
    now: dt.datetime,
    other: str = "",
    other_name: str = "",
    words: str = "",
    until: dt.date | None = None,
) -> Declaration:
    """Declare that `subject` (a key) is tied to another, known by its key or by a name."""
    if kind not in DECLARABLE:
        raise DeclarationRefused(fields={"kind": _("请选择关系。")})
    if until is not None and until < timezone.localdate(now):
        raise DeclarationRefused(fields={"until": _("这一天已经过去，不用申报。")})
    made = Declaration(
        association_id=association_id, subject=subject, other=other, other_name=other_name, kind=kind, words=words,
        until=until, declared_at=now, declared_by_id=actor.id,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    _log(made, "ties.declare", actor=actor, now=now)
    return made


@transaction.atomic
def revoke(
    *,
    association_id: UUID,
    declaration_id: UUID,
    subject: str,
    reason: str,
    actor: audit.Actor,
    now: dt.datetime,
) -> None:
    """Take a declaration of `subject` back, for a reason that is kept; twice changes nothing."""
    rows = Declaration.objects.select_for_update().filter(association_id=association_id, subject=subject)
    found = rows.filter(pk=declaration_id).first()
    if found is None:
        raise NotFound(_("没有找到这条申报。"))
    if found.revoked_at is not None:
        return
    found.revoked_at, found.revoked_why = now, reason
    found.full_clean()
    found.save(update_fields=["revoked_at", "revoked_why"])
    _log(found, "ties.revoke", actor=actor, now=now, reason=reason)


@transaction.atomic
def carry_over(*, association_id: UUID, old: str, new: str) -> list[UUID]:
    """Put the declarations of one key under another (a merge); return which, so that it can be undone."""
    rows = Declaration.objects.filter(association_id=association_id, subject=old)
    moved = list(rows.select_for_update().values_list("pk", flat=True))
    Declaration.objects.filter(pk__in=moved).update(subject=new)
    return moved


@transaction.atomic
def give_back(*, association_id: UUID, declarations: Sequence[UUID], to: str) -> None:
    """Undo `carry_over`."""
    Declaration.objects.filter(association_id=association_id, pk__in=declarations).update(subject=to)


@transaction.atomic
def keep_exclusions(
    *, association_id: UUID, purpose: str, pairs: Pairs, actor: audit.Actor | None, now: dt.datetime
) -> list[tuple[str, str]]:
    """Keep which pairs ties exclude from a choice, instead of what was kept of it before; return them.

    The audit log gets an entry when the answer changed, so that asking again fills no log.
    """
    excluded = {pair: _reasons(ties) for pair, ties in pairs.items() if _excludes(ties)}
    rows = Exclusion.objects.filter(association_id=association_id, purpose=purpose).select_for_update()
    before = {(row.one, row.other): row.ties for row in rows}
    if excluded == before:
        return sorted(excluded)
    rows.delete()
    Exclusion.objects.bulk_create(
        [
            Exclusion(
                association_id=association_id,
                purpose=purpose,
                one=one,
                other=other,
                ties=reasons,
                seen_at=now,
            )
            for (one, other), reasons in excluded.items()
        ],
        batch_size=1000,
    )
    changed = {
        "purpose": purpose, "excluded": len(excluded),
        "added": sorted(map(list, excluded.keys() - before.keys()))[:_LOGGED],
        "dropped": sorted(map(list, before.keys() - excluded.keys()))[:_LOGGED],
    }  # fmt: skip
    audit.append(
        association_id=association_id,
        actor=actor,
        action="ties.exclude",
        subject=None,
        detail=changed,
        now=now,
    )
    return sorted(excluded)


# The table holds every pair; the log names the first of them.
_LOGGED = 50


def _excludes(ties: Sequence[Tie]) -> bool:
    return any(tie.level == Level.EXCLUDE for tie in ties)


def _reasons(ties: Sequence[Tie]) -> list[list[str | None]]:
    return [
        [tie.kind.value, tie.what, tie.until.isoformat() if tie.until else None]
        for tie in ties
        if tie.level == Level.EXCLUDE
    ]


def _log(row: Declaration, action: str, *, actor: audit.Actor, now: dt.datetime, reason: str = "") -> None:
    detail = {"subject": row.subject, "kind": row.kind}
    audit.append(
        association_id=row.association_id, actor=actor, action=action, subject=row, detail=detail, reason=reason,
        now=now,
    )  # fmt: skip
